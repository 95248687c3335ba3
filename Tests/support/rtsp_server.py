"""A cheap camera: an RTSP server of H.264 and G.711 on loopback, by GStreamer. Run as its own process.

    /usr/bin/python3 rtsp_server.py --port 8554 [--user u --password p] [--audio pcma|pcmu|none] [--transport tcp|udp] [--size 320x180]

Prints `ready` when it listens.
"""

import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

options = argparse.ArgumentParser()
options.add_argument("--port", type=int, required=True)
options.add_argument("--user")
options.add_argument("--password")
options.add_argument("--audio", default="pcma", choices=["pcma", "pcmu", "none"])
options.add_argument("--transport", default="any", choices=["any", "tcp", "udp"])
options.add_argument("--size", default="320x180")
options.add_argument("--rate", type=int, default=25)
options.add_argument("--gop", type=int, default=25)
options = options.parse_args()

Gst.init(None)
width, height = options.size.split("x")
pipeline = (
    f"videotestsrc is-live=true pattern=smpte ! video/x-raw,width={width},height={height},framerate={options.rate}/1 "
    f"! x264enc tune=zerolatency speed-preset=ultrafast bitrate=200 threads=1 key-int-max={options.gop} "
    "! video/x-h264,profile=baseline ! rtph264pay name=pay0 pt=96 config-interval=-1 ")
if options.audio != "none":
    encoder = "alawenc ! rtppcmapay name=pay1 pt=8" if options.audio == "pcma" else "mulawenc ! rtppcmupay name=pay1 pt=0"
    pipeline += f"audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=8000,channels=1 ! {encoder}"

server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(str(options.port))
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(f"( {pipeline} )")
factory.set_shared(True)
if options.transport != "any":
    factory.set_protocols(GstRtsp.RTSPLowerTrans.TCP if options.transport == "tcp" else GstRtsp.RTSPLowerTrans.UDP)
if options.user:
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(options.user, options.password, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)
server.get_mount_points().add_factory("/camera", factory)
if server.attach(None) == 0:
    sys.exit(f"port {options.port} is taken")
print("ready", flush=True)
GLib.MainLoop().run()
