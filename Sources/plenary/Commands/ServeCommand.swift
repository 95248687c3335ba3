import ArgumentParser
import CLinux
import Foundation
import Glibc
import Logging
import PlenaryConfiguration

/// The flags that override the configuration.
struct ConfigOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration; every key is explained in config/plenary.yaml.", valueName: "file"))
    var config: String = StatePlace.systemConfig
    @Option(help: ArgumentHelp("Serve pages and video here instead (PLENARY_LISTEN).", valueName: "host:port"))
    var listen: String?
    @Option(help: ArgumentHelp("Let encoders push here instead (PLENARY_RTMP_LISTEN).", valueName: "host:port"))
    var rtmpListen: String?
    @Option(help: ArgumentHelp("Serve the votes by WebSocket here instead (PLENARY_EVENTS_LISTEN).", valueName: "host:port"))
    var eventsListen: String?
    @Option(help: ArgumentHelp("The state folder instead (PLENARY_STATE).", valueName: "folder"))
    var state: String?
    @Option(help: ArgumentHelp("The folder of pages instead (PLENARY_PAGES).", valueName: "folder"))
    var pages: String?

    var overrides: ConfigOverrides {
        ConfigOverrides(
            flags: (listen: listen, rtmpListen: rtmpListen, eventsListen: eventsListen, state: state, pages: pages),
            environment: ProcessInfo.processInfo.environment)
    }
}

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon: relay the cameras, serve pages and video.",
        discussion: """
            plenary serve --config config/demo.yaml --state ./run/state

            SIGHUP, or `plenary reload`, reads the configuration again. SIGTERM ends streams and requests in order; a second one leaves at once.
            """)
    @OptionGroup var options: ConfigOptions

    func run() async throws {
        try await reportingFailure {
            let signals = SignalWatch([SIGTERM, SIGINT, SIGHUP])
            signal(SIGPIPE, SIG_IGN)
            // Every viewer is an open file.
            _ = clinux_raise_open_files()
            let environment = ProcessInfo.processInfo.environment
            let (path, overrides) = (ConfigFile.absolute(options.config), options.overrides)
            let file = try ConfigFile.load(path, overrides: overrides)
            let config = file.config

            let sink = LogSink(level: Logger.Level(rawValue: config.log.level) ?? .info, format: config.log.format) { writeError($0) }
            LoggingSystem.bootstrap { _ in HallLogHandler(sink: sink) }
            for warning in file.warnings { sink.logger("daemon").warning("\(warning)") }

            let statePath = ConfigFile.absolute(config.state ?? StatePlace.usual(user: getuid(), environment: environment))
            let state = try StateDirectory(statePath, group: config.controlGroup)
            let executable = SharedFolders.executable()
            let exists = { (path: String) in access(path, F_OK) == 0 }
            let pages = try SharedFolders.pages(configured: config.pages, executable: executable, exists: exists)
            let daemon = try Daemon(
                config: config,
                surroundings: Daemon.Surroundings(
                    stateDirectory: state.path, executable: executable,
                    pictures: SharedFolders.pictures(pages: pages, executable: executable, exists: exists),
                    rules: SharedFolders.rules(executable: executable, exists: exists),
                    readConfig: { () throws(CommandFailure) in try ConfigFile.load(path, overrides: overrides) }, sink: sink))
            try await DaemonRun(
                config: config, daemon: daemon, stateDirectory: state.path, pages: ConfigFile.absolute(pages),
                manager: ServiceManager(environment: environment), signals: signals
            ).run()
        }
    }
}
