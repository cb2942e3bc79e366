import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from homeward.cli import run


@dataclass
class Stub:
    """A server that answers what a test tells it to, and keeps what it was asked."""

    url: str = ""
    world: str = "drill"
    versions: int = 0
    """How often it was asked what it is; that is answered aside from all else."""
    asked: list[tuple[str, str, dict, dict]] = field(default_factory=list)
    answers: list[tuple[int, dict, dict]] = field(default_factory=list)
    """(status, body, headers), one a request; the last one stays."""

    def answer(self, status, body, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, body, named))

    def next(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def stub():
    kept = Stub()

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            if self.path == "/version":
                kept.versions += 1
                assert self.headers["Authorization"].strip() == "Bearer", "who asks is not said"
                status, said, headers = 200, {"name": "homeward", "world": kept.world}, {}
            else:
                kept.asked.append((self.command, self.path, body, dict(self.headers)))
                status, said, headers = kept.next()
            raw = json.dumps(said).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(raw))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 -- names of the base class

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}"
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A data folder of the test's own, and no setting from outside."""
    for name in [one for one in os.environ if one.startswith("HOMEWARD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOMEWARD_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.fixture
def homeward(home, capsys):
    """Run a command line; return (exit code, stdout, stderr)."""

    def run_it(*args):
        code = run([str(one) for one in args])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_it


@pytest.fixture
def at_stub(homeward, stub, monkeypatch):
    """Run a command line against the stub, with a key."""
    monkeypatch.setenv("HOMEWARD_API_KEY", "hw_k_test")
    monkeypatch.setenv("HOMEWARD_URL", stub.url)
    return homeward
