"""The packages keep to docs/architecture.md: imports go downwards, and a command imports only what it needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from curator.library import Library

ROOT = Path(__file__).parents[1]
HEAVY = {
    "torch",
    "sentence_transformers",
    "numpy",
    "aiohttp",
    "feedparser",
    "trafilatura",
    "lxml",
    "tantivy",
    "jinja2",
    "tinydb",
    "rich",
    "babel",
    "icalendar",
    "xlsxwriter",
    "apprise",
    "psycopg",
    "psycopg_pool",
}


def imported(code: str) -> set[str]:
    """The heavy libraries that a fresh interpreter has loaded after this code."""
    script = f"import sys\n{code}\nprint(*sorted({HEAVY!r} & {{name.partition('.')[0] for name in sys.modules}}), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stderr.splitlines()[-1].split()) if done.stderr.strip() else set()


def test_the_contracts_of_the_packages_are_kept():
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_the_house_is_seen_at_a_glance():
    """`ls curator` fits a glance, a package into a list, a module onto a few screens."""
    package = ROOT / "curator"
    names = {path.name for path in package.iterdir() if path.name != "__pycache__"}
    assert len(names) <= 15
    for folder in (path.parent for path in package.rglob("__init__.py")):
        assert len(list(folder.glob("*.py"))) <= 30, folder
    for module in package.rglob("*.py"):
        assert len(module.read_text(encoding="utf-8").splitlines()) <= 400, module.name


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("import curator", set()),
        ("import curator.cli, curator.__main__", set()),
        ("from curator.cli import cli; cli(['--help'], standalone_mode=False)", set()),
        ("import curator.library", set()),
        ("import curator.jobs.daily, curator.ranking.pipeline, curator.feeds.collect", {"numpy"}),
        ("import curator.feeds.parse, curator.feeds.article, curator.feeds.workers", set()),
        ("import curator.ranking.embed", {"numpy"}),
        ("import curator.cli.render.report, curator.cli.render.console", {"rich"}),
        ("import curator.publishing.formats", set()),
        ("import curator.publishing.export", set()),
        ("import curator.jobs.notify, curator.jobs.outbox, curator.publishing.notify.wording", set()),
        ("import curator.serve", {"aiohttp", "jinja2"}),
        ("import curator.storage.tinydb_store", {"tinydb"}),
        ("import curator.storage, curator.storage.move", set()),
        ("import curator.storage.postgres.store, curator.storage.postgres.caches", {"psycopg", "psycopg_pool"}),
        ("import curator.search.service, curator.search.sync, curator.cli.commands.search", set()),
    ],
)
def test_importing_a_part_loads_no_library_that_another_part_needs(code: str, allowed: set[str]):
    assert imported(code) <= allowed


def test_showing_the_list_again_touches_neither_network_nor_model(day):
    code = (
        "from pathlib import Path\nfrom curator.library import Library\nfrom curator.cli.render import console, report\n"
        f"desk = Library(Path({str(day.home)!r}))\nreport.show_report(desk.list(), desk.brand, console.console())"
    )
    assert imported(code) <= {"rich", "tinydb"}


def test_an_indonesian_terminal_alone_waits_for_babel(monkeypatch: pytest.MonkeyPatch):
    said = "from curator.cli.locale import counted, say; say('next: '), counted('%(num)s feed', '%(num)s feeds', 2)"
    assert imported(said) == set()
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")
    assert imported(said) == {"babel"}


@pytest.mark.parametrize(("mode", "allowed"), [("words", {"tantivy", "tinydb"}), ("both", {"tantivy", "tinydb", "numpy"})])
def test_a_search_loads_neither_network_nor_parsers_nor_torch(day, mode: str, allowed: set[str]):
    Library.open(day.home).search("kopi")  # the copied directory is checked once
    code = f"from curator.library import Library\nassert Library.open({str(day.home)!r}).search('kopi', mode={mode!r}).hits"
    assert imported(code) <= allowed
