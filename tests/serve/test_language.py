"""The pages in Indonesian and in English: nothing is left untranslated, and the choice of a language stays."""

import ast
import re
from datetime import UTC, date, datetime
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from support.browser import Browser

from curator.publishing.language import Language, chosen

KEYWORDS = {**DEFAULT_KEYWORDS, "say": None, "counted": (1, 2)}
# Where people are spoken to in their language.
PLACES = tuple(Path(str(files("curator"))) / name for name in ("serve", "cli", "publishing", "jobs/report"))
INDONESIAN, ENGLISH = Language(code="id"), Language(code="en")


def said() -> set[str]:
    """Every text that the code and the templates say."""
    methods = [("**.py", "python"), ("**.j2", "jinja2.ext.babel_extract")]
    found = [each for place in PLACES for each in extract_from_dir(str(place), methods, {"**.j2": {"trimmed": "true"}}, KEYWORDS)]
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def test_everything_that_is_said_has_an_indonesian_translation_with_the_same_values():
    catalogue = read_po(BytesIO(files("curator.publishing").joinpath("locale/id.po").read_bytes()), locale="id")
    kept = {(m.id if isinstance(m.id, str) else m.id[0]): m.string for m in catalogue if m.id}
    assert said() - kept.keys() == set()
    assert kept.keys() - said() == set()
    for text, translated in kept.items():
        forms = (translated,) if isinstance(translated, str) else translated
        assert all(forms), text
        assert all(set(re.findall(r"%\(\w+\)s", form)) == set(re.findall(r"%\(\w+\)s", text)) for form in forms), text


def test_nothing_is_said_where_its_translation_is_not_looked_for():
    """Within an f-string, or as an argument of another text that is said."""
    sources = (source for place in PLACES for source in place.rglob("*.py"))
    calls = (node for source in sources for node in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(node, ast.Call))
    named = (call for call in calls if call.args and ast.unparse(call.func).rpartition(".")[2] in KEYWORDS.keys() - {"pgettext"})
    texts = {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}
    assert texts - said() == set()


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
    assert (INDONESIAN.name("ja"), ENGLISH.name("ja"), ENGLISH.name("xx")) == ("Jepang", "Japanese", "xx")
