"""The documents that `--json` prints, where they are not the result of the command itself. Their keys are stable."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from curator.core.errors import Problem
from curator.core.item import Status
from curator.core.notice import ChannelTest, Notice
from curator.core.post import Post, Verdict
from curator.core.report import DiscoveredFeed, HealthCheck, Subscription
from curator.core.story import Card, Mention

if TYPE_CHECKING:
    from curator.planning.answers import Answered
    from curator.planning.decisions import Decided
    from curator.planning.post import PostDraft
    from curator.publishing.caldav import PushResult
    from curator.publishing.types import ExportFiles, WrittenExport


class ItemDocument(Card, frozen=True, kw_only=True):
    """A card with the text of its article: `show`, `save`."""

    text: str


class RankingDocument(Struct, frozen=True, kw_only=True):
    """Cards, best first: `rank`, `list --status`."""

    items: Sequence[Card]


class MentionsDocument(Struct, frozen=True, kw_only=True):
    """Mentions, the certain and newest first, each story once for each watch term: `mentions`."""

    mentions: Sequence[Mention]


class PlannedPost(Struct, frozen=True, kw_only=True):
    """A post of an item that was decided on."""

    network: str
    at: datetime | None
    kind: str


class DecidedItem(Struct, frozen=True, kw_only=True):
    """An item after a decision; `changed` is false where everything was so before."""

    id: str
    url: str
    title: str
    status: Status
    kind: str
    tags: tuple[str, ...]
    note: str
    posts: tuple[PlannedPost, ...]
    changed: bool


class DecisionsDocument(Struct, frozen=True, kw_only=True):
    """Items that were decided on: `pick`, `skip`, `undo`, `tag`, `note`, `mentions --us` and `--not-us`."""

    items: tuple[DecidedItem, ...]


class ChangedPost(Struct, frozen=True, kw_only=True):
    """A post as it stands in the calendar after a change."""

    id: str
    item: str
    network: str
    at: datetime | None
    kind: str
    locked: bool


class PostsDocument(Struct, frozen=True, kw_only=True):
    """Posts that were changed: `plan --move`, `--lock`, `--unlock`, `--drop`."""

    posts: tuple[ChangedPost, ...]


class KeptAnswer(Struct, frozen=True, kw_only=True):
    """What a reviewer said of a post, which is kept as a decision."""

    post: str
    verdict: Verdict
    comment: str


class AnswersDocument(Struct, frozen=True, kw_only=True):
    """Answers of a reviewer, `by` name, that were taken in, and those that were not: `plan --answers`."""

    by: str
    answers: tuple[KeptAnswer, ...]
    left_out: tuple[Problem, ...]


class DraftDocument(Struct, frozen=True, kw_only=True):
    """A post, ready to share: `draft`. `length` and `limit` are counted as the network does."""

    id: str
    network: str
    text: str
    length: int
    limit: int
    url: str


class ExportedFile(Struct, frozen=True, kw_only=True):
    """A file that was written, and how many posts are in it."""

    path: str
    posts: int


class ExportDocument(Struct, frozen=True, kw_only=True):
    """What `export` wrote and removed, the posts that it left out, and how many of the others nobody has approved, in words."""

    files: tuple[ExportedFile, ...]
    removed: tuple[str, ...]
    left_out: tuple[Problem, ...]
    unapproved: str


class SubscriptionsDocument(Struct, frozen=True, kw_only=True):
    """Feeds with their health: `feeds list`."""

    feeds: Sequence[Subscription]


class DiscoveredDocument(Struct, frozen=True, kw_only=True):
    """Feeds of a site, the best for the brand first: `feeds discover`."""

    feeds: Sequence[DiscoveredFeed]


class ChecksDocument(Struct, frozen=True, kw_only=True):
    """Results of the health checks: `doctor`."""

    checks: Sequence[HealthCheck]


class NoticesDocument(Struct, frozen=True, kw_only=True):
    """Notices: what waits or has failed with `notify --pending`, what was tried with `notify --retry`."""

    notices: Sequence[Notice]


class ChannelTestsDocument(Struct, frozen=True, kw_only=True):
    """Outcomes of the test messages: `notify --test`."""

    channels: Sequence[ChannelTest]


class FailureDocument(Struct, frozen=True, kw_only=True):
    """A page or feed that could not be read, in the place of its document: `extract`, `feeds check`."""

    url: str
    error: str


class AddressDocument(Struct, frozen=True, kw_only=True):
    """Where `serve` answers. `desks`: the address of the desk of each brand; `calendar`: that of the first one."""

    url: str
    calendar: str
    desks: tuple[str, ...]


class PushedEvent(Struct, frozen=True, kw_only=True):
    """An event that was created, updated or cancelled, or would be; `trouble` says why it was not."""

    kind: Literal["create", "update", "cancel"]
    uid: str
    title: str
    at: datetime | None
    trouble: str


class PushDocument(Struct, frozen=True, kw_only=True):
    """What `push caldav` did to the calendar at `url`, or would do with `dry_run`. Failed events are in no other count."""

    url: str
    name: str
    dry_run: bool
    created: int
    updated: int
    cancelled: int
    unchanged: int
    failed: int
    events: tuple[PushedEvent, ...]


def item(card: Card, text: str) -> ItemDocument:
    """Return the document of one item."""
    return ItemDocument(**_shared(card, Card), text=text)


def decisions(done: Iterable["Decided"]) -> DecisionsDocument:
    """Return the document of items that were decided on."""
    return DecisionsDocument(items=tuple(map(_decided, done)))


def posts(changed: Iterable[Post]) -> PostsDocument:
    """Return the document of posts that were changed."""
    return PostsDocument(posts=tuple(ChangedPost(**_shared(post, ChangedPost)) for post in changed))


def answers(taken: "Answered") -> AnswersDocument:
    """Return the document of answers that were taken in."""
    kept = (
        KeptAnswer(post=f"{each.item}-{each.answer.network}", verdict=each.verdict, comment=each.answer.comment)
        for each in taken.kept
        if each.answer
    )
    return AnswersDocument(by=taken.by, answers=tuple(kept), left_out=taken.left)


def draft(draft: "PostDraft") -> DraftDocument:
    """Return the document of a draft."""
    return DraftDocument(**_shared(draft, DraftDocument))


def export(made: "ExportFiles", written: "WrittenExport") -> ExportDocument:
    """Return the document of an export."""
    counts: Mapping[Path, int] = dict(zip(written.files, made.posts.values(), strict=False))
    return ExportDocument(
        files=tuple(ExportedFile(path=str(path), posts=counts.get(path, 0)) for path in written.files),
        removed=tuple(map(str, written.removed)),
        left_out=made.left_out,
        unapproved=made.unapproved,
    )


def push(done: "PushResult") -> PushDocument:
    """Return the document of a push."""
    return PushDocument(
        url=done.url,
        name=done.name,
        dry_run=done.dry_run,
        created=done.count("create"),
        updated=done.count("update"),
        cancelled=done.count("cancel"),
        unchanged=done.unchanged,
        failed=done.failed,
        events=tuple(PushedEvent(kind=c.kind, uid=c.uid, title=c.title, at=c.at, trouble=c.failure) for c in done.changes),
    )


def _shared(source: object, shape: type[Struct]) -> dict[str, Any]:
    """Return the attributes of `source` that are fields of `shape`, by name."""
    return {name: getattr(source, name) for name in shape.__struct_fields__}


def _decided(decided: "Decided") -> DecidedItem:
    item = decided.item
    return DecidedItem(
        id=item.id,
        url=item.url,
        title=item.title,
        status=item.status,
        kind=item.kind,
        tags=item.tags,
        note=item.note,
        posts=tuple(PlannedPost(network=post.network, at=post.at, kind=post.kind) for post in decided.standing),
        changed=decided.changed,
    )
