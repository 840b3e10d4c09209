"""Messages over a socket, each preceded by its length, sent and received before a deadline."""

import socket
import time

_LENGTH = 8  # bytes, big-endian
_CHUNK = 1 << 20


class Channel:
    """One end of a connected socket pair, closed by `close`. `longest`: the most bytes of one message accepted."""

    def __init__(self, connected: socket.socket, longest: int = 1 << 40) -> None:
        self._socket, self._longest = connected, longest

    def send(self, message: bytes, seconds: float | None = None) -> None:
        """Send a message within a time. Raises OSError, TimeoutError when the other end does not read it in time."""
        self._socket.settimeout(seconds)
        self._socket.sendall(len(message).to_bytes(_LENGTH, "big"))
        self._socket.sendall(message)

    def receive(self, seconds: float | None = None) -> bytes:
        """Receive a whole message within a time.

        Raises EOFError at the end of the stream, TimeoutError when it takes longer, OSError when it is too long.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        length = int.from_bytes(self._read(_LENGTH, deadline), "big")
        if length > self._longest:
            raise OSError("message too long")
        return bytes(self._read(length, deadline))

    def close(self) -> None:
        """Close the socket; the other end sees an end of file."""
        self._socket.close()

    def _read(self, count: int, deadline: float | None) -> bytearray:
        data = bytearray()
        while len(data) < count:
            self._socket.settimeout(None if deadline is None else max(deadline - time.monotonic(), 0.001))
            chunk = self._socket.recv(min(count - len(data), _CHUNK))
            if not chunk:
                raise EOFError
            data += chunk
        return data
