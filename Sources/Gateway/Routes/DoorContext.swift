import Hummingbird
import Logging

/// What a route knows beside the request: who asks.
struct DoorContext: RequestContext {
    struct Source: RequestContextSource {
        var logger: Logger
        var caller: Caller
    }
    var coreContext: CoreRequestContextStorage
    let caller: Caller

    init(source: Source) {
        coreContext = .init(source: source)
        caller = source.caller
    }

}
