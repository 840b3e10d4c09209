from collections import Counter
from datetime import UTC, datetime
from math import ceil

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curator.core.brand import ShortlistRules
from curator.core.item import Item, Source
from curator.core.story import Fit, Score, ScoredItem, Story
from curator.ranking.selection import SelectionRules, choose

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def story(id_: str, total: float, feed: str = "f", topic: str = "kopi", kind: str = "") -> Story:
    source = Source(title=feed.upper(), feed=feed)
    item = Item(id=id_, url=f"https://x.example/{id_}", title=id_, source=source, published=NOW, found=NOW, kind=kind)
    return Story(lead=ScoredItem(item=item, score=Score(total=total, topic=topic, fits=(Fit(topic=topic, fit=total),))))


def ids(stories: tuple[Story, ...]) -> list[str]:
    return [s.lead.item.id for s in stories]


def unlike(n: int) -> np.ndarray:
    return np.eye(n, dtype=np.float32)


def test_the_best_come_first():
    stories = [story("b", 0.6, "f1"), story("a", 0.9, "f2"), story("c", 0.5, "f3")]
    assert ids(choose(stories, unlike(3), ShortlistRules(), SelectionRules(topics=1, floor=0.3)).choices) == ["a", "b", "c"]


def test_what_fits_nothing_is_left_out_and_says_so():
    chosen = choose([story("a", 0.9), story("b", 0.2)], unlike(2), ShortlistRules(), SelectionRules(topics=1, floor=0.3))
    assert ids(chosen.choices) == ["a"]
    assert [(left.story.lead.item.id, left.why) for left in chosen.left_out] == [("b", "fits no topic well enough")]


def test_one_feed_never_fills_the_list():
    stories = [story(f"a{n}", 0.9 - n / 100) for n in range(5)] + [story("b", 0.5, "other")]
    chosen = choose(stories, unlike(6), ShortlistRules(per_feed=3), SelectionRules(topics=1, floor=0.3))
    assert ids(chosen.choices) == ["a0", "a1", "a2", "b"]
    assert {left.why for left in chosen.left_out} == {"3 from F already"}


def test_a_twin_of_a_chosen_card_waits_behind_something_new():
    alike = np.array([[1, 0.95, 0], [0.95, 1, 0], [0, 0, 1]], np.float32)
    stories = [story("a", 0.9, "f1"), story("twin", 0.88, "f2"), story("new", 0.75, "f3")]
    assert ids(choose(stories, alike, ShortlistRules(), SelectionRules(topics=1, floor=0.3)).choices) == ["a", "new", "twin"]


def reasons(story: Story) -> list[tuple[str, str]]:
    return [(reason.part, reason.text) for reason in story.lead.score.reasons]


def test_what_takes_the_place_of_a_better_one_says_what_it_stands_for():
    stories = [story(f"a{n}", 0.9 - n / 100) for n in range(4)] + [story("b", 0.5, "other"), story("c", 0.4, "third")]
    chosen = choose(stories, unlike(6), ShortlistRules(per_feed=3), SelectionRules(topics=1, floor=0.3))
    told = {s.lead.item.id: reasons(s) for s in chosen.choices}
    assert told["b"] == [("instead", "instead of a3: 3 from F already")]
    assert told["a0"] == told["c"] == []


def test_no_kind_takes_more_than_twice_its_share_and_one():
    stories = [story(f"s{n}", 0.9 - n / 100, f"f{n}", kind="quote") for n in range(9)] + [story("e", 0.4, "g", kind="education")]
    terms = SelectionRules(topics=1, floor=0.3, mix={"quote": 0.2, "education": 0.8})
    chosen = choose(stories, unlike(10), ShortlistRules(size=8), terms)
    assert Counter(s.lead.item.kind for s in chosen.choices) == {"quote": 4, "education": 1}
    assert {left.why for left in chosen.left_out} == {"4 of quote already"}


def test_items_without_a_kind_and_kinds_without_a_share_are_not_counted():
    stories = [story(f"s{n}", 0.9 - n / 100, f"f{n}", kind="" if n % 2 else "event") for n in range(8)]
    assert len(choose(stories, unlike(8), ShortlistRules(size=8), SelectionRules(topics=1, floor=0.3, mix={"quote": 0.1})).choices) == 8


def test_a_full_list_gives_one_place_in_ten_to_what_is_rarely_listed_and_says_so():
    stories = [story(f"s{n:02}", 0.9 - n / 100, f"f{n}") for n in range(10)] + [story("rare", 0.4, "quiet"), story("last", 0.5, "f9")]
    listed = {**{f"f{n}": 10 for n in range(10)}, "quiet": 0}
    chosen = choose(stories, unlike(12), ShortlistRules(size=10), SelectionRules(topics=1, floor=0.3, listed=listed))
    assert ids(chosen.choices) == [*(f"s{n:02}" for n in range(9)), "rare"]
    assert reasons(chosen.choices[-1]) == [("explore", "to find out: QUIET is rarely listed")]
    assert {left.story.lead.item.id: left.why for left in chosen.left_out} == {
        "s09": "its place is for finding out: rare", "last": "the list is full"
    }  # fmt: skip


def test_a_topic_that_no_card_is_about_is_looked_into():
    stories = [story(f"s{n:02}", 0.9 - n / 100, f"f{n}", topic="kopi" if n % 2 else "umkm") for n in range(14)]
    stories.append(story("other", 0.31, "f99", topic="sampah"))
    chosen = choose(stories, unlike(15), ShortlistRules(size=10), SelectionRules(topics=3, floor=0.3))
    assert ids(chosen.choices)[-1] == "other"
    assert reasons(chosen.choices[-1])[-1] == ("explore", "to find out: nothing else about sampah today")


def test_nothing_is_looked_into_where_no_history_and_no_topic_is_rare_or_the_list_is_not_full():
    many = [story(f"s{n:02}", 0.9 - n / 100, f"f{n}") for n in range(12)]
    assert ids(choose(many, unlike(12), ShortlistRules(size=10), SelectionRules(topics=1, floor=0.3)).choices) == [
        f"s{n:02}" for n in range(10)
    ]
    few = choose(many[:9], unlike(9), ShortlistRules(size=10), SelectionRules(topics=1, floor=0.3, listed={"f0": 0, "f1": 50}))
    assert not [part for s in few.choices for part, _ in reasons(s)]


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1),
            st.sampled_from("xyzuvw"),
            st.sampled_from(["kopi", "isi ulang", "umkm"]),
            st.sampled_from(["", "quote", "event"]),
        ),
        max_size=40,
    ),
    st.integers(1, 24),
    st.integers(1, 4),
    st.dictionaries(st.sampled_from("xyzuvw"), st.integers(0, 30)),
    st.randoms(),
)
def test_no_cap_is_ever_broken_and_the_order_of_the_input_does_not_matter(rows, size, per_feed, listed, random):
    rules, terms = ShortlistRules(size=size, per_feed=per_feed), SelectionRules(topics=3, floor=0.3, mix={"quote": 0.1}, listed=listed)
    stories = [story(f"s{n:02}", *row) for n, row in enumerate(rows)]
    alike = np.array([[1.0 if i == j else (i * j % 7) / 10 for j in range(len(rows))] for i in range(len(rows))], np.float32)
    alike = alike.reshape(len(rows), len(rows))
    chosen = choose(stories, alike, rules, terms)
    leads = [s.lead for s in chosen.choices]
    assert len(leads) <= size
    assert all(n <= per_feed for n in Counter(r.item.source.feed for r in leads).values())
    assert all(n <= ceil(1.5 * size / 3) for n in Counter(r.score.topic for r in leads).values())
    assert Counter(r.item.kind for r in leads)["quote"] <= 2 * 0.1 * size + 1
    assert sum(reason.part == "explore" for r in leads for reason in r.score.reasons) <= size // 10
    assert sorted([r.item.id for r in leads] + [left.story.lead.item.id for left in chosen.left_out]) == [s.lead.item.id for s in stories]
    places = random.sample(range(len(stories)), len(stories))
    shuffled = [stories[place] for place in places]
    assert choose(shuffled, alike[places][:, places], rules, terms) == chosen
