"""A built site on a local port, compressed as GitHub Pages does it."""

import gzip
import threading
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMPRESSED = {".html", ".css", ".js", ".svg", ".json", ".xml", ".txt", ".ipynb"}


@lru_cache(maxsize=512)
def compressed(path: Path, modified: float) -> bytes:
    """Give the bytes of a file as they travel."""
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class Handler(SimpleHTTPRequestHandler):
    """Files of one folder, text compressed, nothing logged."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path = path / "index.html"
        if path.suffix not in COMPRESSED or not path.exists():
            return super().do_GET()
        body = compressed(path, path.stat().st_mtime)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, format, *args):
        pass


class QuietServer(ThreadingHTTPServer):
    """A browser that closes a connection early is no news."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class ServedSite:
    """Serve a folder for the length of a `with`; `url` says where."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    def __enter__(self):
        handler = partial(Handler, directory=str(self.folder))
        self.server = QuietServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self.server.shutdown()
        self.server.server_close()
