import Testing

@testable import PlenaryConfiguration

/// Each fault: what was written, and what the operator is told.
struct FaultCase: CustomTestStringConvertible, Sendable {
    var text: String
    var fault: String
    var testDescription: String { fault }

    static let halls = "halls: [{name: council, camera: 'test:'}]\n"

    static let all: [FaultCase] = [
        // Keys
        FaultCase(
            text: hall("partDuraton: 1"), fault: "plenary.yaml:4:5: halls[0]: unknown key `partDuraton`: did you mean `partDuration`?"),
        FaultCase(text: halls + "lisen: 1", fault: "plenary.yaml:2:1: unknown key `lisen`: did you mean `listen`?"),
        FaultCase(
            text: halls + "log: {colour: red}", fault: "plenary.yaml:2:7: log: unknown key `colour`: allowed are level, format, access"),
        FaultCase(
            text: hall("autostart: true", "autostart: false"),
            fault: "plenary.yaml:4:5: halls[0].autostart: the key stands here twice: remove one"),
        FaultCase(text: halls + "\"log\": {level: info}\nlog: {}", fault: "plenary.yaml:2:1: log: the key stands here twice: remove one"),
        FaultCase(text: halls + "[1]: 2", fault: "plenary.yaml:2:1: a list is not the name of a key"),
        FaultCase(
            text: halls + "log: info",
            fault: "plenary.yaml:2:6: log: “info” is not allowed here: expected keys, one a line, such as “level: …”"),
        // Values
        FaultCase(
            text: hall("autostart: maybe"),
            fault: "plenary.yaml:4:5: halls[0].autostart: “maybe” is not allowed here: expected true or false"),
        FaultCase(
            text: hall("autostart: \"true\""),
            fault: "plenary.yaml:4:5: halls[0].autostart: “true” is not allowed here: expected true or false"),
        FaultCase(
            text: hall("segmentDuration: two"),
            fault: "plenary.yaml:4:5: halls[0].segmentDuration: “two” is not allowed here: expected seconds, 0.5 to 10"),
        FaultCase(
            text: hall("segmentDuration: .nan"),
            fault: "plenary.yaml:4:5: halls[0].segmentDuration: “.nan” is not allowed here: expected seconds, 0.5 to 10"),
        FaultCase(
            text: hall("captureDelay: -1"), fault: "plenary.yaml:4:5: halls[0].captureDelay: -1 is out of range: expected seconds, 0 to 30"),
        FaultCase(
            text: hall("captureDelay: [1]"),
            fault: "plenary.yaml:4:5: halls[0].captureDelay: a list is not allowed here: expected seconds, 0 to 30"),
        FaultCase(
            text: hall("captureDelay:"),
            fault: "plenary.yaml:4:5: halls[0].captureDelay: nothing is not allowed here: expected seconds, 0 to 30"),
        FaultCase(
            text: halls + "limits: {connections: 1.5}",
            fault: "plenary.yaml:2:10: limits.connections: “1.5” is not allowed here: expected a whole number, 16 to 1000000"),
        FaultCase(
            text: hall("workerMemory: 1MiB"),
            fault: "plenary.yaml:4:5: halls[0].workerMemory: 1MiB is out of range: expected a size, 64MiB to 16GiB, such as 512MiB"),
        FaultCase(
            text: hall("audioNames: Floor"),
            fault: "plenary.yaml:4:5: halls[0].audioNames: “Floor” is not allowed here: expected a list of up to 8 names"),
        FaultCase(
            text: hall("language: українська"),
            fault: "plenary.yaml:4:5: halls[0].language: “українська” is not allowed here: expected a BCP 47 language such as uk, en or pl"),
        FaultCase(
            text: halls + "cors: {origins: ['https://Council.example/']}",
            fault: "plenary.yaml:2:8: cors.origins: “https://Council.example/” is not an origin: expected scheme, host and port only, "
                + "such as https://council.example"),
        FaultCase(
            text: halls + "cors: {origins: ['*', 'https://council.example']}",
            fault: "plenary.yaml:2:8: cors.origins: “*” is every site: it stands alone, or not at all"),
        FaultCase(
            text: halls + "cors: {origins: '*'}",
            fault: "plenary.yaml:2:8: cors.origins: “*” is not allowed here: expected a list of up to 64 origins such as "
                + "https://council.example, or [\"*\"]"),
        FaultCase(
            text: halls + "log: {level: warn}",
            fault: "plenary.yaml:2:7: log.level: “warn” is not one of debug, info, notice, warning, error: did you mean warning?"),
        FaultCase(
            text: halls + "log: {format: jsn}", fault: "plenary.yaml:2:7: log.format: “jsn” is not one of human, json: did you mean json?"),
        FaultCase(
            text: halls + "listen: 8080",
            fault: "plenary.yaml:2:1: listen: “8080” is not allowed here: expected host:port, such as 127.0.0.1:8080 or [::1]:8080"),
        // Between keys
        FaultCase(
            text: halls + "listen: 0.0.0.0:80",
            fault: "plenary.yaml:2:1: listen: 0.0.0.0:80 is open to the network and has no TLS: give tls.certificate and tls.key, "
                + "or say behindProxy: true when a front proxy speaks TLS, or listen on 127.0.0.1:80"),
        FaultCase(
            text: halls + "tls: {key: k.pem}",
            fault: "plenary.yaml:2:6: tls.certificate: must be given with tls.key: the PEM file of the certificate"),
        FaultCase(
            text: hall("segmentMaximum: 1"),
            fault: "plenary.yaml:4:5: halls[0].segmentMaximum: 1 is less than segmentDuration 2: give at least as much"),
        FaultCase(
            text: hall("partDuration: 3"),
            fault: "plenary.yaml:4:5: halls[0].partDuration: 3 is longer than a segment (segmentDuration 2): give at most as much"),
        FaultCase(
            text: hall("liveWindow: 30"),
            fault: "plenary.yaml:4:5: halls[0].liveWindow: 30 is too short for segmentMaximum 10: a playlist keeps six target durations "
                + "(EXT-X-SKIP begins past them), so give at least 60, or a smaller segmentMaximum"),
        // Halls
        FaultCase(
            text: "listen: 127.0.0.1:1",
            fault:
                "plenary.yaml:1:1: halls: must be given: a list with at least one hall, such as “- name: council” with “camera: test:” below"
        ),
        FaultCase(text: "halls: []", fault: "plenary.yaml:1:1: halls: the list is empty: name at least one hall"),
        FaultCase(
            text: "halls: {name: a}",
            fault: "plenary.yaml:1:1: halls: a block of keys is not allowed here: expected a list, each hall beginning with “- name: …”"),
        FaultCase(
            text: "halls: [council]",
            fault: "plenary.yaml:1:9: halls[0]: “council” is not allowed here: expected keys, one a line, such as “name: …”"),
        FaultCase(
            text: "halls: [{name: Große, camera: 'test:'}]",
            fault:
                "plenary.yaml:1:10: halls[0].name: “Große” is not allowed here: expected 1 to 32 of a-z, 0-9 and -, not beginning with -"
        ),
        FaultCase(
            text: "halls: [{name: ../x, camera: 'test:'}]",
            fault:
                "plenary.yaml:1:10: halls[0].name: “../x” is not allowed here: expected 1 to 32 of a-z, 0-9 and -, not beginning with -"
        ),
        FaultCase(
            text: "halls: [{name: a, camera: 'test:'}, {name: a, camera: 'test:'}]",
            fault: "plenary.yaml:1:38: halls[1].name: “a” is the name of halls[0] too: every hall needs its own"),
        FaultCase(
            text:
                "rtmp: {listen: '127.0.0.1:1935'}\nhalls: [{name: a, camera: 'rtmp-push:12345678'}, {name: b, camera: 'rtmp-push:12345678'}]",
            fault: "plenary.yaml:2:60: halls[1].camera: the stream key is that of hall “a” too: every hall needs its own"),
        FaultCase(
            text: "halls: [{name: a, camera: 'rtmp-push:12345678'}]",
            fault:
                "plenary.yaml:1:19: halls[0].camera: an encoder is to push here, but no RTMP door is open: set rtmp.listen, such as 127.0.0.1:1935"
        ),
        FaultCase(
            text: "halls: [{name: a}]",
            fault:
                "plenary.yaml:1:9: halls[0].camera: must be given, here or by cameraFile: rtsp://…, rtmp://…, rtmp-push:KEY, srt://…, udp://…, rtp://…, a file or test:"
        ),
        FaultCase(
            text: "halls: [{name: a, camera: 'gopher://x'}]",
            fault:
                "plenary.yaml:1:19: halls[0].camera: the scheme “gopher” is not one that Plenary opens: use rtsp, rtsps, rtmp, rtmps, srt, udp, rtp, file, test, rtmp-push"
        ),
        FaultCase(
            text: hall("cameraFile: c.txt"), fault: "plenary.yaml:4:5: halls[0].cameraFile: camera is given too: remove one of the two"),
        FaultCase(
            text: "halls: [{name: a, cameraFile: c.txt}]",
            fault: "plenary.yaml:1:19: halls[0].cameraFile: /etc/plenary/c.txt cannot be read: no such file"),
        // YAML
        FaultCase(
            text: "a:\n\t- b",
            fault:
                "plenary.yaml:2:1: not YAML: while scanning for the next token: found character that cannot start any token (mind the indentation: spaces, no tabs)"
        ),
        FaultCase(
            text: "halls:\n  - name: a\n    camera: test:",
            fault:
                "plenary.yaml:3:17: not YAML: mapping values are not allowed in this context (a value with a colon at its end or before a space needs quotes, as in camera: \"test:\"; else mind the indentation)"
        ),
        FaultCase(text: "- a\n- b", fault: "plenary.yaml:1:1: a list is not allowed here: expected keys, one a line, such as “listen: …”"),
    ]
}

@Suite struct `Faults of a configuration` {
    @Test(arguments: FaultCase.all) func `a fault names its line, its key, what was found and what is allowed`(_ given: FaultCase) {
        #expect(faults(given.text).contains(given.fault), "\(faults(given.text))")
    }

    @Test func `all faults come at once and in the order of their lines`() {
        let found = faults(
            """
            listen: here
            lisen: 1
            listen: 127.0.0.1:8080
            halls:
              - name: a
                camera: "test:"
                autostart: maybe
                partDuration: 9
              - name: a
                camera: nowhere
                slateOnLos: true
            """)
        #expect(found.count == 6)
        #expect(found.map { $0.split(separator: ":")[1] } == ["1", "2", "7", "8", "10", "11"])
    }

    @Test func `a fault never shows a camera's password or stream key`() {
        let text = """
            halls:
              - name: a
                camera: rtspp://user:geheim@cam/1
              - name: b
                camera: rtmp-push:geheim!!!
              - name: c
                camera: "rtsp:geheim"
              - name: d
                cameraFile: secret
            """
        let found = faults(text, files: ["/etc/plenary/secret": "xyz://user:geheim@cam\n"])
        #expect(found.count == 4)
        #expect(!found.joined().contains("geheim"))
    }

    @Test func `an override is at fault by its own name`() {
        var overrides = ConfigOverrides(flags: ("nowhere", nil, nil, nil, nil), environment: [:])
        #expect(
            faults(hall(), overrides: overrides)
                == ["--listen: “nowhere” is not allowed here: expected host:port, such as 127.0.0.1:8080"])
        overrides = ConfigOverrides(flags: (nil, nil, nil, nil, nil), environment: ["PLENARY_LISTEN": "0.0.0.0:8080"])
        #expect(faults(hall(), overrides: overrides).first?.contains("0.0.0.0:8080 (from PLENARY_LISTEN) is open to the network") == true)
    }

    @Test func `a hundred repeated keys end in a fault, not in a loop`() {
        let text = (0..<150).map { _ in "listen: 127.0.0.1:1" }.joined(separator: "\n")
        #expect(faults(text).count == 1)
    }
}
