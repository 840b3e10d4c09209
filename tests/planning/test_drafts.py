"""Drafts as a story: which post is shown, with which sentence, and what becomes of a person's own words."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from support.command import curator
from support.parts import BRAND, NOW, Web, desk

from curator.core.brand import CalendarRules
from curator.core.context import Context
from curator.core.errors import CuratorError, UsageError
from curator.core.item import Item, Source
from curator.core.protocols import Changes, Store
from curator.core.report import Counts, RunReport, Seconds
from curator.core.story import Card, Evidence, StoryRef
from curator.library import Library
from curator.planning import decisions, drafts

RULES = CalendarRules(networks=("instagram", "x"), utm={"source": "{network}", "content": "{kind}", "campaign": "{date}"})
ITEM = Item(
    id="k3x9a2bq",
    url="https://kabar.example/panen",
    title="Petani kopi Gayo panen lebih awal",
    source=Source(title="Kabar Kopi", feed="https://kabar.example/feed"),
    published=NOW,
    found=NOW,
    lang="id",
    status="listed",
    listed=NOW.date(),
)
TEXT = "Koperasi itu berapat.\nPetani kopi sangrai dan seduh kopi di kedai kopi.\nLalu semua pulang."
LISTED = "Hujan berhenti jauh sebelum Agustus."


def card(item: Item) -> Card:
    shared: Any = {name: getattr(item, name) for name in Card.__struct_fields__ if name in Item.__struct_fields__}
    evidence = Evidence(text=LISTED, topic="Kopi")
    return Card(**shared, score=0.9, fits=(), evidence=evidence, why=(), story=StoryRef(id=item.id))


def keep(store: Store, item: Item = ITEM) -> None:
    cards = (card(item),) if item.listed else ()
    report = RunReport(brand="Kopi Senja", date=NOW.date(), generated_at=NOW, counts=Counts(), seconds=Seconds(), items=cards)
    store.commit(Changes(items=(item,), texts={item.id: TEXT}, report=report))


@pytest.fixture
def house() -> Context:
    made = desk(Web(), brand=replace(BRAND, calendar=RULES))
    keep(made.store)
    return made


def test_an_item_without_a_plan_has_a_draft_for_each_network_of_the_brand(house: Context) -> None:
    found = drafts.drafts(house, "k3x9", NOW)
    assert [draft.network for draft in found] == ["instagram", "x"]
    assert all(f"“{LISTED}”" in draft.text for draft in found)
    assert found[1].url == "https://kabar.example/panen?utm_source=x&utm_campaign=2026-11-23"


def test_a_picked_item_is_drafted_for_where_and_when_it_is_planned(house: Context) -> None:
    decisions.pick(house, ["k3x9"], NOW, networks=["x"], at=NOW + timedelta(days=3), kind="quote")
    (draft,) = drafts.drafts(house, "k3x9", NOW)
    assert draft.url == "https://kabar.example/panen?utm_source=x&utm_content=quote&utm_campaign=2026-11-26"
    assert draft.text.startswith(f"“{LISTED}”")


def test_an_item_of_no_list_is_quoted_with_the_sentence_nearest_to_its_topic() -> None:
    house = desk(Web(), brand=BRAND)
    keep(house.store, replace(ITEM, listed=None))
    (draft,) = drafts.drafts(house, "k3x9", NOW)
    assert draft.network == "any"
    assert "“Petani kopi sangrai dan seduh kopi di kedai kopi.”" in draft.text


def test_a_network_nobody_knows_is_a_wrong_argument(house: Context) -> None:
    with pytest.raises(UsageError) as caught:
        drafts.drafts(house, "k3x9", NOW, network="blusky")
    assert caught.value.problems[0].hint == "--network bluesky"
    with pytest.raises(CuratorError):
        drafts.drafts(house, "zzz", NOW)


def test_own_words_are_kept_and_win_until_they_are_taken_back(house: Context) -> None:
    written = drafts.write(house, "k3x9", "Panen raya!\x1b[31m\r\n🎉\n", NOW, network="x")
    assert (written.text, written.length) == ("Panen raya![31m\n🎉", 18)
    assert drafts.drafts(house, "k3x9", NOW, network="x")[0] == written
    assert drafts.drafts(house, "k3x9", NOW, network="instagram")[0].text.startswith("Petani")
    assert drafts.write(house, "k3x9", "  ", NOW, network="x").text.startswith("Petani")


def test_writing_leaves_the_item_what_it_is_and_can_be_undone(house: Context) -> None:
    drafts.write(house, "k3x9", "Panen raya!", NOW, network="x")
    assert house.store.find("k3x9")[0].status == "listed"
    assert [(p.network, p.at, p.text) for p in house.store.posts()] == [("x", None, "Panen raya!")]
    assert [d.verdict for d in house.store.decisions()] == ["text"]
    decisions.undo(house, NOW)
    assert drafts.drafts(house, "k3x9", NOW, network="x")[0].text.startswith("Petani")


def test_new_words_for_a_planned_post_keep_its_place_and_calendars_hear_of_them(house: Context) -> None:
    decisions.pick(house, ["k3x9"], NOW, networks=["x"], at=NOW + timedelta(days=3))
    before = house.store.posts()[0]
    drafts.write(house, "k3x9", "Satu", NOW)
    drafts.write(house, "k3x9", "Satu", NOW)
    assert house.store.posts() == [replace(before, text="Satu", sequence=before.sequence + 1)]
    drafts.write(house, "k3x9", "Dua", NOW)
    decisions.undo(house, NOW)
    assert house.store.posts()[0].text == "Satu"


# --- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "feeds.opml").write_text("<opml version='2.0'><head/><body/></opml>", encoding="utf-8")
    (tmp_path / "brand.toml").write_text(
        '[brand]\nname = "Kopi Senja"\nlanguage = "id"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n'
        '[calendar]\nnetworks = ["linkedin", "x"]\nutm = { source = "{network}" }\n',
        encoding="utf-8",
    )
    with Library.open(tmp_path) as library:
        keep(library.store)
    return tmp_path


def test_the_json_document_has_what_is_promised(home: Path) -> None:
    done = curator("draft", "k3x9", "--home", home, "--json")
    document = json.loads(done.stdout)
    assert list(document) == ["id", "network", "text", "length", "limit", "url"]
    assert (document["id"], document["network"], document["limit"]) == ("k3x9a2bq", "linkedin", 3000)
    assert document["url"] in document["text"]
    assert document["length"] == len(document["text"])


def test_the_terminal_shows_every_network_with_its_room_and_what_speaks_against_it(home: Path) -> None:
    done = curator("draft", "k3x9", "--home", home)
    assert "LinkedIn" in done.stdout
    assert "/3,000" in done.stdout
    assert "/280" in done.stdout
    assert "\n   Baca selengkapnya: https://kabar.example/panen?utm_source=x\n" in done.stdout
    done = curator("draft", "k3x9", "--home", home, "--network", "x", "--text", "kopi " * 100)
    assert "219 too many: X takes 280" in done.stdout
    assert "499/280" in done.stdout


def test_what_the_editor_was_left_with_is_kept(home: Path) -> None:
    script = home / "editor.py"
    script.write_text("import sys, pathlib\np = pathlib.Path(sys.argv[1])\np.write_text(p.read_text().replace('Petani', 'Rakyat'))\n")
    editor = {"EDITOR": f"{sys.executable} {script}"}
    done = curator("draft", "k3x9", "--home", home, "--network", "x", "--edit", "--json", env=editor)
    assert json.loads(done.stdout)["text"].startswith("Rakyat kopi Gayo"), done.stderr
    again = curator("draft", "k3x9", "--home", home, "--network", "x", "--edit", "--json", env={"EDITOR": "true"})
    assert json.loads(again.stdout)["text"].startswith("Rakyat kopi Gayo")
    assert "nothing was saved" in again.stderr


def test_a_wrong_network_ends_with_the_code_of_wrong_arguments(home: Path) -> None:
    done = curator("draft", "k3x9", "--home", home, "--network", "friendster")
    assert (done.returncode, "unknown network" in done.stderr) == (2, True)
