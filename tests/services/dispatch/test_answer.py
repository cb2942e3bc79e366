import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        OK + b"transfer-encoding: chunked\r\ncontent-length: 44\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Go on\r\n\r\n" * 2_000 + OK + b"content-length: 0\r\n\r\n",
        b"HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n",
        OK + b"x: " + b"y" * 40_000 + b"\r\ncontent-length: 0\r\n\r\n",
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


WHOLE = [
    OK + b"content-length: 3\r\n\r\nabc",
    CHUNKED + b"2;x=1\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
    CHUNKED + b"1\r\na\r\n0\r\nretry-after: 9\r\n\r\n",
    b"HTTP/1.1 103 Early\r\nretry-after: 9\r\n\r\n" + OK + b"content-length: 1\r\n\r\nx",
    b"HTTP/1.1 204 No\r\ncontent-length: 44\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\nto the end",
    b"HTTP/1.1 503 Full\r\nretry-after: 5\r\ncontent-length: 4\r\n\r\nbusy",
    OK + b"content-length: 65536\r\n\r\n" + b"x" * 65_536,
    OK + b"content-length: 65537\r\n\r\n" + b"x" * 65_537,
    CHUNKED + b"1\r\nx\r\n" * 20_000 + b"0\r\n\r\n",
]


def read_in(raw, cuts):
    """Return what becomes of bytes that come in pieces: an answer, or that it is broken."""
    reading, answer = Reading(), None
    try:
        for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
            answer = reading.take(raw[start:end])
            if answer is not None:
                return answer, reading.reusable
        return reading.ended(), reading.reusable
    except AnswerBroken:
        return None, False


@given(data=st.data())
def test_wherever_an_answer_is_cut_it_says_the_same(data):
    raw = data.draw(st.sampled_from(WHOLE))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    answer, reusable = read_in(raw, cuts)
    at_once, reused = read_in(raw, [])
    assert answer == at_once
    assert reused or not reusable  # when its end came later, nobody waited for it


@given(data=st.data())
def test_whatever_comes_is_an_answer_or_none_and_is_bounded(data):
    raw = bytearray(data.draw(st.sampled_from(WHOLE[:7])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
        raw = raw or bytearray(b"x")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=4)))
    answer, reusable = read_in(bytes(raw), cuts)
    assert answer is not None or not reusable
    if answer is not None:
        assert 200 <= answer.status <= 599
        assert len(answer.body or b"") <= 65_536


@given(st.lists(st.binary(max_size=64), max_size=20))
def test_noise_is_no_answer(pieces):
    reading = Reading()
    try:
        for one in pieces:
            assert reading.take(one) is None
    except AnswerBroken:
        return
    assert reading.ended() is None
