"""Taste: what was picked and skipped moves what is listed next, within bounds, and says why."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.parts import BRAND, NOW, WordCounter, ensemble

from curator.core.item import Item, Source
from curator.core.post import Decision, ItemState, Verdict
from curator.core.protocols import Changes
from curator.jobs import daily
from curator.ranking import pipeline, preference
from curator.ranking.pipeline import Ranker
from curator.ranking.scored_items import ScoredItems
from curator.storage.memory import MemoryStore

ENGINE = ensemble(WordCounter())
PICKED = ("Lomba seduh kopi barista", "Juara lomba barista kopi", "Barista muda juara seduh kopi")
SKIPPED = ("Harga saham kopi turun", "Bursa kopi dan saham", "Saham emiten kopi naik")
FRESH = ("Barista menang lomba kopi", "Saham kopi ditutup naik", "Gelas pakai ulang di kedai")
FIT = st.floats(0.0, 1.0)
LEAN = st.floats(-1.0, 1.0)
REACH = st.floats(0.0, preference.REACH)


def item(title: str, n: int, feed: str = "https://a.example/feed") -> Item:
    source = Source(title=f"Koran {feed[8]}", feed=feed)
    when = NOW - timedelta(hours=n + 2)
    return Item(id=f"{n:08d}", url=f"https://a.example/{n}", title=title, source=source, published=when, found=when, lang="id")


def decision(n: int, verdict: Verdict, **changes: object) -> Decision:
    plain = Decision(number=n + 1, command=n + 1, at=NOW - timedelta(hours=1), item=f"{n:08d}", verdict=verdict, before=ItemState())
    return replace(plain, **changes)


def library(*decisions: Decision, feeds: tuple[str, ...] = ()) -> MemoryStore:
    store, titles = MemoryStore(), (*PICKED, *SKIPPED, *FRESH)
    items = [item(title, n, *feeds[n : n + 1]) for n, title in enumerate(titles)]
    store.commit(Changes(items=tuple(items), decisions=decisions))
    return store


def decided() -> list[Decision]:
    return [decision(n, "pick" if n < 3 else "skip") for n in range(6)]


def judged(store: MemoryStore) -> ScoredItems:
    return Ranker(BRAND, ENGINE).score(store.items(), {}, NOW)


def tasted(store: MemoryStore, now=NOW) -> ScoredItems:
    return preference.with_preference(judged(store), BRAND, ENGINE, store, now)


def reason(made: ScoredItems, n: int):
    ranked = next(r for r in made.ranked if r.item.id == f"{n:08d}")
    return next((why for why in ranked.score.reasons if why.part == "taste"), None)


def test_what_is_like_a_pick_rises_and_what_is_like_a_skip_falls_and_both_say_like_which():
    made = tasted(library(*decided()))
    up, down = reason(made, 6), reason(made, 7)
    assert up.value > 0 > down.value
    assert up.text.startswith("like your pick “")
    assert any(title in up.text for title in PICKED)
    assert down.text.endswith("”, which you skipped")
    assert any(title in down.text for title in SKIPPED)


def test_the_parts_of_a_score_still_add_up_and_the_best_stands_first():
    made = tasted(library(*decided()))
    totals = [r.score.total for r in made.ranked]
    assert totals == sorted(totals, reverse=True)
    assert [sum(why.value for why in r.score.reasons) for r in made.ranked] == pytest.approx(totals)
    assert all(total >= 0 for total in totals)


def test_texts_and_vectors_follow_their_items():
    before, after = judged(library()), tasted(library(*decided()))
    row = {r.item.id: rows for r, rows in zip(before.ranked, before.vectors[WordCounter.name], strict=True)}
    assert [r.item.id for r in before.ranked] != [r.item.id for r in after.ranked]
    assert all(np.array_equal(row[r.item.id], rows) for r, rows in zip(after.ranked, after.vectors[WordCounter.name], strict=True))


def test_nothing_is_learned_before_three_picks_and_three_skips():
    for few in (decided()[1:], decided()[:5], []):
        assert tasted(library(*few)) is not None
        assert reason(tasted(library(*few)), 6) is None
    assert reason(tasted(library(*decided())), 6)


def test_a_decision_after_now_is_not_known_yet():
    late = [replace(d, at=NOW) if n == 5 else d for n, d in enumerate(decided())]
    assert reason(tasted(library(*late)), 6) is None
    assert reason(tasted(library(*late), NOW + timedelta(minutes=1)), 6)


def test_of_several_decisions_on_an_item_the_last_one_counts_and_tags_are_none():
    again = decision(0, "skip", number=9), decision(1, "tag", number=10)
    said = preference.latest_decisions([*decided(), *again], NOW)
    assert said["00000000"].verdict == "skip"
    assert said["00000001"].verdict == "pick"
    assert [d.number for d in said.values()] == sorted(d.number for d in said.values())


def test_a_decision_taken_back_is_forgotten():
    store = library(*decided())
    store.commit(Changes(undone=(6,)))
    assert reason(tasted(store), 6) is None


def test_what_was_decided_on_is_not_judged_by_that_decision():
    made = tasted(library(*decided()))
    assert all(reason(made, n) is None for n in range(6))


def test_a_feed_whose_stories_are_picked_or_skipped_more_than_usual_is_named():
    feeds = ("https://b.example/feed",) * 3 + ("https://a.example/feed",) * 3 + ("https://b.example/feed",)
    made = tasted(library(*decided(), feeds=feeds))
    assert reason(made, 6).text.endswith("; you picked 3 of 3 from Koran b")
    assert reason(made, 7).text.endswith("; you picked 0 of 3 from Koran a")


def test_a_yield_that_explains_a_decision_is_that_of_the_decisions_before_it():
    said = [preference.Example(decision=d, item=item("kopi", n), text="") for n, d in enumerate(decided())]
    lifts = [tally.decided.get("https://a.example/feed", 0) for tally in preference._yields(said)]
    assert lifts == [0, 1, 2, 3, 4, 5, 6]
    assert preference.FeedYield(decided={}, liked={}).lift("anything") == 0


def test_who_decides_on_the_best_alone_is_not_thought_to_like_all_the_rest():
    said = [preference.Example(decision=d, item=item("kopi", n), text="") for n, d in enumerate(decided())]
    rows = np.array([[0.8, 0.6, 0.0]] * 3 + [[1.0, 0.0, 0.0]] * 3, np.float32)
    rest = [item("cuaca", n) for n in range(6, 70)]
    far = np.array([[0.0, 0.0, 1.0]] * len(rest), np.float32)
    alone, beside = (preference.learn(said, rows, rest[:n], far[:n]) for n in (0, len(rest)))
    assert preference._likings(rest, far, alone)[0][0] > preference._likings(rest, far, beside)[0][0]
    assert preference._likings(rest, rows[:1].repeat(len(rest), axis=0), beside)[0][0] > 0


def test_what_stands_beside_the_decisions_is_drawn_evenly_from_what_nothing_was_said_of_and_weighs_less_than_the_skips():
    said = [preference.Example(decision=d, item=item("kopi", n), text="") for n, d in enumerate(decided())]
    for count in (6, 7, 66, 1000):
        some = preference._sample([item("kopi", n) for n in range(count)], said)
        assert len(some) == min(preference.SAMPLE, count - 6)
        assert some == sorted({*some} - {*range(6)})
        weights = preference._sample_weights(np.array([True] * 3 + [False] * (3 + len(some))), len(said))
        assert weights[:3].sum() == pytest.approx(weights[3:6].sum())
        assert weights[3:6].sum() > weights[6:].sum()


def test_a_brand_may_do_without_taste():
    store = library(*decided())
    without = replace(BRAND, shortlist=replace(BRAND.shortlist, taste=False))
    assert reason(preference.with_preference(judged(store), without, ENGINE, store, NOW), 6) is None


def test_what_a_rule_forbids_stays_forbidden():
    store = library(*decided())
    muted = replace(BRAND, mute=replace(BRAND.mute, words=("lomba",)))
    made = preference.with_preference(Ranker(muted, ENGINE).score(store.items(), {}, NOW), muted, ENGINE, store, NOW)
    assert next(r.score.total for r in made.ranked if r.item.id == "00000006") == 0


def test_the_same_decisions_give_the_same_list():
    store = library(*decided())
    assert tasted(store).ranked == tasted(store).ranked


def test_a_day_on_which_nothing_is_kept_breaks_nothing():
    nothing = ScoredItems()
    assert preference.with_preference(nothing, BRAND, ENGINE, library(*decided()), NOW) == nothing


def test_the_list_is_made_with_taste(monkeypatch: pytest.MonkeyPatch):
    from support.parts import Web, desk

    monkeypatch.setattr(pipeline, "FLOOR", -1.0)
    cards = daily.rank(desk(Web(), store=library(*decided())), NOW, all_=True)
    assert any(why.part == "taste" for card in cards for why in card.why)


@given(FIT, LEAN, REACH)
def test_taste_never_buries_a_perfect_fit(fit: float, lean: float, reach: float):
    """After the most that age takes, it stands above the floor; and above what hardly fits, whoever likes that."""
    perfect, mediocre = preference.adjusted(0.9 + fit / 10, lean, reach), preference.adjusted(0.3 * fit, -lean, reach)
    assert perfect * (1 - 0.25) > pipeline.FLOOR
    assert perfect >= mediocre


@given(FIT, FIT, LEAN, REACH)
def test_of_two_items_liked_as_much_the_better_fit_stays_better(one: float, other: float, lean: float, reach: float):
    low, high = sorted((one, other))
    assert preference.adjusted(low, lean, reach) <= preference.adjusted(high, lean, reach) + 1e-9


@given(FIT, LEAN, LEAN, REACH)
def test_what_is_liked_more_stands_higher_and_an_indifferent_taste_changes_nothing(fit: float, one: float, other: float, reach: float):
    less, more = sorted((one, other))
    assert 0 <= preference.adjusted(fit, less, reach) <= preference.adjusted(fit, more, reach) + 1e-9 <= 1 + 1e-9
    assert preference.adjusted(fit, 0.0, reach) == pytest.approx(fit, abs=1e-6)
