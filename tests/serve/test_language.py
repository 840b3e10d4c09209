"""The pages in Indonesian and in English: nothing is left untranslated, and the choice of a language stays."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_from_file
from babel.messages.pofile import read_po
from support.browser import Browser

from curator.publishing.language import Language, chosen

ROOT = files("curator.serve")
KEYWORDS = {**DEFAULT_KEYWORDS, "say": None, "counted": (1, 2)}
# The texts outside of the desk that people read in their language.
ELSEWHERE = (
    *(f"publishing/formats/{name}" for name in ("desk_tables.py", "desk_markdown.py", "desk.html.j2", "desk_body.html.j2")),
    *(f"publishing/notify/{name}" for name in ("wording.py", "mail.html.j2")),
    *(f"jobs/report/{name}" for name in ("__init__.py", "proposals.py")),
    "cli/render/desk.py",
)
INDONESIAN, ENGLISH = Language(code="id"), Language(code="en")


def said() -> set[str]:
    """Every text that the code and the templates say."""
    methods = [("**.py", "python"), ("**.j2", "jinja2.ext.babel_extract")]
    found = [*extract_from_dir(str(ROOT), methods, {"**.j2": {"trimmed": "true"}}, KEYWORDS), *_elsewhere()]
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def _elsewhere() -> Iterator[Any]:
    """What reports and messages say."""
    for name in ELSEWHERE:
        method = "python" if name.endswith(".py") else "jinja2.ext.babel_extract"
        for found in extract_from_file(method, str(files("curator").joinpath(name)), KEYWORDS):
            yield (name, *found)


def test_everything_that_is_said_has_an_indonesian_translation_with_the_same_values():
    catalogue = read_po(BytesIO(files("curator.publishing").joinpath("locale/id.po").read_bytes()), locale="id")
    kept = {(m.id if isinstance(m.id, str) else m.id[0]): m.string for m in catalogue if m.id}
    assert said() - kept.keys() == set()
    assert kept.keys() - said() == set()
    for text, translated in kept.items():
        forms = (translated,) if isinstance(translated, str) else translated
        assert all(forms), text
        assert all(set(re.findall(r"%\(\w+\)s", form)) == set(re.findall(r"%\(\w+\)s", text)) for form in forms), text


def test_nothing_is_said_within_an_f_string_where_its_translation_is_not_looked_for():
    sources = [*Path(str(ROOT)).rglob("*.py"), *(Path(str(files("curator"))) / name for name in ELSEWHERE if name.endswith(".py"))]
    trees = (node for source in sources for node in ast.walk(ast.parse(source.read_text("utf-8"))))
    calls = (each for f in trees if isinstance(f, ast.JoinedStr) for each in ast.walk(f) if isinstance(each, ast.Call) and each.args)
    told = [
        ast.unparse(each)
        for each in calls
        if ast.unparse(each.func).rpartition(".")[2] in KEYWORDS and isinstance(each.args[0], ast.Constant)
    ]
    assert told == []


def test_a_page_is_in_the_language_of_the_brand_until_another_is_chosen(browser: Browser):
    page = browser.open("/")
    assert page.html.get("lang") == "en"
    page = page.send("/language", language="id")
    assert page.html.get("lang") == "id"
    assert page.words("//nav/a") == ["Hari ini", "Kalender", "Cari", "Sumber", "Brief", "Penyebutan", "Tren", "Laporan"]
    assert browser.open("/").html.get("lang") == "id"
    assert page.send("/language", language="tlh").html.get("lang") == "id"


CHOICES = (("", "id", "id"), ("", "id-ID", "id"), ("", "fr", "en"), ("en", "id", "en"), ("x", "en", "en"))


@pytest.mark.parametrize(("cookie", "brand", "code"), CHOICES)
def test_the_choice_of_the_browser_comes_before_the_language_of_the_brand(cookie: str, brand: str, code: str):
    assert chosen(cookie, brand).code == code


def test_days_ages_and_numbers_are_written_as_each_language_writes_them():
    now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert INDONESIAN.day(date(2026, 11, 23)) == "Senin, 23 November 2026"
    assert ENGLISH.clock(now, "Asia/Jakarta") == "Mon 23 Nov 09:00"
    assert (INDONESIAN.number(12345), ENGLISH.number(12345)) == ("12.345", "12,345")
    assert (INDONESIAN.number(0.07), ENGLISH.number(0.07)) == ("0,07", "0.07")
    assert (ENGLISH.age(now - timedelta(hours=5), now), ENGLISH.age(now + timedelta(hours=1), now)) == ("5 hrs", "1 min")
    assert (INDONESIAN.name("ja"), ENGLISH.name("ja"), ENGLISH.name("xx")) == ("Jepang", "Japanese", "xx")
