"""Reviews: the drafts of some days, shown to somebody without an account who may approve them."""

from datetime import date, datetime
from typing import Final, Literal

from msgspec import Struct

ReviewVerdict = Literal["approve", "change", "comment"]
LARGEST_ANSWERS: Final = 256 * 1024  # bytes: those to a hundred posts with the longest comments


class Review(Struct, frozen=True, kw_only=True):
    """A link or a file that lets its holder see the drafts of some days and answer, until it expires or is revoked.

    - `id`: short name, by which it is revoked. `hash`: of its token, which is kept nowhere.
    - `first`, `last`: the days in the brand's time zone, both included.
    - `posts`: names of the posts that a file holds; a link has none and shows what is planned when it is opened.
    """

    id: str
    hash: str
    first: date
    last: date
    made: datetime
    expires: datetime
    posts: tuple[str, ...] = ()

    @property
    def is_file(self) -> bool:
        """Whether it was sent as a file."""
        return bool(self.posts)


class PostAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reviewer says of one post. `text`: the fingerprint of the text that was shown."""

    post: str
    verdict: ReviewVerdict
    text: str
    comment: str = ""
