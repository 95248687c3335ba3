import NIOCore
import Testing

@testable import PushIngest

@Suite struct AMF0Tests {
    @Test(
        arguments: [
            ([0x00, 0x40, 0x08, 0, 0, 0, 0, 0, 0], AMFValue.number(3)),
            ([0x01, 0x01], .boolean(true)),
            ([0x02, 0, 2, 0x68, 0x69], .string("hi")),
            ([0x0C, 0, 0, 0, 2, 0x68, 0x69], .string("hi")),
            ([0x03, 0, 1, 0x61, 0x05, 0, 0, 9], .object([AMFProperty("a", .null)])),
            ([0x08, 0, 0, 0, 9, 0, 1, 0x61, 0x05, 0, 0, 9], .object([AMFProperty("a", .null)])),
            ([0x10, 0, 1, 0x54, 0, 1, 0x61, 0x05, 0, 0, 9], .object([AMFProperty("a", .null)])),
            ([0x0A, 0, 0, 0, 2, 0x05, 0x06], .array([.null, .undefined])),
            ([0x0B, 0x40, 0x08, 0, 0, 0, 0, 0, 0, 0, 0], .date(3)),
        ] as [([UInt8], AMFValue)]) func `a value is read`(bytes: [UInt8], value: AMFValue) throws
    {
        #expect(try AMFReader.all(ByteBuffer(bytes: bytes)) == [value])
    }

    @Test(
        arguments: [
            [0x00, 0x40], [0x02, 0, 9, 0x68], [0x03, 0, 1, 0x61], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF], [0x07, 0, 0], [0x11],
            [0x0C, 0xFF, 0xFF, 0xFF, 0xFF],
        ] as [[UInt8]]) func `a broken value is a fault`(bytes: [UInt8])
    {
        #expect(throws: RTMPFault.self) { try AMFReader.all(ByteBuffer(bytes: bytes)) }
    }

    @Test func `values nest sixteen deep and no deeper`() throws {
        func nested(_ depth: Int) -> [UInt8] { (1..<depth).flatMap { _ in [0x0A, 0, 0, 0, 1] as [UInt8] } + [0x05] }
        #expect(try AMFReader.all(ByteBuffer(bytes: nested(16))).count == 1)
        #expect(throws: RTMPFault.self) { try AMFReader.all(ByteBuffer(bytes: nested(17))) }
    }

    @Test func `a message of many small values is a fault`() {
        #expect(throws: RTMPFault.self) { try AMFReader.all(ByteBuffer(repeating: 0x05, count: 60_000)) }
    }

    @Test func `what is written reads back`() throws {
        let value = AMFValue.object([
            AMFProperty("a", .array([.number(-0.5), .boolean(false), .undefined])), AMFProperty("б", .string("є")),
            AMFProperty("d", .date(1)),
        ])
        var bytes = ByteBuffer()
        bytes.writeAMF0(value)
        #expect(try AMFReader.all(bytes) == [value])
    }
}
