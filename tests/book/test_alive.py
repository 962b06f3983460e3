"""Addresses of the bibliography that lead nowhere are named; the network is not asked here."""

import http.server
import threading

import alive
import pytest
from pybtex.database import parse_file, parse_string


def test_every_entry_leads_somewhere():
    data = parse_file(alive.SOURCE)
    places = alive.addresses(data)
    assert set(places.values()) == set(data.entries)
    assert "https://export.arxiv.org/abs/1810.03292" in places
    assert all(place.startswith(("https://", "http://")) for place in places)
    entry = "@article{a2000b, doi = {10.1000/x}, url = {https://a.org}}"
    assert alive.addresses(parse_string(entry, "bibtex")) == {
        "https://doi.org/api/handles/10.1000/x": "a2000b",
        "https://a.org": "a2000b",
    }


def test_what_leads_nowhere_is_named():
    asked = []
    codes = {"there": 200, "refused": 403, "gone": 404, "silent": 0}

    def ask(address):
        asked.append(address)
        return codes[address]

    found = alive.dead({name: f"key-{name}" for name in codes}, ask, pause=0)
    assert found == [
        "key-gone: gone answers 404; look it up again",
        "key-silent: silent answers nothing; look it up again",
    ]
    assert asked == ["there", "refused", "gone", "gone", "silent", "silent"]


@pytest.fixture
def server():
    """A server that knows one address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/there" else 404)
            self.end_headers()

        def log_message(self, *arguments):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()
        thread.join()


def test_the_status_of_an_address(server, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert alive.status(f"{server}/there") == 200
    assert alive.status(f"{server}/gone") == 404
    assert alive.status("http://127.0.0.1:1/") == 0
