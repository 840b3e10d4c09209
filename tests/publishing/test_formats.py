"""The faces of a reading list: what each shows, and that no foreign word can break one."""

import base64
import hashlib
import json
import re
import subprocess
import sys
import warnings
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import lxml.html
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace
from support.samples import BRAND as KOPI_SENJA
from support.samples import CARDS, EMPTY, FAILURES, MENTIONS, NOW, REPORT, TODAY, card

from curator.core.brand import ListFormat
from curator.core.feed import Failure
from curator.core.item import Source
from curator.core.report import Counts, RunReport, Seconds
from curator.core.story import Card, Fit, Mention, Reason, RelatedItem, StoryRef
from curator.core.text.plain import line
from curator.core.text.urls import web
from curator.publishing.formats import atom, json_list, markdown, page, reading_list, wording
from curator.publishing.language import ENGLISH

BRAND = replace(KOPI_SENJA, language="en")

few = settings(max_examples=40, deadline=None)
# Every script and every control, with a liking for what means something to a browser, a note or a feed.
loaded = st.sampled_from("<>&\"'`[](){}*_#!|\\~=$%@:/.\n\r\t\x00\x1b\u202e\ufffe🙂漢ع")
attacks = st.sampled_from(
    ["<script>alert(1)</script>", "</style><b>", "--><p>", "]]>", "{{ 7*7 }}", "&copy; &#60;b&#62;", "\\", "1. a", "# b", "```\ncode",
     "[x](javascript:alert(1))", "![x](https://e.example/p.png)", "<https://e.example>", "www.e.example", "a@e.example"]
)  # fmt: skip
foreign = st.text(st.characters() | loaded, max_size=60) | attacks


# --- files ------------------------------------------------------------------------------------------------------


def test_a_run_leaves_one_file_a_format_and_its_latest_twin() -> None:
    files = reading_list(REPORT, BRAND, ("md", "html", "json", "atom"))
    assert sorted(files) == ["2026-11-23.html", "2026-11-23.json", "2026-11-23.md", "feed.xml", "latest.html", "latest.json", "latest.md"]
    assert all(files[f"latest.{end}"] == files[f"2026-11-23.{end}"] for end in ("md", "html", "json"))


def test_only_the_wanted_formats_are_made() -> None:
    assert sorted(reading_list(REPORT, BRAND, ("md",))) == ["2026-11-23.md", "latest.md"]
    assert reading_list(REPORT, BRAND, ()) == {}


def test_the_same_report_gives_the_same_bytes() -> None:
    everything: tuple[ListFormat, ...] = ("md", "html", "json", "atom")
    assert reading_list(REPORT, BRAND, everything) == reading_list(REPORT, BRAND, everything)


def test_a_lone_surrogate_does_not_keep_a_list_from_being_written() -> None:
    report = replace(REPORT, items=(replace(CARDS[0], title="kopi \ud83d senja", excerpt="\udfff"),))
    for text in reading_list(report, BRAND, ("md", "html", "json", "atom")).values():
        text.encode("utf-8")


# --- json -------------------------------------------------------------------------------------------------------


def test_the_json_has_exactly_the_promised_keys() -> None:
    document = json.loads(json_list.render(REPORT, BRAND))
    assert list(document) == ["brand", "date", "generated_at", "counts", "seconds", "items", "mentions", "failures", "trends"]
    assert set(document["items"][0]) == {
        "id", "url", "title", "source", "author", "published", "found", "lang", "kind", "excerpt", "image", "words",
        "status", "tags", "score", "fits", "evidence", "why", "story", "momentum",
    }  # fmt: skip
    assert set(document["mentions"][0]) == {"watch", "item", "sentence", "certain", "kind"}
    assert all(set(failure) == {"url", "stage", "reason", "hint"} for failure in document["failures"])


def test_times_in_the_json_are_utc_with_a_z() -> None:
    document = json.loads(json_list.render(REPORT, BRAND))
    assert (document["date"], document["generated_at"]) == ("2026-11-23", "2026-11-23T01:05:30Z")
    assert document["items"][0]["published"] == "2026-11-22T20:05:30Z"


numbers = st.floats(allow_nan=False, allow_infinity=False)
moments = st.datetimes(timezones=st.just(UTC))
others = st.builds(RelatedItem, published=st.none() | moments, lang=st.text(max_size=3))
cards = st.builds(
    Card,
    published=moments,
    found=moments,
    score=numbers,
    fits=st.lists(st.builds(Fit, fit=numbers), max_size=2).map(tuple),
    why=st.lists(st.builds(Reason, value=numbers), max_size=2).map(tuple),
    story=st.builds(StoryRef, size=st.integers(1, 9), others=st.lists(others, max_size=2).map(tuple)),
)
reports = st.builds(
    RunReport,
    generated_at=moments,
    seconds=st.builds(Seconds, total=numbers),
    items=st.lists(cards, max_size=2).map(tuple),
    mentions=st.lists(st.builds(Mention, item=cards, certain=st.booleans()), max_size=1).map(tuple),
    failures=st.lists(st.builds(Failure, hint=st.text(max_size=9)), max_size=2).map(tuple),
)


@few
@given(reports)
def test_a_report_comes_back_from_its_json_exactly(report: RunReport) -> None:
    assert json_list.loads(json_list.render(report, BRAND).encode()) == report


def test_a_document_of_another_shape_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        json_list.loads(b'{"items": 3}')


# --- html: what it shows ----------------------------------------------------------------------------------------


def dom(text: str) -> Any:
    return lxml.html.document_fromstring(text)


PAGE = dom(page.render(REPORT, BRAND))


def shown(node: Any) -> str:
    return " ".join(node.text_content().split())


def test_a_card_shows_what_a_person_decides_by() -> None:
    first = PAGE.get_element_by_id(CARDS[0].id)
    assert shown(first.find(".//h3")) == CARDS[0].title
    assert shown(first.find(".//blockquote")) == CARDS[0].evidence.text
    text = shown(first)
    for told in ("Highland Grower", "English", "5 h", "6 min read", "Specialty coffee", ".91", "education", CARDS[0].id, "Also in 3"):
        assert told in text
    assert first.find(".//meter").get("value") == "0.91"
    assert "Kabar Kebun (Indonesian)" in text
    assert "names “kopi” in its title" in shown(first.find(".//details"))


def test_a_card_without_evidence_shows_how_it_begins() -> None:
    assert shown(PAGE.get_element_by_id(CARDS[-1].id).find(".//blockquote")) == CARDS[-1].excerpt


def test_mentions_come_first_and_what_failed_last() -> None:
    assert [shown(h) for h in PAGE.iter("h2")] == ["Mentions", "Shortlist", "Not reached"]
    assert [shown(h) for h in PAGE.iter("h1")] == ["Kopi Senja"]


def test_a_doubtful_mention_says_so() -> None:
    sure, doubtful = PAGE.xpath("//article[@class='mention']")
    assert "perhaps" not in shown(sure)
    assert "perhaps" in shown(doubtful)
    assert MENTIONS[1].item.id in shown(doubtful)


def test_a_failure_is_named_with_its_reason_and_what_to_do() -> None:
    gone, expired, _ = PAGE.xpath("//ul[@class='lost']/li")
    assert shown(gone) == "roastnotes.example/feed.xml: gone for good (410): curator feeds remove https://roastnotes.example/feed.xml"
    assert shown(expired) == "beanweekly.example/rss: its certificate expired on 20 November 2026"
    assert shown(PAGE.xpath("//ul[@class='counts']/li[last()]")[0]) == "2 feeds and 1 page not reached"


def test_dates_are_those_of_the_brands_time_zone_and_machines_get_utc() -> None:
    time = PAGE.get_element_by_id(CARDS[1].id).find(".//time")
    assert time.get("datetime") == "2026-11-22T14:05:30+00:00"
    assert time.get("title") == "Sunday 22 November 2026, 21:05"
    assert "Monday 23 November 2026" in shown(PAGE.find(".//header"))


def test_foreign_text_carries_its_language_and_direction() -> None:
    arabic = PAGE.get_element_by_id(CARDS[4].id)
    assert (arabic.find(".//h3").get("lang"), arabic.find(".//h3").get("dir")) == ("ar", "auto")
    assert arabic.find(".//blockquote/p").get("lang") == "ar"


def test_a_language_code_that_is_none_leaves_the_attribute_out() -> None:
    odd = dom(page.render(replace(REPORT, items=(card("x", "https://a.example/", "A", lang='id" onload="x'),)), BRAND))
    assert [h.get("lang") for h in odd.xpath("//ol//h3")] == [None]


def test_an_empty_day_says_why_and_what_to_type() -> None:
    text = shown(dom(page.render(EMPTY, BRAND)).get_element_by_id("shortlist").getparent())
    assert "Nothing fits today 11 stories were weighed" in text
    assert "curator rank" in text


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (Counts(feeds=3, feeds_failed=3), "Nothing was reached"),
        (Counts(feeds=3, feeds_unchanged=3), "Nothing new"),
        (Counts(stories=1), "Nothing fits today"),
    ],
)
def test_the_reason_of_an_empty_day_is_told_apart(counts: Counts, told: str) -> None:
    assert wording.empty(replace(EMPTY, counts=counts), ENGLISH)[0] == told


def test_an_earlier_page_and_the_feed_are_linked_only_when_they_are_there() -> None:
    def links(html: str) -> list[str]:
        return [a.get("href") for a in dom(html).xpath("//footer//a")]

    assert links(page.render(REPORT, BRAND)) == []
    assert links(page.render(REPORT, BRAND, previous=date(2026, 11, 20), feed=True)) == ["2026-11-20.html", "feed.xml"]
    assert links(reading_list(REPORT, BRAND, ("html", "atom"))["latest.html"]) == ["feed.xml"]


# --- html: what it cannot do ------------------------------------------------------------------------------------


def test_the_page_asks_nothing_of_the_network_and_runs_nothing() -> None:
    assert not PAGE.xpath("//script | //img | //iframe | //object | //embed | //audio | //video | //form | //base")
    assert not PAGE.xpath("//link[@rel='stylesheet'] | //@style | //@*[starts-with(name(), 'on')]")
    style = shown(PAGE.find(".//style"))
    assert "url(" not in style
    assert "@import" not in style


def test_its_policy_lets_only_its_own_style_through() -> None:
    html = page.render(REPORT, BRAND)
    style = re.search(r"<style>(.*?)</style>", html, re.S)
    policy = dom(html).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_every_link_out_tells_the_other_side_nothing() -> None:
    out = [a for a in PAGE.iter("a") if not a.get("href").startswith("#")]
    assert len(out) > len(CARDS)
    assert all(a.get("href").startswith("https://") and a.get("rel") == "noopener noreferrer" for a in out)


def test_an_address_that_may_not_be_followed_is_no_link() -> None:
    bad = card("A title", "javascript:alert(1)", "Nobody")
    html = page.render(replace(REPORT, items=(bad,), mentions=(), failures=()), BRAND)
    assert not dom(html).xpath("//ol//a")
    assert "A title" in html
    assert "javascript:" not in html


def _skeleton(report: RunReport) -> list[tuple[str, list[str]]]:
    return [(node.tag, sorted(node.keys())) for node in dom(page.render(report, BRAND)).iter()]


def _with(text: str) -> RunReport:
    """A day of one story in which every foreign word is this text."""
    source = Source(title=text, feed="")
    other = RelatedItem(id="abcdefgh", url="https://b.example/", title=text, source=source)
    one = card(text, "https://a.example/x", text, f"a{text}", author=text, kind=f"k{text}", excerpt=text, topic=f"t{text}", others=(other,))
    mention = Mention(watch=text, item=one, sentence=text)
    lost = Failure(url="https://c.example/", stage="fetch", reason=text, hint=f"curator {text}")
    return replace(REPORT, items=(one,), mentions=(mention,), failures=(lost,))


PLAIN = _skeleton(_with("plain"))


@few
@given(foreign)
def test_no_foreign_text_changes_the_structure_of_the_page(text: str) -> None:
    report = _with(text)
    assert _skeleton(report) == PLAIN
    assert shown(dom(page.render(report, BRAND)).xpath("//ol//h3")[0]) == (" ".join(line(text).split()) or "https://a.example/x")


# --- html: can it be read? --------------------------------------------------------------------------------------


def _palette(style: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{3,6})\b", style))


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    channels = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(one: str, two: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


STYLE = PAGE.find(".//style").text
ROOTS = [_palette(block) for block in re.findall(r":root \{(.*?)\}", STYLE, re.S)]


@pytest.mark.parametrize("theme", ROOTS, ids=["light", "dark", "print"])
@pytest.mark.parametrize("text", ["ink", "soft", "accent"])
@pytest.mark.parametrize("ground", ["paper", "wash"])
def test_all_text_has_contrast_in_every_theme(theme: dict[str, str], text: str, ground: str) -> None:
    assert _contrast(theme[text], theme[ground]) >= 4.5


def test_every_colour_has_a_name() -> None:
    rules = re.sub(r":root \{.*?\}", "", STYLE, flags=re.S)
    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb|hsl", rules)


def test_the_keyboard_reaches_the_list_at_once_and_sees_where_it_is() -> None:
    skip = next(PAGE.iter("a"))
    assert PAGE.get_element_by_id(skip.get("href")[1:]).tag == "h2"
    assert ":focus-visible" in STYLE


# --- markdown ---------------------------------------------------------------------------------------------------

COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _tokens(note: str) -> list[Any]:
    return [token for block in COMMONMARK.parse(note) for token in (block, *(block.children or ()))]


def _links(note: str) -> list[str]:
    return [token.attrs["href"] for token in _tokens(note) if token.type == "link_open"]


def _expected(report: RunReport) -> list[str]:
    pages = [mention.item.url for mention in report.mentions]
    for item in report.items:
        pages += [item.url, *(other.url for other in item.story.others)]
    return [COMMONMARK.normalizeLink(web(url)) for url in (*pages, *(f.url for f in report.failures))]


def test_a_note_links_to_exactly_what_was_found() -> None:
    assert _links(markdown.render(REPORT, BRAND)) == _expected(REPORT)


def test_a_note_is_one_list_of_stories_under_three_headings() -> None:
    html = COMMONMARK.render(markdown.render(REPORT, BRAND))
    assert html.count("<ol>") == 1
    assert html.count("<h2>") == 3
    assert html.count("<blockquote>") == len(CARDS)
    assert "<h1>Kopi Senja · Monday 23 November 2026</h1>" in html


def test_an_empty_note_says_why() -> None:
    assert "**Nothing fits today.** 11 stories were weighed" in markdown.render(EMPTY, BRAND)


def test_ordinary_punctuation_stays_readable() -> None:
    note = markdown.render(
        replace(REPORT, items=(card("Kopi & teh - 50% lebih murah! (serius) | Niaga", "https://a.example/", "N"),)), BRAND
    )
    assert "[Kopi & teh - 50% lebih murah! (serius) | Niaga](<https://a.example/>)" in note


NOTE_PLAIN = [token.type for token in _tokens(markdown.render(_with("plain"), BRAND)) if token.type not in {"text", "text_special"}]


@few
@given(foreign.filter(lambda text: line(text)))
def test_no_foreign_text_becomes_markup_in_a_note(text: str) -> None:
    report = _with(text)
    note = markdown.render(report, BRAND)
    assert _links(note) == _expected(report)
    assert [token.type for token in _tokens(note) if token.type not in {"text", "text_special"}] == NOTE_PLAIN
    told = re.sub(r"`curator [^`]*`", "", note)
    assert not re.search(r"(?<!<)\b(?:https?://|www\.)", told, re.I)  # nothing for a program to make a link of by itself


@few
@given(st.text(st.sampled_from("ab/?&=;:()[]<>\\`*_%#~ .copy&lt;\u202e漢"), max_size=30).map("https://a.example/".__add__))
def test_an_odd_address_stays_one_link_to_itself(url: str) -> None:
    report = replace(EMPTY, items=(card("x", url, "A"),))
    (link,) = _links(markdown.render(report, BRAND))
    assert link == COMMONMARK.normalizeLink(web(url).replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E"))


# --- atom -------------------------------------------------------------------------------------------------------


def _feed(report: RunReport) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import feedparser

        return feedparser.parse(atom.render(report, BRAND).encode(), response_headers={"content-type": "application/atom+xml"})


def test_a_feed_reader_finds_every_story_and_mention() -> None:
    feed = _feed(REPORT)
    assert (feed.bozo, feed.version, feed.feed.title) == (False, "atom10", "Kopi Senja: reading list")
    assert [entry.link for entry in feed.entries] == [c.url for c in CARDS] + [m.item.url for m in MENTIONS]
    first = feed.entries[0]
    assert first.summary.startswith("“Plots that kept their shade")
    assert "Specialty coffee .91; fits Specialty coffee" in first.summary
    assert (first.author, first.source.title, first.published) == ("Mira Tan", "Highland Grower", "2026-11-22T20:05:30Z")
    assert [tag.term for tag in first.tags] == ["Specialty coffee", "education", "gayo", "climate"]


def test_entries_keep_their_ids_from_day_to_day_and_share_none() -> None:
    today = [entry.id for entry in _feed(REPORT).entries]
    tomorrow = [entry.id for entry in _feed(replace(REPORT, date=date(2026, 11, 24), generated_at=NOW + timedelta(days=1))).entries]
    assert today == tomorrow
    assert len(set(today)) == len(today)
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", id_) for id_ in today)


def test_a_mention_that_is_on_the_list_is_one_entry() -> None:
    report = replace(REPORT, mentions=(replace(MENTIONS[0], item=CARDS[0]), MENTIONS[1], MENTIONS[1]))
    assert len(_feed(report).entries) == len(CARDS) + 1


def test_every_entry_has_what_the_format_demands() -> None:
    """RFC 4287, 4.1.2: id, title, updated, author, and a link where there is no content."""
    ns = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(atom.render(REPORT, BRAND).encode())
    assert all(feed.find(ns + name) is not None for name in ("id", "title", "updated", "author"))
    for entry in feed.iter(ns + "entry"):
        assert all(entry.find(ns + name) is not None for name in ("id", "title", "updated", "author", "link", "summary"))


@few
@given(foreign)
def test_no_foreign_text_breaks_the_feed(text: str) -> None:
    title = ElementTree.fromstring(atom.render(_with(text), BRAND).encode()).find("{*}entry/{*}title")
    assert title is not None
    assert (title.text or "") == (line(text) or "https://a.example/x").replace("\ufffe", "").replace("\uffff", "")


def test_a_thing_without_a_name_is_called_by_its_address() -> None:
    report = replace(EMPTY, items=(card(" \x00", "https://a.example/x", "A"),))
    for text in reading_list(report, BRAND, ("md", "html", "atom")).values():
        assert text.replace("\\:", ":").count("https://a.example/x") == 2


def test_a_note_is_written_without_a_template_engine() -> None:
    program = (
        "import sys, curator.cli.render.report\n"
        "from curator.publishing.formats import atom, json_list, markdown\n"
        "assert 'jinja2' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# --- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(seconds=-9), "1 min"),
        (timedelta(seconds=59), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(hours=48), "2 d"),
        (timedelta(days=40), "40 d"),
    ],
)
def test_an_age_is_told_in_whole_units(passed: timedelta, told: str) -> None:
    assert wording.age(NOW - passed, NOW, ENGLISH) == told


def test_days_are_named_in_full() -> None:
    assert wording.day(TODAY, ENGLISH) == "Monday 23 November 2026"
    assert wording.moment(datetime(2026, 12, 31, 18, 0, tzinfo=UTC), "Asia/Jakarta", ENGLISH) == "Friday 1 January 2027, 01:00"


def test_languages_are_named_and_unknown_ones_left_alone() -> None:
    assert [ENGLISH.name(code) for code in ("id", "zh-Hans", "EN", "jv", "", "xx-klingon")] == [
        "Indonesian", "Chinese", "English", "Javanese", "", "xx-klingon",
    ]  # fmt: skip


def test_numbers_are_told_shortly() -> None:
    assert [wording.number(n) for n in (0.914, 1.0, 0.0)] == [".91", "1.00", ".00"]
    assert wording.fit(1.0) == ".99", "a fit is never shown as certain"
    assert [wording.signed(n) for n in (0.05, -0.124, 0.0)] == ["+.05", "−.12", "+.00"]
    assert [wording.span(s, ENGLISH) for s in (0.42, 38.4, 125.0)] == ["0.4 s", "38 s", "2 min 5 s"]
    assert [wording.minutes(n) for n in (0, 20, 1190)] == [0, 1, 5]


def test_what_was_not_reached_is_counted_by_feeds_and_pages() -> None:
    assert wording.unreached(REPORT, ENGLISH) == "2 feeds and 1 page"
    assert wording.unreached(replace(REPORT, failures=FAILURES[2:], counts=Counts()), ENGLISH) == "1 page"
    assert wording.unreached(EMPTY, ENGLISH) == ""
