import Testing

@testable import Gateway

@Suite struct `Places at the door` {
    @Test func `a crowd that fills the door does not lock the operator out`() {
        var limits = DoorLimits()
        limits.connections = 2
        let census = ConnectionCensus(limits: limits)
        #expect(census.admit(nil) == .admitted)
        #expect(census.admit(nil) == .admitted)
        #expect(census.admit(nil) == .tooMany)
        #expect(census.admit(nil, isOperator: true) == .admitted)
        #expect(census.figures.refused == 1)
    }

    @Test func `even operators find an end of places`() {
        var limits = DoorLimits()
        limits.connections = 1
        let census = ConnectionCensus(limits: limits)
        let admitted = (0..<1_000).count { _ in census.admit(nil, isOperator: true) == .admitted }
        #expect(admitted == 1 + ConnectionCensus.operatorPlaces)
    }
}
