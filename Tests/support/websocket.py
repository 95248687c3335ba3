"""A WebSocket client of a page's kind: one upgrade, then the server's text messages. Over TCP or TLS."""

import base64
import hashlib
import json
import os
import socket
import struct


class Refused(Exception):
    """The upgrade was answered with something else than 101."""


class WebSocket:
    """`with WebSocket("127.0.0.1", port, "/live/demo/events", tls=context) as socket: socket.message()`"""

    def __init__(self, host, port, path, name=None, tls=None, origin=None, timeout=60, subprotocol="plenary.v1", receive_bytes=None):
        name = name or f"{host}:{port}"
        self.socket = socket.socket()
        if receive_bytes is not None:
            # Before the connection, or the kernel has promised more already.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(timeout)
        self.socket.connect((host, port))
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname=name.partition(":")[0])
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: {name}", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Protocol: {subprotocol}"]
        if origin:
            lines.append(f"Origin: {origin}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._rest = b""
        while b"\r\n\r\n" not in self._rest:
            self._rest += self._receive()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        self.head = head.decode("latin-1")
        if " 101 " not in self.head.split("\r\n")[0] + " ":
            raise Refused(self.head + self._rest.decode("latin-1"))
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        # A proxy may write the field's name in its own way.
        assert accept in self.head and f"sec-websocket-protocol: {subprotocol}\r\n" in self.head.lower() + "\r\n", self.head

    def _receive(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the other side closed")
        return data

    def _take(self, count):
        while len(self._rest) < count:
            self._rest += self._receive()
        data, self._rest = self._rest[:count], self._rest[count:]
        return data

    def message(self):
        """The next text message, as JSON."""
        while isinstance(found := self.any_message(), bytes):
            pass
        return found

    def any_message(self):
        """The next message: text as JSON, or bytes; pings are answered on the way."""
        while True:
            first, second = self._take(2)
            length = second & 0x7F
            if length == 126:
                length = struct.unpack(">H", self._take(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self._take(8))[0]
            payload = self._take(length)
            match first & 0x0F:
                case 1: return json.loads(payload)
                case 2: return payload
                case 8: raise ConnectionError(f"closed: {payload!r}")
                case 9: self._pong(payload)

    def _pong(self, payload):
        mask = os.urandom(4)
        self.socket.sendall(bytes([0x8A, 0x80 | len(payload)]) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
