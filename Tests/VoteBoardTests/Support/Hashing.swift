import Crypto

func SHA256Of(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
