"""Decompress a streamed body up to a cap, so that a decompression bomb is stopped while it is being unpacked.

The HTTP client's own decompression is not used: it takes half a compressed body for a whole one, and bounds neither the
size sent, nor the size unpacked, nor the window.
"""

import sys
import zlib
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
_MEMBERS = 100
_BROKEN = "compressed in a way that cannot be unpacked"


class Body:
    """The body of one response. `full` once more than `cap` bytes were sent or unpacked; `data` never holds more than `cap`."""

    def __init__(self, encoding: str, cap: int) -> None:
        self.data = bytearray()
        self.full = False
        self._cap, self._sent = cap, 0
        self._unpacker = _unpacker(encoding.strip().lower())

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
    """gzip of one or more members (RFC 1952 §2.2), and deflate with or without its zlib header: servers send both."""

    def __init__(self, wbits: int) -> None:
        self._wbits, self._members = wbits, 0
        self._member = None if wbits == _ZLIB else zlib.decompressobj(wbits)

    @property
    def ended(self) -> bool:
        return self._member is not None and self._member.eof

    def unpack(self, chunk: bytes, most: int) -> bytes:
        if self._member is None and chunk:
            self._member = zlib.decompressobj(_ZLIB if chunk[0] & 0x0F == zlib.DEFLATED else _RAW)
        out = b""
        while chunk and self._member is not None and len(out) < most:
            if self._member.eof:
                self._member = self._next_member()
            out += self._member.decompress(chunk, most - len(out))
            chunk = self._member.unused_data
        return out

    def _next_member(self) -> "zlib._Decompress":
        self._members += 1
        if self._wbits != _GZIP or self._members > _MEMBERS:
            raise zlib.error("data after the end")
        return zlib.decompressobj(_GZIP)


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
        return self._decoder.decompress(chunk, max_length=most)


def _unpacker(encoding: str) -> _Unpacker:
    match encoding:
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Zlib(_GZIP)
        case "deflate":
            return _Zlib(_ZLIB)
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstd()
    raise Unreadable(f"packed in a way we did not ask for ({encoding})")
