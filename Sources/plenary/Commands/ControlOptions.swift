import ArgumentParser
import Foundation
import Glibc
import NIOCore

/// The options of every command that talks to a running daemon.
struct ControlOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The daemon's state folder, where its control socket is.", valueName: "folder"))
    var state: String?

    var client: ControlClient {
        let environment = ProcessInfo.processInfo.environment
        let place = StatePlace.forClient(flag: state, environment: environment, user: getuid()) { access($0, F_OK) == 0 }
        return ControlClient(socket: StatePlace.socket(in: place))
    }
}

/// The option of every command that reads something.
struct JSONOption: ParsableArguments {
    @Flag(help: "Print JSON, for programs.")
    var json = false
}

/// A JSON answer with the end of line that a terminal wants.
func jsonLine(_ body: ByteBuffer) -> String {
    let text = String(buffer: body)
    return text.hasSuffix("\n") ? text : text + "\n"
}
