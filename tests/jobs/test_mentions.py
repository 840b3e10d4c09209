"""Mentions: found in all that is kept, told once for each story, and learned from what the user says of them."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from support.index import item
from support.parts import BRAND, NOW, Web, desk, page, rss

from curator.core.brand import Watch
from curator.core.context import Context
from curator.core.errors import ConfigError, CuratorError, UsageError
from curator.core.item import Item, Source
from curator.core.protocols import Changes
from curator.jobs import daily, mentions
from curator.planning import decisions
from curator.ranking.pipeline import Ranker

WEEK = timedelta(days=7)
LAUT = Watch(name="Laut", query='"warung laut"')
PESTA = "Warung Laut menggelar pesta kepiting di Semarang pada Sabtu, 300 tamu datang dan 40 kilogram kepiting habis."


def told_by(name: str, title: str, summary: str, **more: object) -> Item:
    feed = Source(title=name, feed=f"https://{name}.example/feed")
    return item(title.replace(" ", "-"), title, summary=summary, source=feed, url=f"https://{name}.example/1", lang="id", **more)


def library(*items: Item, watch: tuple[Watch, ...] = (LAUT,), texts: dict[str, str] | None = None) -> Context:
    made = desk(Web(), brand=replace(BRAND, watch=watch))
    made.store.commit(Changes(items=items, texts=texts or {}))
    return made


def found(of: Context, **more: object) -> list[tuple[str, str, bool]]:
    return [(m.watch, m.sentence, m.certain) for m in mentions.mentions(of, NOW, **{"since": WEEK, **more})]


def test_titles_summaries_and_whole_texts_are_listened_to():
    title, summary, text = item("1", "Warung Laut buka"), item("2", "Kabar", summary="Kami ke #WarungLaut."), item("3", "Liputan")
    of = library(title, summary, text, texts={text.id: "Pagi.\nAda warunglaut.id di sana. Sore."})
    assert {said for _, said, _ in found(of)} == {"Warung Laut buka", "Kami ke #WarungLaut.", "Ada warunglaut.id di sana."}


def test_a_story_is_told_once_for_each_watch_term_however_many_outlets_carry_it():
    festival = Watch(name="Pesta", query='"pesta kepiting"')
    of = library(told_by("satu", "Pesta kepiting", PESTA), told_by("dua", "Pesta kepiting Semarang", PESTA), watch=(LAUT, festival))
    both = mentions.mentions(of, NOW, since=WEEK)
    assert [(m.watch, m.item.story.size, len(m.item.story.others)) for m in both] == [("Laut", 2, 1), ("Pesta", 2, 1)]


def test_one_watch_term_can_be_asked_for_and_an_unknown_one_is_named():
    of = library(item("1", "Warung Laut buka"), watch=(LAUT, Watch(name="Kabar", query="buka")))
    assert [watch for watch, _, _ in found(of, watch="Kabar")] == ["Kabar"]
    with pytest.raises(UsageError, match="unknown watch term 'Lau': there are Laut, Kabar") as error:
        found(of, watch="Lau")
    assert error.value.problems[0].hint == "--watch 'Laut'"
    with pytest.raises(ConfigError, match="nothing to listen for"):
        found(library(watch=()))


def test_what_was_found_before_that_time_is_left_out():
    of = library(item("1", "Warung Laut buka", found=NOW - timedelta(days=8)))
    assert not found(of)
    assert found(of, since=timedelta(days=9))


def test_what_is_not_us_is_told_no_more_until_that_is_undone():
    of = library(item("1", "Warung Laut buka"), item("2", "Sewa warung laut lama"))
    [done] = mentions.teach(of, [item("2", "").id], NOW, us=False)
    assert done.changed
    assert [said for _, said, _ in found(of)] == ["Warung Laut buka"]
    assert not mentions.teach(of, [item("2", "").id], NOW, us=False)[0].changed, "said once is said"
    assert decisions.undo(of, NOW)[0].item.id == item("2", "").id
    assert len(found(of)) == 2


def test_what_was_said_of_a_sentence_counts_for_those_like_it_in_later_runs():
    of = library(item("1", "Warung Laut di tepi pantai dijual"), item("2", "Warung Laut di tepi pantai disewakan"))
    assert all(certain for *_, certain in found(of))
    mentions.teach(of, [item("1", "").id], NOW, us=False)
    assert found(of) == [("Laut", "Warung Laut di tepi pantai disewakan", False)]
    mentions.teach(of, [item("2", "").id], NOW, us=True)
    assert found(of) == [("Laut", "Warung Laut di tepi pantai disewakan", True)]


def test_an_item_in_which_nothing_is_heard_teaches_nothing():
    of = library(item("1", "Harga beras"))
    with pytest.raises(CuratorError, match="not found by Laut"):
        mentions.teach(of, [item("1", "").id], NOW, us=True)


def test_several_mentions_are_one_command_to_undo():
    of = library(item("1", "Warung Laut buka"), item("2", "Warung Laut tutup"))
    mentions.teach(of, [item("1", "").id, item("2", "").id], NOW, us=False)
    assert [d.number for d in of.store.decisions()] == [1, 2]
    decisions.undo(of, NOW)
    assert not of.store.decisions()


CLAIM = "Program isi ulang kami menghemat empat puluh ribu gelas sekali pakai."
RETOLD = "Program isi ulang sebuah kedai menghemat empat puluh ribu gelas sekali pakai."


def test_what_the_brand_claims_is_found_where_it_is_told_without_the_name_and_is_marked():
    watch = replace(LAUT, claims=(CLAIM,))
    kept = (item("1", "Kedai hemat gelas"), item("2", "Harga beras"), item("3", "Warung Laut"), item("4", "Warung Laut hemat"))
    texts = dict(zip((each.id for each in kept), (f"Pagi ini ramai. {RETOLD}", "Beras naik.", "Kami buka.", RETOLD), strict=True))
    of = library(*kept, watch=(watch,), texts=texts)
    Ranker.of(of).score(list(kept), texts, NOW)
    told = mentions.mentions(of, NOW, since=WEEK)
    assert [(m.item.id, m.sentence, m.certain) for m in told if m.kind == "unnamed"] == [(kept[0].id, RETOLD, False)]
    assert {m.item.id for m in told if m.kind == "named"} == {kept[2].id, kept[3].id}
    mentions.teach(of, [kept[0].id], NOW, us=False)
    assert all(m.kind == "named" for m in mentions.mentions(of, NOW, since=WEEK))


# --- in the daily list ----------------------------------------------------------------------------------------------

FEED, OTHER = "https://kabar.example/feed", "https://bean.example/feed"


def entry(title: str, url: str, days: float = 0.1) -> dict[str, str]:
    dated = (NOW - timedelta(days=days)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return {"title": title, "link": url, "pubDate": dated, "description": PESTA}


def served(web: Web, feed: str, *entries: dict[str, str]) -> None:
    web.serve(feed, rss(feed.split("/")[2], list(entries)), "application/rss+xml")
    for each in entries:
        web.serve(each["link"], page(each["title"], PESTA))


def test_a_story_of_yesterday_is_not_told_again_when_another_outlet_carries_it():
    web, brand = Web(), replace(BRAND, watch=(LAUT,))
    served(web, FEED, entry("Pesta kepiting", "https://kabar.example/1"))
    served(web, OTHER)
    of = desk(web, FEED, OTHER, brand=brand)
    assert len(daily.run(of, NOW).mentions) == 1
    served(web, OTHER, entry("Pesta kepiting Semarang", "https://bean.example/1"))
    assert daily.run(of, NOW + timedelta(days=1)).mentions == ()


def test_a_mention_that_is_too_old_for_the_list_when_it_is_found_is_told_all_the_same():
    web, brand = Web(), replace(BRAND, watch=(LAUT,))
    served(web, FEED)
    of = desk(web, FEED, brand=brand)
    daily.run(of, NOW)
    served(web, FEED, entry("Pesta kepiting", "https://kabar.example/1", days=9))
    tomorrow = daily.run(of, NOW + timedelta(days=1))
    assert [m.item.title for m in tomorrow.mentions] == ["Pesta kepiting"]
    assert daily.run(of, NOW + timedelta(days=2)).mentions == ()
