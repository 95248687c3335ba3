"""hls.js, the player most pages use, on a page of its own: taken from the wheel of a Python package that carries it, at bench time."""

import functools
import http.server
import re
import subprocess
import sys
import threading
import zipfile

from .setting import Unfit

PACKAGE, VERSION = "gradio", "1.6.15"

PAGE = """<!doctype html><title>hls.js</title><video id=video muted autoplay playsinline style="width:1280px"></video>
<script type=module>
import { Hls } from "./hls.js";
const video = document.getElementById("video"), hls = new Hls();
hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
hls.loadSource(new URLSearchParams(location.search).get("stream"));
hls.attachMedia(video);
</script>"""

# The clock strip of the generated hall, as Tests/browser/viewer.py reads it.
READ_CLOCK = """() => {
    const video = document.getElementById('video');
    if (!video.videoWidth || video.paused) return null;
    const canvas = window.clockCanvas ??= new OffscreenCanvas(480, 8);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, video.videoHeight * 1054 / 1080, video.videoWidth, video.videoHeight * 20 / 1080, 0, 0, 480, 8);
    const pixels = context.getImageData(0, 4, 480, 1).data;
    let shown = 0;
    for (let i = 0; i < 48; i += 1) shown = shown * 2 + (pixels[(i * 10 + 5) * 4] > 128 ? 1 : 0);
    return Date.now() - shown;
}"""


def module(setting):
    """The ES module, kept with the bench's other downloads and never in the tree."""
    kept = setting.cache / f"hls-{VERSION}.js"
    if kept.exists():
        return kept
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", setting.cache, PACKAGE],
        capture_output=True, text=True, timeout=300)
    wheels = sorted(setting.cache.glob(f"{PACKAGE}-*.whl"))
    if not wheels:
        raise Unfit(f"hls.js: pip could not get {PACKAGE}: {done.stderr.strip()[-200:]}")
    with zipfile.ZipFile(wheels[-1]) as wheel:
        for name in wheel.namelist():
            if not re.search(r"frontend/assets/hls-[^/]*\.js$", name):
                continue
            text = wheel.read(name).decode()
            made = re.search(r"(\w+)\.defaultConfig=void 0", text)
            if made and VERSION in text:
                # The bundle exports its own helpers only: the class itself is added.
                kept.write_text(f"{text}\nexport {{ {made[1]} as Hls }};\n")
    for wheel in wheels:
        wheel.unlink()
    if not kept.exists():
        raise Unfit(f"hls.js: {wheels[-1].name} carries no hls.js {VERSION}")
    return kept


class Page:
    """`with Page(setting) as page:` serves it on `page.origin`."""

    def __init__(self, setting):
        self.folder = setting.folder / "hlsjs"
        self.folder.mkdir(exist_ok=True)
        (self.folder / "hls.js").write_bytes(module(setting).read_bytes())
        (self.folder / "index.html").write_text(PAGE)

    def __enter__(self):
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(self.folder)))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
