/// What a decoder of AAC must know: AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1) as its first fields, and ADTS headers (§1.A.2.2).
package struct AACConfig: Sendable, Equatable {
    /// 2 is AAC-LC.
    package var objectType: Int
    package var sampleRate: Int
    package var channels: Int

    private static let rates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350]

    package init?(objectType: Int, sampleRate: Int, channels: Int) {
        guard Self.rates.contains(sampleRate), (1...4).contains(objectType), (1...7).contains(channels) else { return nil }
        self.objectType = objectType
        self.sampleRate = sampleRate
        self.channels = channels
    }

    /// From an AudioSpecificConfig; `nil` when it is not one of the plain forms.
    package init?(audioSpecificConfig bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 2 else { return nil }
        objectType = Int(bytes[0] >> 3)
        let index = Int(bytes[0] & 7) << 1 | Int(bytes[1] >> 7)
        guard index < Self.rates.count, objectType > 0 else { return nil }
        sampleRate = Self.rates[index]
        channels = Int(bytes[1] >> 3 & 0xF)
    }

    /// The header of an ADTS frame and its length in bytes; `nil` when there is none.
    package static func adts(_ bytes: UnsafeRawBufferPointer) -> (config: AACConfig, header: Int)? {
        guard bytes.count > 7, bytes[0] == 0xFF, bytes[1] & 0xF6 == 0xF0 else { return nil }
        let index = Int(bytes[2] >> 2 & 0xF)
        guard index < rates.count else { return nil }
        let channels = Int(bytes[2] & 1) << 2 | Int(bytes[3] >> 6)
        guard let config = AACConfig(objectType: Int(bytes[2] >> 6) + 1, sampleRate: rates[index], channels: channels == 0 ? 2 : channels)
        else { return nil }
        let header = bytes[1] & 1 == 1 ? 7 : 9
        return bytes.count > header ? (config, header) : nil
    }

    /// The two bytes of the plain AudioSpecificConfig.
    package var audioSpecificConfig: [UInt8] {
        let index = Self.rates.firstIndex(of: sampleRate) ?? 3
        return [UInt8(objectType << 3 | index >> 1), UInt8((index & 1) << 7 | channels << 3)]
    }

    /// RFC 6381.
    package var codecString: String { "mp4a.40.\(objectType)" }
}
