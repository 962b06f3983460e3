"""Small files in the formats in which MNIST and CIFAR-10 are published, and a mirror for them."""

import contextlib
import gzip
import hashlib
import io
import struct
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def idx(values):
    """A gzipped IDX file of bytes."""
    header = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    return gzip.compress(header + values.numpy().tobytes(), mtime=0)


def python2_pickle(value):
    """A pickle as Python 2 and the NumPy of 2009 wrote it, opcode by opcode."""
    return b"\x80\x02" + _opcodes(value) + b"."


def _opcodes(value):
    if isinstance(value, dict):
        pairs = b"".join(_opcodes(key) + _opcodes(item) for key, item in value.items())
        return b"}(" + pairs + b"u"
    if isinstance(value, (list, tuple)):
        items = b"".join(map(_opcodes, value))
        return b"](" + items + b"e" if isinstance(value, list) else b"(" + items + b"t"
    if isinstance(value, (str, bytes)):
        # Python 2 knew no difference: both are its byte strings.
        content = value.encode("latin1") if isinstance(value, str) else value
        return b"T" + struct.pack("<i", len(content)) + content
    if value is None:
        return b"N"
    if isinstance(value, bool):
        return b"\x88" if value else b"\x89"
    if isinstance(value, int):
        return b"J" + struct.pack("<i", value)
    if isinstance(value, np.ndarray):
        dtype = (
            b"cnumpy\ndtype\n" + _opcodes(("u1", 0, 1)) + b"R"
            + _opcodes((3, "|", None, None, None, -1, -1, 0)) + b"b"
        )  # fmt: skip
        start = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n"
        state = _opcodes(1) + _opcodes(value.shape) + dtype + _opcodes(False)
        content = _opcodes(value.tobytes())
        return start + _opcodes((0,)) + _opcodes("b") + b"tR(" + state + content + b"tb"
    raise TypeError(type(value))


CIFAR_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship"]
CIFAR_META = python2_pickle(
    {"num_cases_per_batch": 4, "label_names": [*CIFAR_NAMES, "truck"], "num_vis": 3072}
)


def cifar_archive(batches, meta=CIFAR_META):
    """CIFAR-10's tar file; each batch is a pair (images, labels) or the raw content."""
    batches = {"batches.meta": meta, **batches}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, batch in batches.items():
            content = batch if isinstance(batch, bytes) else cifar_batch(*batch)
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def cifar_batch(images, labels):
    return python2_pickle(
        {
            "batch_label": "a batch",
            "labels": labels.tolist(),
            "data": images.flatten(1).numpy(),
            "filenames": [f"{i}.png" for i in range(len(labels))],
        }
    )


class Mirror:
    """What a web server on this machine holds, and how it misbehaves."""

    def __init__(self):
        self.files = {}
        self.gets = []  # paths asked for
        self.cut_after = None  # bytes after which the connection ends
        self.stall = None  # an event to wait for in the middle of each file
        self.begun = threading.Event()  # half a file was sent
        self.url = None


@contextlib.contextmanager
def serve():
    mirror = Mirror()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = self.begin()
            # torchvision asks first whether the address redirects, and reads no content then.
            if content is None or self.headers.get("Method") == "HEAD":
                return
            mirror.gets.append(self.path[1:])
            half = len(content) // 2
            end = len(content) if mirror.cut_after is None else mirror.cut_after
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(content[: min(half, end)])
                self.wfile.flush()
                mirror.begun.set()
                if mirror.stall is not None:
                    mirror.stall.wait(20)
                self.wfile.write(content[half:end])

        def begin(self):
            content = mirror.files.get(self.path[1:])
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            return content

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mirror.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield mirror
    finally:
        if mirror.stall is not None:
            mirror.stall.set()
        server.shutdown()
        thread.join()
        server.server_close()
