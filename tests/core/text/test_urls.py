"""Addresses: what is let in, what names the same page, and the id that stands for it."""

import base64
import time
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.text import urls

HOSTS = ["kopi.example", "www.kopi.example", "WWW.www.Kopi.Example.", "xn--p3b.example", "kopi.example:80", "[::1]:443", "a:b@x.example"]
HOSTS += ["m.kopi.example", "id.m.kopi.example", "amp.example", "youtu.be", "m.youtube.com", "www.google.co.id", "a.cdn.ampproject.org"]
HOSTS += ["kafé.example:8", "ｗｗｗ.kopi。example．"]
PATHS = ["/", "/index.html", "/index.php", "/2026", "/seduh manual", "/é", "/%e9", "//", "/..", "/default.aspx"]
PATHS += ["/amp", "/a.amp.html", "/amp/s/kopi.example", "/url"]
PARAMETERS = ["utm_source=x", "b=2", "a=1", "a", "=", "q=%E9", "q=é", "fbclid=1", "", "feed=rss2", "rss", "x=a+b", "x=a%20b"]
PARAMETERS += ["amp", "outputType=amp", "page=all", "v=dQw4w9WgXcQ", "url=https%3A%2F%2Fkopi.example%2Fa%3Famp%3D1", "srsltid=x"]
addresses = st.builds(
    "{}://{}{}?{}#{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(HOSTS),
    st.lists(st.sampled_from(PATHS), max_size=5).map("".join),
    st.lists(st.sampled_from(PARAMETERS), max_size=4).map("&".join),
    st.sampled_from(["", "top", "!/a", "!", "/a"]),
)
litter = st.text("htps:/\\@[]%.#?&=:0189 \u202eé\ud800\n", max_size=40)
anything = st.one_of(addresses, litter, st.text(), st.builds("http://{}".format, st.text(max_size=30)))


@given(anything, st.sampled_from(["", "https://kopi.example/blog/", "file:///etc/"]))
def test_only_web_addresses_with_a_host_are_let_in(url: str, base: str) -> None:
    kept = urls.web(url, base)
    if kept:
        parts = urlsplit(kept)
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        assert kept.isprintable()
        assert " " not in kept
        assert "\\" not in kept


@given(anything)
def test_letting_in_twice_changes_nothing(url: str) -> None:
    assert urls.web(urls.web(url)) == urls.web(url)


@given(anything)
def test_the_identity_of_an_identity_is_itself(url: str) -> None:
    assert urls.canonical(urls.canonical(url)) == urls.canonical(url)


@given(anything)
def test_an_id_is_eight_letters_and_digits_and_that_of_its_identity(url: str) -> None:
    found = urls.item_id(url)
    assert len(found) == 8
    assert set(found) <= set("0123456789abcdefghijklmnopqrstuvwxyz")
    assert found == urls.item_id(url) == urls.item_id(urls.canonical(url))


@given(addresses)
def test_a_tidied_address_stays_tidy_and_names_the_same_page(url: str) -> None:
    tidied = urls.tidy(urls.web(url))
    assert urls.tidy(tidied) == tidied
    assert urls.canonical(tidied) == urls.canonical(url)


def test_an_address_for_amp_in_two_ways_is_tidied_at_once() -> None:
    assert urls.tidy("https://kopi.example/a.amp.html/amp") == "https://kopi.example/a.html"


def test_characters_that_nobody_sees_make_no_other_page() -> None:
    assert urls.web("\ufeffhttps://kopi.example/ca\xadbai\u200b") == "https://kopi.example/ca%C2%ADbai"
    for address in ("https://kopi.example/cabai\u2060", "https://kopi.example/ca\xadbai", "https://kopi.example/%e2%80%8bcabai/"):
        assert urls.canonical(address) == "https://kopi.example/cabai"


def test_ids_are_for_ever() -> None:
    assert urls.item_id("https://kopi.example/artikel/seduh-manual") == "o1rhwhbv"
    assert urls.item_id("http://www.kopi.example/artikel/seduh-manual/?utm_source=x") == "o1rhwhbv"
    assert urls.item_id("https://kopi.example/artikel/seduh-manual", "kabar 2") != "o1rhwhbv"


@pytest.mark.parametrize(("url", "base", "kept"), [
    (" https://kopi.example/a b\n", "", "https://kopi.example/a%20b"),
    ("/artikel?x=1", "https://kopi.example/feed/", "https://kopi.example/artikel?x=1"),
    ("//cdn.kopi.example/a.jpg", "https://kopi.example/", "https://cdn.kopi.example/a.jpg"),
    ("HTTPS://Kopi.Example/É", "", "https://Kopi.Example/%C3%89"),
    ("https://kopi.example/%2F%zz", "", "https://kopi.example/%2F%zz"),
    ("http://kopi.example/x\r\nX-Injected: 1", "", "http://kopi.example/xX-Injected:%201"),
    ("https://u:p@kopi.example/pribadi.xml", "", "https://u:p@kopi.example/pribadi.xml"),
    ("https://स्वाद.example/", "", ""),  # a vowel sign is printable, the virama too
])  # fmt: skip
def test_a_web_address_is_completed_and_escaped(url: str, base: str, kept: str) -> None:
    assert urls.web(url, base) == (kept or url)


@pytest.mark.parametrize("url", [
    "", "   ", "javascript:alert(1)", "file:///etc/passwd", "exec:touch x", "/etc/passwd", "feed.xml", "ftp://kopi.example/",
    "data:text/html,x", "http://", "http:///x", "http://.", "http://:80/", "http://kopi.example:0/", "http://kopi.example:99999/", "http://kopi.example:８０/",
    "http://[::1", "http://[fe80::1%25eth0]/", "http://good.example\\@evil.example/", "http://good example/", "http://k\u202eopi.example/",
    "http://kopi\u00a0.example/", "http://%6bopi.example/", "http://<b>.example/", "http://kopi.example/\ud800",
    "https://kopi.example/" + "a" * 8000,
])  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert urls.web(url) == ""


def test_an_empty_link_is_not_the_address_of_its_site() -> None:
    assert urls.web("", "https://kopi.example/") == ""


@pytest.mark.parametrize("same", [
    "http://kopi.example/artikel", "https://www.kopi.example/artikel/", "https://KOPI.example:443/artikel#komentar", "http://kopi.example:80/artikel/index.html",
    "https://kopi.example/artikel?gad_source=1&gclsrc=aw.ds&srsltid=x&_hsenc=y", "https://kopi.example/artikel?jxrecoid=a&Fb_Action_Ids=1",
    "https://kopi.example/artikel/amp", "https://kopi.example/artikel/amp/?amp=1", "https://kopi.example/artikel.amp", "https://amp.kopi.example/artikel?amp",
    "https://kopi.example/artikel?outputType=amp", "https://www.google.com/amp/s/www.kopi.example/artikel/amp/", "https://google.co.id/amp/kopi.example/artikel",
    "https://www-kopi-example.cdn.ampproject.org/c/s/www.kopi.example/artikel?amp_js_v=0.1&usqp=mq331AQ", "https://m.kopi.example/artikel?page=all",
    "https://www.google.com/url?rct=j&sa=t&url=https://kopi.example/artikel%3Futm_source%3Dgoogle&ct=ga", "https://mobile.kopi.example/artikel?page=1",
    "https://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fwww.kopi.example%2fartikel&c=1", "https://l.facebook.com/l.php?u=https%3A%2F%2Fkopi.example%2Fartikel",
    "https://kopi.example/artikel/?utm_source=feed&utm_medium=rss&fbclid=abc", "https://kopi.example/artikel//index.php", "https://user@kopi.example/artikel",
    "https://kopi.example/amp/artikel", "https://wap.kopi.example/%61rtikel", "https://kopi.example/artikel;jsessionid=A1.b?PHPSESSID=c&source=rss",
    "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fkopi.example%2Fartikel&data=05", "http://https://kopi.example/artikel",
])  # fmt: skip
def test_addresses_of_the_same_page_have_one_identity(same: str) -> None:
    assert urls.canonical(same) == "https://kopi.example/artikel"


@pytest.mark.parametrize("other", [
    "https://kopi.example/", "https://kopi.example/Artikel", "https://kopi.example/artikel?p=1", "https://kopi.example:8080/artikel", "https://blog.kopi.example/artikel",
    "https://kopi.example/artikel#!/seduh", "https://kopi.example/artikel?q=%E9", "https://kopi.example/artikel?q=%E8",
    "https://kopi.example/artikel?page=2", "https://kopi.example/artikel?q=amp", "https://kopi.example/artikel#/seduh", "https://kopi.example/artikel?ref=3",
    "https://kopi.example/artikel?source=a", "https://kopi.example/artikel?sid=1", "https://kopi.example/artikelamp",
    "https://kopi.example/artikel/lamp", "https://kopi.example/amp",
    "https://kopi.example/artikel?m=1", "https://www.google.com/url?q=artikel", "https://kopi.example/artikel?pk_id=1", "https://kopi.example/url?url=https://kopi.example/artikel",
    "https://kopi.example/artikel?feed=rss2", "https://kopi.example/artikel?rss", "https://kopi.example/artikel?source=kabar",
    "https://kopi.example/%2Fartikel", "https://kopi.example/amp/", "https://kopi.example/artikel;bagian=2",
])  # fmt: skip
def test_addresses_of_other_pages_keep_theirs(other: str) -> None:
    assert urls.canonical(other) not in ("https://kopi.example/artikel", urls.canonical("https://kopi.example/artikel?q=%EA"))


@pytest.mark.parametrize("same", [
    "https://youtu.be/dQw4w9WgXcQ?si=kopi&t=30", "https://m.youtube.com/watch?feature=share&v=dQw4w9WgXcQ&list=PL1", "https://www.youtube.com/shorts/dQw4w9WgXcQ",
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
])  # fmt: skip
def test_a_video_is_one_page_wherever_it_is_shown(same: str) -> None:
    assert urls.canonical(same) == "https://youtube.com/watch?v=dQw4w9WgXcQ"


def test_pages_that_look_alike_but_show_different_things_stay_apart() -> None:
    alike = [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com/watch?v=dQw4w9WgXcR",
        "https://www.youtube.com/playlist?list=PL1",
    ]
    alike += ["https://kopi.blogspot.com/?m=1", "https://kopi.blogspot.com/", "https://amp.dev/", "https://kopi.example/?m=202611"]
    assert len({urls.canonical(url) for url in alike}) == len(alike)


@pytest.mark.parametrize(("published", "shared"), [
    ("https://www.google.com/amp/s/www.kopi.example/artikel/amp/", "https://www.kopi.example/artikel/"),
    ("https://www.google.com/url?sa=t&url=https://m.kopi.example/a%3Fid%3D3%26fbclid%3Dx", "https://m.kopi.example/a?id=3"),
    ("https://kopi.blogspot.com/2026/11/seduh.html?m=1", "https://kopi.blogspot.com/2026/11/seduh.html"),
    ("https://www.kopi.example/artikel?page=all&srsltid=x", "https://www.kopi.example/artikel?page=all"),
    ("https://x.com/kopi/status/1?s=20&t=abc", "https://x.com/kopi/status/1"),
    ("https://kopi.example/#/seduh", "https://kopi.example/#/seduh"),
])  # fmt: skip
def test_the_address_to_share_is_the_pages_own_without_tracking(published: str, shared: str) -> None:
    assert urls.tidy(published) == shared


def test_tidying_leaves_the_rest_of_the_query_as_it_was() -> None:
    assert urls.tidy("https://Kopi.example?b=%E9&utm_source=x&a=1+2&UTM_Medium=y&c#top") == "https://kopi.example/?b=%E9&a=1+2&c"


@pytest.mark.parametrize(("one", "other"), [
    ("https://twitter.com/kopi/status/1?s=20", "https://x.com/kopi/status/1"),
    ("https://old.reddit.com/r/kopi/comments/1/", "https://www.reddit.com/r/kopi/comments/1"),
    ("https://kopi.blogspot.co.id/2026/11/seduh.html", "https://kopi.blogspot.com/2026/11/seduh.html?m=1"),
    ("https://kopi.example/caf%c3%a9", "https://kopi.example/café"),
    ("https://KAFÉ.example:443/a", "https://xn--kaf-dma.example/a"),
    ("https://ｗｗｗ.kopi.example/a", "http://kopi。example/a"),
    ("https://straße.example:8443/a", "https://xn--strae-oqa.example:8443/a"),
])  # fmt: skip
def test_a_page_under_two_names_is_one(one: str, other: str) -> None:
    assert urls.canonical(one) == urls.canonical(other)


def news(text: bytes, length: bytes, after: bytes = b"\xd2\x01\x00") -> str:
    """An address of Google News whose id holds this text."""
    name = base64.urlsafe_b64encode(b"\x08\x13\x22" + length + text + after).decode().rstrip("=")
    return f"https://news.google.com/rss/articles/{name}?oc=5&hl=id"


def test_an_id_of_google_news_that_holds_the_address_names_that_page() -> None:
    assert urls.tidy(news(b"https://www.kopi.example/a?utm_source=x", b"\x27")) == "https://www.kopi.example/a"
    long = b"https://kopi.example/" + b"a" * 179
    assert urls.unwrapped(news(long, b"\xc8\x01")) == long.decode()
    assert urls.unwrapped("https://kopi.example/a") == "https://kopi.example/a"


@pytest.mark.parametrize("text", [b"AU_yqLMxyz" * 5, b"javascript:alert(1)//", b"http://", b"https://\xff\xfe.example/" + b"a" * 20])
def test_other_ids_of_google_news_stay_as_they_are(text: bytes) -> None:
    assert urls.unwrapped(news(text, bytes([len(text)]))) == news(text, bytes([len(text)]))


def test_a_scheme_alone_is_no_address_even_beside_a_base() -> None:
    for link in ("https://", "http:", "HTTPS:///"):
        assert urls.web(link, "https://kopi.example/feed") == ""


def test_a_guid_is_its_own_identity() -> None:
    assert urls.canonical("tag:kopi.example,2026:[1") == "tag:kopi.example,2026:[1"
    assert urls.item_id("http://[1") != urls.item_id("http://[2")


def test_hosts_are_named_for_politeness_and_for_people() -> None:
    assert urls.host("http://WWW.Kopi.example:80/x") == "www.kopi.example"
    assert urls.host("http://kopi.example:8080/") == "kopi.example:8080"
    assert urls.host("http://[::1]:8080/") == "[::1]:8080"
    assert urls.domain("https://www.kopi.example.:8443/x") == "kopi.example"
    assert urls.domain("https://www.com/") == "www.com"


HOSTILE = ["/" * 7900, "/index.php" * 780, "?" + "a&" * 3900, "?" + "&" * 7900, "/" + "%" * 7900, "/amp" * 1900, "/a" + ".amp" * 1900]


@pytest.mark.parametrize("path", [*HOSTILE, "/url?url=" + "https://google.com/url?url=" * 290])
def test_hostile_addresses_cost_no_time(path: str) -> None:
    def cost() -> float:
        urls.canonical.cache_clear()
        start = time.thread_time()
        urls.item_id(f"https://google.com{path}")
        return time.thread_time() - start

    assert min(cost() for _ in range(3)) < 0.5  # the collector may have run in one of them


def test_short_links_and_sites_that_everybody_links_to_are_known():
    assert urls.is_short("https://buff.ly/3x")
    assert not urls.is_short("https://buffer.com/x")
    assert urls.is_everywhere("https://id.m.wikipedia.org/wiki/Kopi")
    assert not urls.is_everywhere("https://kopisenja.example/")
