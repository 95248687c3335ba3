"""What a client of `plenary.v1` does with the messages (docs/protocol.md), and strictly: a gap or a wrong epoch is an error."""

import copy
import json


def merge(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


class Fold:
    """The state as a client has it. `take` says what kind of message it was."""

    def __init__(self, place=None):
        self.epoch, self.seq, self.state = None, None, None
        self.counts = {"snapshot": 0, "delta": 0, "tick": 0}
        self.bytes = {}
        if place:
            self.epoch, self.seq, self.state = place.epoch, place.seq, copy.deepcopy(place.state)

    def take(self, text):
        message = json.loads(text)
        kind = message["type"]
        self.counts[kind] += 1
        if kind == "snapshot":
            self.epoch, self.seq, self.state = message["epoch"], message["seq"], message["state"]
        elif kind == "delta":
            assert message["epoch"] == self.epoch, f"a delta of {message['epoch']} came in {self.epoch}"
            assert message["after"] == self.seq, f"the client has {self.seq}, and a delta after {message['after']} came: a part of a state"
            self.state, self.seq = merge(self.state, message["patch"]), message["seq"]
            data = text if isinstance(text, bytes) else text.encode()
            self.bytes[(message["after"], message["seq"])] = data
        else:
            assert message["epoch"] == self.epoch, "a tick of another epoch"
        return kind

    @property
    def query(self):
        return "" if self.epoch is None else f"?epoch={self.epoch}&after={self.seq}"


def events_of(lines):
    """Server-sent events (HTML §9.2.6) out of an iterator of lines: (id, data)."""
    name, data = None, []
    for line in lines:
        line = line.rstrip("\r\n")
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line.startswith("id:"):
            name = line[3:].removeprefix(" ")
        elif not line and data:
            yield name, "\n".join(data)
            name, data = None, []
