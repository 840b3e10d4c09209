from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.item import Item, Source
from curator.core.story import Fit, Score, ScoredItem, Story
from curator.ranking.history import SeenItem, SuppressionResult, news, sift

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)

INDONESIAN = (
    "Harga biji kopi di Takengon naik 18 persen, kata Ketua Koperasi Rahmat Aulia. Panen 2.400 ton, turun dari 3.100 ton tahun lalu."
)
ENGLISH = (
    "Coffee prices in Takengon rose 18 percent, said cooperative head Rahmat Aulia. The harvest was 2,400 tons, down from 3,100 last year."
)
MOVED_ON = {
    "id": "Harga biji kopi di Takengon kini naik 31 persen, kata Rahmat Aulia. Panen 2.400 ton itu habis; 52 pembeli menunggu sejak Senin.",
    "en": "Coffee prices in Takengon are now up 31 percent, said Rahmat Aulia. The 2,400 tons are gone; 52 buyers wait since Monday.",
}
OTHER = "Warga Bandung membawa gelas sendiri, kata Siti Marwah dari Cihapit."


def item(id_: str, days: float = 0, *, feed: str = "", lang: str = "id", title: str = "") -> Item:
    source = Source(title="X", feed=feed or id_)
    when = NOW - timedelta(days=days)
    return Item(id=id_, url=f"https://x.example/{id_}", title=title or f"Kabar {id_}", source=source, published=when, found=when, lang=lang)


def story(lead: Item, *others: Item, total: float = 0.8) -> Story:
    ranked = [ScoredItem(item=i, score=Score(total=total, topic="kopi", fits=(Fit(topic="kopi", fit=total),))) for i in (lead, *others)]
    return Story(lead=ranked[0], others=tuple(ranked[1:]))


def done(days: float, text: str = INDONESIAN, *, action: str = "you skipped this", shared: bool = False, feed: str = "h") -> SeenItem:
    return SeenItem(item=item("old", days, feed=feed), text=text, action=action, at=NOW - timedelta(days=days), shared=shared)


def sifted(fresh: Story, text: str, past: SeenItem, nearness: float) -> SuppressionResult:
    ids = [r.item.id for r in (fresh.lead, *fresh.others)]
    return sift([fresh], dict.fromkeys(ids, text), [past], {id_: np.array([nearness], np.float32) for id_ in ids}, NOW)


@pytest.mark.parametrize(("text", "lang"), [(INDONESIAN, "id"), (ENGLISH, "en")])
def test_a_handled_story_stays_handled_when_another_feed_or_language_brings_it_weeks_later(text: str, lang: str):
    result = sifted(story(item("new", lang=lang)), text, done(20), 0.6)
    assert not result.stories
    assert [left.why for left in result.held] == ["you skipped this 20 days ago: Kabar old"]


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_story_that_moves_on_comes_back_and_says_with_what(lang: str):
    [back] = sifted(story(item("new", lang=lang)), MOVED_ON[lang], done(2), 0.8).stories
    assert [(r.part, r.value) for r in back.lead.score.reasons] == [("update", 0)]
    assert back.lead.score.reasons[0].text == "update: 31, 52; you skipped this 2 days ago: Kabar old"


def test_a_figure_in_the_title_alone_is_news_enough():
    fresh = story(item("new", title="Takengon: harga kopi naik 31 persen"))
    assert sifted(fresh, INDONESIAN, done(2), 1.1).stories


def test_news_within_half_a_day_is_still_the_same_telling():
    assert sifted(story(item("new", 0)), MOVED_ON["id"], done(0.4), 0.8).held


def test_what_is_known_of_by_its_summary_only_is_no_measure_of_news():
    assert sifted(story(item("new")), MOVED_ON["id"] * 4, done(2, "Harga kopi di Takengon naik."), 2.0).held


def test_any_telling_of_a_story_that_was_handled_holds_it_back():
    fresh = story(item("new"), item("other"))
    nearness = {"new": np.array([-1.0], np.float32), "other": np.array([1.2], np.float32)}
    assert sift([fresh], {"new": OTHER, "other": INDONESIAN}, [done(3)], nearness, NOW).held


def test_another_story_on_the_subject_is_fresh():
    result = sifted(story(item("new")), OTHER, done(3), 0.3)
    assert result == SuppressionResult(stories=(story(item("new")),))


@pytest.mark.parametrize(("days", "held"), [(12, True), (45, True), (61, False)])
def test_a_near_duplicate_of_what_was_shared_is_held_back_for_sixty_days(days: int, held: bool):
    result = sifted(story(item("new")), OTHER, done(days, "Lain sama sekali.", action="you shared this", shared=True), 1.95)
    assert bool(result.held) is held
    if held:
        assert result.held[0].why == f"you shared this {days} days ago: Kabar old"


def test_what_was_skipped_is_forgotten_after_a_month():
    assert sifted(story(item("new")), INDONESIAN, done(31), 1.2).stories


@given(st.floats(0.91, 1.89), st.floats(0.91, 1.89))
def test_the_closer_to_what_was_shared_the_less_a_story_is_worth_and_the_reason_says_so(one: float, other: float):
    past = done(12, "Lain sama sekali.", action="you shared this", shared=True)
    near, nearer = (sifted(story(item("new")), OTHER, past, n).stories[0].lead.score for n in sorted((one, other)))
    assert 0.8 >= near.total >= nearer.total > 0.5
    assert near.reasons[0].part == "echo"
    assert near.reasons[0].text == "close to another story: you shared this 12 days ago: Kabar old"


@pytest.mark.parametrize(
    ("title", "text", "known", "found"),
    [
        ("Korban gempa 45 orang", "", "Korban gempa 30 orang", ("45",)),
        ("", "Senin (23/11/2026) pukul 08:05 WIB pada 12 November 2026", "", ()),
        ("", "Since 2019, at 08:05 on 12 November", "", ()),
        ("", "Dibagi ke 12 desa dan 45 maret", "", ("12",)),
        ("", "Sales reached 1,500 units", "Penjualan 1.500 unit", ()),
        ("", "Kata Budi Santoso begitu, lalu Budi Santoso pergi", "Kata Rahmat", ("Budi Santoso",)),
        ("", "Kata Budi Santoso begitu, lalu Budi Santoso pergi", "Budi Santoso bicara", ()),
        ("", "Kata Budi Santoso begitu", "", ()),
        ("", "ราคากาแฟ 45 บาท 😀 咖啡价格上涨31%", "", ("45", "31")),
    ],
)
def test_news_are_figures_and_names_that_the_known_text_lacks(title: str, text: str, known: str, found: tuple[str, ...]):
    assert news(title, text, known, names=True) == found


def test_names_are_no_news_across_languages():
    assert news("", "kata Ketua Koperasi, lalu Ketua Koperasi", "said the head", names=False) == ()
