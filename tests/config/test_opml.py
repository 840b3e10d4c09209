"""OPML: whatever a person brings is read as far as it safely can be, and a file that is kept is changed by single lines."""

import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.config import opml
from curator.core.errors import ConfigError
from curator.core.feed import Feed
from curator.core.text import plain, urls

KEPT = """<?xml version='1.0' encoding='UTF-8' ?>
<!-- dibuat dengan tangan, jangan diubah -->
<opml version="2.0">
    <head><title>Langganan &#233;</title></head>
    <body>
        <outline   text='Kopi "spesial"' custom="x">
            <outline text="Sangrai"
                     type="rss" xmlUrl="https://sangrai.example/feed" note="tetap"/>
            <outline text="Kebun"><outline text="Petani" type="rss" xmlUrl="https://petani.example/rss"></outline></outline>
        </outline>
        <?pi tetap?>
        <outline text="Kabar" type="rss" xmlUrl="https://kabar.example/rss?a=1&amp;b=2" />
        <outline text="Kosong"/>
    </body>
</opml>
"""


def outline(**attributes: str) -> str:
    return "<outline " + " ".join(f'{name}="{value}"' for name, value in attributes.items()) + "/>"


def document(*outlines: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><body>{"".join(outlines)}</body></opml>'.encode()


def only(body: bytes) -> Feed:
    [feed] = opml.parse(body).feeds
    return feed


def told(body: bytes) -> list[tuple[str, str]]:
    return [(problem.what, problem.where) for problem in opml.parse(body).problems]


# --- reading ---


def test_folders_become_categories_and_order_stays() -> None:
    assert opml.parse(KEPT.encode()) == opml.Subscriptions(
        feeds=(
            Feed(url="https://sangrai.example/feed", title="Sangrai", category='Kopi "spesial"'),
            Feed(url="https://petani.example/rss", title="Petani", category='Kopi "spesial" / Kebun'),
            Feed(url="https://kabar.example/rss?a=1&b=2", title="Kabar"),
        )
    )


def test_a_feed_tells_its_site_and_the_category_it_names_itself() -> None:
    body = document(outline(text="A", xmlUrl="https://a.example/", htmlUrl="https://a.example/rumah", category="/Kopi/Sangrai,/Lain"))
    assert only(body) == Feed(
        url="https://a.example/", title="A", site="https://a.example/rumah", category="Kopi / Sangrai", other_categories=("Lain",)
    )
    assert only(document(f'<outline text="Map">{outline(text="A", xmlUrl="https://a.example/", category="x")}</outline>')).category == "Map"


@pytest.mark.parametrize("name", ["xmlUrl", "xmlURL", "xmlurl", "XMLURL", "o:xmlUrl"])
def test_names_count_in_any_letter_case(name: str) -> None:
    body = f'<OPML xmlns:o="urn:x"><Body><OUTLINE TITLE="A" {name}="https://a.example/"/></Body></OPML>'.encode()
    assert only(body) == Feed(url="https://a.example/", title="A")


TWICE = """<opml version="2.0"><body>
    <outline text="Blog" xmlUrl="http://kopi.example/feed"/>
    <outline text="Minuman">
        <outline title="Blog Kopi" xmlUrl="http://kopi.example/feed"/>
        <outline text="Blog Kopi" xmlUrl="http://kopi.example/feed?utm_source=opml" htmlUrl="https://kopi.example/"/>
    </outline>
    <outline text="Usaha"><outline text="Kecil"><outline text="Blog Kopi" xmlUrl="https://www.kopi.example/feed/"/></outline></outline>
</body></opml>
"""


def test_a_feed_in_several_places_keeps_all_of_its_folders() -> None:
    places = {"category": "Minuman", "other_categories": ("Usaha / Kecil",)}
    feed = Feed(url="http://kopi.example/feed", title="Blog", site="https://kopi.example/", **places)  # type: ignore[arg-type]
    assert only(TWICE.encode()) == feed
    assert only(opml.build([feed], "Senja")) == feed
    assert only(opml.add(opml.build([], "Senja"), feed)) == feed
    assert opml.parse(opml.remove(opml.build([feed], "Senja"), feed.url)).feeds == ()


def test_a_folder_goes_before_the_category_that_an_outline_at_the_top_names() -> None:
    top, inside = (outline(text="A", xmlUrl="https://a.example/", **more) for more in ({"category": "Lain"}, {}))
    found = only(document(top, f'<outline text="Kopi">{inside}</outline>'))
    assert (found.category, found.other_categories) == ("Kopi", ("Lain",))


def test_a_long_title_stays_whole() -> None:
    title = "Kabar kopi dan teh dari seluruh Nusantara " * 20
    assert only(document(outline(text=title, xmlUrl="https://a.example/"))).title == title.strip()
    assert only(opml.build([Feed(url="https://a.example/", title=title)], "Senja")).title == title.strip()


def test_a_title_is_a_clean_line_and_the_first_one_counts() -> None:
    body = document(
        outline(text="", title="  Kopi&#10;&#x202e;susu ", xmlUrl="https://a.example/feed"),
        outline(text="Kedua", xmlUrl="http://www.a.example/feed/?utm_source=x"),
        outline(text="Ketiga", xmlUrl="https://a.example/feed?rss"),
    )
    assert [feed.title for feed in opml.parse(body).feeds] == ["Kopi susu", "Ketiga"]
    assert told(body) == []


@pytest.mark.parametrize(("written", "meant"), [
    ("feed:https://a.example/rss", "https://a.example/rss"),
    ("feed://https://a.example/rss", "https://a.example/rss"),
    ("FEED://a.example/rss", "http://a.example/rss"),
    ("  https://a.example/rss\n", "https://a.example/rss"),
    ("https://a.example/kopi susu", "https://a.example/kopi%20susu"),
])  # fmt: skip
def test_an_address_is_read_as_it_is_meant(written: str, meant: str) -> None:
    assert only(document(outline(xmlUrl=written))).url == meant


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://a.example/", "javascript:alert(1)", "exec:touch x", "/etc/passwd"])
def test_what_is_no_web_address_is_named_and_left_out(address: str) -> None:
    body = document(outline(text="A", xmlUrl="https://a.example/"), "\n", outline(text="Buruk", xmlUrl=address))
    assert [feed.title for feed in opml.parse(body).feeds] == ["A"]
    assert told(body) == [(f'left out: "{address}" is not a web address', "feeds.opml: line 2")]


def test_an_empty_address_is_nothing() -> None:
    assert opml.parse(document(outline(text="A", xmlUrl=""), outline(text="B", xmlUrl="  "))) == opml.Subscriptions()


@pytest.mark.parametrize(("body", "titles"), [
    ('<opml><body><outline text="Kopi & Teh" xmlUrl="https://a.example/?a=1&b=2"/></body></opml>', ["Kopi & Teh"]),
    ('<opml><outline text="Caf&eacute;&nbsp;&amp;&unknown; &#0;" xmlUrl="https://a.example/"/></opml>', ["Café &&unknown; \ufffd"]),
    ('\n\n junk <?xml version="1.0"?><opml><outline text="A\0B\x0b" xmlUrl="https://a.example/"/></opml>', ["AB"]),
    ('<opml><body><outline text="F"><outline text="A" xmlUrl="https://a.example/"></body></outline></wrong>', ["A"]),
    ('<opml><body><outline text="A" xmlUrl="https://a.example/"/><outline text="B" xmlUrl="https://b.exam', ["A"]),
    ('<opml><outline text="a < b > c & d &amp; e" xmlUrl="https://a.example/?a=1&b=2"/></opml>', ["a < b > c & d & e"]),
    ('<opml><outline text="1" text="2" xmlUrl="https://a.example/"/></opml>', ["2"]),
    ('<opml><outline text="a <b href="x">" xmlUrl="https://a.example/"/><outline text="B" xmlUrl="https://b.co/"/>', ["B"]),
    ('<opml><outline text=Kopi xmlUrl=https://a.example/><outline text="B" xmlUrl="https://b.co/"></opml>', ["Kopi", "B"]),
    ('<opml><head><title/></head><outline text="Kata "kutip" lain" xmlUrl="https://a.example/"/></opml>', ["Kata"]),
    ('<opml><head><title/></head><outline text="A" xmlUrl="https://a.example/"/></body></opml>', ["A"]),
    ('<opml><!-- <outline text="X" xmlUrl="https://x.example/"/> --><outline text="A" xmlUrl="https://a.example/"></opml>', ["A"]),
])  # fmt: skip
def test_what_is_not_quite_xml_is_read_and_told(body: str, titles: list[str]) -> None:
    found = opml.parse(body.encode())
    assert [feed.title for feed in found.feeds] == titles
    [problem] = found.problems
    assert problem.what.startswith("not quite XML")
    assert "line" in problem.where


def test_an_address_keeps_its_parameters_where_xml_is_broken() -> None:
    assert only(b'<opml><outline text="a < b" xmlUrl="https://a.example/?a=1&b=2&copy=3"/>').url == "https://a.example/?a=1&b=2&copy=3"


def test_damage_keeps_folders_and_names_its_line() -> None:
    body = '<opml>\n<outline text="F">\n<outline text="A" xmlUrl="https://a.example/">\n</outline>\n</opml>\n<outline text="B" xmlUrl="https://b.example/"/>'
    found = opml.parse(body.encode(), where="bawaan.opml")
    assert [feed.category for feed in found.feeds] == ["F", ""]
    assert found.problems[0].where.startswith("bawaan.opml: line 5")


@pytest.mark.parametrize(("head", "codec"), [
    ("", "utf-8"), ("", "utf-8-sig"), ("", "utf-16"), ("", "utf-16-le"), ("", "utf-16-be"),
    ('<?xml version="1.0" encoding="utf-16"?>', "utf-8"), ('<?xml version="1.0" encoding="ISO-8859-1"?>', "utf-8"),
    ('<?xml version="1.0" encoding="ISO-8859-1"?>', "latin-1"), ('<?xml version="1.0" encoding="UTF-8"?>', "cp1252"),
    ('<?xml version="1.0" encoding="gb-nonsense"?>', "cp1252"), ('<?xml version="1.0" encoding="punycode"?>', "cp1252"), ("", "cp1252"),
])  # fmt: skip
def test_an_encoding_is_found_out_whatever_the_file_says(head: str, codec: str) -> None:
    body = f"{head}<opml><body>{outline(text='Café susu', xmlUrl='https://a.example/')}</body></opml>"
    assert only(body.encode(codec)).title == "Café susu"


def test_other_scripts_in_their_own_encoding() -> None:
    body = f'<?xml version="1.0" encoding="Shift_JIS"?><opml>{outline(text="珈琲", xmlUrl="https://a.example/")}</opml>'
    assert only(body.encode("shift_jis")).title == "珈琲"


BOMB = '<!DOCTYPE o [<!ENTITY a "haha">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>"


@pytest.mark.parametrize(
    "head", [BOMB, '<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE o SYSTEM "http://127.0.0.1:9/o.dtd">']
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize("tail", ["</opml>", "</broken>"])
def test_entities_and_other_documents_are_refused(head: str, codec: str, tail: str) -> None:
    body = f"{head}<opml>{outline(text='&j;' if head == BOMB else '&a;' if 'passwd' in head else 'a', xmlUrl='https://a.example/')}{tail}"
    with pytest.raises(ConfigError, match="refused"):
        opml.parse(body.encode(codec))


@pytest.mark.parametrize(("body", "hint"), [
    (b'<rss version="2.0"><channel><title>x</title></channel></rss>', "curator feeds add URL"),
    (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "curator feeds add URL"),
    (b"<html><body/></html>", "export"),
    (b"<html><p>halo<br></html>", "export"),
    (b'{"feeds": []}', "export"),
    (b"", "export"),
    (b"\0" * 100, "export"),
    (b"https://a.example/feed\n", "export"),
])  # fmt: skip
def test_what_is_no_list_of_feeds_is_told(body: bytes, hint: str) -> None:
    with pytest.raises(ConfigError, match="not a list of feeds") as caught:
        opml.parse(body)
    assert hint in caught.value.problems[0].hint


def test_a_list_may_be_empty() -> None:
    assert opml.parse(b'<opml version="2.0"><head/><body/></opml>') == opml.Subscriptions()


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(ConfigError, match="larger than 4 MB"):
        opml.parse(b" " * 50_000_000)


HOSTILE = [
    b"<opml>" + b'<outline text="a">' * 100_000 + b'<outline xmlUrl="https://a.example/"/>' + b"</outline>" * 100_000 + b"</opml>",
    b"<opml><outline " + b" ".join(b'a%d="1"' % n for n in range(80_000)) + b">",
    b"<opml><outline " + b"a" * 1_000_000,
    b"<opml>" + b'<outline text="a">' * 30_000,
    b"<opml>" + b"&" * 500_000,
    b"<" * 1_000_000,
    b'<opml a="' * 100_000,
    b"<outline " * 100_000,
    b'<outline "' * 90_000,
    b"<outline a='\"" * 80_000,
    b"<!--" * 200_000,
    b"<a>" * 100_000,
]


@pytest.mark.parametrize("n", range(len(HOSTILE)))
def test_hostile_files_cost_no_time(n: int) -> None:
    start = time.process_time()
    try:
        assert len(opml.parse(HOSTILE[n]).feeds) == 1
    except ConfigError as e:
        assert "not a list of feeds" in str(e)  # noqa: PT017
    assert time.process_time() - start < 8


def test_folders_without_end_count_as_the_tenth() -> None:
    body = document('<outline text="a">' * 50 + outline(xmlUrl="https://a.example/") + "</outline>" * 50)
    assert only(body).category == " / ".join("a" * 10)


# --- writing ---

words = st.text("abc é<&>\"'/ \u202e\n", min_size=1, max_size=8).map(plain.line).filter(bool)
folders = st.lists(words.filter(lambda s: "/" not in s), max_size=3).map(" / ".join)
a_feed = st.builds(
    lambda n, title, places: Feed(
        url=f"https://a{n}.example/?b", title=title, category=(places or [""])[0], other_categories=tuple(places[1:])
    ),
    st.integers(0, 99),
    words,
    st.lists(folders.filter(bool), max_size=3, unique=True),
)
feeds = st.lists(a_feed, max_size=8, unique_by=lambda feed: feed.url)


def facts(feeds: Iterable[Feed]) -> list[tuple[str, str, set[str]]]:
    """What is kept of feeds, in a fixed order; which of several folders comes first is up to the file."""
    return sorted((feed.url, feed.title, {feed.category, *feed.other_categories}) for feed in feeds)


@given(feeds)
def test_what_is_built_is_read_back(wanted: list[Feed]) -> None:
    found = opml.parse(opml.build(wanted, "Kopi & <Senja>"))
    assert found.problems == ()
    assert facts(found.feeds) == facts(wanted)


@given(feeds, feeds)
def test_what_is_added_is_there_and_what_is_removed_is_as_if_it_never_was(first: list[Feed], more: list[Feed]) -> None:
    body = opml.build(first, "x")
    grown = opml.add(body, *more)
    known = {feed.url for feed in first}
    new = [feed for feed in more if feed.url not in known]
    assert facts(opml.parse(grown).feeds) == facts([*first, *new])
    for feed in more:
        grown = opml.remove(grown, feed.url)
    assert {feed.url for feed in opml.parse(grown).feeds} == known - {feed.url for feed in more}


def test_a_built_file_is_opml_2() -> None:
    first = Feed(url="https://a.example/rss", title="A & B", category="Kopi", site="https://a.example/")
    root = ET.fromstring(opml.build([first, Feed(url="https://b.example/")], "Senja"))
    assert (root.tag, root.get("version"), root.findtext("head/title")) == ("opml", "2.0", "Senja")
    assert root.find("body/outline/outline").attrib == {  # type: ignore[union-attr]
        "text": "A & B", "title": "A & B", "type": "rss", "xmlUrl": "https://a.example/rss", "htmlUrl": "https://a.example/",
    }  # fmt: skip
    assert root.findall("body/outline")[1].get("text") == "https://b.example/"


def test_adding_changes_nothing_but_a_line() -> None:
    grown = opml.add(KEPT.encode(), Feed(url="https://baru.example/feed", title="Baru & <enak>", category='Kopi "spesial"')).decode()
    line = '            <outline text="Baru &amp; &lt;enak&gt;" title="Baru &amp; &lt;enak&gt;" type="rss" xmlUrl="https://baru.example/feed"/>\n'
    assert grown.replace(line, "") == KEPT
    assert grown.index(line) > grown.index("Petani")


def test_a_new_feed_goes_to_the_body_and_makes_the_folders_that_are_missing() -> None:
    deep = Feed(url="https://b.example/", category='Kopi "spesial" / Alat / Mesin')
    grown = opml.add(KEPT.encode(), Feed(url="https://a.example/"), deep).decode()
    assert grown.splitlines()[9:15] == [
        '            <outline text="Alat">',
        '                <outline text="Mesin">',
        '                    <outline text="https://b.example/" title="https://b.example/" type="rss" xmlUrl="https://b.example/"/>',
        "                </outline>",
        "            </outline>",
        "        </outline>",
    ]
    assert (
        grown.splitlines()[-3]
        == '        <outline text="https://a.example/" title="https://a.example/" type="rss" xmlUrl="https://a.example/"/>'
    )


def test_a_folder_written_as_one_tag_is_opened() -> None:
    grown = opml.add(KEPT.encode(), Feed(url="https://a.example/", title="A", category="Kosong")).decode()
    assert '        <outline text="Kosong">\n            <outline text="A" ' in grown
    assert opml.parse(grown.encode()).feeds[-1].category == "Kosong"
    assert only(opml.add(b'<opml version="2.0"><body/></opml>', Feed(url="https://a.example/"))).url == "https://a.example/"
    assert only(opml.add(b'<opml version="2.0"/>', Feed(url="https://a.example/"))).url == "https://a.example/"


def test_what_is_there_is_not_added_again() -> None:
    body = KEPT.encode()
    assert opml.add(body, Feed(url="http://www.sangrai.example/feed/", title="Lain")) is body
    assert opml.parse(opml.add(body, *[Feed(url="https://a.example/", title=title) for title in "12"])).feeds[-1].title == "1"


def test_removing_changes_nothing_but_its_lines() -> None:
    assert opml.remove(KEPT.encode(), "https://kabar.example/rss?b=2&a=1").decode().splitlines() == [
        line for line in KEPT.splitlines() if "Kabar" not in line
    ]
    assert opml.remove(KEPT.encode(), "https://sangrai.example/feed").decode().splitlines() == [
        line for line in KEPT.splitlines() if "angrai" not in line and "note" not in line
    ]
    assert '<outline text="Kebun"></outline>' in opml.remove(KEPT.encode(), "https://petani.example/rss").decode()


def test_removing_what_is_not_there_changes_nothing() -> None:
    body = KEPT.encode()
    assert opml.remove(body, "https://lain.example/") is body


def test_every_copy_of_a_feed_is_removed() -> None:
    body = document(outline(xmlUrl="https://a.example/"), outline(xmlUrl="http://www.a.example"), outline(xmlUrl="https://b.example/"))
    assert only(opml.remove(body, "https://a.example/")).url == "https://b.example/"


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encoding_and_line_ends_stay(codec: str, newline: str) -> None:
    text = f"<opml>\n\t<body>\n\t\t{outline(text='Café', xmlUrl='https://a.example/')}\n\t</body>\n</opml>\n".replace("\n", newline)
    grown = opml.add(text.encode(codec), Feed(url="https://b.example/", title="珈琲"))
    assert [feed.title for feed in opml.parse(grown).feeds] == ["Café", "珈琲"]
    assert opml.remove(grown, "https://b.example/").decode(codec) == text
    assert grown.decode(codec).count(newline) == text.count(newline) + 1


def test_slips_are_mended_when_the_file_is_changed() -> None:
    grown = opml.add(b'<opml><body><outline text="A & B" xmlUrl="https://a.example/"/></body></opml>', Feed(url="https://b.example/"))
    assert [feed.url for feed in opml.parse(grown).feeds] == ["https://a.example/", "https://b.example/"]
    assert told(grown) == []


def test_a_damaged_file_is_not_changed() -> None:
    damaged = b'<opml><body><outline text="A" xmlUrl="https://a.example/"></body></opml>'
    for change in (lambda: opml.add(damaged, Feed(url="https://b.example/")), lambda: opml.remove(damaged, "https://a.example/")):
        with pytest.raises(ConfigError, match="not quite XML") as caught:
            change()
        assert caught.value.problems[0].hint == "mend this line first"


def test_a_feed_that_holds_others_is_not_removed() -> None:
    full = document('<outline text="A" xmlUrl="https://a.example/">' + outline(text="B", xmlUrl="https://b.example/") + "</outline>")
    for body in (full, full.replace(b"b.example", b"a.example")):
        with pytest.raises(ConfigError, match="contains other feeds"):
            opml.remove(body, "https://a.example/")


def test_only_web_addresses_are_added() -> None:
    with pytest.raises(ConfigError, match="is not a web address"):
        opml.add(KEPT.encode(), Feed(url="https://a.example/"), Feed(url="kopi.example/feed"))


LEAF = '<outline text="a" xmlUrl="https://a.example/"/>'
PIECES = ["<opml>", "</opml>", "<body>", "</body>", LEAF, '<outline text="F">', "</outline>", "<outline ", 'xmlUrl="https://b.example/"']
LITTER = ['"', "'", "&", "<", ">", "/>", "<!--", "-->", "\n", "<!DOCTYPE x>", "<![CDATA[", "é", "\0"]
pieces = st.lists(st.sampled_from(PIECES + LITTER), max_size=12).map(lambda parts: "".join(parts).encode())


@given(st.one_of(st.binary(max_size=200), pieces))
def test_no_bytes_make_anything_but_feeds_or_a_config_error(body: bytes) -> None:
    try:
        found = opml.parse(body).feeds
        grown = opml.add(body, Feed(url="https://c.example/"))
    except ConfigError as e:
        assert e.problems  # noqa: PT017
        return
    assert all(urls.web(feed.url) == feed.url for feed in found)
    assert [feed.url for feed in opml.parse(grown).feeds].count("https://c.example/") == 1
