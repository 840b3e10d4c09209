"""A watch term is tried on what is kept, and written into brand.toml without touching what a person wrote there."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console
from support.index import item
from support.parts import BRAND, NOW, Web, desk

from curator import config
from curator.cli.render import watch as render
from curator.config import edit
from curator.core.brand import Brand, Watch
from curator.core.errors import ConfigError
from curator.core.protocols import Changes
from curator.core.text.query import QueryError
from curator.jobs import watching
from curator.jobs.watching import WatchTrial

KEPT = (
    "Antrean di Warung Laut mengular",
    "Pesta kepiting Warung Laut digelar",
    "Ikuti @warunglaut_smg untuk menu",
    "Alamatnya warunglautan.id sejak lama",
    "Warung Lauut buka cabang",
    "Nelayan singgah di warung laut lepas",
    "Sewa warung laut lepas naik",
    "Harga beras naik",
)


def tried(query: str, *titles: str, watch: tuple[Watch, ...] = ()) -> WatchTrial:
    made = desk(Web(), brand=replace(BRAND, watch=watch))
    made.store.commit(Changes(items=tuple(item(str(n), title, lang="id") for n, title in enumerate(titles))))
    return watching.trial(made, query, NOW, since=timedelta(days=90))


def test_a_trial_counts_what_is_found_and_shows_the_surest_and_the_most_doubtful():
    trial = tried('"warung laut"', *KEPT)
    assert (trial.items, trial.stories, trial.certain, trial.searched) == (4, 4, 2, len(KEPT))
    assert {m.sentence for m in trial.surest} == {KEPT[0], KEPT[1]}
    assert {m.sentence for m in trial.doubtful} == {KEPT[5], KEPT[6]}


def test_a_trial_names_spellings_handles_and_domains_that_the_query_misses():
    missed = {(miss.text, miss.kind, miss.add) for miss in tried('"warung laut"', *KEPT).near_misses}
    assert ("@warunglaut_smg", "handle", "OR @warunglaut_smg") in missed
    assert ("warunglautan.id", "domain", "OR warunglautan.id") in missed
    assert ("warung lauut", "spelling", 'OR "warung lauut"') in missed
    assert not tried('"warung laut" OR @warunglaut_smg OR warunglautan.id OR "warung lauut"', *KEPT).near_misses


def test_what_stands_beside_the_name_only_where_it_is_doubtful_is_offered_as_an_exclusion():
    [friend, *_] = tried('"warung laut"', *KEPT).false_friends
    assert (friend.text, friend.items, friend.exclude) == ("warung laut lepas", 2, '-"warung laut lepas"')
    assert tried(f'"warung laut" {friend.exclude}', *KEPT).items == 2


def test_a_trial_tells_how_it_differs_from_the_watch_term_that_is_there():
    trial = tried(
        '"warung laut" -sewa', *KEPT, watch=(Watch(name="Beras", query="beras"), Watch(name="Laut", query='"warung laut" OR antrean'))
    )
    assert trial.changes
    assert (trial.changes.watch, trial.changes.both, trial.changes.gained) == ("Laut", 3, ())
    assert trial.changes.lost == (item("6", "").id,)
    assert tried("kepiting", *KEPT, watch=(Watch(name="Beras", query="beras"),)).changes is None


def test_a_trial_says_that_a_term_finds_nothing_or_is_mostly_a_common_word():
    assert "It finds nothing" in shown(tried("gurita", *KEPT))
    assert "common word" in shown(tried("laut", "Angin di laut kencang", "Kapal hilang di laut", "Naik ke laut lepas"))
    meant = Watch(name="Laut", query="laut", unlike=("Angin di laut kencang",))
    for trial in (tried('"warung laut"', *KEPT[:2]), tried("laut", "Angin di laut kencang", watch=(meant,))):
        assert "finds nothing" not in shown(trial)
        assert "common word" not in shown(trial)


def shown(trial: WatchTrial) -> str:
    console = Console(width=300, record=True)
    render.show(trial, NOW, console)
    return console.export_text()


def test_a_query_that_finds_nothing_or_cannot_be_read_is_told():
    assert tried("gurita", *KEPT) == WatchTrial(
        query="gurita", searched=len(KEPT), days=1, items=0, stories=0, certain=0, surest=(), doubtful=(), near_misses=(), false_friends=()
    )
    with pytest.raises(QueryError):
        tried('"gurita', *KEPT)


# --- written into brand.toml ----------------------------------------------------------------------------------------


def _add(home: Path, watch: Watch) -> Brand:
    return config.rewrite(home, partial(edit.with_watch, watch=watch))


OWN = '# ours\n[brand]\nname = "Laut"   # a name\n[[topics]]\nname = "Ikan"\nabout = "ikan"'


@pytest.mark.parametrize("written", [OWN, f"{OWN}\n", OWN.replace("\n", "\r\n"), f"\ufeff{OWN}\n[mute]\nwords = []\n"])
def test_a_watch_term_is_added_and_what_is_there_stays_as_it_is(tmp_path: Path, written: str):
    file = tmp_path / "brand.toml"
    file.write_bytes(written.encode())
    added = Watch(name="Kita \\ 'dan' \"mereka\"", query='"warung laut" OR it\'s -"laut lepas"')
    assert _add(tmp_path, added) == config.load(tmp_path)
    second = _add(tmp_path, Watch(name="Dua", query='"warung laut"'))
    assert second.watch == (added, Watch(name="Dua", query='"warung laut"'))
    assert file.read_bytes().decode().startswith(written)


@pytest.mark.parametrize(
    ("name", "query", "end", "what"),
    [("Laut", "laut", '\n[[watch]]\nname = "laut"\nquery = "x"', "another one too"), ("Laut", '"laut', "", "not a query")],
)
def test_a_watch_term_that_would_be_a_problem_is_refused_and_nothing_is_written(tmp_path: Path, name: str, query: str, end: str, what: str):
    file = tmp_path / "brand.toml"
    file.write_text(OWN + end)
    with pytest.raises(ConfigError, match=what):
        _add(tmp_path, Watch(name=name, query=query))
    assert file.read_text() == OWN + end
