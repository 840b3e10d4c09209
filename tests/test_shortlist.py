from collections import Counter
from datetime import UTC, datetime
from math import ceil

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.model import Fit, Item, Ranked, Score, ShortlistRules, Source, Story
from curator.shortlist import choose

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def story(id_: str, total: float, feed: str = "f", topic: str = "kopi") -> Story:
    item = Item(id=id_, url=f"https://x.example/{id_}", title=id_, source=Source(title=feed.upper(), feed=feed), published=NOW, found=NOW)
    return Story(lead=Ranked(item=item, score=Score(total=total, topic=topic, fits=(Fit(topic=topic, fit=total),))))


def ids(stories: tuple[Story, ...]) -> list[str]:
    return [s.lead.item.id for s in stories]


def unlike(n: int) -> np.ndarray:
    return np.eye(n, dtype=np.float32)


def test_the_best_come_first():
    stories = [story("b", 0.6, "f1"), story("a", 0.9, "f2"), story("c", 0.5, "f3")]
    assert ids(choose(stories, unlike(3), ShortlistRules(), topics=1, floor=0.3).choices) == ["a", "b", "c"]


def test_what_fits_nothing_is_left_out_and_says_so():
    chosen = choose([story("a", 0.9), story("b", 0.2)], unlike(2), ShortlistRules(), topics=1, floor=0.3)
    assert ids(chosen.choices) == ["a"]
    assert [(left.story.lead.item.id, left.why) for left in chosen.left_out] == [("b", "fits no topic well enough")]


def test_one_feed_never_fills_the_list():
    stories = [story(f"a{n}", 0.9 - n / 100) for n in range(5)] + [story("b", 0.5, "other")]
    chosen = choose(stories, unlike(6), ShortlistRules(per_feed=3), topics=1, floor=0.3)
    assert ids(chosen.choices) == ["a0", "a1", "a2", "b"]
    assert {left.why for left in chosen.left_out} == {"3 from F already"}


def test_a_twin_of_a_chosen_card_waits_behind_something_new():
    alike = np.array([[1, 0.95, 0], [0.95, 1, 0], [0, 0, 1]], np.float32)
    stories = [story("a", 0.9, "f1"), story("twin", 0.88, "f2"), story("new", 0.75, "f3")]
    assert ids(choose(stories, alike, ShortlistRules(), topics=1, floor=0.3).choices) == ["a", "new", "twin"]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from("xyz"), st.sampled_from(["kopi", "isi ulang", "umkm"])), max_size=40),
    st.integers(1, 12),
    st.integers(1, 4),
    st.randoms(),
)
def test_no_cap_is_ever_broken_and_the_order_of_the_input_does_not_matter(rows, size, per_feed, random):
    rules = ShortlistRules(size=size, per_feed=per_feed)
    stories = [story(f"s{n:02}", total, feed, topic) for n, (total, feed, topic) in enumerate(rows)]
    chosen = choose(stories, unlike(len(stories)), rules, topics=3, floor=0.3)
    assert len(chosen.choices) <= size
    assert all(n <= per_feed for n in Counter(s.lead.item.source.feed for s in chosen.choices).values())
    assert all(n <= ceil(1.5 * size / 3) for n in Counter(s.lead.score.topic for s in chosen.choices).values())
    assert len(chosen.choices) + len(chosen.left_out) == len(stories)
    shuffled = random.sample(stories, len(stories))
    assert choose(shuffled, unlike(len(stories)), rules, topics=3, floor=0.3) == chosen
