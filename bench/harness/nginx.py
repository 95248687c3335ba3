"""nginx from Debian, tuned as its makers advise: static files on tmpfs, one worker; and the RTMP module."""

import socket
import time
from pathlib import Path

from .processes import descendants
from .setting import Unfit, free_port

RTMP_MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")

STATIC = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 600;
  {cache} client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  types {{ application/vnd.apple.mpegurl m3u8; video/mp4 mp4; }}
  server {{ listen 127.0.0.1:{plain}; root {root}; }}
  server {{ listen 127.0.0.1:{tls} ssl http2; root {root};
    ssl_certificate {certificate}; ssl_certificate_key {key}; }}
}}
"""

#: What is known about a file is kept, unless files change.
CACHE = "open_file_cache max=1000 inactive=600s; open_file_cache_valid 600s;"

RTMP = """
load_module {module};
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
rtmp {{ server {{ listen 127.0.0.1:{rtmp}; chunk_size 4096; access_log off;
  application live {{ live on; hls on; hls_path {root}; hls_fragment 2s; hls_playlist_length 120s; }} }} }}
"""

NCHAN_MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")

NCHAN = """
load_module {module};
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_rlimit_nofile 19000;
events {{ worker_connections 18000; }}
http {{
  access_log off; tcp_nodelay on; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; nchan_shared_memory_size 64M; keepalive_timeout 600; keepalive_requests 1000000;
  server {{ listen 127.0.0.1:{plain} backlog=4096;
    location = /pub {{ nchan_publisher; nchan_channel_id hall; nchan_message_buffer_length 10; }}
    location = /sub {{ nchan_subscriber websocket; nchan_channel_id hall; nchan_subscriber_first_message newest; }} }}
}}
"""


class Nginx:
    """Files on its two ports, which change with `changing=True`; with `rtmp=True` an RTMP listener that writes HLS, with `nchan=True` channels for WebSockets."""

    count = 0

    def __init__(self, setting, certificate=None, rtmp=False, nchan=False, core=None, changing=False):
        setting.need("nginx")
        if rtmp and not RTMP_MODULE.exists():
            raise Unfit("nginx's RTMP module is not installed (`make deps-bench`)")
        if nchan and not NCHAN_MODULE.exists():
            raise Unfit("nginx's nchan module is not installed (`make deps-bench`)")
        self.setting, self.core = setting, core
        Nginx.count += 1
        self.name = f"nginx-{Nginx.count}"
        self.folder = setting.folder / self.name
        self.root = self.folder / "root"
        self.root.mkdir(parents=True)
        for folder in (self.folder, self.root):
            folder.chmod(0o777)
        self.plain, self.tls, self.rtmp = free_port(), free_port(), free_port()
        names = {"folder": self.folder, "root": self.root, "plain": self.plain, "tls": self.tls, "rtmp": self.rtmp, "module": NCHAN_MODULE if nchan else RTMP_MODULE}
        if rtmp or nchan:
            text = (RTMP if rtmp else NCHAN).format(**names)
        else:
            text = STATIC.format(**names, cache="" if changing else CACHE, certificate=certificate.certificate, key=certificate.key)
        self.config = self.folder / "nginx.conf"
        self.config.write_text(text)
        self.wait_for = self.rtmp if rtmp else self.plain if nchan else self.tls

    def __enter__(self):
        self.process = self.setting.spawn(["nginx", "-e", self.folder / "error.log", "-p", self.folder, "-c", self.config], core=self.core, log=self.name)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.wait_for), 1).close()
                return self
            except OSError:
                time.sleep(0.02)
        raise Unfit(f"nginx did not start: {self.setting.log(self.name)} {(self.folder / 'error.log').read_text()[-500:]}")

    @property
    def pids(self):
        """Master and worker."""
        return descendants(self.process.pid)

    def __exit__(self, *_):
        self.setting.end(self.process)
