"""Decompress a streamed body up to a cap, so that a decompression bomb is stopped while it is being unpacked.

The HTTP client's own decompression is not used: it takes half a compressed body for a whole one, and bounds neither the
size sent, nor the size unpacked, nor the window.
"""

import sys
import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

import brotli

from curator.core.errors import Unreadable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED = "gzip, deflate, br, zstd"
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's wbits
_ZSTD_WINDOW = 23  # 8 MiB: the most a sender may ask for (RFC 9659 §3)
_MAGIC = b"\x1f\x8b\x08"  # how a gzip member begins (RFC 1952 §2.3.1)
_MEMBERS = 100
_BROKEN = "compressed in a way that cannot be unpacked"


class Body:
    """The body of one response. `full` once more than `cap` bytes were sent or unpacked; `data` never holds more than `cap`.

    `strange`: the encodings that nobody knows. They are left in place, for most servers that name one ("aws-chunked", "utf-8")
    packed nothing.
    """

    def __init__(self, encoding: str, cap: int) -> None:
        self.data = bytearray()
        self.full = False
        self._cap, self._sent = cap, 0
        names = [name for part in encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
        self.strange = ", ".join(name for name in names if name not in _UNPACKERS)
        self._unpacker = _unpacker([name for name in names if name in _UNPACKERS])

    def add(self, chunk: bytes) -> bool:
        """Add a chunk as sent; return whether more is wanted. Raises Unreadable for bytes that do not fit their encoding."""
        self._sent += len(chunk)
        try:
            self.data += self._unpacker.unpack(chunk, self._cap - len(self.data) + 1)
        except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
            raise Unreadable(_BROKEN) from error
        self.full = self._sent > self._cap or len(self.data) > self._cap
        del self.data[self._cap :]
        return not self.full

    def whole(self) -> bytes:
        """Return the whole body. Raises Unreadable when it ends before its encoding does."""
        if self._sent and not self._unpacker.ended:
            raise Unreadable("broke off in the middle")
        return bytes(self.data)


class _Unpacker(Protocol):
    """A content encoding. `unpack` returns at most `most` bytes, and has used its whole chunk when it returns fewer."""

    @property
    def ended(self) -> bool: ...

    def unpack(self, chunk: bytes, most: int) -> bytes: ...


class _Plain:
    ended = True

    def unpack(self, chunk: bytes, most: int) -> bytes:
        return chunk[:most]


class _Zlib:
    """gzip of one or more members (RFC 1952 §2.2), and deflate with or without its zlib header: servers send both.

    What follows the end and begins no further member is ignored, as gzip itself does: servers append zeros and empty lines.
    """

    def __init__(self, wbits: int) -> None:
        self._wbits, self._members, self._after = wbits, 0, b""
        self._member = None if wbits == _ZLIB else zlib.decompressobj(wbits)

    @property
    def ended(self) -> bool:
        return self._member is not None and self._member.eof

    def unpack(self, chunk: bytes, most: int) -> bytes:
        if self._member is None and chunk:
            self._member = zlib.decompressobj(_ZLIB if chunk[0] & 0x0F == zlib.DEFLATED else _RAW)
        out = b""
        while chunk and self._member is not None and len(out) < most:
            if self._member.eof and not (chunk := self._next_member(chunk)):
                break
            out += self._member.decompress(chunk, most - len(out))
            chunk = self._member.unused_data
        return out

    def _next_member(self, chunk: bytes) -> bytes:
        """Begin the next member and return its bytes, b"" when none begins in what was sent so far."""
        after = (self._after + chunk).lstrip(b"\0")
        if self._wbits != _GZIP or not after.startswith(_MAGIC):
            self._after = after[: len(_MAGIC)]
            return b""
        self._members, self._after = self._members + 1, b""
        if self._members > _MEMBERS:
            raise zlib.error("too many members")
        self._member = zlib.decompressobj(_GZIP)
        return after


class _Brotli:
    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()

    @property
    def ended(self) -> bool:
        return bool(self._decoder.is_finished())

    def unpack(self, chunk: bytes, most: int) -> bytes:
        return bytes(self._decoder.process(chunk, output_buffer_limit=most))


class _Zstd:
    def __init__(self) -> None:
        self._decoder = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW})

    @property
    def ended(self) -> bool:
        return self._decoder.eof

    def unpack(self, chunk: bytes, most: int) -> bytes:
        return b"" if self._decoder.eof else self._decoder.decompress(chunk, max_length=most)


_UNPACKERS: dict[str, Callable[[], _Unpacker]] = {
    "gzip": lambda: _Zlib(_GZIP),
    "x-gzip": lambda: _Zlib(_GZIP),
    "deflate": lambda: _Zlib(_ZLIB),
    "br": _Brotli,
    "zstd": _Zstd,
}


def strange(encoding: str) -> Unreadable:
    """Return the error for a body in an encoding that cannot be removed."""
    return Unreadable(f"packed in a way we did not ask for ({encoding})")


def unpacked_file(body: bytes, cap: int) -> bytes:
    """Return what a gzip file holds, and any other bytes as they are. Raises Unreadable when it is broken or larger than `cap`."""
    if not body.startswith(_MAGIC):
        return body
    file = Body("gzip", cap)
    if not file.add(body):
        raise too_large(cap)
    return file.whole()


def too_large(cap: int) -> Unreadable:
    """Return the error for a body of more than `cap` bytes."""
    return Unreadable(f"larger than {cap >> 20} MiB")


def _unpacker(encodings: Sequence[str]) -> _Unpacker:
    """Return what removes an encoding. Servers that name several have packed twice by mistake."""
    if len(encodings) > 1:
        raise strange(", ".join(encodings))
    return _UNPACKERS[encodings[0]]() if encodings else _Plain()
