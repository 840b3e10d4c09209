"""Answers of reviewers: approve a post, ask for a change, or comment, each a decision that can be undone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import Problem, UsageError
from curator.core.item import Item
from curator.core.post import Answer, Decision, Post
from curator.core.protocols import Changes
from curator.core.review import PostAnswer
from curator.core.text.plain import clean, line
from curator.planning.approval import Approval, answers, approvals, fingerprint
from curator.planning.decisions import decision, updated
from curator.planning.drafts import composed
from curator.planning.plan import standing_posts
from curator.planning.post import networks

_LONGEST_NAME, _LONGEST_COMMENT = 80, 2000  # characters


class ReviewPost(Struct, frozen=True, kw_only=True):
    """A post as reviewers see it: its draft, and what was said of it.

    `network` is the network's display name, `fingerprint` that of the text.
    """

    post: str
    network: str
    at: datetime | None
    text: str
    fingerprint: str
    approval: Approval | None = None
    said: tuple[Decision, ...] = ()


class Answered(Struct, frozen=True, kw_only=True):
    """Answers that were taken in. `left`: those that were not, and why. What was known already is in neither."""

    by: str
    kept: tuple[Decision, ...] = ()
    left: tuple[Problem, ...] = ()


def planned(context: Context, first: date, last: date, now: datetime) -> list[Post]:
    """Return the posts from day `first` to day `last` of the brand's time zone that are still to go out, by time."""
    zone = ZoneInfo(context.brand.timezone)
    return [post for post in standing_posts(context) if post.at and post.at > now and first <= post.at.astimezone(zone).date() <= last]


def sheet(context: Context, posts: Sequence[Post], now: datetime) -> list[ReviewPost]:
    """Return these posts with their drafts, as reviewers see them."""
    items = _items(context, posts)
    posts = [post for post in posts if post.item in items]
    decisions, drafts = context.store.decisions(), composed(context, posts, items, now)
    known, said = approvals(posts, decisions), answers(decisions)
    return [
        ReviewPost(
            post=post.id,
            network=networks.rules(post.network).title,
            at=post.at,
            text=drafts[post.id][0].text,
            fingerprint=fingerprint(post.id, drafts[post.id][0].text),
            approval=known.get(post.id),
            said=tuple(said.get(post.id, ())),
        )
        for post in posts
    ]


def answer(context: Context, names: Iterable[str], by: str, given: Sequence[PostAnswer], now: datetime) -> Answered:
    """Keep what a reviewer says of the posts in `names`, as one command that can be undone.

    An approved text is kept in its post as the user's own, so that nothing else goes out. A text that was changed since it was
    shown cannot be approved; a comment on it is kept. Raises UsageError without a name.
    """
    if not (by := line(by, _LONGEST_NAME).strip()):
        raise UsageError("an answer needs a name: who approves?")
    given = list({each.post: each for each in given}.values())
    shown = {post.id: post for post in standing_posts(context) if post.id in set(names)}
    asked = {each.post for each in given} & shown.keys()
    drafts = {each.post: each for each in sheet(context, [shown[name] for name in sorted(asked)], now)}
    with context.store.writing():
        current, earlier = {post.id: post for post in standing_posts(context)}, context.store.decisions()
        left = {each.post: problem for each in given if (problem := _refused(each, drafts, shown, current))}
        known = {name: [one for one in said if one.answer and one.answer.by == by][-1:] for name, said in answers(earlier).items()}
        fresh = [each for each in given if each.post not in left and not any(_same(each, one) for one in known.get(each.post, ()))]
        kept = _numbered(fresh, by, context, current, earlier, now)
        texts = {each.post: drafts[each.post].text for each in fresh if each.verdict == "approve"}
        posts = tuple(updated(current[name], now, text=text) for name, text in texts.items())
        context.store.commit(Changes(decisions=kept, posts=posts))
    return Answered(by=by, kept=kept, left=tuple(left.values()))


def _refused(given: PostAnswer, drafts: Mapping[str, ReviewPost], shown: Mapping[str, Post], current: Mapping[str, Post]) -> Problem | None:
    """Return why an answer cannot be kept, None where it can."""
    where = line(given.post, 60)
    if given.post not in drafts or given.post not in current:
        return Problem(what="no such post was shown, or it is planned no more", where=where)
    draft, before, text = drafts[given.post], shown[given.post].text, current[given.post].text
    same = text == draft.text or (not text and not before)  # another may have approved the generated text in between
    if given.verdict == "approve" and not (same and given.text == draft.fingerprint):
        return Problem(what="its text was changed after it was shown, and must be looked at again", where=where)
    return None


def _numbered(
    fresh: Sequence[PostAnswer], by: str, context: Context, current: Mapping[str, Post], earlier: Sequence[Decision], now: datetime
) -> tuple[Decision, ...]:
    """Return the records of answers, numbered after `earlier` as one command."""
    items, posts = _items(context, [current[each.post] for each in fresh]), context.store.posts()
    made = []
    for n, each in enumerate(fresh):
        item = items[current[each.post].item]
        record = decision(item, [post for post in posts if post.item == item.id], each.verdict, now, earlier)
        said = Answer(network=current[each.post].network, by=by, text=each.text, comment=_comment(each))
        made.append(replace(record, number=record.number + n, answer=said))
    return tuple(made)


def _items(context: Context, posts: Iterable[Post]) -> dict[str, Item]:
    return {item.id: item for id_ in {post.item for post in posts} for item in context.store.find(id_)}


def _same(given: PostAnswer, said: Decision) -> bool:
    """Return whether a reviewer says what was said last."""
    known = said.answer
    return known is not None and (given.verdict, given.text, _comment(given)) == (said.verdict, known.text, known.comment)


def _comment(given: PostAnswer) -> str:
    return clean(given.comment).strip()[:_LONGEST_COMMENT]
