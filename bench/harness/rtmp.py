"""An encoder that knows when each frame left: publishes an FLV file over RTMP in real time."""

import socket
import struct
import threading
import time


def _text(value):
    return b"\x02" + struct.pack(">H", len(value)) + value.encode()


def _number(value):
    return b"\x00" + struct.pack(">d", value)


def _message(kind, payload, timestamp=0, chunk_stream=3, stream=0, chunk_size=128):
    header = bytes([chunk_stream]) + timestamp.to_bytes(3, "big") + len(payload).to_bytes(3, "big") + bytes([kind])
    chunks = [header + stream.to_bytes(4, "little"), payload[:chunk_size]]
    for start in range(chunk_size, len(payload), chunk_size):
        chunks += [bytes([0xC0 | chunk_stream]), payload[start : start + chunk_size]]
    return b"".join(chunks)


def tags(flv):
    """(kind, milliseconds, payload) of an FLV file."""
    offset = 13
    while offset + 15 <= len(flv):
        length = int.from_bytes(flv[offset + 1 : offset + 4], "big")
        stamp = int.from_bytes(flv[offset + 4 : offset + 7], "big") | flv[offset + 7] << 24
        yield flv[offset], stamp, flv[offset + 11 : offset + 11 + length]
        offset += 15 + length


class Encoder:
    """`frames[i]` is (nanoseconds of CLOCK_MONOTONIC when the kernel had taken its last byte, the frame's last bytes)."""

    CHUNK = 65536
    SIGNATURE = 40

    def __init__(self, port, key, file):
        self.frames = []
        self._tags = list(tags(file.read_bytes()))
        self._stop = threading.Event()
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._publish(key)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(5)
        self._socket.close()

    def _publish(self, key):
        self._socket.sendall(b"\x03" + bytes(1536))
        left = 1 + 2 * 1536
        while left:
            left -= len(self._socket.recv(left))
        application = b"\x03" + struct.pack(">H", 3) + b"app" + _text("live") + b"\x00\x00\x09"
        self._socket.sendall(
            bytes(1536) + _message(20, _text("connect") + _number(1) + application) + _message(20, _text("createStream") + _number(2) + b"\x05")
            + _message(20, _text("publish") + _number(3) + b"\x05" + _text(key) + _text("live"), chunk_stream=4, stream=1)
            + _message(1, struct.pack(">I", self.CHUNK), chunk_stream=2))
        answers = b""
        while b"NetStream.Publish" not in answers:
            answers += self._socket.recv(4096)
        if b"NetStream.Publish.Start" not in answers:
            raise ConnectionError("the stream key was refused")

    def _run(self):
        began = time.monotonic()
        shift = 0
        self._socket.settimeout(5)
        try:
            while True:
                last = 0
                for kind, stamp, payload in self._tags:
                    is_header = kind == 18 or payload[1:2] == b"\x00"
                    if shift and is_header:
                        continue
                    if self._stop.wait(max(0, began + (stamp + shift) / 1000 - time.monotonic())):
                        return
                    last = stamp
                    self._send(kind, stamp + shift, payload, is_header)
                shift += last + 40
        except OSError:
            return

    def _send(self, kind, stamp, payload, is_header):
        body = b"\x02\x00\x0d@setDataFrame" + payload if kind == 18 else payload
        self._socket.sendall(_message(kind, body, stamp, {8: 4, 9: 6}.get(kind, 5), 1, self.CHUNK))
        if kind == 9 and not is_header:
            self.frames.append((time.monotonic_ns(), payload[-self.SIGNATURE :]))

    def last_frame_of(self, part, recent=150):
        """Index of the newest frame that `part` holds, found by its last bytes; `None` when it holds none of the recent ones."""
        frames = self.frames
        for index in range(len(frames) - 1, max(-1, len(frames) - recent), -1):
            if frames[index][1] in part:
                return index
        return None
