/// One deadline for each of many keys, in slots of a fixed width. Setting, moving and removing take constant time.
struct TimerWheel<Key: Hashable> {
    private let width: Int64
    private var slots: [Set<Key>]
    private var places: [Key: (slot: Int, deadline: Int64)] = [:]
    /// The next slot to check, as a count of widths since the clock's zero.
    private var hand: Int64

    /// - Parameter width: milliseconds of one slot: by how much a deadline may be noticed late.
    init(width: Int64, slots: Int, now: Int64) {
        self.width = width
        self.slots = Array(repeating: [], count: slots)
        hand = now / width
    }

    var count: Int { places.count }

    /// Sets the key's deadline, in milliseconds; replaces the previous one.
    mutating func set(_ key: Key, at deadline: Int64) {
        let turn = max(deadline / width + 1, hand)
        let slot = Int(turn % Int64(slots.count))
        if let place = places[key] {
            if place.slot == slot {
                places[key]!.deadline = deadline
                return
            }
            slots[place.slot].remove(key)
        }
        slots[slot].insert(key)
        places[key] = (slot, deadline)
    }

    mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        slots[place.slot].remove(key)
    }

    /// Removes and returns the keys whose deadline has passed.
    mutating func advance(to now: Int64) -> [Key] {
        var due: [Key] = []
        let last = now / width
        // After a long pause one round checks every slot.
        hand = max(hand, last - Int64(slots.count) + 1)
        while hand <= last {
            let slot = Int(hand % Int64(slots.count))
            for key in slots[slot] where places[key]!.deadline <= now { due.append(key) }
            hand += 1
        }
        for key in due { remove(key) }
        return due
    }
}
