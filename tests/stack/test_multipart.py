"""The first part of a multipart body comes out whole, however the body is cut."""

import io
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.multipart import MalformedBody, body_of, first_part

_HEAD = b'--edge\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
_TAIL = b"\r\n--edge--\r\n"


def _headers(**more: str) -> Message:
    headers = Message()
    headers["Content-Type"] = 'multipart/form-data; boundary="edge"'
    for name, value in more.items():
        headers[name.replace("_", "-")] = value
    return headers


@given(content=st.binary(max_size=200), cut=st.integers(min_value=1, max_value=40))
def test_it_returns_the_content_wherever_the_pieces_are_cut(content, cut):
    content = content.replace(b"\r\n--edge", b"")
    body = _HEAD + content + _TAIL
    pieces = [body[i : i + cut] for i in range(0, len(body), cut)]
    assert b"".join(first_part(pieces, _headers())) == content


@pytest.mark.parametrize("body", [b"", _HEAD, _HEAD + b"content", b"x" * 20_000])
def test_it_refuses_a_body_that_ends_too_early(body):
    with pytest.raises(MalformedBody):
        list(first_part([body], _headers()))


def test_it_refuses_a_body_without_a_boundary():
    with pytest.raises(MalformedBody):
        list(first_part([b"x"], Message()))


def test_it_reads_a_chunked_body():
    stream = io.BytesIO(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
    assert b"".join(body_of(_headers(Transfer_Encoding="chunked"), stream)) == b"abcde"


def test_it_refuses_a_connection_that_ends_inside_the_body():
    with pytest.raises(MalformedBody):
        list(body_of(_headers(Content_Length="10"), io.BytesIO(b"abc")))
