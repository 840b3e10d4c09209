"""Trends: what rises against its own past is found soon, and what always was is left alone."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.samples import CARDS, NOW

from curator.core.item import Item, Source
from curator.core.story import RelatedItem
from curator.core.trend import Trend
from curator.ranking import rises, trends
from curator.ranking.publishers import family

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NUMBERS = count()
PAPERS = tuple(f"koran{n}.example" for n in range(12))
EVERYDAY = (
    *("pasar", "harga", "cuaca", "jalan", "sekolah", "warga", "bupati", "panen", "stadion"),
    *("konser", "kereta", "bandara", "pantai", "gunung", "sungai", "dokter", "guru"),
)


def item(title: str, days: float, site: str, lang: str = "id", feed: str = "") -> Item:
    id_, when = f"{next(NUMBERS):08d}", NOW - timedelta(days=days)
    source = Source(title=site, feed=feed or f"https://{site}/feed")
    return Item(id=id_, url=f"https://{site}/{id_}", title=title, source=source, published=when, found=when, lang=lang)


def usual(days: int = 60, *, seed: int = 1) -> list[Item]:
    """Every paper tells two things a day, in everyday words."""
    lot = Random(seed)
    return [item(" ".join(lot.sample(EVERYDAY, 4)), day + lot.random(), paper) for day in range(days) for paper in PAPERS for _ in range(2)]


def told(title: str, days: float, papers: Sequence[str], lang: str = "id") -> list[Item]:
    return [item(f"{title} {EVERYDAY[n]}", days + n / 100, paper, lang) for n, paper in enumerate(papers)]


def found(items: list[Item], *, since: int = 1, stories: Sequence[Sequence[str]] = (), reads: Sequence[str] = ()) -> tuple[Trend, ...]:
    return trends.find(items, stories, reads, NOW, since * DAY).trends


def test_a_story_of_several_publishers_is_found_within_the_day_and_is_new():
    (trend,) = found(usual() + told("kapal pinisi karam", 0.2, PAPERS[:4]))
    assert {"kapal pinisi", "karam"} <= set(trend.terms)
    assert (trend.state, trend.publishers, trend.kind) == ("new", 4, "term")
    assert trend.chance <= rises.FALSE
    assert trend.expected < 1


def test_what_one_publisher_tells_ten_times_is_no_trend():
    assert found(usual() + told("kapal pinisi karam", 0.2, PAPERS[:1] * 10)) == ()
    owned = ("detik.com", "news.detik.com", "cnnindonesia.com", "www.cnbcindonesia.com")
    assert found(usual() + told("kapal pinisi karam", 0.2, owned)) == ()


def test_ordinary_days_raise_no_alarm():
    alarms = [trends.find(usual(75, seed=seed), (), (), NOW, 14 * DAY).trends for seed in range(6)]
    assert sum(map(len, alarms)) <= 2  # in twelve weeks


def test_a_word_of_every_day_does_not_rise_when_everyone_publishes_more():
    busy = [replace(each, id=f"b{n}") for n, each in enumerate(usual(1, seed=3) * 3)]
    assert found(usual() + busy) == ()


def test_what_is_told_on_the_same_weekday_every_week_is_no_trend():
    weekly = [each for week in range(8) for each in told("obrolan senin malam", 0.2 + 7 * week, PAPERS[:5])]
    assert found(usual() + weekly) == ()


def test_a_trend_that_has_halved_fades_and_one_that_goes_on_grows():
    fading = told("kapal pinisi karam", 3.2, PAPERS[:8]) + told("kapal pinisi karam", 0.2, PAPERS[:2])
    growing = (
        told("lelang kopi gayo", 3.2, PAPERS[:4]) + told("lelang kopi gayo", 1.2, PAPERS[:6]) + told("lelang kopi gayo", 0.2, PAPERS[:7])
    )
    by_word = {trend.terms[0].split()[0]: trend for trend in found(usual() + fading + growing, since=7)}
    assert {trend.state for trend in by_word.values()} == {"fading", "growing"}
    assert [trend.state for trend in found(usual() + fading + growing, since=7)] == ["growing", "fading"]  # the strong first
    assert max(by_word.values(), key=lambda t: t.peak).daily == (0, 0, 0, 8, 0, 0, 2)


def test_what_fell_silent_and_rises_again_is_back():
    again = told("wabah antraks", 30.2, PAPERS[:5]) + told("wabah antraks", 0.2, PAPERS[:5])
    assert [trend.state for trend in found(usual() + again)] == ["back"]


def test_two_labels_of_the_same_items_are_one_trend_and_two_events_are_two():
    (one,) = found(usual() + told("kapal pinisi karam di labuan bajo", 0.2, PAPERS[:5]))
    assert len(one.items) == 5
    both = found(usual() + told("kapal pinisi karam", 0.2, PAPERS[:5]) + told("lelang kopi gayo", 0.3, PAPERS[5:10]))
    assert len(both) == 2
    assert not {each.id for each in both[0].items} & {each.id for each in both[1].items}


def test_a_story_joins_its_languages_and_says_where_nobody_tells_it_yet():
    english = told("phinisi sinks", 0.25, PAPERS[:4], "en")
    indonesian = told("kapal pinisi karam", 0.1, PAPERS[4:6], "id")
    story = [each.id for each in english + indonesian]
    (joined,) = found(usual() + english + indonesian, stories=[story], reads=("id", "en"))
    assert (joined.kind, joined.label) == ("story", english[0].title)
    assert [(each.lang, each.publishers) for each in joined.languages] == [("en", 4), ("id", 2)]
    assert joined.languages[0].since == min(each.published for each in english)
    assert joined.missing == ()
    (alone,) = found(usual() + english, reads=("id", "en"))
    assert alone.missing == ("id",)


def test_a_young_library_says_why_nothing_is_sure():
    young = trends.find(usual(4) + told("kapal pinisi karam", 0.2, PAPERS[:6]), (), (), NOW, DAY)
    assert young.trends == ()
    assert young.note == "3 days of items are kept: too few to say what is usual (7 are needed)"
    assert trends.find([], (), (), NOW, DAY).trends == ()


def test_what_is_dated_in_the_future_is_not_counted():
    assert found(usual() + told("kapal pinisi karam", -1.5, PAPERS[:6])) == ()


def test_a_card_tells_the_state_of_its_trend_and_its_score_stays():
    (trend,) = found(usual() + told("kapal pinisi karam", 0.2, PAPERS[:4]))
    other = RelatedItem(id=trend.items[2].id, url="", title="", source=trend.items[2].source)
    card = replace(CARDS[0], story=replace(CARDS[0].story, others=(other,)))
    moved = trends.with_momentum(card, (trend,))
    assert moved.momentum
    assert (moved.momentum.trend, moved.momentum.state, moved.momentum.publishers) == (trend.id, "new", 4)
    assert replace(moved, momentum=None) == card
    assert trends.with_momentum(CARDS[1], (trend,)) == CARDS[1]


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://news.detik.com/a", "CT Corp"),
        ("https://www.cnnindonesia.com/b", "CT Corp"),
        ("https://bogor.tribunnews.com/c", "KG Media"),
        ("https://www.bbc.co.uk/d", "bbc.co.uk"),
        ("https://rani.blogspot.com/e", "rani.blogspot.com"),
        ("http://127.0.0.1:8601/a", "127.0.0.1:8601"),
        ("https://www.youtube.com/watch?v=1", "the feed"),
    ],
)
def test_a_publisher_is_an_owner_or_a_registered_domain_and_on_a_platform_the_feed(url: str, publisher: str):
    assert family(replace(item("a", 0, "a.example", feed="the feed"), url=url)) == publisher


@given(st.integers(1, 30), st.lists(st.integers(0, 5), min_size=7, max_size=56))
def test_more_publishers_are_less_likely_and_every_chance_is_one(count_: int, past: list[int]):
    volumes, before = np.full(len(past), 100.0), np.array([past, past], np.float64)
    (few, many), expected = rises.exceedance(np.array([count_, count_ + 1]), before, volumes, 100.0)
    assert 0 <= many <= few <= 1
    assert expected[0] == expected[1] > 0


@given(st.lists(st.floats(1e-12, 1), min_size=1, max_size=40))
def test_the_share_of_false_discoveries_is_that_of_benjamini_and_hochberg(chances: list[float]):
    from scipy.stats import false_discovery_control

    everything = np.array([*chances, *[1.0] * 60])
    ours = rises.false_discoveries(np.array(chances), len(everything))
    assert ours == pytest.approx(false_discovery_control(everything)[: len(chances)])
