"""The url file says where a server listens, and nothing once none does."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from homeward.house.first import another_answers, saying_where
from homeward.settings import Settings


@pytest.fixture
def house(tmp_path):
    (tmp_path / "drill").mkdir()
    return lambda port: SimpleNamespace(
        settings=Settings(data_folder=tmp_path), world="drill", url=f"http://127.0.0.1:{port}"
    )


def test_it_is_there_as_long_as_the_server_and_its_owners_alone(house, tmp_path):
    path = tmp_path / "drill" / "url"
    with saying_where(house(1)):
        assert path.read_text() == "http://127.0.0.1:1\n"
        assert path.stat().st_mode & 0o077 == 0
    assert not path.exists()


def test_another_servers_is_left_alone(house, tmp_path):
    path = tmp_path / "drill" / "url"
    with saying_where(house(2)):
        with saying_where(house(1)):
            path.write_text("http://127.0.0.1:2\n")
        assert path.read_text() == "http://127.0.0.1:2\n"
    assert not path.exists()


def test_while_another_server_of_the_world_answers_the_file_is_its(house, tmp_path):
    path = tmp_path / "drill" / "url"
    with saying_where(house(1)):
        with saying_where(house(2), another=True):
            assert path.read_text() == "http://127.0.0.1:1\n"
        assert path.read_text() == "http://127.0.0.1:1\n"


def test_whose_world_another_answer_is_decides(house, tmp_path):
    class Version(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"log": "this/world"}')

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Version) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            (tmp_path / "drill" / "url").write_text(f"http://127.0.0.1:{server.server_port}\n")
            for log, answers in (("this/world", True), ("another/world", False)):
                ours = house(1)
                ours.store = SimpleNamespace(log=SimpleNamespace(origin=log))
                assert another_answers(ours) is answers
        finally:
            server.shutdown()
            serving.join()
    assert not another_answers(ours)  # nobody listens there any more


def test_a_file_that_somebody_removed_is_no_trouble(house, tmp_path):
    with saying_where(house(1)):
        (tmp_path / "drill" / "url").unlink()
