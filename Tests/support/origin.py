"""A small low-latency origin that serves a fragmented MP4 part by part, to try the checker on: correct unless told to lie."""

import http.server
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

from . import boxes


def fragmented(seconds=8, rate=25, part_frames=5, gop=25):
    """(init, [(part bytes, seconds, independent)]) of a small picture with a tone."""
    data = subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc=size=160x90:rate={rate}", "-f", "lavfi", "-i", "sine=sample_rate=48000",
         "-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", str(gop), "-keyint_min", str(gop), "-c:a", "aac", "-b:a", "48k", "-output_ts_offset", "10",
         "-movflags", "empty_moov+default_base_moof+frag_discont+delay_moov", "-frag_duration", str(part_frames * 1_000_000 // rate),
         "-f", "mp4", "pipe:1"], check=True, capture_output=True).stdout
    init, parts, moof = b"", [], None
    for kind, body, stop in boxes.boxes(data):
        start = body - 8
        if kind in ("ftyp", "moov"):
            init += data[start:stop]
        elif kind == "moof":
            moof = start
        elif kind == "mdat":
            chunk = data[moof:stop]
            # a run of each track; the first track is the picture
            fragment = boxes.parse_fragments(chunk)[0]
            picture = next((r for r in fragment.runs if r.track == 1), None)
            if picture:
                scale = boxes.parse_init(init).tracks[1].timescale
                parts.append((chunk, picture.duration / scale, picture.samples[0].sync))
    return init, parts


class Origin:
    """`with Origin(init, parts) as origin: Watch(origin.address, "demo")…`; `alter(name, body)` may change any answer.

    The first ten parts are there at once. The next ones come as they are asked for by a blocking reload, so that no reader is too slow for
    them; or, with `speed`, by the clock, so many times as fast as they last.
    """

    def __init__(self, init, parts, part_target=0.21, target=2, speed=None, window=60, alter=None):
        self.init, self.parts, self.part_target, self.target = init, parts, part_target, target
        self.speed, self.window, self.alter = speed, window, alter or (lambda name, body: body)
        self.began = datetime.now(timezone.utc) - timedelta(seconds=60)
        self.published = 0
        self.changed = threading.Condition()
        self.segments = []  # lists of part indexes
        for index, (_, _, independent) in enumerate(parts):
            if independent or not self.segments:
                self.segments.append([])
            self.segments[-1].append(index)

    def __enter__(self):
        origin = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                url = urlsplit(self.path)
                name, query = url.path.rsplit("/", 1)[1], {k: v[0] for k, v in parse_qs(url.query).items()}
                body, kind = origin.answer(name, query)
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body or b"")))
                self.send_header("Cache-Control", "max-age=1")
                self.send_header("ETag", '"x"')
                self.end_headers()
                self.wfile.write(body or b"")

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        if self.speed is None:
            self.published = min(10, len(self.parts))
        else:
            threading.Thread(target=self._publish, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def _publish(self):
        for index, (_, seconds, _) in enumerate(self.parts):
            if index >= 10:
                time.sleep(seconds / self.speed)
            with self.changed:
                self.published = index + 1
                self.changed.notify_all()

    def answer(self, name, query):
        if name == "main.m3u8":
            wanted = None
            if "_HLS_msn" in query:
                msn, index = int(query["_HLS_msn"]), int(query.get("_HLS_part", 0))
                if msn < len(self.segments):
                    wanted = self.segments[msn][index] if index < len(self.segments[msn]) else self.segments[msn][-1] + 1
            with self.changed:
                if self.speed is None and wanted is not None:
                    self.published = max(self.published, min(wanted + 1, len(self.parts)))
                self.changed.wait_for(lambda: wanted is None or self.published > wanted or self.published == len(self.parts), 10)
                text = self.playlist(self.published)
            return self.alter(name, text.encode()), "application/vnd.apple.mpegurl"
        if name == "i0.mp4":
            return self.alter(name, self.init), "video/mp4"
        stem = name[1:].removesuffix(".mp4").split(".")
        try:
            segment = self.segments[int(stem[0])]
            chosen = [segment[int(stem[1])]] if len(stem) == 2 else segment
        except (ValueError, IndexError):
            return None, "text/plain"
        return self.alter(name, b"".join(self.parts[i][0] for i in chosen)), "video/mp4"

    def playlist(self, published):
        rows = ["#EXTM3U", "#EXT-X-VERSION:9", f"#EXT-X-TARGETDURATION:{self.target}",
                f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3 * self.part_target:.3f},CAN-SKIP-UNTIL={6 * self.target}",
                f"#EXT-X-PART-INF:PART-TARGET={self.part_target:.3f}", "#EXT-X-MEDIA-SEQUENCE:0", '#EXT-X-MAP:URI="i0.mp4"']
        at, hint = self.began, None
        total = sum(p[1] for p in self.parts[:published])
        elapsed = 0
        for msn, segment in enumerate(self.segments):
            shown = [i for i in segment if i < published]
            if not shown:
                hint = hint or f"s{msn}.0.mp4"
                break
            rows.append("#EXT-X-PROGRAM-DATE-TIME:" + (at + timedelta(seconds=elapsed)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z")
            length = sum(self.parts[i][1] for i in shown)
            if total - elapsed - length <= 3 * self.target:
                for k, i in enumerate(shown):
                    rows.append(f'#EXT-X-PART:DURATION={self.parts[i][1]:.5f},URI="s{msn}.{k}.mp4"' + (",INDEPENDENT=YES" if self.parts[i][2] else ""))
            elapsed += length
            if len(shown) == len(segment):
                rows += [f"#EXTINF:{length:.5f},", f"s{msn}.mp4"]
            else:
                hint = f"s{msn}.{len(shown)}.mp4"
                break
        if published == len(self.parts):
            rows.append("#EXT-X-ENDLIST")
        else:
            rows.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{hint or f"s{len(self.segments)}.0.mp4"}"')
        return "\n".join(rows) + "\n"
