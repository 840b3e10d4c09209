"""The index is derived: it finds what the library holds, in any script, and is mended whatever happens to its files."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.cross_encoder import Overlap
from support.index import KINDS, item, reopened, search_context
from support.parts import BRAND, NOW, Quiet, WordCounter

from curator.core.brand import EngineRules
from curator.core.errors import Locked
from curator.core.item import Source
from curator.core.protocols import Changes, EncodedTexts
from curator.core.rescoring import RescoringCurve
from curator.core.text import query
from curator.ranking import pipeline
from curator.ranking.embed import EncoderEnsemble
from curator.ranking.embed.cross_encoder import CachedReranker
from curator.search import service, sync
from curator.search.index import Index, analysis, manifest
from curator.search.index.request import SearchRequest
from curator.search.index.vectors import VectorIndex
from curator.search.sync import SearchContext
from curator.storage.memory import MemoryStore
from curator.storage.spaces import MemorySpaces
from curator.storage.tinydb_store import TinyStore
from curator.storage.vectors import MemoryVectors


def titles(of: SearchContext, asked: str, **more: object) -> list[str]:
    request = SearchRequest(query=asked, mode=more.pop("mode", "words"), **more)
    return [hit.title for hit in service.search(replace(of, index=reopened(of.index)), request, NOW).hits]


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    return TinyStore(tmp_path / "library")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Where the index lies: what a search finds does not depend on it."""
    return request.param


@pytest.fixture
def of(tmp_path: Path, store: TinyStore, kind: str) -> SearchContext:
    return search_context(tmp_path / "library" / "index", store, kind)


@pytest.fixture
def in_files(tmp_path: Path, store: TinyStore) -> SearchContext:
    return search_context(tmp_path / "library" / "index", store)


# --- tokens -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kopi Gayo, cold-brew @kopisenja", ["kopi", "gayo", "cold", "brew", "kopisenja"]),
        ("Café naïve", ["cafe", "naive"]),
        ("Menanam\u200b ca\xadbai", ["menanam", "cabai"]),
        ("กาแฟไทย", ["กา", "าแ", "แฟ", "ฟไ", "ไท", "ทย", "ย"]),
        ("珈琲店", ["珈琲", "琲店", "店"]),
        ("ガス", ["ガス", "ス"]),
        ("커피를", ["커피", "피를", "를"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("قَهْوَة", ["قهوة"]),
        ("☕ 😀", []),
    ],
)
def test_text_of_any_script_has_tokens(text: str, found: list[str]):
    assert analysis.tokens(text) == found


def test_a_word_is_found_in_its_other_forms_in_both_first_languages():
    assert analysis.stems(["pertanian", "bertani"], "id") == ["tani", "tani"]
    assert analysis.stems(["roasting", "roasted"], "en") == ["roast", "roast"]
    assert analysis.stems(["kopi"], "x-betawi") == ["kopi"]


def test_the_words_that_were_looked_for_are_marked_where_they_stand():
    sentence = "Petani menanam kopinya; kopi!"
    assert [sentence[a:b] for a, b in analysis.highlights(sentence, ["tani kopi"], ["id"])] == ["Petani", "kopinya", "kopi"]
    assert analysis.highlights("珈琲店で", ["琲店"], ["ja"]) == [(1, 3)]


@pytest.mark.parametrize(("written", "found"), [
    ("Jum'at", ["jumat"]), ("Jum’at", ["jumat"]), ("Jumʼat", ["jumat"]), ("Al-Qur'an", ["alquran", "quran"]),
    ("cold-brew", ["coldbrew"]), ("kupu‑kupu", ["kupukupu"]), ("kopi - teh", []), ("'kopi'", []),
])  # fmt: skip
def test_words_joined_by_apostrophes_and_hyphens_are_also_written_as_one(written: str, found: list[str]):
    assert analysis.compounds(written) == found


@pytest.mark.parametrize(("written", "asked"), [
    ("Salat Jum'at", "Jum’at"), ("Salat Jum’at", "Jum'at"), ("Salat Jumat", "Jum'at"), ("Salat Jum’at", "jumat"),
    ("Salat Jumʼat", "jum'at"),
    ("Tafsir Al-Qur'an", "Al-Quran"), ("Tafsir Alquran", "Al-Qur’an"), ("Tafsir Al-Quran", "al-qur'an"), ("Tafsir Al-Qur'an", "quran"),
    ("Kopi cold-brew", "cold brew"), ("Kopi cold brew", "cold-brew"), ("Kopi coldbrew", "cold-brew"), ("Kopi cold-brew", "coldbrew"),
    ("Kopi cold-brew", '"cold brew"'), ("Salat Jumat berkah", "“Jum’at berkah”"), ("Buku Alquran lama", '"buku al-qur\'an"'),
    ("Salat Jum’at berkah sekali", '"jumat berkah"'), ("Buku Al-Qur'an lama", "“buku alquran lama”"),
    ("Toko e-commerce baru", '"toko ecommerce"'),
    ("Toko ecommerce baru", "„toko e-commerce“"), ("Toko e‑commerce baru", "«toko e-commerce»"),
    ("Melihat kupu-kupu", "kupu kupu"), ("Melihat kupu kupu", "kupu-kupu"),
])  # fmt: skip
def test_apostrophes_and_hyphens_in_words_match_both_ways(of: SearchContext, store: TinyStore, written: str, asked: str):
    store.commit(Changes(items=(item("1", written), item("2", "Yang lain sama sekali"))))
    assert titles(of, asked) == [written]


def test_a_phrase_does_not_go_from_one_joined_word_to_the_next(of: SearchContext, store: TinyStore):
    store.commit(Changes(items=(item("1", "Jum'at satu dua tiga empat lima enam tujuh delapan Al-Qur'an"),)))
    assert titles(of, '"empat alquran"') == titles(of, '"alquran jumat"') == []
    assert titles(of, '"jumat satu"') != []


def test_a_word_of_a_hundred_thousand_letters_costs_no_more_than_as_many_words():
    began = process_time()
    assert analysis.compounds("a" * 100_000 + " jum'at") == ["jumat"]
    assert process_time() - began < 5  # half a minute when the search begins anew at each letter


def test_a_joined_word_is_highlighted_whole():
    sentence = "Salat Jum’at, cold brew"
    assert [sentence[a:b] for a, b in analysis.highlights(sentence, ["jumat", "cold-brew"], ["id"])] == ["Jum’at", "cold", "brew"]


@given(st.text(), st.text())
def test_what_a_text_says_is_among_its_tokens_and_its_marks_lie_in_it(text: str, said: str):
    assert set(analysis.query_tokens(text)) <= set(analysis.tokens(text))
    assert all(0 <= start < end <= len(text) for start, end in analysis.highlights(text, [said], ["id", "en"]))


@pytest.mark.parametrize("of_kind", KINDS)
@given(text=st.text(max_size=60))
def test_any_text_can_be_put_and_any_query_be_asked(of_kind: str, text: str):
    of = _shared(of_kind)
    of.store.commit(Changes(items=(item("2", text, lang=text, tags=(text,)),)))
    sync.refresh(of)
    with suppress(query.QueryError):  # a status or a day that is none
        service.search(of, SearchRequest(query=text, mode="both"), NOW)
    words = analysis.query_tokens(text)[:1]
    assert of.index.fulltext.find(None, (*map(query.Term, words), query.Term(text, "tag")), 9).total == 1


@cache
def _shared(kind: str) -> SearchContext:
    store = MemoryStore()
    store.commit(Changes(items=(item("1", "Kopi Gayo"),)))
    of = search_context(Path(tempfile.mkdtemp()) / "index", store, kind)
    sync.refresh(of)
    return of


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "title", "asked"),
    [
        ("id", "Petani menyangrai kopi", "sangrai"),
        ("en", "Roasters are roasting", "roasted"),
        ("th", "ร้านกาแฟเปิดใหม่ในกรุงเทพ", "กาแฟ"),
        ("ja", "夕暮れの珈琲店がおいしい", "珈琲店"),
        ("ja", "お茶を飲む", "茶"),
        ("zh", "咖啡价格上涨", "价格"),
        ("ko", "커피를 마신다", "커피"),
        ("ar", "القهوة عند الغروب", "القهوة"),
        ("hi", "कॉफी की कीमत", "कीमत"),
    ],
)
def test_an_item_is_found_by_its_words_in_any_script(of: SearchContext, store: TinyStore, lang: str, title: str, asked: str):
    store.commit(Changes(items=(item("1", title, lang=lang), item("2", "Harga beras naik", lang="id"))))
    assert titles(of, asked) == [title]


def test_a_title_counts_more_than_a_text(of: SearchContext, store: TinyStore):
    one, two = item("1", "Kabar pagi"), item("2", "Kopi pagi")
    store.commit(Changes(items=(one, two), texts={one.id: "Kopi hari ini", two.id: "Cerita hari ini"}))
    assert titles(of, "kopi") == ["Kopi pagi", "Kabar pagi"]


def test_a_misspelt_word_is_forgiven_only_when_hardly_anything_has_it(of: SearchContext, store: TinyStore):
    store.commit(Changes(items=(item("1", "Espresso pagi"), *(item(f"x{n}", f"Esspreso {n}") for n in range(4)))))
    assert titles(of, "expresso") == ["Espresso pagi", *[t for t in titles(of, "expresso") if t != "Espresso pagi"]]
    assert "Espresso pagi" not in titles(of, "esspreso")


def test_filters_of_every_kind_hold(of: SearchContext, store: TinyStore):
    here = item("1", "Kopi satu", lang="id", tags=("Panen",), status="picked")
    there = item(
        "2", "Kopi dua", lang="en-GB", source=Source(title="The Bean", feed="https://bean.example/rss"), published=NOW - timedelta(days=9)
    )
    store.commit(Changes(items=(here, there)))
    for asked in ("kopi lang:id", "kopi tag:panen", "kopi status:picked", "kopi since:7d", 'kopi -feed:"the bean"', "kopi -lang:en"):
        assert titles(of, asked) == ["Kopi satu"], asked
    for asked in ("kopi feed:bean.example", "kopi until:7d", "title:dua", "(title:dua OR tag:teh) lang:en"):
        assert titles(of, asked) == ["Kopi dua"], asked
    assert titles(of, "", langs=("en", "id"), sort="date") == ["Kopi satu", "Kopi dua"]


def test_what_says_nothing_finds_nothing(of: SearchContext, store: TinyStore):
    store.commit(Changes(items=(item("1", "Kopi ☕"),)))
    assert titles(of, "☕") == titles(of, "kopi feed:☕") == titles(of, "kopi topic:☕") == []
    assert titles(of, "kopi ☕") == titles(of, "kopi -☕") == ["Kopi ☕"]


def test_words_that_must_be_near_are_found_in_either_order_and_not_far_apart(of: SearchContext, store: TinyStore):
    store.commit(
        Changes(items=(item("1", "Harga biji kopi susu naik"), item("2", "Kopi murah, harga lama"), item("3", "Harga a b c d e kopi")))
    )
    for asked, found in {
        "harga NEAR/1 kopi": ["Harga biji kopi susu naik", "Kopi murah, harga lama"],
        "harga NEAR/0 kopi": [],
        "harga NEAR/5 kopi": ["Harga a b c d e kopi", "Harga biji kopi susu naik", "Kopi murah, harga lama"],
        '(price OR harga) NEAR/1 "kopi susu"': ["Harga biji kopi susu naik"],
    }.items():
        assert sorted(titles(of, asked, mode="words")) == found, asked


def test_a_beginning_finds_every_word_that_begins_so(of: SearchContext, store: TinyStore):
    store.commit(Changes(items=(item("1", "Perkopian lokal"), item("2", "Kopitiam baru"), item("3", "Kopi senjata"))))
    assert sorted(titles(of, "kopi*", mode="words")) == ["Kopi senjata", "Kopitiam baru"]
    assert titles(of, '"kopi sen*"', mode="words") == ["Kopi senjata"]
    assert titles(of, "kopi* -kopitiam", mode="words") == ["Kopi senjata"]


# --- in step with the library -------------------------------------------------------------------------------------


def test_what_changes_in_the_library_is_noticed_by_the_next_search(of: SearchContext, store: TinyStore):
    one, two = item("1", "Kopi pagi"), item("2", "Teh sore", found=NOW - timedelta(days=40))
    store.commit(Changes(items=(one, two)))
    assert titles(of, "kopi") == ["Kopi pagi"]
    store.commit(Changes(items=(replace(two, tags=("baru",)),)))
    assert titles(of, "tag:baru") == ["Teh sore"]
    store.commit(Changes(items=(replace(one, title="Air putih"),)))
    assert titles(of, "kopi") == []
    assert reopened(of.index).fulltext.count() == 2


def test_what_is_unchanged_is_not_put_again(of: SearchContext, store: TinyStore):
    store.commit(Changes(items=tuple(item(str(n), f"Kopi {n}") for n in range(9))))
    assert sync.refresh(of) == 9
    assert sync.refresh(of) == 0
    store.commit(Changes(items=(item("3", "Kopi lain"),)))
    assert sync.refresh(of) == 1


def test_an_item_that_left_the_library_is_found_no_more(tmp_path: Path, kind: str):
    store = MemoryStore()
    of = search_context(tmp_path / "index", store, kind)
    one = item("1", "Kopi pagi")
    store.commit(Changes(items=(one, item("2", "Kopi sore"))))
    assert len(titles(of, "kopi", mode="both")) == 2
    del store._items[one.id]
    store.commit(Changes())
    assert titles(of, "kopi", mode="both") == ["Kopi sore"]
    assert reopened(of.index).vectors.ids() == {item("2", "").id}


def test_edited_topics_and_vectors_that_a_run_kept_reach_items_that_did_not_change(of: SearchContext, store: TinyStore):
    store.commit(Changes(items=(item("1", "Kopi pagi"),)))
    assert sync.refresh(of) == 1
    brand = replace(BRAND, topics=(replace(BRAND.topics[0], name="Minuman"),))
    changed = replace(of, brand=brand)
    assert sync.refresh(changed) == 1
    assert service.search(changed, SearchRequest(query="kopi"), NOW).hits[0].fits[0].topic == "Minuman"


class Forgetful(EncoderEnsemble):
    """An engine whose encoders have read nothing yet."""

    def cached_documents(self, texts):
        return ([], EncodedTexts(vectors={})) if self.blank else super().cached_documents(texts)

    blank = True


def test_an_item_gets_its_meaning_when_a_run_has_read_it(tmp_path: Path, store: TinyStore, kind: str):
    engine, kept = Forgetful((WordCounter(),), MemorySpaces()), ["before"]
    of = search_context(tmp_path / "index", store, kind, engine=lambda: engine, vectors_stamp=lambda: kept[0])
    store.commit(Changes(items=(item("1", "Kopi pagi"),)))
    assert [hit.found_by for hit in service.search(of, SearchRequest(query="kopi"), NOW).hits] == [("words",)]
    engine.blank, kept[0] = False, "after"
    of = replace(of, index=reopened(of.index))
    assert [hit.found_by for hit in service.search(of, SearchRequest(query="kopi"), NOW).hits] == [("words", "meaning")]


def test_an_item_gets_its_fits_when_a_cross_encoder_has_read_it_and_all_with_a_new_index(tmp_path: Path, store: TinyStore, kind: str):
    reader, stamp = Overlap(), ["before"]
    reranker = CachedReranker("overlap@1", lambda: reader, MemoryVectors())
    reranker.keep(RescoringCurve(offset=-0.5, own=0.5, read=4.0, pairs=1_000_000))
    engine = EncoderEnsemble((WordCounter(),), MemorySpaces(), reranker)
    brand = replace(BRAND, engine=EngineRules(reranker="overlap@1"))
    of = search_context(tmp_path / "index", store, kind, brand=brand, engine=lambda: engine, vectors_stamp=lambda: stamp[0])
    items = [item(str(n), f"Petani kopi sangrai seduh espresso {n}") for n in range(3)]
    store.commit(Changes(items=tuple(items)))

    def fits() -> dict[str, dict[str, float]]:
        hits = service.search(replace(of, index=reopened(of.index)), SearchRequest(query="kopi"), NOW).hits
        return {hit.id: {fit.topic: fit.fit for fit in hit.fits} for hit in hits}

    assert list(fits().values()) == [{}, {}, {}]
    assert reader.read == []
    one = pipeline.Ranker(brand, engine).score(items[:1], {}, NOW).ranked[0].score
    stamp[0] = "after"
    assert {id_: bool(found) for id_, found in fits().items()} == {each.id: each is items[0] for each in items}
    assert fits()[items[0].id] == pytest.approx({fit.topic: fit.fit for fit in one.fits}, abs=2e-6)
    sync.refresh(of, rebuild=True)
    assert all(fits().values())
    before = fits()
    reranker.keep(RescoringCurve(offset=0.5, own=0.5, read=4.0, pairs=2_000_000))
    assert all(found["Kopi"] > before[id_]["Kopi"] for id_, found in fits().items())


def test_vectors_of_other_things_do_not_make_a_whole_index_stale(of: SearchContext, store: TinyStore):
    store.commit(Changes(items=(item("1", "Kopi pagi"),)))
    sync.refresh(of)
    assert sync.refresh(replace(of, vectors_stamp=lambda: "a sentence was embedded")) == 0
    assert reopened(of.index).manifest().generation == 1


# --- damage -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["manifest.json", "vectors.npy", "words/meta.json", "words/*.store", "words/*.term"])
@pytest.mark.parametrize("harm", ["gone", "empty", "half"])
def test_a_damaged_index_is_made_again(in_files: SearchContext, store: TinyStore, name: str, harm: str):
    store.commit(Changes(items=(item("1", "Kopi pagi"),)))
    sync.refresh(in_files)
    path = next(in_files.index.folder.glob(name))
    body = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes(b"" if harm == "empty" else body[: len(body) // 2])
    assert not sync.check(in_files).ok or name == "manifest.json"
    assert titles(in_files, "kopi", mode="both") == ["Kopi pagi"]
    assert sync.check(replace(in_files, index=Index(in_files.index.folder))).ok


KILLED = """
import sys, os, signal
sys.path[:0] = {path!r}
from support.index import search_context
from curator.core import files
from curator.search import sync
from curator.storage.tinydb_store import TinyStore
from pathlib import Path
home = Path({home!r})
real, left = files.replace, [{at}]
def deadly(*args, **more):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **more)
files.replace = deadly
sync.refresh(search_context(home / "index", TinyStore(home)))
"""


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_a_killed_update_is_done_again(in_files: SearchContext, store: TinyStore, tmp_path: Path, at: int):
    store.commit(Changes(items=(item("1", "Kopi pagi"),)))
    sync.refresh(in_files)
    store.commit(Changes(items=(item("1", "Teh pagi"), item("2", "Kopi sore"))))
    code = KILLED.format(path=[str(Path(__file__).parents[1])], home=str(tmp_path / "library"), at=at)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    assert titles(in_files, "kopi", mode="both") == ["Kopi sore"]
    assert Index(in_files.index.folder).fulltext.count() == 2


def test_a_search_beside_an_update_uses_the_index_there_is_and_says_so(
    in_files: SearchContext, store: TinyStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sync, "PATIENCE", 0.05)
    store.commit(Changes(items=(item("1", "Kopi pagi"),)))
    sync.refresh(in_files)
    store.commit(Changes(items=(item("2", "Kopi sore"),)))
    told: list[str] = []
    quiet = Quiet()
    quiet.note = told.append  # type: ignore[method-assign]
    with manifest.locked(in_files.index.folder, 1):
        assert _in_thread(lambda: titles(replace(in_files, progress=quiet), "kopi")) == ["Kopi pagi"]
        assert "not up to date" in told[0]
    assert len(titles(in_files, "kopi")) == 2


def test_the_first_search_beside_an_update_asks_for_patience(in_files: SearchContext, store: TinyStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sync, "PATIENCE", 0.05)
    store.commit(Changes(items=(item("1", "Kopi pagi"),)))
    with manifest.locked(in_files.index.folder, 1), pytest.raises(Locked):
        titles(in_files, "kopi")


def _in_thread(job):
    found = []
    thread = threading.Thread(target=lambda: found.append(job()))
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is closed to root")
def test_a_library_that_may_not_be_written_is_searched_as_it_stands(in_files: SearchContext, store: TinyStore):
    store.commit(Changes(items=(item("1", "Kopi pagi"),)))
    sync.refresh(in_files)
    in_files.index.folder.chmod(0o500)
    assert titles(in_files, "kopi") == ["Kopi pagi"]


# --- meaning ------------------------------------------------------------------------------------------------------


def test_eight_bits_a_number_keep_the_order_of_the_nearest(tmp_path: Path):
    rows = np.random.default_rng(1).standard_normal((500, 64)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    meaning = VectorIndex(tmp_path / "vectors.npy")
    meaning.update({f"{n:08}": row for n, row in enumerate(rows)}, drop=())
    found = meaning.nearest(rows[7], 5, floor=-1)
    exact = rows @ rows[7]
    assert found[0][0] == "00000007"
    assert all(abs(cosine - exact[int(id_)]) < 0.01 for id_, cosine in found)
    assert [id_ for id_, _ in meaning.nearest(rows[7], 5, floor=-1, within=["00000009"])] == ["00000009"]
    meaning.update({}, drop=["00000007"])
    assert "00000007" not in VectorIndex(tmp_path / "vectors.npy").ids()
