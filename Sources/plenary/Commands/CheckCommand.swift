import ArgumentParser
import Foundation
import Gateway
import Glibc
import PlenaryConfiguration
import StreamRelay

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration, every camera, the disk, the ports and the certificate; change nothing.",
        discussion: """
            plenary check --config /etc/plenary/plenary.yaml
            plenary check --no-cameras       only what is on this machine

            Exit 0: all well, or warnings only. Exit 1: something will not work. Exit 78: the configuration has faults.
            """)
    @OptionGroup var options: ConfigOptions
    @Flag(inversion: .prefixedNo, help: "Open each camera for some seconds and look at what it sends.") var cameras = true
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await reportingFailure {
            signal(SIGPIPE, SIG_IGN)
            let file = try ConfigFile.load(ConfigFile.absolute(options.config), overrides: options.overrides)
            let report = await report(file)
            writeOut(output.json ? try json(report) : report.text)
            if report.hasFaults { throw ExitCode(ExitStatus.refused.rawValue) }
        }
    }

    private func json(_ report: CheckReport) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
    }

    private func report(_ file: ConfigFile) async -> CheckReport {
        let config = file.config
        var report = CheckReport()
        let halls = config.halls.count == 1 ? "1 hall" : "\(config.halls.count) halls"
        report.findings.append(.init(.ok, "config", "\(options.config): \(halls)"))
        report.findings += file.warnings.map { .init(.warning, "config", $0) }
        let state = ConfigFile.absolute(config.state ?? StatePlace.usual(user: getuid(), environment: ProcessInfo.processInfo.environment))
        report.findings += pictures(config)
        report.findings += rules(config)
        report.findings.append(StateCheck.finding(state))
        let daemon = StateCheck.daemon(in: state)
        report.findings.append(await PortCheck.finding(config.listen, purpose: "pages and video", daemon: daemon))
        if let address = config.rtmpListen { report.findings.append(await PortCheck.finding(address, purpose: "encoders", daemon: daemon)) }
        report.findings.append(await PortCheck.finding(config.events.listen, purpose: "votes", daemon: daemon))
        if let tls = config.tls { report.findings += CertificateCheck.findings(tls, now: currentMilliseconds()) }
        if cameras { report.findings += await CameraCheck(config: config).findings() }
        return report
    }

    /// The rules that new records begin with.
    private func rules(_ config: PlenaryConfig) -> [CheckReport.Finding] {
        let first = FirstRules(folder: SharedFolders.rules(executable: SharedFolders.executable()) { access($0, F_OK) == 0 })
        return config.halls.map { hall in
            do throws(CommandFailure) {
                guard let book = try first.book(hall.rules, hall: hall.name) else {
                    return .init(
                        .warning, "hall \(hall.name)",
                        "no voting rules come with the language \(hall.language): give rules, or `plenary rules import` before the first sitting"
                    )
                }
                return .init(.ok, "hall \(hall.name)", "voting rules of \(book.country), until `plenary rules import`")
            } catch {
                return .init(.fault, "hall \(hall.name)", error.message)
            }
        }
    }

    private func pictures(_ config: PlenaryConfig) -> [CheckReport.Finding] {
        do {
            let pages = try SharedFolders.pages(configured: config.pages, executable: SharedFolders.executable()) { access($0, F_OK) == 0 }
            var findings = [CheckReport.Finding(.ok, "pages", pages)]
            for hall in config.halls {
                guard let image = hall.stream.slateImage, access(image, R_OK) != 0 else { continue }
                findings.append(.init(.fault, "hall \(hall.name)", "the card \(image) cannot be read (slateImage)"))
            }
            findings += config.halls.compactMap { hall in
                guard let arms = hall.arms, let fault = Arms.fault(at: arms) else { return nil }
                return .init(.fault, "hall \(hall.name)", "the arms \(arms) \(fault.sentence) (arms)")
            }
            return findings
        } catch {
            return [.init(.fault, "pages", error.message)]
        }
    }
}
