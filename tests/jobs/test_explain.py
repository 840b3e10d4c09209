"""Why an item is not on the list: each cause by itself, and the line that is named for it, tried."""

import tomllib
from datetime import timedelta

import pytest
from msgspec.structs import replace
from support.parts import BRAND, NOW, Web, desk

from curator.config import values
from curator.core.brand import Brand, Mute
from curator.core.context import Context
from curator.core.errors import CuratorError
from curator.core.explanation import Change, Explanation
from curator.core.feed import Feed
from curator.core.item import Item, Source
from curator.core.protocols import Changes
from curator.core.text.urls import item_id
from curator.jobs import daily, explain
from curator.storage.memory import MemoryStore

FARMERS = ("Warta", "kopi petani sangrai seduh espresso")
REFILLS = ("Kabar", "isi ulang gelas pakai ulang sampah plastik")
FOOTBALL = ("Timnas menang tiga gol tanpa balas", "Pertandingan sepak bola berakhir larut malam di stadion.")
COFFEE = replace(BRAND, topics=BRAND.topics[:1])
FEED = "https://kabar.example/feed"
LATER = NOW + timedelta(minutes=5)


def item(
    slug: str, said: tuple[str, str] = FARMERS, *, hours: float = 5, site: str = "kabar.example", lang: str = "id"
) -> tuple[Item, str]:
    """An item with its text. What tells it from others of its kind are words of its own, so that they are no one story."""
    url, when = f"https://{site}/{slug}", NOW - timedelta(hours=hours)
    own = " ".join(f"{slug}q{n}" for n in range(12)) if said != FOOTBALL else ""
    source = Source(title=site, feed=f"https://{site}/feed")
    made = Item(
        id=item_id(url),
        url=url,
        title=f"{said[0]} {int(item_id(url), 36) % 8999 + 1001}",
        source=source,
        published=when,
        found=when,
        lang=lang,
        depth="article",
    )
    return made, f"{said[1]} {own}"


def made(*items: tuple[Item, str], brand: Brand = BRAND, run: bool = True) -> Context:
    """A desk that holds the items, after a list was made."""
    store = MemoryStore()
    store.commit(Changes(items=tuple(each for each, _ in items), texts={each.id: text for each, text in items}))
    of = replace(desk(Web(), store=store, brand=brand), feeds=(Feed(url=FEED, title="Kabar", site="https://kabar.example/"),))
    if run:
        daily.run(of, NOW, fetch=False)
    return of


def why(of: Context, slug: str, site: str = "kabar.example") -> Explanation:
    return explain.why(of, f"https://www.{site}/{slug}?utm_source=x", LATER)


def tried(of: Context, asked: Explanation) -> str:
    """What becomes of the item when the lines are in brand.toml."""
    for change in asked.changes:
        of = replace(of, brand=changed(of.brand, change))
    return explain.why(of, asked.asked, LATER).cause


def changed(brand: Brand, change: Change) -> Brand:
    [(key, value)] = tomllib.loads(change.line).items()
    value = tuple(value) if isinstance(value, list) else values.duration(value) if key == "window" else value
    match change.section:
        case "[brand]":
            return replace(brand, **{key: value})
        case "[shortlist]":
            return replace(brand, shortlist=replace(brand.shortlist, **{key: value}))
        case "[mute]":
            return replace(brand, mute=replace(brand.mute, **{key: value}))
    assert change.section == "[[topics]]"
    return replace(brand, topics=tuple(replace(t, **{key: value}) if t.name == change.topic else t for t in brand.topics))


def lines(asked: Explanation) -> list[str]:
    return [" ".join(filter(None, (change.section, change.line))) for change in asked.changes]


def few(brand: Brand = BRAND, **rules: object) -> Brand:
    return replace(brand, shortlist=replace(brand.shortlist, **rules))


def test_what_is_on_the_list_says_its_place():
    asked = why(made(item("a")), "a")
    assert (asked.cause, asked.text, asked.changes) == ("listed", "number 1 of 1 on 2026-11-23", ())
    assert asked.item is not None
    assert {fit.topic for fit in asked.item.fits} == {"Kopi", "Isi ulang"}
    assert [feed.title for feed in asked.feeds] == ["Kabar"]


def test_an_item_may_be_named_by_its_id_or_any_form_of_its_address():
    of = made(item("a"))
    id_ = item_id("https://kabar.example/a")
    assert {explain.why(of, asked, LATER).cause for asked in (id_, id_[:4], " kabar.example/a ", "http://m.kabar.example/a/")} == {"listed"}
    with pytest.raises(CuratorError, match="no item"):
        explain.why(of, "zzzzzzzz", LATER)


def test_a_page_that_no_feed_brought_names_the_feeds_of_its_site_or_the_way_to_find_them():
    of = made(item("a"))
    here, elsewhere = why(of, "missing"), why(of, "x", "lain.example")
    assert (here.cause, here.item, [feed.url for feed in here.feeds]) == ("unknown", None, [FEED])
    assert lines(here) == ["curator save 'https://www.kabar.example/missing?utm_source=x'"]
    assert (elsewhere.cause, elsewhere.feeds, lines(elsewhere)[0]) == ("unknown", (), "curator feeds discover lain.example")


def test_what_left_the_library_is_not_said_never_to_have_come():
    of = made(item("a"), item("b", hours=100), run=False)
    of.store.commit(Changes(removed=tuple(each for each in of.store.items() if each.url.endswith("/b"))))
    asked = why(of, "b")
    assert (asked.cause, "90 days" in asked.text) == ("removed", True)


def test_what_came_after_the_list_waits_for_the_next():
    asked = why(made(item("a"), run=False), "a")
    assert (asked.cause, asked.text, lines(asked)) == ("unranked", "no list was made since it was found", ["curator run"])


def test_what_is_too_old_is_told_the_window_that_reaches_it():
    of = made(item("a"), item("old", REFILLS, hours=24 * 8 + 1))
    asked = why(of, "old")
    assert (asked.cause, lines(asked)) == ("old", ['[shortlist] window = "9d"'])
    assert tried(of, asked) == "unranked"


def test_a_language_that_is_not_read_is_named():
    of = made(item("a", lang="ms"))
    asked = why(of, "a")
    assert (asked.cause, lines(asked)) == ("language", ['[brand] reads = ["id", "en", "ms"]'])
    assert tried(of, asked) == "unranked"


def test_a_muted_word_and_a_muted_site_are_both_to_be_taken_out():
    brand = replace(BRAND, mute=Mute(words=("iklan", "petani"), domains=("kabar.example", "lain.example")))
    of = made(item("a"), brand=brand)
    asked = why(of, "a")
    assert (asked.cause, asked.text) == ("mute", "muted word petani; muted site kabar.example")
    assert lines(asked) == ['[mute] words = ["iklan"]', '[mute] domains = ["lain.example"]']
    assert tried(of, asked) == "unranked"


def test_a_phrase_that_a_topic_avoids_is_named_where_it_alone_keeps_the_item_off():
    topics = (replace(BRAND.topics[0], avoid=("espresso", "meja kopi")),)
    of = made(item("a"), item("bola", FOOTBALL), brand=replace(BRAND, topics=topics))
    asked = why(of, "a")
    assert (asked.cause, asked.text, lines(asked)) == ("avoid", "not Kopi: says espresso", ['[[topics]] avoid = ["meja kopi"]'])
    assert tried(of, asked) == "unranked"
    assert why(of, "bola").cause == "floor"


def test_what_fits_nothing_says_how_far_it_is_from_the_floor_and_becomes_an_example_where_that_suffices():
    of = made(item("bola", FOOTBALL), brand=COFFEE)
    asked = why(of, "bola")
    assert (asked.cause, asked.text.endswith(", best for Kopi; a list begins above 0.3")) == ("floor", True)
    assert lines(asked) == ['[[topics]] examples = ["{}"]'.format(item_id("https://kabar.example/bola"))]
    assert tried(of, asked) == "unranked"


def test_a_story_that_another_item_leads_names_that_item_and_what_became_of_it():
    lead, twin = item("a"), item("b", site="lain.example", hours=4)
    twin = replace(twin[0], title=lead[0].title), lead[1]
    of = made(lead, twin)
    listed = {card.id for card in daily.rank(of, NOW)}
    folded = next(each for each in (lead[0], twin[0]) if each.id not in listed)
    asked = explain.why(of, folded.id, LATER)
    assert asked.cause == "folded"
    assert asked.text == f"told by {lead[0].title} ({listed.pop()}): a list made now has it"
    assert lines(asked) == [f"curator pick {folded.id}"]


def test_a_decision_and_an_earlier_list_are_said_with_their_day():
    skipped = item("a")[0], item("a")[1]
    of = made((replace(skipped[0], status="skipped"), skipped[1]), item("b", REFILLS))
    assert (why(of, "a").cause, why(of, "a").text) == ("handled", "you skipped this less than a day ago")
    tomorrow = LATER + timedelta(days=1)
    daily.run(of, tomorrow, fetch=False)
    asked = explain.why(of, "kabar.example/b", tomorrow)
    assert (asked.cause, asked.text) == ("handled", "this was listed 1 day ago")


def test_a_story_that_was_told_before_is_held_back_by_it():
    first = item("a", hours=30)
    of = made(first)
    again = replace(item("b", site="lain.example", hours=4)[0], title=first[0].title, found=NOW + timedelta(hours=20))
    of.store.commit(Changes(items=(again,), texts={again.id: first[1]}))
    tomorrow = NOW + timedelta(days=1)
    daily.run(of, tomorrow, fetch=False)
    asked = explain.why(of, again.id, tomorrow)
    assert (asked.cause, asked.text) == ("history", f"this was listed 1 day ago: {first[0].title}")


def test_a_cap_on_a_feed_is_raised_to_the_place_of_the_item():
    of = made(*(item(f"s{n}", hours=5 + n) for n in range(4)), brand=few(per_feed=2))
    left = next(slug for slug in ("s3", "s2") if why(of, slug).cause == "feed")
    asked = why(of, left)
    assert (asked.text, lines(asked)[0][:-1]) == ("2 from kabar.example already", "[shortlist] per_feed = ")
    assert tried(of, asked) == "unranked"


def test_a_cap_on_a_topic_and_a_full_list_are_lifted_by_a_longer_list():
    many = [item(f"s{n}", hours=5 + n, site=f"f{n}.example") for n in range(6)]
    of = made(*many, item("gelas", REFILLS), brand=few(size=2))
    causes = {each.url: explain.why(of, each.id, LATER) for each, _ in many}
    held = [asked for asked in causes.values() if asked.cause != "listed"]
    assert {asked.cause for asked in held} <= {"topic", "size"}
    assert all(lines(asked)[-1].startswith("[shortlist] size = ") for asked in held)
    assert {tried(of, asked) for asked in held} == {"unranked"}


def test_a_cap_on_a_kind_is_lifted_by_a_longer_list_where_the_mix_wants_any():
    many = [item(f"s{n}", hours=5 + n, site=f"f{n}.example") for n in range(5)]
    of = made(*many, brand=replace(few(COFFEE, size=4), mix={"news": 0.2}))
    held = [asked for each, _ in many if (asked := explain.why(of, each.id, LATER)).cause == "kind"]
    assert held
    assert {tried(of, asked) for asked in held} == {"unranked"}
    never = replace(of, brand=replace(of.brand, mix={"news": 0.0}))
    assert lines(explain.why(never, held[-1].asked, LATER)) == [f"curator pick {held[-1].asked}"]


def test_the_place_that_goes_to_exploration_is_won_by_a_longer_list():
    sites = [f"f{n}.example" for n in range(10)]
    of = made(*(item(f"{n}a", hours=30, site=site) for n, site in enumerate(sites)), brand=few(COFFEE, size=10))
    of = replace(of, feeds=tuple(Feed(url=f"https://{site}/feed") for site in (*sites, "jarang.example")))
    fresh = [
        *(item(f"{n}b", hours=-20, site=site) for n, site in enumerate(sites)),
        item("c", ("Warta", "kopi"), hours=-20, site="jarang.example"),
    ]
    of.store.commit(Changes(items=tuple(each for each, _ in fresh), texts={each.id: text for each, text in fresh}))
    tomorrow = NOW + timedelta(days=1)
    report = daily.run(of, tomorrow, fetch=False)
    left = next(each for each, _ in fresh if each.id not in {card.id for card in report.items})
    asked = explain.why(of, left.id, tomorrow)
    assert (asked.cause, lines(asked)) == ("explore", ["[shortlist] size = 11"])


def test_asking_changes_nothing():
    of = made(item("a"), item("bola", FOOTBALL), brand=few(size=1))
    before = of.store.items(), of.store.report(), of.store.decisions()
    why(of, "a"), why(of, "bola"), why(of, "nowhere")
    assert (of.store.items(), of.store.report(), of.store.decisions()) == before
