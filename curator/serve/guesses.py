"""Wrong tokens: who sends many of them is not answered for a while."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

_ALLOWED: Final = 10  # wrong tokens of one address within the span
SPAN: Final = 60  # seconds
_REMEMBERED: Final = 1000  # addresses


class Guesses:
    """The wrong tokens of the last minute, by the address that they came from."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Count from nothing. `clock`: seconds that never go back."""
        self._clock = clock
        self._missed: OrderedDict[str, deque[float]] = OrderedDict()

    def missed(self, address: str) -> None:
        """Remember a wrong token."""
        self._missed.setdefault(address, deque(maxlen=_ALLOWED)).append(self._clock())
        self._missed.move_to_end(address)
        while len(self._missed) > _REMEMBERED:
            self._missed.popitem(last=False)

    def exhausted(self, address: str) -> bool:
        """Return whether an address must wait."""
        times = self._missed.get(address)
        return times is not None and len(times) == _ALLOWED and self._clock() - times[0] < SPAN
