import NIOCore
import NIOEmbedded
import NIOHTTP1
import StreamRelay
import Testing

@testable import Gateway

/// The machine without a channel: what it says to each input, and where it stands after it.
@Suite struct `A connection's requests, as states` {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let limits = DoorLimits()

    // MARK: One request

    @Test func `a request is served when it is whole, and the connection waits for the next`() throws {
        var machine = RequestMachine(.connection, at: start)
        machine.bytesArrived(at: start)
        #expect(machine.phase == .header)
        #expect(machine.received(get("/live/a/x?y"), at: start) == .none)
        #expect(machine.phase == .body)
        #expect(try machine.receivedEnd() == .serve(get("/live/a/x?y"), RequestTarget("/live/a/x?y"), body: nil))
        let (completion, closes) = try #require(answer(&machine, bytes: 3))
        #expect(completion.status == 200 && completion.bytes == 3 && completion.exchange.kind == .live && !completion.isAborted)
        #expect(!closes && machine.phase == .idle)
    }

    @Test func `a body in parts is one body`() throws {
        var machine = RequestMachine(.connection, at: start)
        #expect(machine.received(post("/api/x"), at: start) == .none)
        for part in ["on", "", "e"] { #expect(machine.received(body: ByteBuffer(string: part)) == .none) }
        #expect(try machine.receivedEnd() == .serve(post("/api/x"), RequestTarget("/api/x"), body: ByteBuffer(string: "one")))
    }

    @Test func `a body that is too large is refused, and the rest of it is forgotten`() throws {
        var machine = RequestMachine(.connection, at: start)
        let room = BodyRoom(for: post("/").head, limits: limits) { false }
        _ = machine.received(post("/"), room: room, fault: nil, at: start)
        #expect(machine.received(body: ByteBuffer(repeating: 1, count: limits.bodyBytes)) == .none)
        #expect(machine.received(body: ByteBuffer(repeating: 1, count: 1)) == .problem(RequestFault(room.refusal)))
        #expect(machine.received(body: ByteBuffer(repeating: 1, count: 1)) == .none)
        #expect(machine.receivedEnd() == .none)
        #expect(try #require(answer(&machine, status: 413)).closes)
        #expect(machine.phase == .closing && machine.next(isWritable: true, at: start) == nil)
    }

    @Test func `a header at fault is refused before its body comes`() throws {
        var machine = RequestMachine(.connection, at: start)
        let fault = RequestFault(status: 417, sentence: "no")
        let request = header(.POST, "/", ["expect": "100-continue"])
        #expect(machine.received(request, room: room(request), fault: fault, at: start) == .problem(fault))
        let (completion, closes) = try #require(answer(&machine, status: 417))
        #expect(completion.status == 417 && closes)
    }

    @Test func `a path at fault is answered, and the connection stays`() throws {
        var machine = RequestMachine(.connection, at: start)
        _ = machine.received(get("/a/../b"), at: start)
        guard case .problem(let fault) = machine.receivedEnd() else {
            Issue.record("it is no problem")
            return
        }
        #expect(fault.status == 400)
        #expect(try !#require(answer(&machine, status: 400)).closes)
    }

    @Test func `who waits for 100 Continue is told so, over HTTP 1_1 only`() {
        let fields: HTTPHeaders = ["expect": "100-continue"]
        var machine = RequestMachine(.connection, at: start)
        #expect(machine.received(header(.POST, "/", fields), at: start) == .goOn)
        var old = RequestMachine(.connection, at: start)
        #expect(old.received(header(.POST, "/", fields, version: .http1_0), at: start) == .none)
        var stream = RequestMachine(.stream, at: start)
        #expect(stream.received(header(.POST, "/", fields), at: start) == .none)
    }

    // MARK: Keep-alive and close

    @Test(
        arguments: [
            (HTTPVersion.http1_1, HTTPHeaders(), false), (.http1_1, ["connection": "close"], true), (.http1_0, HTTPHeaders(), true),
            (.http1_0, ["connection": "keep-alive"], false), (.http1_1, ["connection": "upgrade", "upgrade": "h2c"], true),
        ] as [(HTTPVersion, HTTPHeaders, Bool)])
    func `a connection closes when its client says so, is old, or offers an upgrade`(
        version: HTTPVersion, fields: HTTPHeaders, closes: Bool
    ) throws {
        var machine = asked(header(.GET, "/", fields, version: version))
        #expect(machine.takesCommonAnswer == !closes)
        #expect(machine.send(200, [], count: 0, isLast: false, at: start)?.closes == closes)
        #expect(machine.nextPiece(limit: nil, isWritable: true, at: start) == .end)
        #expect(try #require(outcome(machine.written(at: start))).closes == closes)
        #expect(machine.phase == (closes ? .closing : .idle))
    }

    @Test func `an answer that is the last closes the connection`() throws {
        var machine = asked(get("/"))
        #expect(machine.send(200, [], count: 0, isLast: true, at: start)?.closes == true)
        _ = machine.nextPiece(limit: nil, isWritable: true, at: start)
        #expect(try #require(outcome(machine.written(at: start))).closes)
    }

    @Test func `HEAD and what is not modified have no bytes`() {
        for (method, status) in [(HTTPMethod.HEAD, 200), (.GET, 304), (.GET, 204)] {
            var machine = asked(header(method, "/"))
            #expect(machine.send(status, [ByteBuffer(string: "x")], count: 1, isLast: false, at: start)?.isBodiless == true)
            #expect(machine.nextPiece(limit: nil, isWritable: true, at: start) == .end)
            #expect(machine.written(at: start)?.completion.bytes == 0)
        }
    }

    @Test func `only GET on a connection that stays takes the answer that all get`() {
        #expect(asked(get("/")).takesCommonAnswer)
        #expect(!asked(header(.HEAD, "/")).takesCommonAnswer)
        #expect(!RequestMachine(.connection, at: start).takesCommonAnswer)
        var stream = RequestMachine(.stream, at: start)
        _ = stream.received(get("/"), at: start)
        _ = stream.receivedEnd()
        #expect(!stream.takesCommonAnswer)
    }

    @Test func `only a connection with nothing to do and nothing that waits for its turn is idle`() {
        var machine = RequestMachine(.connection, at: start)
        #expect(machine.idleSince == start)
        machine.bytesArrived(at: start)
        #expect(machine.idleSince == nil)
        #expect(asked(get("/")).idleSince == nil)
        var routed = waiting(.router(Task {}))
        #expect(routed.idleSince == nil)
        _ = routed.received(get("/"), at: start)
        _ = routed.receivedEnd()
        _ = routed.mayRead()
        _ = routed.stream(200, length: 1, isLast: false, serial: 1)
        _ = routed.madeAll(serial: 1, at: start)
        _ = routed.written(at: start)
        #expect(routed.phase == .idle && routed.idleSince == nil)
    }

    @Test func `a shutdown closes the idle at once and the others after their answer`() throws {
        var idle = RequestMachine(.connection, at: start)
        #expect(outcome(idle.drain()))
        var stream = RequestMachine(.stream, at: start)
        #expect(!outcome(stream.drain()))
        var routed = waiting(.router(Task {}))
        #expect(!outcome(routed.drain()))
        _ = routed.stream(200, length: 1, isLast: false, serial: 1)
        _ = routed.madeAll(serial: 1, at: start)
        #expect(try #require(outcome(routed.written(at: start))).closes)
    }

    // MARK: Pipelining

    @Test func `pipelined requests are served in order, each when the one before is answered`() throws {
        var machine = RequestMachine(.connection, at: start)
        for name in ["/1", "/2", "/3"] {
            let isFirst = name == "/1"
            #expect(machine.received(get(name), at: start) == .none)
            let step = machine.receivedEnd()
            #expect(isFirst == (step != .none))
        }
        #expect(machine.next(isWritable: true, at: start) == nil)
        for name in ["/2", "/3"] {
            #expect(try !#require(answer(&machine)).closes)
            #expect(machine.hasBacklog)
            #expect(machine.next(isWritable: true, at: start) == RequestMachine.Step.none)
            #expect(try machine.next(isWritable: true, at: start) == .serve(get(name), RequestTarget(name), body: nil))
        }
        #expect(answer(&machine) != nil && !machine.hasBacklog)
        #expect(machine.next(isWritable: true, at: start) == nil && machine.phase == .idle)
    }

    @Test func `a request sent ahead waits while the client takes no bytes`() throws {
        var machine = asked(get("/1"))
        _ = machine.received(get("/2"), at: start)
        _ = machine.receivedEnd()
        _ = answer(&machine)
        #expect(machine.next(isWritable: false, at: start) == nil)
        guard case .next = machine.becameWritable() else {
            Issue.record("the next is not asked for")
            return
        }
        _ = machine.next(isWritable: true, at: start)
        #expect(try machine.next(isWritable: true, at: start) == .serve(get("/2"), RequestTarget("/2"), body: nil))
    }

    @Test func `what comes behind a request that waits to be taken waits as well`() throws {
        var machine = asked(get("/1"))
        _ = machine.received(get("/2"), at: start)
        _ = answer(&machine)
        #expect(machine.receivedEnd() == .none)
        #expect(machine.phase == .idle)
        _ = machine.next(isWritable: true, at: start)
        #expect(try machine.next(isWritable: true, at: start) == .serve(get("/2"), RequestTarget("/2"), body: nil))
    }

    @Test func `nothing is read while requests wait, and a read that was due comes after them`() {
        var machine = asked(get("/1"))
        let mayRead = machine.mayRead()
        #expect(mayRead && !machine.takeDueRead())
        _ = machine.received(get("/2"), at: start)
        _ = machine.receivedEnd()
        let mayReadMore = machine.mayRead()
        #expect(!mayReadMore && !machine.takeDueRead())
        _ = answer(&machine)
        while machine.next(isWritable: true, at: start) != nil {}
        let isDue = machine.takeDueRead()
        #expect(isDue && !machine.takeDueRead() && machine.mayRead())
    }

    @Test func `what was sent ahead of the last answer is dropped`() {
        var machine = asked(header(.GET, "/1", ["connection": "close"]))
        _ = machine.received(get("/2"), at: start)
        _ = machine.receivedEnd()
        #expect(answer(&machine)?.closes == true)
        #expect(machine.next(isWritable: true, at: start) == nil && machine.mayRead())
    }

    // MARK: Faults of the byte stream

    @Test func `bytes that are no HTTP are refused`() throws {
        for begins in [false, true] {
            var machine = RequestMachine(.connection, at: start)
            if begins { machine.bytesArrived(at: start) }
            #expect(machine.failed(Self.garbage, at: start) == .problem(Self.garbage))
            let (completion, closes) = try #require(answer(&machine, status: 400))
            #expect(closes && completion.exchange.request.head.uri == "")
        }
    }

    @Test func `a fault behind queued requests waits for their answers`() throws {
        var machine = waiting(.router(Task {}))
        _ = machine.received(get("/2"), at: start)
        _ = machine.receivedEnd()
        #expect(machine.failed(Self.garbage, at: start) == .none)
        _ = machine.stream(200, length: 0, isLast: false, serial: 1)
        _ = machine.madeAll(serial: 1, at: start)
        #expect(try !#require(outcome(machine.written(at: start))).closes)
        _ = machine.next(isWritable: true, at: start)
        #expect(try machine.next(isWritable: true, at: start) == .serve(get("/2"), RequestTarget("/2"), body: nil))
        #expect(machine.next(isWritable: true, at: start) == nil)
        #expect(try !#require(answer(&machine)).closes)
        #expect(machine.hasBacklog)
        #expect(machine.next(isWritable: true, at: start) == .problem(Self.garbage))
        #expect(try #require(answer(&machine, status: 400)).closes)
    }

    @Test func `a fault within a request sent ahead is that request's`() throws {
        var machine = waiting(.router(Task {}))
        _ = machine.received(post("/2"), at: start)
        _ = machine.received(body: ByteBuffer(string: "half"))
        #expect(machine.failed(Self.garbage, at: start) == .none)
        _ = machine.stream(200, length: 0, isLast: false, serial: 1)
        _ = machine.madeAll(serial: 1, at: start)
        _ = machine.written(at: start)
        #expect(machine.next(isWritable: true, at: start) == RequestMachine.Step.none)
        #expect(machine.next(isWritable: true, at: start) == RequestMachine.Step.none)
        #expect(machine.next(isWritable: true, at: start) == .problem(Self.garbage))
        let (completion, closes) = try #require(answer(&machine, status: 400))
        #expect(closes && completion.exchange.request == post("/2"))
    }

    @Test func `a fault behind a request that the client's full channel holds back waits too`() throws {
        var machine = asked(get("/1"))
        _ = machine.received(get("/2"), at: start)
        _ = machine.receivedEnd()
        _ = answer(&machine)
        #expect(machine.next(isWritable: false, at: start) == nil)
        #expect(machine.failed(Self.garbage, at: start) == .none)
        #expect(machine.next(isWritable: false, at: start) == nil)
        _ = machine.next(isWritable: true, at: start)
        #expect(try machine.next(isWritable: true, at: start) == .serve(get("/2"), RequestTarget("/2"), body: nil))
    }

    @Test func `a connection that closes has no faults any more`() {
        var machine = asked(header(.GET, "/", ["connection": "close"]))
        _ = answer(&machine)
        #expect(machine.failed(Self.garbage, at: start) == .none && machine.next(isWritable: true, at: start) == nil)
    }

    // MARK: Deadlines

    @Test(arguments: Stand.allCases) func `each state has its own deadline, or none`(stand: Stand) {
        let machine = machine(in: stand)
        let (limit, verdict) = stand.deadline(limits)
        guard let limit else {
            #expect(machine.verdict(at: start + .hours(24), limits: limits) == .fine)
            return
        }
        #expect(machine.verdict(at: start + limit, limits: limits) == .fine)
        #expect(machine.verdict(at: start + limit + .nanoseconds(1), limits: limits) == verdict)
    }

    @Test func `a deadline that passes is answered once, with what is known of the request`() throws {
        let late = RequestFault(status: 408, sentence: "late")
        for stand in [Stand.header, .body] {
            var machine = machine(in: stand)
            #expect(machine.refuse(late, at: start) == .problem(late))
            let (completion, closes) = try #require(answer(&machine, status: 408))
            #expect(closes && completion.exchange.request.head.uri == (stand == .body ? "/asked" : ""))
        }
        var machine = machine(in: .sending)
        #expect(machine.refuse(late, at: start) == .close)
    }

    @Test func `a piece that is taken is progress`() {
        var machine = asked(get("/"))
        _ = machine.send(200, [ByteBuffer(repeating: 1, count: 30)], count: 30, isLast: false, at: start)
        _ = machine.nextPiece(limit: 10, isWritable: true, at: start + .seconds(10))
        #expect(machine.verdict(at: start + .seconds(10) + limits.stallDeadline, limits: limits) == .fine)
        #expect(machine.nextPiece(limit: 10, isWritable: false, at: start + .seconds(20)) == .full)
        #expect(machine.verdict(at: start + .seconds(11) + limits.stallDeadline, limits: limits) == .closeStalled)
    }

    @Test func `a request sent ahead has its time from its turn`() {
        var machine = asked(get("/1"))
        _ = machine.received(post("/2"), at: start)
        _ = answer(&machine)
        let later = start + .hours(1)
        _ = machine.next(isWritable: true, at: later)
        #expect(machine.phase == .body && machine.verdict(at: later + limits.bodyDeadline, limits: limits) == .fine)
    }

    // MARK: A peer that leaves

    @Test(arguments: Stand.allCases) func `a peer may leave in each state, and nothing of it stays`(stand: Stand) throws {
        var machine = machine(in: stand)
        let departure = machine.peerLeft()
        switch stand {
        case .idle, .header, .closing: #expect(departure.completion == nil)
        case .body, .held, .routed:
            let completion = try #require(departure.completion)
            #expect(completion.status == 499 && completion.bytes == 0 && completion.isAborted)
        case .listening, .streaming, .sending, .ending:
            let completion = try #require(departure.completion)
            #expect(completion.status == 200 && completion.bytes == 5 && completion.isAborted)
        }
        switch (stand, departure.source) {
        case (.held, .window), (.listening, .events), (.routed, .router), (.streaming, .router): break
        case (.idle, nil), (.header, nil), (.body, nil), (.sending, nil), (.ending, nil), (.closing, nil): break
        default: Issue.record("\(stand) leaves \(String(describing: departure.source)) behind")
        }
        let again = machine.peerLeft()
        #expect(again.completion == nil && again.source == nil)
        #expect(machine.received(get("/late"), at: start) == .none && machine.receivedEnd() == .none)
        #expect(machine.failed(Self.garbage, at: start) == .none && machine.written(at: start) == nil)
        #expect(machine.stream(200, length: 1, isLast: false, serial: 1) == nil && machine.madeAll(serial: 1, at: start) == nil)
        #expect(machine.verdict(at: start + .hours(1), limits: limits) == .fine && !machine.inputClosed() && !machine.hasBacklog)
    }

    @Test func `whoever waits for space is told that there will be none`() throws {
        let loop = EmbeddedEventLoop()
        var machine = machine(in: .streaming)
        let space = try #require(outcome(machine.waitForSpace(serial: 1) { loop.makePromise() }))
        try #require(machine.peerLeft().space).fail(ChannelError.ioOnClosedChannel)
        #expect(throws: ChannelError.self) { try space.wait() }
    }

    @Test func `a stream that is reset while it waits is abandoned`() throws {
        var machine = RequestMachine(.stream, at: start)
        _ = machine.received(get("/live/a/main.m3u8"), at: start)
        _ = machine.receivedEnd()
        let hold = Self.hold()
        machine.wait(for: .window(hold))
        let departure = machine.peerLeft()
        guard case .window(let left) = departure.source else {
            Issue.record("the hold stays")
            return
        }
        #expect(left === hold && departure.completion?.status == 499)
        #expect(machine.released(by: hold) == nil)
    }

    // MARK: Half-closed input

    @Test(arguments: Stand.allCases) func `a client that closes its half is closed, unless its answer is being made or sent`(stand: Stand)
        throws
    {
        var machine = machine(in: stand)
        let closes = machine.inputClosed()
        switch stand {
        case .idle, .header, .body, .held, .listening, .closing: #expect(closes)
        case .routed:
            #expect(!closes)
            #expect(machine.stream(200, length: 0, isLast: false, serial: 1)?.closes == true)
        case .streaming:
            #expect(!closes)
            _ = machine.madeAll(serial: 1, at: start)
            #expect(try #require(outcome(machine.written(at: start))).closes)
        case .sending:
            #expect(!closes)
            while machine.nextPiece(limit: nil, isWritable: true, at: start) != .end {}
            #expect(try #require(outcome(machine.written(at: start))).closes)
        case .ending:
            #expect(!closes)
            #expect(try #require(outcome(machine.written(at: start))).closes)
        }
    }

    @Test func `a stream's end of input closes nothing while it is asked or answered`() {
        var machine = RequestMachine(.stream, at: start)
        #expect(!outcome(machine.inputClosed()))
        _ = machine.received(get("/"), at: start)
        #expect(!outcome(machine.inputClosed()))
        _ = machine.receivedEnd()
        machine.wait(for: .window(Self.hold()))
        #expect(!outcome(machine.inputClosed()))
    }

    // MARK: Answers in pieces

    @Test func `pieces are no larger than the limit, and all bytes come in order`() {
        var machine = asked(get("/"))
        let chunks = ["abcdefg", "", "hi", "jkl"].map { ByteBuffer(string: $0) }
        _ = machine.send(200, chunks, count: 12, isLast: false, at: start)
        var pieces: [String] = []
        var last: [Bool] = []
        while case .bytes(let piece, let isLast) = machine.nextPiece(limit: 3, isWritable: true, at: start) {
            pieces.append(String(buffer: piece))
            last.append(isLast)
        }
        #expect(pieces == ["abc", "def", "g", "", "hi", "jkl"])
        #expect(last == [false, false, false, false, false, true])
        #expect(machine.written(at: start)?.completion.bytes == 12)
    }

    @Test func `where writing copies nothing a chunk is a piece, however full the channel`() {
        var machine = asked(get("/"))
        _ = machine.send(200, [ByteBuffer(string: "abcdefg"), ByteBuffer(string: "h")], count: 8, isLast: false, at: start)
        #expect(machine.nextPiece(limit: nil, isWritable: false, at: start) == .bytes(ByteBuffer(string: "abcdefg"), isLast: false))
        #expect(machine.nextPiece(limit: nil, isWritable: false, at: start) == .bytes(ByteBuffer(string: "h"), isLast: true))
        #expect(machine.nextPiece(limit: nil, isWritable: false, at: start) == .end)
    }

    @Test func `an answer goes on where it stopped, and ends once, however often the channel asks`() {
        var machine = asked(get("/"))
        _ = machine.send(200, [ByteBuffer(string: "abcd")], count: 4, isLast: false, at: start)
        #expect(machine.nextPiece(limit: 2, isWritable: true, at: start) == .bytes(ByteBuffer(string: "ab"), isLast: false))
        #expect(machine.nextPiece(limit: 2, isWritable: false, at: start) == .full)
        guard case .pieces = machine.becameWritable() else {
            Issue.record("no pieces are asked for")
            return
        }
        #expect(machine.nextPiece(limit: 2, isWritable: true, at: start) == .bytes(ByteBuffer(string: "cd"), isLast: true))
        // The write of a piece may make the channel writable again and ask from within.
        #expect(machine.nextPiece(limit: 2, isWritable: true, at: start) == .end)
        #expect(machine.nextPiece(limit: 2, isWritable: true, at: start) == .none)
        #expect(machine.written(at: start) != nil && machine.written(at: start) == nil)
    }

    @Test func `an answer that is made bit by bit waits for space and ends with its last chunk`() throws {
        let loop = EmbeddedEventLoop()
        var machine = waiting(.router(Task {}))
        #expect(machine.stream(200, length: nil, isLast: false, serial: 1) == .init(closes: false, isChunked: true, isBodiless: false))
        #expect(machine.made(3, serial: 1) == true)
        let space = try #require(outcome(machine.waitForSpace(serial: 1) { loop.makePromise() }))
        let same = try #require(outcome(machine.waitForSpace(serial: 1) { loop.makePromise() }))
        #expect(space === same)
        guard case .space(let promise) = machine.becameWritable() else {
            Issue.record("nobody is told")
            return
        }
        promise.succeed()
        try space.wait()
        guard case .none = machine.becameWritable() else {
            Issue.record("it is told twice")
            return
        }
        #expect(machine.made(4, serial: 1) == true)
        #expect(machine.madeAll(serial: 1, at: start) == true)
        let (completion, closes) = try #require(outcome(machine.written(at: start)))
        #expect(completion.bytes == 7 && !closes)
    }

    @Test func `an answer of unknown length ends with the connection where there are no chunks`() throws {
        let request = header(.GET, "/", ["connection": "keep-alive"], version: .http1_0)
        var old = asked(request)
        old.wait(for: .router(Task {}))
        #expect(old.stream(200, length: nil, isLast: false, serial: 1) == .init(closes: true, isChunked: false, isBodiless: false))
        #expect(old.madeAll(serial: 1, at: start) == false)
        #expect(try #require(outcome(old.written(at: start))).closes)
        var stream = RequestMachine(.stream, at: start)
        _ = stream.received(get("/"), at: start)
        _ = stream.receivedEnd()
        stream.wait(for: .router(Task {}))
        #expect(stream.stream(200, length: nil, isLast: false, serial: 1)?.isChunked == false)
    }

    @Test func `HEAD of an answer that would be chunked has the header alone`() {
        var machine = asked(header(.HEAD, "/"))
        machine.wait(for: .router(Task {}))
        #expect(machine.stream(200, length: nil, isLast: false, serial: 1) == .init(closes: false, isChunked: true, isBodiless: true))
        #expect(machine.made(5, serial: 1) == nil && machine.madeAll(serial: 1, at: start) == false)
        #expect(machine.written(at: start)?.completion.bytes == 0)
    }

    // MARK: Whoever answers

    @Test func `who waited is released once, and only by what it waits for`() {
        let hold = Self.hold()
        var machine = waiting(.window(hold))
        #expect(machine.released(by: Self.hold()) == nil)
        #expect(machine.released(by: hold) == get("/asked") && machine.released(by: hold) == nil)
    }

    @Test func `a task that is late answers no other request`() {
        var machine = waiting(.router(Task {}))
        _ = machine.stream(200, length: 0, isLast: false, serial: 1)
        _ = machine.madeAll(serial: 1, at: start)
        _ = machine.written(at: start)
        _ = machine.received(get("/2"), at: start)
        _ = machine.receivedEnd()
        machine.wait(for: .router(Task {}))
        #expect(machine.serial == 2 && machine.isUnderWay(2) && !machine.isUnderWay(1))
        #expect(machine.stream(200, length: 0, isLast: false, serial: 1) == nil)
        _ = machine.stream(200, length: 0, isLast: false, serial: 2)
        #expect(machine.made(1, serial: 1) == nil && machine.madeAll(serial: 1, at: start) == nil)
    }

    // MARK: An HTTP/2 stream

    @Test func `a stream carries one request, and its end is the framing layer's`() throws {
        var machine = RequestMachine(.stream, at: start)
        _ = machine.received(get("/live/a/x"), at: start)
        _ = machine.receivedEnd()
        _ = machine.send(200, [ByteBuffer(string: "x")], count: 1, isLast: false, at: start)
        while machine.nextPiece(limit: 10, isWritable: true, at: start) != .end {}
        // Until the peer's window took the last byte the stream can stall.
        #expect(machine.verdict(at: start + limits.stallDeadline + .nanoseconds(1), limits: limits) == .closeStalled)
        #expect(try #require(outcome(machine.written(at: start))).closes && machine.phase == .closing)
    }

    @Test func `a stream refused before its request ended is answered once, and later reset`() throws {
        let request = header(.HEAD, "/")
        let fault = RequestFault(status: 414, sentence: "long")
        var machine = RequestMachine(.stream, at: start)
        #expect(machine.received(request, room: room(request), fault: fault, at: start) == .problem(fault))
        _ = machine.send(414, [], count: 0, isLast: false, at: start)
        #expect(machine.nextPiece(limit: 10, isWritable: true, at: start) == .end)
        #expect(machine.receivedEnd() == .none)
        _ = machine.written(at: start)
        #expect(machine.verdict(at: start + .seconds(2), limits: limits) == .closeNow)
    }
}

// MARK: Making machines

extension `A connection's requests, as states` {
    /// Where a connection can stand between two events.
    enum Stand: CaseIterable {
        case idle, header, body, held, listening, routed, streaming, sending, ending, closing

        func deadline(_ limits: DoorLimits) -> (TimeAmount?, DeadlineVerdict) {
            switch self {
            case .idle: (limits.idleDeadline, .closeIdle)
            case .header: (limits.headerDeadline, .refuseHeader)
            case .body: (limits.bodyDeadline, .refuseBody)
            case .held, .listening, .routed, .streaming: (nil, .fine)
            case .sending, .ending: (limits.stallDeadline, .closeStalled)
            case .closing: (.seconds(1), .closeNow)
            }
        }
    }

    /// A connection at `stand` since `start`, for a request of `/asked`; of its answer five bytes are made where there is one.
    private func machine(in stand: Stand) -> RequestMachine {
        switch stand {
        case .idle: return RequestMachine(.connection, at: start)
        case .header:
            var machine = RequestMachine(.connection, at: start)
            machine.bytesArrived(at: start)
            return machine
        case .body:
            var machine = RequestMachine(.connection, at: start)
            _ = machine.received(get("/asked"), at: start)
            return machine
        case .held: return waiting(.window(Self.hold()))
        case .listening:
            var machine = waiting(.events(Listener()))
            _ = machine.stream(200, length: nil, isLast: true, serial: 1)
            _ = machine.made(5, serial: 1)
            return machine
        case .routed: return waiting(.router(Task {}))
        case .streaming:
            var machine = waiting(.router(Task {}))
            _ = machine.stream(200, length: nil, isLast: false, serial: 1)
            _ = machine.made(5, serial: 1)
            return machine
        case .sending:
            var machine = asked(get("/asked"))
            _ = machine.send(200, [ByteBuffer(string: "12345")], count: 5, isLast: false, at: start)
            return machine
        case .ending:
            var machine = machine(in: .sending)
            while machine.nextPiece(limit: nil, isWritable: true, at: start) != .end {}
            return machine
        case .closing:
            var machine = asked(header(.GET, "/asked", ["connection": "close"]))
            _ = answer(&machine)
            return machine
        }
    }

    private func asked(_ request: RequestHeader) -> RequestMachine {
        var machine = RequestMachine(.connection, at: start)
        _ = machine.received(request, at: start)
        _ = machine.receivedEnd()
        return machine
    }

    private func waiting(_ source: RequestMachine.Source) -> RequestMachine {
        var machine = asked(get("/asked"))
        machine.wait(for: source)
        return machine
    }

    /// Gives the request under way a complete answer.
    private func answer(
        _ machine: inout RequestMachine, status: Int = 200, bytes: Int = 0
    ) -> (completion: Completion, closes: Bool)? {
        _ = machine.send(status, [ByteBuffer(repeating: 1, count: bytes)], count: bytes, isLast: false, at: start)
        while case .bytes = machine.nextPiece(limit: nil, isWritable: true, at: start) {}
        return machine.written(at: start)
    }

    private static func hold() -> LiveHold {
        LiveHold(hall: "a", request: LiveRequest(name: "main.m3u8", query: ""), deadline: .now(), waiter: nil)
    }

    private static let garbage = RequestFault(status: 400, sentence: "no HTTP")

    private final class Listener: DoorListener {
        func writable() {}
        func left() {}
    }
}

private func header(
    _ method: HTTPMethod, _ target: String, _ fields: HTTPHeaders = [:], version: HTTPVersion = .http1_1
) -> RequestHeader { RequestHeader(HTTPRequestHead(version: version, method: method, uri: target, headers: fields)) }

/// What a mutating call returned; `#expect` takes no such call itself.
private func outcome<Value>(_ value: Value) -> Value { value }

private func get(_ target: String) -> RequestHeader { header(.GET, target) }
private func post(_ target: String) -> RequestHeader { header(.POST, target) }
private func room(_ request: RequestHeader) -> BodyRoom { BodyRoom(for: request.head, limits: DoorLimits()) { false } }

extension RequestMachine {
    fileprivate mutating func received(_ request: RequestHeader, at now: NIODeadline) -> Step {
        received(request, room: room(request), fault: nil, at: now)
    }
}
