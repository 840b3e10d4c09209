"""`Library.reviews`: drafts for the eyes of a client or boss without an account, and their answers."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from curator.core.errors import CuratorError, UsageError
from curator.core.review import LARGEST_ANSWERS, PostAnswer, Review
from curator.library._workspace import Workspace, moment
from curator.planning import answers
from curator.planning.answers import Answered, ReviewPost

if TYPE_CHECKING:
    from curator.storage.reviews import ReviewFile

LONGEST: Final = timedelta(days=90)  # that a link lasts
_NOT_OURS: Final = "send the file again, or make a new link: curator serve"


class AnswersFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers as the file of a review gives them back. `token`: the one that came with the file."""

    token: str
    name: str
    answers: tuple[PostAnswer, ...]


class Reviews:
    """Links and files for reviewers. Each has a token, of which only a hash is kept."""

    def __init__(self, workspace: Workspace) -> None:
        """Let others review the posts of this workspace."""
        self._workspace = workspace

    def link(self, first: date, last: date, lasting: timedelta, *, now: datetime | None = None) -> tuple[Review, str]:
        """Make a link to the posts from day `first` to day `last`, whatever is planned there when it is opened.

        Returns the review and its token, which cannot be had again. Raises UsageError for days or a time that make no sense.
        """
        return self._made(first, last, lasting, (), moment(now))

    def file(self, first: date, last: date, lasting: timedelta, *, now: datetime | None = None) -> tuple[Review, str]:
        """Make a review of the posts that are planned now, to be sent as a file; as `link` in all else.

        Raises CuratorError where no post is planned in these days.
        """
        now = moment(now)
        posts = answers.planned(self._workspace.context(), first, last, now)
        if not posts:
            raise CuratorError("no post is planned in these days", hint="curator plan")
        return self._made(first, last, lasting, tuple(post.id for post in posts), now)

    def all(self) -> Sequence[Review]:
        """Return the links and files that were made, the expired ones too until the next is made."""
        return self._kept.read()

    def revoke(self, id: str) -> None:  # noqa: A002 - as its field is called
        """End a link or a file: it opens nothing any more, and no answers of it are taken in."""
        with self._workspace.store.writing():
            self._kept.write([each for each in self._kept.read() if each.id != id])

    def opened(self, token: str, *, now: datetime | None = None) -> Review | None:
        """Return the review of a token, None where there is none, or it expired or was revoked."""
        hash_, now = _hash(token), moment(now)
        found = [each for each in self._kept.read() if hmac.compare_digest(each.hash, hash_)]
        return found[0] if found and now < found[0].expires else None

    def posts(self, review: Review, *, now: datetime | None = None) -> Sequence[ReviewPost]:
        """Return the posts of a review that are still to go out, by time, with their drafts and what was said of them."""
        context, now = self._workspace.context(), moment(now)
        planned = answers.planned(context, review.first, review.last, now)
        return answers.sheet(context, [post for post in planned if not review.is_file or post.id in review.posts], now)

    def answer(self, review: Review, by: str, given: Sequence[PostAnswer], *, now: datetime | None = None) -> Answered:
        """Keep what somebody says of the posts of a review, as decisions that `undo` takes back at once.

        An approved text stays as it is until somebody writes another. A text that was changed since it was shown cannot be approved.
        Raises UsageError where `by`, the name, is empty.
        """
        context, now = self._workspace.context(), moment(now)
        names = review.posts or tuple(post.id for post in answers.planned(context, review.first, review.last, now))
        return answers.answer(context, names, by, given, now)

    def take_in(self, text: bytes, *, now: datetime | None = None) -> Answered:
        """Keep the answers that came back from a file, or out of a mail that holds them.

        Raises UsageError for what holds no answers, and CuratorError where their file is unknown, expired or revoked.
        """
        came, now = _read(text), moment(now)
        review = self.opened(came.token, now=now)
        if review is None:
            raise CuratorError(
                "these answers belong to no file that is open: it expired, was revoked, or is not of this brand", hint=_NOT_OURS
            )
        return self.answer(review, came.name, came.answers, now=now)

    @cached_property
    def _kept(self) -> ReviewFile:
        from curator.storage.reviews import ReviewFile

        return ReviewFile(self._workspace.home / "library" / "reviews.json")

    def _made(self, first: date, last: date, lasting: timedelta, posts: tuple[str, ...], now: datetime) -> tuple[Review, str]:
        if not (first <= last and timedelta(0) < lasting <= LONGEST):
            raise UsageError(f"a review needs a first day, a last day after it, and an end within {LONGEST.days} days")
        token, id_ = secrets.token_urlsafe(32), secrets.token_hex(4)
        review = Review(id=id_, hash=_hash(token), first=first, last=last, made=now, expires=now + lasting, posts=posts)
        with self._workspace.store.writing():
            self._kept.write([*(each for each in self._kept.read() if now < each.expires), review])
        return review, token


def _read(text: bytes) -> AnswersFile:
    """Return the answers in a text. What stands before and behind them is left out, and lines that a mail has broken are joined."""
    start, end = text.find(b"{"), text.rfind(b"}") + 1
    try:
        if len(text) > LARGEST_ANSWERS:
            raise UsageError(f"answers are no larger than {LARGEST_ANSWERS // 1024} kB")
        return msgspec.json.decode(b" ".join(text[start:end].splitlines()), type=AnswersFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UsageError("these are no answers of a review", hint="choose the file that came back, or paste all of its text") from None


def _hash(token: str) -> str:
    """Return the hash by which a token of 32 random bytes is told. It cannot be guessed, so it needs no slow one."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
