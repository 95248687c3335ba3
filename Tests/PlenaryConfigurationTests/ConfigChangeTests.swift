import PlenaryConfiguration
import Testing

@Suite struct `What a new configuration changes` {
    private let old = """
        halls:
          - {name: a, camera: "test:"}
          - {name: b, camera: "test:", title: Old}
          - {name: c, camera: "test:"}

        """

    @Test func `halls are added, removed, changed or left alone`() throws {
        let new = "halls: [{name: d, camera: 'test:'}, {name: b, camera: 'test:', title: New}, {name: a, camera: 'test:'}]"
        let change = try ConfigChange(from: read(old), to: read(new))
        #expect(change.added == ["d"])
        #expect(change.removed == ["c"])
        #expect(change.changed == ["b"])
        #expect(change.unchanged == ["a"])
        #expect(change.needRestart.isEmpty)
    }

    @Test func `the same configuration changes nothing`() throws {
        let change = try ConfigChange(from: read(old), to: read(old))
        #expect(change.unchanged == ["a", "b", "c"])
        #expect(change.added.isEmpty && change.removed.isEmpty && change.changed.isEmpty && change.needRestart.isEmpty)
    }

    @Test(arguments: [
        ("listen: 127.0.0.1:9", "listen"), ("behindProxy: true", "behindProxy"), ("tls: {certificate: a, key: b}", "tls"),
        ("state: /x", "state"),
        ("pages: /x", "pages"), ("control: {group: x}", "control.group"), ("rtmp: {listen: '127.0.0.1:1'}", "rtmp.listen"),
        ("log: {format: json}", "log.format"), ("log: {access: true}", "log.access"), ("limits: {connections: 99}", "limits"),
        ("cors: {origins: []}", "cors.origins"),
        ("embed: {parents: ['https://council.example']}", "embed.parents"),
        ("events: {listen: '127.0.0.1:9'}", "events"),
    ]) func `what belongs to the doors needs a restart`(_ line: String, _ key: String) throws {
        let change = try ConfigChange(from: read(old), to: read(old + line))
        #expect(change.needRestart == [key])
        #expect(change.unchanged == ["a", "b", "c"])
    }

    @Test func `the log's level changes at once`() throws {
        #expect(try ConfigChange(from: read(old), to: read(old + "log: {level: debug}")).needRestart.isEmpty)
    }
}
