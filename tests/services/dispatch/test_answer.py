import pytest

from homeward.dispatch.channels.answer import AnswerBroken, Reading

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"


def byte_by_byte(raw):
    reading = Reading()
    for n in range(len(raw)):
        answer = reading.take(raw[n : n + 1])
        if answer is not None:
            return answer, reading, n + 1
    return reading.ended(), reading, len(raw)


@pytest.mark.parametrize(
    ("raw", "status", "body", "reusable"),
    [
        (OK + b"Content-Length: 3\r\n\r\nabc", 200, b"abc", True),
        (OK + b"content-length: 0\r\n\r\n", 200, b"", True),
        (OK + b"connection: close\r\ncontent-length: 0\r\n\r\n", 200, b"", False),
        (b"HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx", 200, b"x", False),
        (b"HTTP/1.1 204 No\r\n\r\n", 204, b"", True),
        (b"HTTP/1.1 100 Go on\r\n\r\n" + OK + b"content-length: 1\r\n\r\nx", 200, b"x", True),
        (CHUNKED + b"2;x=1\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 200, b"abc", True),
        (OK + b"\r\nall of it", 200, b"all of it", False),
        (OK + b"content-length: 9\r\n\r\nbroken", 200, None, False),
        (b"HTTP/1.1 429 Slow\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n", 429, None, True),
        (b"HTTP/1.1 500 No\r\ncontent-length: 9\r\n\r\nxx", 500, None, False),
        (OK + b"content-length: 999999\r\n\r\n", 200, None, False),
    ],
)  # fmt: skip
def test_an_answer_is_read_however_it_is_cut(raw, status, body, reusable):
    whole = Reading()
    at_once = whole.take(raw) or whole.ended()
    cut, reading, _ = byte_by_byte(raw)
    assert (at_once.status, at_once.body, whole.reusable) == (status, body, reusable)
    assert (cut.status, cut.body) == (status, body)
    assert at_once.retry_after == ("7" if status == 429 else None)
    assert reading.reusable is reusable


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 101 Up\r\n\r\n",
        OK + b"no colon\r\n\r\n",
        OK + b"content-length: -1\r\n\r\n",
        OK + b"content-length: 1\r\ncontent-length: 2\r\n\r\n",
        OK + b"transfer-encoding: gzip\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        OK + b"x" * 40_000,
    ],
)
def test_what_is_no_answer_is_a_fault(raw):
    with pytest.raises(AnswerBroken):
        Reading().take(raw)


def test_silence_says_nothing():
    reading = Reading()
    assert reading.take(b"HTTP/1.1 20") is None
    assert reading.ended() is None


def test_an_answer_with_bytes_behind_it_ends_the_connection():
    reading = Reading()
    assert reading.take(OK + b"content-length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n").body == b"x"
    assert not reading.reusable
