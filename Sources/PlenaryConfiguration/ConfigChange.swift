/// What a new configuration changes against the one that runs.
public struct ConfigChange: Sendable, Equatable {
    /// Names of halls, in the new file's order; `removed` in the old one's.
    public var added: [String]
    public var removed: [String]
    public var changed: [String]
    public var unchanged: [String]
    /// Keys that take effect with the daemon's next start only.
    public var needRestart: [String]

    public init(from old: PlenaryConfig, to new: PlenaryConfig) {
        let before = Dictionary(old.halls.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let names = Set(new.halls.map(\.name))
        added = new.halls.map(\.name).filter { before[$0] == nil }
        removed = old.halls.map(\.name).filter { !names.contains($0) }
        changed = new.halls.filter { before[$0.name] != nil && before[$0.name] != $0 }.map(\.name)
        unchanged = new.halls.filter { before[$0.name] == $0 }.map(\.name)
        needRestart = []
        if old.listen != new.listen { needRestart.append("listen") }
        if old.tls != new.tls { needRestart.append("tls") }
        if old.behindProxy != new.behindProxy { needRestart.append("behindProxy") }
        if old.state != new.state { needRestart.append("state") }
        if old.pages != new.pages { needRestart.append("pages") }
        if old.controlGroup != new.controlGroup { needRestart.append("control.group") }
        if old.rtmpListen != new.rtmpListen { needRestart.append("rtmp.listen") }
        if old.events != new.events { needRestart.append("events") }
        if old.log.format != new.log.format { needRestart.append("log.format") }
        if old.log.access != new.log.access { needRestart.append("log.access") }
        if old.corsOrigins != new.corsOrigins { needRestart.append("cors.origins") }
        if old.embedParents != new.embedParents { needRestart.append("embed.parents") }
        if old.limits != new.limits { needRestart.append("limits") }
    }
}
