"""uWebSockets as a server of one topic: what comes to /sub is a WebSocket that listens, a GET of /pub/MARK tells all of them.

    uws.py PORT BYTES    prints "listening"; a message has so many bytes and begins with its mark

Only the request that begins a message is Python's; upgrades, frames and sockets are the C++ library's.
"""

import resource
import sys

from socketify import App, OpCode


def main():
    port, size = map(int, sys.argv[1:])
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    app = App()

    def upgrade(answer, request, context):
        key, protocol = request.get_header("sec-websocket-key"), request.get_header("sec-websocket-protocol")
        answer.upgrade(key, protocol or "", "", context)

    def publish(answer, request):
        app.publish("hall", request.get_parameter(0).ljust(size, "x"), OpCode.TEXT)
        answer.end("told")

    app.ws("/sub", {"compression": 0, "idle_timeout": 0, "upgrade": upgrade, "open": lambda client: client.subscribe("hall"),
                    "message": lambda client, message, code: None})
    app.get("/pub/:mark", publish)
    app.listen(port, lambda _: print("listening", flush=True))
    app.run()


if __name__ == "__main__":
    main()
