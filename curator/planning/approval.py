"""Approval of posts: what reviewers said of them last, and whether it still holds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from curator.core.post import Decision, Post


class Approval(Struct, frozen=True, kw_only=True):
    """The last approval of a post, or the last wish to change it. `stands` is False where the text was changed since."""

    verdict: Literal["approve", "change"]
    by: str
    at: datetime
    comment: str = ""
    stands: bool = True

    @property
    def approved(self) -> bool:
        """Whether the text that goes out is the one that was approved."""
        return self.verdict == "approve" and self.stands


def fingerprint(post: str, text: str) -> str:
    """Return a short hash of the text of a post, by which an answer says what it was given to."""
    return blake2b(f"{post}\n{text}".encode("utf-8", "replace"), digest_size=16).hexdigest()


def answers(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """Return what reviewers said, by the name of the post, in the order in which it was said."""
    said: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.answer:
            said.setdefault(f"{decision.item}-{decision.answer.network}", []).append(decision)
    return said


def approvals(posts: Iterable[Post], decisions: Iterable[Decision]) -> dict[str, Approval]:
    """Return the last word on each post by its name, of whichever reviewer; posts without one are left out."""
    said = answers(decisions)
    found = ((post, _last_word(post, said.get(post.id, ()))) for post in posts)
    return {post.id: approval for post, approval in found if approval}


def unapproved(posts: Iterable[Post], decisions: Iterable[Decision]) -> list[Post]:
    """Return the posts whose text nobody has approved, or was changed since."""
    posts = list(posts)
    known = approvals(posts, decisions)
    return [post for post in posts if post.id not in known or not known[post.id].approved]


def _last_word(post: Post, said: Sequence[Decision]) -> Approval | None:
    for decision in reversed(said):
        if decision.answer and decision.verdict in ("approve", "change"):
            answer = decision.answer
            return Approval(verdict=decision.verdict, by=answer.by, at=decision.at, comment=answer.comment, stands=_stands(post, decision))
    return None


def _stands(post: Post, decision: Decision) -> bool:
    """Return whether the text is still the one that was answered to.

    An approved text is kept in its post. A generated one that is to be changed is not: it stands until another is written.
    """
    if decision.verdict == "change" and not post.text:
        return True
    return decision.answer is not None and fingerprint(post.id, post.text) == decision.answer.text
