"""The feed that everybody relays: 1080p25 H.264 of 4 Mbit/s with AAC, GOP 2 s; encoded once and kept."""

import subprocess

RATE = 25
SECONDS = 24


def _encode(setting, name, arguments):
    path = setting.cache / name
    if not path.exists():
        setting.need("ffmpeg")
        fresh = path.with_name("new-" + name)
        subprocess.run(["ffmpeg", "-y", "-v", "error", *arguments, str(fresh)], check=True)
        fresh.rename(path)
    return path


def flv(setting):
    video = ["-f", "lavfi", "-i", f"testsrc2=size=1920x1080:rate={RATE},noise=alls=12:allf=t"]
    audio = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    rate = ["-b:v", "3870k", "-maxrate", "3870k", "-minrate", "3870k", "-bufsize", "1935k", "-x264-params", "nal-hrd=cbr:scenecut=0"]
    return _encode(setting, "feed-1080p25.flv", [
        *video, *audio, "-t", str(SECONDS), "-c:v", "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p", "-g", "50", "-bf", "0",
        *rate, "-c:a", "aac", "-b:a", "128k", "-ac", "2"])


def ts(setting):
    return _encode(setting, "feed-1080p25.ts", ["-i", str(flv(setting)), "-c", "copy", "-bsf:v", "h264_mp4toannexb"])


def small(setting):
    """360p of 1 Mbit/s with sound, GOP 2 s: what a resident's phone is sent."""
    video = ["-f", "lavfi", "-i", f"testsrc2=size=640x360:rate={RATE},noise=alls=20:allf=t"]
    audio = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    rate = ["-b:v", "880k", "-maxrate", "880k", "-minrate", "880k", "-bufsize", "440k", "-x264-params", "nal-hrd=cbr:scenecut=0"]
    return _encode(setting, "feed-360p25.ts", [
        *video, *audio, "-t", str(SECONDS), "-c:v", "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p", "-g", "50", "-bf", "0",
        *rate, "-c:a", "aac", "-b:a", "96k", "-ac", "2"])


def send(setting, file, *output):
    """Sends a feed in real time, again and again, until the run ends; on the load's core."""
    return setting.spawn(
        ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", file, "-c", "copy", *output], core=setting.load_core,
        log="sender")
