"""Proposals: feeds to add and to drop, phrases to avoid or to add, topics to split, weights. Each was tried on what is kept."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from curator.config import edit
from curator.core.brand import Brand, Topic
from curator.core.context import Context
from curator.core.desk_report import FeedYield, Proposal, ProposalKind, TopicYield, Worked
from curator.core.feed import FeedState
from curator.core.scouting import ScoutedSite
from curator.core.text import phrases, urls
from curator.core.text.plain import line
from curator.jobs.replay import Replay, replay
from curator.jobs.report import figures
from curator.jobs.report.material import Material
from curator.publishing.language import Language

ENOUGH: Final = 20  # decisions in a month from which words and weights are proposed
SEEN: Final = 30  # items of a feed from which none that fits tells something
STORIES: Final = 2  # fitting ones in a month, from which a feed is worth following
FRESH: Final = timedelta(days=60)  # of what the scout found
FOUND: Final = 3  # feeds to add, at most
FAILED: Final = 10  # failures in a row
LISTED: Final = 10  # items of a topic on lists from which its share of picks tells something
APART: Final = 2.0  # times as often picked as the other topics, or as rarely
LESS, MORE = 0.7, 1.3  # steps of a weight
SIDES: Final = 10  # picks, and skips, of a topic that may be split
TRIED: Final = 3  # changes of the brief that are replayed, at most


_KEYS: Final[Mapping[ProposalKind, str]] = {"split": "about"}  # of brand.toml, where they are not called as the proposal


class _Idea(Struct, frozen=True, kw_only=True):
    """A changed or new topic to try. `means`: what names the change in every language."""

    kind: ProposalKind
    means: str
    what: str
    why: str
    topic: Topic


def proposals(context: Context, month: Material, results: Worked | None, now: datetime, language: Language) -> tuple[Proposal, ...]:
    """Return what a month suggests: feeds to add and to drop, and changes of the brief.

    After each of these the ranking agrees with the decisions no less. What is said is in `language`.
    """
    feeds = (*_scouted(context, now, language), *_dropped(context, month, now, language))
    if len(month.picked) + len(month.skipped) < ENOUGH:
        return feeds
    return (*feeds, *_briefs(context, month, results, now, language))


def _dropped(context: Context, month: Material, now: datetime, language: Language) -> Iterator[Proposal]:
    states = context.store.states()
    for feed in figures.feeds(month, context.feeds):
        if why := _useless(feed, states.get(feed.url), month, language):
            name, command = line(feed.title or feed.url, 60), f"curator feeds remove {shlex.quote(feed.url)}"
            yield Proposal(
                id=_name("drop feed", feed.url),
                kind="drop feed",
                what=language.say("drop %(feed)s", feed=name),
                why=why,
                effect=_missed(feed, context, month, now, language),
                command=command,
            )


def _scouted(context: Context, now: datetime, language: Language) -> list[Proposal]:
    """Return the feeds that the scout found and that would have brought the most fitting stories."""
    followed = {urls.canonical(feed.url) for feed in context.feeds}
    good = [each for each in context.store.scouted() if each.fitting >= STORIES and now - each.tried <= FRESH]
    best = sorted(good, key=lambda each: (-each.fitting, each.site))
    return [_new_feed(each, language) for each in best if urls.canonical(each.feed) not in followed][:FOUND]


def _new_feed(found: ScoutedSite, language: Language) -> Proposal:
    links = language.counted(
        "%(num)s link from picked and listed stories to", "%(num)s links from picked and listed stories to", len(found.links)
    )
    stories = language.counted("%(num)s fitting story", "%(num)s fitting stories", found.fitting)
    day, examples = language.day(found.tried.date(), "d MMMM y"), ", ".join(f"“{title}”" for title in found.examples)
    would = language.say(
        "it would have given you %(stories)s in the month before %(day)s: %(examples)s", stories=stories, day=day, examples=examples
    )
    return Proposal(
        id=_name("add feed", found.feed),
        kind="add feed",
        what=language.say("follow %(feed)s", feed=line(found.title or found.site, 60)),
        why=f"{links} {found.site}",
        effect=would,
        command=f"curator feeds add {shlex.quote(found.feed)}",
    )


def _useless(feed: FeedYield, state: FeedState | None, month: Material, language: Language) -> str:
    """Return why a feed is of no use, "" where it may be."""
    if state and state.gone:
        return language.say("it is gone for good")
    if state and state.failures >= FAILED:
        return language.say("it failed %(n)s times in a row: %(reason)s", n=state.failures, reason=line(state.reason, 120))
    scored = sum(s.item.source.feed == feed.url for s in month.scored)
    if scored >= SEEN and not (feed.fitting or feed.listed or feed.picked):
        return language.say("none of its %(n)s items fits a topic", n=scored)
    return ""


def _missed(feed: FeedYield, context: Context, month: Material, now: datetime, language: Language) -> str:
    """Return what the lists would have missed without a feed, and what a replay without it found."""
    say, days = language.say, round(month.days)
    missed = say("nothing that was listed or picked in %(days)s days would have been missed", days=days)
    if feed.listed or feed.picked:
        counts = {"listed": feed.listed, "picked": feed.picked, "days": days}
        missed = say("what would have been missed in %(days)s days: %(listed)s listed, %(picked)s picked", **counts)
    if not any(s.item.source.feed == feed.url for s in month.scored):
        return missed + say("; no item of it was ranked")
    tried = replay(context, context.brand, now, month.until - month.since, without=feed.url)
    return f"{missed}; {_effect(tried, language)}"


def _briefs(context: Context, month: Material, results: Worked | None, now: datetime, language: Language) -> Iterator[Proposal]:
    """Yield the changes of the brief that a replay speaks for."""
    span = month.until - month.since
    plain = replay(context, context.brand, now, span)
    suggested, measured = _suggested(context.brand, plain, language), _measured(context.brand, month, language)
    ideas = (*suggested, *measured, *_worked(context.brand, results, language))
    for idea in _once(ideas)[:TRIED]:
        tried = replay(context, _with(context.brand, idea.topic), now, span)
        if _better(tried):
            yield _brief(idea, tried, language)


def _brief(idea: _Idea, tried: Replay, language: Language) -> Proposal:
    name, key = _name(idea.kind, idea.means), _KEYS.get(idea.kind, str(idea.kind))
    value = getattr(idea.topic, key)
    return Proposal(
        id=name,
        kind=idea.kind,
        what=idea.what,
        why=idea.why,
        effect=_effect(tried, language),
        command=f"curator report --apply {name}",
        topic=idea.topic.name,
        values={key: value},
        edit=f"[[topics]]\nname = {edit.toml(idea.topic.name)}\n{key} = {edit.toml(value)}",
    )


def _name(kind: ProposalKind, what: str) -> str:
    """Return the id of a proposal, which is the same whenever the same is proposed."""
    return urls.item_id(f"https://proposal.invalid/{kind}/{quote(what, safe='')}")[:4]


def _better(tried: Replay) -> bool:
    """Whether a change moves the top list, and agrees with the decisions no less."""
    was, will = tried.before, tried.after
    return bool(tried.enters or tried.leaves) and (will.ndcg or 0) >= (was.ndcg or 0) and will.picks >= was.picks


def _suggested(brand: Brand, plain: Replay, language: Language) -> Iterator[_Idea]:
    """Yield the words that replay learned from picks that fit badly and skips that fit well."""
    say, counted = language.say, language.counted
    for found in plain.suggestions:
        topic = next(each for each in brand.topics if each.name == found.topic)
        many, name = len(found.items), line(found.topic, 60)
        if found.key == "avoid":
            changed = replace(topic, avoid=(*topic.avoid, found.text))
            what = say("%(topic)s avoids “%(phrase)s”", topic=name, phrase=found.text)
            why = counted("%(num)s skip fits it well and has it", "%(num)s skips fit it well and share it", many)
            yield _Idea(kind="avoid", means=f"{name} avoids “{found.text}”", what=what, why=why, topic=changed)
        else:
            changed = replace(topic, about=(*topic.wordings, found.text))
            what = say("%(topic)s is also about “%(phrase)s”", topic=name, phrase=found.text)
            why = counted("%(num)s pick fits it badly", "%(num)s picks fit it badly", many)
            yield _Idea(kind="about", means=f"{name} is also about “{found.text}”", what=what, why=why, topic=changed)


def _measured(brand: Brand, month: Material, language: Language) -> Iterator[_Idea]:
    """Yield the weights and the splits that the picks of each topic suggest."""
    found = {each.topic: each for each in figures.topics(month, brand)}
    listed, picked = (sum(getattr(each, key) for each in found.values()) for key in ("listed", "picked"))
    for topic in brand.topics:
        name, its = line(topic.name, 60), found[topic.name]
        if factor := _factor(its, listed, picked):
            weight = round(topic.weight * factor, 2)
            counts = {"picked": its.picked, "listed": its.listed, "all_picked": picked, "all": listed}
            why = language.say("%(picked)s of its %(listed)s listed items were picked, %(all_picked)s of %(all)s of all", **counts)
            yield _weighed(topic, weight, why, language)
        if words := _part(topic, month):
            part = Topic(name=f"{topic.name}: {words[0]}", about=", ".join(words))
            what = language.say("split %(topic)s", topic=name)
            why = language.say("its picks say “%(words)s”, its skips do not", words=part.about)
            yield _Idea(kind="split", means=f"split {name}", what=what, why=why, topic=part)


def _worked(brand: Brand, results: Worked | None, language: Language) -> Iterator[_Idea]:
    """Yield the weights that the results of posts suggest."""
    found = {group.name: group for group in (results.groups if results else ()) if group.by == "topic"}
    for topic in brand.topics:
        group = found.get(topic.name)
        if group and group.state in ("more", "less"):
            weight = round(topic.weight * (MORE if group.state == "more" else LESS), 2)
            counts = {"posts": group.posts, "ratio": language.number(round(group.ratio, 2))}
            why = language.say("the median of its %(posts)s posts with results got %(ratio)s times what is usual on its network", **counts)
            yield _weighed(topic, weight, why, language)


def _weighed(topic: Topic, weight: float, why: str, language: Language) -> _Idea:
    name, means = line(topic.name, 60), f"{line(topic.name, 60)} weighs {weight:g} instead of {topic.weight:g}"
    now, before = language.number(weight), language.number(topic.weight)
    what = language.say("%(topic)s weighs %(now)s instead of %(before)s", topic=name, now=now, before=before)
    return _Idea(kind="weight", means=means, what=what, why=why, topic=replace(topic, weight=weight))


def _once(ideas: Iterable[_Idea]) -> list[_Idea]:
    """Return the ideas without a second weight for a topic."""
    first: dict[object, _Idea] = {}
    for idea in ideas:
        first.setdefault((idea.topic.name, idea.kind) if idea.kind == "weight" else idea.means, idea)
    return list(first.values())


def _factor(topic: TopicYield, listed: int, picked: int) -> float | None:
    """Return by what a topic's weight should be multiplied, None where its picks are as frequent as those of the others."""
    others, rest = listed - topic.listed, picked - topic.picked
    if topic.listed < LISTED or others < LISTED or not rest:
        return None
    ratio = (topic.picked / topic.listed) / (rest / others)
    return LESS if ratio <= 1 / APART else MORE if ratio >= APART else None


def _part(topic: Topic, month: Material) -> list[str]:
    """Return the words that the picks of a topic share and its skips lack, where there are enough of both."""
    of_topic = {s.item.id: f"{s.item.title}\n{s.item.summary}" for s in month.scored if s.score.topic == topic.name}
    liked, disliked = ([text for id_, text in of_topic.items() if id_ in some] for some in (month.picked, month.skipped))
    if min(len(liked), len(disliked)) < SIDES:
        return []
    return phrases.shared(liked, [text for id_, text in of_topic.items() if id_ not in month.picked], without=disliked)


def _with(brand: Brand, topic: Topic) -> Brand:
    """Return the brand with the topic in place of the one of its name, or behind the others."""
    others = tuple(topic if each.name == topic.name else each for each in brand.topics)
    return replace(brand, topics=others if topic in others else (*others, topic))


def _effect(tried: Replay, language: Language) -> str:
    """Return in words what a replay found."""
    was, will = (f"{side.ndcg:.2f}" if side.ndcg is not None else "–" for side in (tried.before, tried.after))
    counts = {"size": tried.after.size, "enters": len(tried.enters), "leaves": len(tried.leaves)}
    moved = language.say("of the top %(size)s, %(enters)s would be new and %(leaves)s gone", **counts)
    picks = language.say("picks on it %(before)s → %(after)s", before=tried.before.picks, after=tried.after.picks)
    return f"{moved}; {picks}; nDCG@10 {was} → {will}"
