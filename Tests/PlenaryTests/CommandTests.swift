import ArgumentParser
import Foundation
import Testing

@testable import plenary

@Suite struct `The command line` {
    @Test(arguments: [
        ["stream"], ["stream", "list", "--json"], ["stream", "start", "council"], ["stream", "status"],
        ["stream", "status", "council", "--watch"],
        ["stream", "slate", "council", "on"], ["stream", "hide", "council"], ["logs", "-f", "-n", "5"], ["reload"], ["version", "--json"],
        ["serve", "--config", "x", "--listen", "127.0.0.1:1"], ["check", "--no-cameras"], ["relay-worker"],
    ]) func `a command is understood`(_ arguments: [String]) throws { _ = try Plenary.parseAsRoot(arguments) }

    @Test(arguments: [
        ["stream", "start"], ["stream", "start", "Große"], ["stream", "start", "../x"], ["stream", "slate", "a", "maybe"],
        ["logs", "-n", "9999"],
        ["strem"], ["serve", "--port", "1"], ["stream", "status", "a/b"],
    ]) func `a wrong one is a usage error`(_ arguments: [String]) {
        #expect { try Plenary.parseAsRoot(arguments) } throws: { Plenary.exitCode(for: $0).rawValue == ExitStatus.usage.rawValue }
    }

    @Test func `every command has an example in its help, and the hidden one is not listed`() {
        func all(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
            [command] + command.configuration.subcommands.flatMap(all)
        }
        for command in all(Plenary.self) where command.configuration.shouldDisplay {
            #expect(command.configuration.discussion.contains("plenary "), "\(command) has no example")
            #expect(!command.configuration.abstract.isEmpty)
        }
        #expect(!Plenary.helpMessage().contains("relay-worker"))
    }

    @Test func `the exit codes are listed in the help`() {
        let help = Plenary.helpMessage()
        for status in ExitStatus.allCases { #expect(help.contains("\(status.rawValue)\t\(status.meaning)")) }
        #expect(ExitStatus.allCases.map(\.rawValue) == [0, 1, 64, 65, 66, 69, 75, 77, 78])
    }

    @Test func `a hall's help teaches`() {
        let help = Plenary.helpMessage(for: StreamSubcommand<StreamCommandGroup.Slate>.self, columns: 200)
        #expect(help.contains("Example: plenary stream slate council on"))
        #expect(help.contains("USAGE: plenary stream slate [--state <folder>] <hall> <position>"))
    }
}

@Suite struct `Where things are` {
    @Test func `the state folder is root's, or the user's own`() {
        #expect(StatePlace.usual(user: 0, environment: [:]) == "/var/lib/plenary")
        #expect(StatePlace.usual(user: 1000, environment: ["HOME": "/home/a"]) == "/home/a/.local/state/plenary")
        #expect(StatePlace.usual(user: 1000, environment: ["HOME": "/home/a", "XDG_STATE_HOME": "/x"]) == "/x/plenary")
        #expect(
            StatePlace.usual(user: 1000, environment: ["HOME": "/home/a", "XDG_STATE_HOME": "relative"]) == "/home/a/.local/state/plenary")
    }

    @Test func `a client looks where it is told, then in the environment`() {
        let environment = ["PLENARY_STATE": "/env", "HOME": "/home/a"]
        #expect(StatePlace.forClient(flag: "/flag", environment: environment, user: 1000) { _ in false } == "/flag")
        #expect(StatePlace.forClient(flag: nil, environment: environment, user: 1000) { _ in false } == "/env")
    }

    @Test func `the pages of a source tree are found from its build folder`() throws {
        let executable = "/src/plenary/.build/x86_64-unknown-linux-gnu/debug/plenary"
        let here: (String) -> Bool = { $0 == "/src/plenary/web/media/hall.png" }
        #expect(try SharedFolders.pages(configured: nil, executable: executable, exists: here) == "/src/plenary/web")
        #expect(SharedFolders.pictures(pages: "/own", executable: executable, exists: here) == "/src/plenary/web/media")
    }

    @Test func `installed pages are found beside the program`() throws {
        let here: (String) -> Bool = { $0 == "/opt/plenary/share/plenary/web/media/hall.png" }
        #expect(
            try SharedFolders.pages(configured: nil, executable: "/opt/plenary/bin/plenary", exists: here)
                == "/opt/plenary/share/plenary/web")
    }

    @Test func `absent pages are a fault that names the key`() {
        #expect { try SharedFolders.pages(configured: "/x", executable: "/bin/plenary") { _ in false } } throws: {
            ($0 as? CommandFailure)?.message == "the folder of pages /x is not there (pages, --pages)"
        }
    }
}
