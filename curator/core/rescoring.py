"""How the scores of a cross-encoder change fits."""

from msgspec import Struct


class RescoringCurve(Struct, frozen=True, kw_only=True):
    """The line from a fit and a cross-encoder's score to a new fit, all but the score in log-odds.

    new = `offset` + `own` · fit + `read` · score. `pairs`: the number of pairs it was learned from.
    """

    offset: float
    own: float
    read: float
    pairs: int
