"""The language of the terminal: which locale asks for which, and what commands then say in a process of their own."""

import ast
import json
from pathlib import Path

import pytest
from support.command import Day, curator
from support.console import printed
from support.samples import BRAND, REPORT

from curator import core
from curator.cli import locale
from curator.cli.render import progress, report
from curator.cli.triage.state import KEYS
from curator.core.errors import CuratorError

INDONESIAN = {"LC_ALL": "id_ID.UTF-8"}
LOCALES = (
    ({}, "en"),
    ({"LANG": "id_ID.UTF-8"}, "id"),
    ({"LANG": "id"}, "id"),
    ({"LANG": "en_GB.UTF-8"}, "en"),
    ({"LANG": "ar_EG.UTF-8"}, "en"),
    ({"LANG": "ido"}, "en"),
    ({"LC_MESSAGES": "id_ID@latin", "LANG": "en_GB.UTF-8"}, "id"),
    ({"LC_ALL": "C", "LC_MESSAGES": "id_ID", "LANG": "id_ID"}, "en"),
    ({"LC_ALL": "", "LANG": "id_ID"}, "id"),
    ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:id:en"}, "id"),
    ({"LANG": "id_ID.UTF-8", "LANGUAGE": "en"}, "en"),
    ({"LANG": "C.UTF-8", "LANGUAGE": "id"}, "en"),
    ({"LANG": "POSIX", "LANGUAGE": "id"}, "en"),
    ({"LANGUAGE": "id"}, "en"),
    ({"LANG": "…\0id"}, "en"),
)


@pytest.mark.parametrize(("environment", "code"), LOCALES)
def test_the_first_variable_that_is_set_decides_as_in_other_programs(environment: dict[str, str], code: str):
    assert locale.of(environment).code == code


@pytest.fixture
def indonesian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")


def test_a_list_is_shown_in_the_language_of_the_terminal_and_the_same_otherwise(day: Day):
    told = curator("list", "--home", day.home, env=INDONESIAN)
    assert "sumber" in told.stdout
    assert "hari ini" in told.stdout
    assert " feeds " not in told.stdout
    english = [curator("list", "--home", day.home, env={"LC_ALL": name}).stdout for name in ("C", "C.UTF-8", "fr_FR.UTF-8")]
    assert len(set(english[1:])) == 1
    assert "feeds" in english[0]
    assert "stories fit today" in english[0]


def test_json_is_the_same_in_every_locale(day: Day):
    for line in (("list",), ("plan",), ("rank", "--all"), ("report",)):
        now = ("--now", "2026-11-29T12:00:00+07:00")
        documents = [curator(*line, *now, "--json", "--home", day.home, env={"LC_ALL": name}).stdout for name in ("C", "id_ID.UTF-8")]
        assert documents[0] == documents[1]
        assert json.loads(documents[0])


def test_the_daily_path_is_indonesian_in_an_indonesian_terminal(day: Day):
    def told(*line: object) -> str:
        done = curator(*line, "--home", day.home, env=INDONESIAN)
        assert done.returncode == 0, done.stderr
        return done.stdout

    first = day.report["items"][0]["id"]
    assert "nilai" in told("show", first)
    assert "dipilih" in told("pick", first, "--at", "besok 9.00")
    assert "rencana" in told("plan")
    assert "kiriman" in told("export", "ics")
    assert "kembali seperti semula" in told("undo")
    assert "dilewati" in told("skip", first)


def test_an_error_has_an_indonesian_frame_and_the_same_exit_code_and_stream(day: Day):
    done = curator("show", "zzzz", "--home", day.home, env=INDONESIAN)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kesalahan: tidak ada artikel dengan id yang berawal 'zzzz'\nsaran:     curator list ")


@pytest.mark.usefixtures("indonesian")
def test_what_has_no_translation_stays_english_as_a_whole():
    error = CuratorError("none of 3 feeds could be reached: answered 418: i'm a teapot", where="https://a.example", hint="curator run")
    assert "kesalahan: none of 3 feeds could be reached: answered 418: i'm a teapot\n" in printed(
        lambda console: report.show_error(error, console)
    )
    known = CuratorError("none of 3 feeds could be reached: did not answer")
    assert "tidak satu pun dari 3 sumber terjangkau: tidak menjawab" in printed(lambda console: report.show_error(known, console))


@pytest.mark.usefixtures("indonesian")
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_list_in_indonesian_keeps_to_the_width_of_its_terminal(width: int):
    rows = printed(lambda console: report.show_report(REPORT, BRAND, console), width).splitlines()
    assert max(len(row) for row in rows if "://" not in row and "→" not in row) <= width


@pytest.mark.usefixtures("indonesian")
def test_the_keys_of_triage_are_named_for_what_they_do():
    assert [locale.key(verb) for verb, _ in KEYS.values()] == [
        "pilih", "lewati", "nanti", "buka", "catat", "jenis", "teks", "urungkan", "bantuan", "keluar",
    ]  # fmt: skip
    assert locale.say("open") == "kosong", "of a slot"


def test_every_stage_that_a_job_names_is_marked_for_translation():
    package = Path(core.__file__).parents[1]
    calls = (node for file in package.rglob("*.py") for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))
    named = {
        call.args[0].value
        for call in calls
        if ast.unparse(call.func).endswith("progress.stage") and call.args and isinstance(call.args[0], ast.Constant)
    }
    assert named
    assert named <= set(progress.STAGES)
