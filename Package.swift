// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "plenary",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "plenary", targets: ["plenary"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C, each behind one door.
        .systemLibrary(
            name: "CFFmpeg", pkgConfig: "libavformat",
            providers: [.apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswresample-dev", "libswscale-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CNGHTTP2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CWebSockets", pkgConfig: "libwebsockets", providers: [.apt(["libwebsockets-dev", "libuv1-dev"])]),
        .target(name: "CLinux"),
        .target(name: "Threads"),

        // The floor that every room stands on: pure values and rules, no I/O.
        .target(name: "Commons"),

        // The way of the video.
        .target(
            name: "StreamRelay",
            dependencies: [
                "CFFmpeg", "CLinux", "Commons", "Threads",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "PushIngest",
            dependencies: [
                "Commons",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        // The way of a vote.
        .target(
            name: "VoteBoard",
            dependencies: [
                "Commons",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ]),

        // Everybody's bytes: the WebSocket channel.
        .target(
            name: "EventChannel",
            dependencies: ["CWebSockets", "CLinux", "Commons", "Threads", .product(name: "Logging", package: "swift-log")]),

        // What joins them.
        .target(
            name: "PlenaryConfiguration",
            dependencies: ["Commons", "StreamRelay", .product(name: "Yams", package: "Yams")]),
        .target(
            name: "Gateway",
            dependencies: [
                "StreamRelay", "CNGHTTP2", "CZlib", "CLinux", "Commons",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(
            name: "plenary",
            dependencies: [
                "StreamRelay", "PushIngest", "VoteBoard", "EventChannel", "PlenaryConfiguration", "Gateway", "CLinux", "Commons",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),

        .target(name: "TestSupport", path: "Tests/SwiftSupport"),
        .testTarget(name: "CommonsTests", dependencies: ["Commons"]),
        .testTarget(
            name: "StreamRelayTests", dependencies: ["StreamRelay", "TestSupport", .product(name: "NIOCore", package: "swift-nio")]),
        .testTarget(
            name: "PushIngestTests",
            dependencies: ["PushIngest", "TestSupport", .product(name: "NIOEmbedded", package: "swift-nio")]),
        .testTarget(
            name: "VoteBoardTests",
            dependencies: [
                "Commons", "VoteBoard", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            resources: [.copy("Fixtures")]),
        .testTarget(name: "EventChannelTests", dependencies: ["Commons", "EventChannel", "CLinux", "TestSupport"]),
        .testTarget(name: "PlenaryConfigurationTests", dependencies: ["PlenaryConfiguration", "StreamRelay"]),
        .testTarget(
            name: "PlenaryTests",
            dependencies: [
                "Commons", "plenary", "PlenaryConfiguration", "StreamRelay", "Gateway", "VoteBoard", "EventChannel",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Commons", "Gateway", "CNGHTTP2", "StreamRelay", "TestSupport",
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
