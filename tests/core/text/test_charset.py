"""Bytes to UTF-8, with and against what is declared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.text import charset


def page(text: str, declared: str = "") -> str:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return f"{declaration}<rss><title>{text}</title></rss>"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "kopi – teh ☕"),
        ("iso-8859-1", "Café São Paulo"),
        ("windows-1252", "“kutip” – naïve"),
        ("windows-1251", "Новости дня"),
        ("koi8-r", "Новости дня"),
        ("windows-1255", "חדשות היום"),
        ("tis-620", "ข่าววันนี้"),
        ("euc-kr", "오늘의 뉴스"),
        ("shift_jis", "今日のニュース"),
        ("gb2312", "今日新闻"),
        ("big5", "今日新聞"),
        ("iso-2022-jp", "今日のニュース"),
    ],
)
def test_a_declaration_or_a_header_is_believed(encoding: str, text: str) -> None:
    assert charset.utf8(page(text, encoding).encode(encoding))[0].decode() == page(text, encoding)
    if encoding != "iso-2022-jp":
        assert charset.utf8(page(text).encode(encoding), f"text/xml; charset={encoding}")[0].decode() == page(text)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-8-sig"])
def test_wide_bytes_are_known_by_themselves_whatever_the_header_says(encoding: str) -> None:
    assert charset.utf8(page("kopi ☕").encode(encoding), "text/xml; charset=iso-8859-1")[0].decode() == page("kopi ☕")


def test_sound_utf8_is_utf8_whatever_is_declared() -> None:
    body = page("kopi ☕", "iso-8859-1").encode()
    assert charset.utf8(body, "text/xml; charset=us-ascii") == (body, "")
    assert charset.utf8(b"\xef\xbb\xbf\xef\xbb\xbf<rss/>") == (b"<rss/>", "")


def test_latin_1_declared_as_utf8_is_read_as_what_it_is_and_told() -> None:
    body, slip = charset.utf8(page("Café São", "utf-8").encode("latin-1"), "text/xml; charset=utf-8")
    assert (body.decode(), slip) == (page("Café São", "utf-8"), "it is not in the encoding it says, read as cp1252")


def test_a_stray_byte_does_not_cost_the_rest_of_the_text() -> None:
    body = page("kopi “tubruk” — ☕ dan teh “hijau”").encode().replace(b"dan", b"\x93dan\x94")
    assert "☕ “dan” teh" in charset.utf8(body)[0].decode()


def test_a_document_knows_its_script_better_than_a_servers_default() -> None:
    body = page("Новости дня", "windows-1251").encode("windows-1251")
    assert "Новости" in charset.utf8(body, "text/xml; charset=ISO-8859-1")[0].decode()
    assert "Новости" in charset.utf8(page("Новости дня", "iso-8859-1").encode("koi8-r"), "text/xml; charset=koi8-r")[0].decode()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1251", "Сегодня в Москве открылась новая выставка. "),
        ("tis-620", "กรุงเทพมหานครเปิดนิทรรศการใหม่ "),
        ("euc-kr", "서울에서 새로운 전시회가 열렸습니다. "),
        ("windows-1252", "Die Straße führt über grüne Hügel nach Köln. "),
    ],
)
def test_undeclared_scripts_are_guessed(encoding: str, text: str) -> None:
    assert charset.utf8(page(text * 8).encode(encoding))[0].decode() == page(text * 8)


@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_become_utf8(body: bytes, content_type: str) -> None:
    charset.utf8(body, content_type)[0].decode()
