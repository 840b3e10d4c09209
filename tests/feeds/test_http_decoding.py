import gzip
import os
import sys
import zlib

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.core.errors import Unreadable
from curator.feeds.http.decoding import Body, unpacked_file

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKED = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": lambda raw: raw,
    "X-GZIP": gzip.compress,
    " gzip": lambda raw: gzip.compress(raw[:99]) + gzip.compress(raw[99:]),
    "deflate ": lambda raw: zlib.compress(raw)[2:-4],
}


def unpacked(encoding: str, cap: int, pieces: list[bytes]) -> bytes:
    body = Body(encoding, cap)
    for piece in pieces:
        body.add(piece)
    return body.whole()


def in_pieces(raw: bytes, size: int) -> list[bytes]:
    return [raw[i : i + size] for i in range(0, len(raw), size)]


@given(st.sampled_from(list(PACKED)), st.binary(max_size=5000), st.integers(1, 5000), st.integers(1, 100))
def test_a_body_is_the_same_in_whatever_pieces_it_comes_and_never_above_the_cap(encoding: str, raw: bytes, cap: int, size: int) -> None:
    packed = PACKED[encoding](raw)
    body = Body(encoding, cap)
    for piece in in_pieces(packed, size):
        if not body.add(piece):
            break
    assert len(body.data) <= cap
    assert body.full == (len(raw) > cap or len(packed) > cap)
    assert body.full or body.whole() == raw


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "deflate ", "br", "zstd"])
@given(raw=st.binary(min_size=1, max_size=3000), cut=st.integers(1, 40))
@settings(max_examples=30)
def test_half_a_packed_body_is_never_taken_for_a_whole_one(encoding: str, raw: bytes, cut: int) -> None:
    packed = PACKED[encoding](raw)
    with pytest.raises(Unreadable):
        unpacked(encoding, 10_000, in_pieces(packed[: max(len(packed) - cut, 1)], 7))


@given(st.binary(max_size=300), st.sampled_from(["gzip", "br", "zstd", "deflate"]))
def test_garbage_is_unpacked_or_refused_and_nothing_else(garbage: bytes, encoding: str) -> None:
    try:
        unpacked(encoding, 1000, [garbage])
    except Unreadable as told:
        assert told.reason in ("compressed in a way that cannot be unpacked", "broke off in the middle")  # noqa: PT017


def test_endless_empty_members_come_to_an_end() -> None:
    with pytest.raises(Unreadable):
        unpacked("gzip", 1 << 20, [gzip.compress(b"")] * 200)


def test_a_window_larger_than_a_browser_would_take_is_refused() -> None:
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    greedy = packer.compress(os.urandom(1 << 16)) + packer.flush()
    with pytest.raises(Unreadable):
        unpacked("zstd", 1 << 20, [greedy])


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br, aws-chunked, gzip"])
def test_two_encodings_are_not_removed(encoding: str) -> None:
    with pytest.raises(Unreadable, match="packed in a way we did not ask for"):
        Body(encoding, 10)


@pytest.mark.parametrize(("encoding", "strange"), [("x-foo", "x-foo"), ("UTF-8, compress", "utf-8, compress"), ("identity", ""), ("", "")])
def test_an_encoding_nobody_knows_is_named_and_left_in_place(encoding: str, strange: str) -> None:
    body = Body(encoding, 10)
    body.add(b"kopi")
    assert (body.strange, body.whole()) == (strange, b"kopi")


def test_an_encoding_nobody_knows_beside_gzip_leaves_gzip() -> None:
    assert unpacked("aws-chunked,gzip", 10, [gzip.compress(b"kopi")]) == b"kopi"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "deflate ", "zstd"])
@given(
    after=st.sampled_from([b"\0" * 64, b"\r\n\r\n", b"\x1f", b"\x1f\x8b", b"\x1fx\x1f\x8b\x08", b"<!-- cache -->"]), size=st.integers(1, 99)
)
@settings(max_examples=20)
def test_what_follows_the_end_is_ignored_in_whatever_pieces_it_comes(encoding: str, after: bytes, size: int) -> None:
    packed = PACKED[encoding](b"kopi" * 50)
    assert unpacked(encoding, 1000, in_pieces(packed + after, size)) == b"kopi" * 50


@given(padding=st.integers(0, 20), size=st.integers(1, 60))
@settings(max_examples=20)
def test_a_further_member_is_read_behind_zeros_too(padding: int, size: int) -> None:
    packed = gzip.compress(b"satu") + b"\0" * padding + gzip.compress(b"dua") + b"\r\n"
    assert unpacked("gzip", 1000, in_pieces(packed, size)) == b"satudua"


def test_half_a_further_member_is_a_failure() -> None:
    with pytest.raises(Unreadable, match="broke off"):
        unpacked("gzip", 1000, [gzip.compress(b"satu") + gzip.compress(b"dua")[:-3]])


def test_a_gzip_file_is_unpacked_up_to_the_cap_and_other_bytes_stay() -> None:
    assert unpacked_file(gzip.compress(b"kopi"), 1000) == b"kopi"
    assert unpacked_file(b"kopi", 1) == b"kopi"
    with pytest.raises(Unreadable, match="larger than 1 MiB"):
        unpacked_file(gzip.compress(bytes(2 << 20)), 1 << 20)
    with pytest.raises(Unreadable, match="broke off"):
        unpacked_file(gzip.compress(os.urandom(99))[:-9], 1000)
