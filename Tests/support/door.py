"""A plain HTTP/1.1 client for tests: TCP or Unix socket, keep-alive, nothing interpreted."""

import http.client
import json as json_module
import socket
import threading
from dataclasses import dataclass


@dataclass
class Reply:
    status: int
    headers: dict  # names in lower case; the last value wins
    body: bytes

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        return json_module.loads(self.body)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Door:
    """`Door("127.0.0.1:8080")` or `Door(unix="/path/control.sock")`. One kept connection per thread."""

    def __init__(self, address=None, unix=None, timeout=60):
        self.address, self.unix, self.timeout = address, unix, timeout
        self._local = threading.local()

    def _connection(self, timeout):
        connection = getattr(self._local, "connection", None)
        if connection is None:
            if self.unix:
                connection = _UnixConnection(self.unix, timeout)
            else:
                host, _, port = self.address.rpartition(":")
                connection = http.client.HTTPConnection(host, int(port), timeout=timeout)
            self._local.connection = connection
        connection.timeout = timeout
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        return connection

    def request(self, method, path, body=None, headers=None, timeout=None):
        """Sends one request; a kept connection that the server closed meanwhile is opened anew, once."""
        timeout = timeout or self.timeout
        for attempt in (1, 2):
            connection = self._connection(timeout)
            fresh = connection.sock is None
            try:
                connection.request(method, path, body=body, headers=headers or {})
                response = connection.getresponse()
                data = response.read()
                reply = Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, data)
                if response.will_close:
                    self.close()
                return reply
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.close()
                if fresh or attempt == 2:
                    raise
            except BaseException:
                self.close()
                raise

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, json=None, **options):
        body = None if json is None else json_module.dumps(json)
        headers = dict(options.pop("headers", None) or {})
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        return self.request("POST", path, body=body, headers=headers, **options)

    def close(self):
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None
