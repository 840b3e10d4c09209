from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from curator.core.feed import Article, Entry, Feed, FeedDocument
from curator.core.text.urls import item_id
from curator.feeds.normalize import arrivals, name, settled, unknown, with_article, without_article

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
FEED = Feed(url="https://kabar.example/feed", title="Kabar")
LONG = "Petani kopi di Gayo menyangrai sendiri hasil panen mereka tahun ini. " * 30


def entry(link: str = "https://kabar.example/a", title: str = "Kopi naik", id: str = "", **more) -> Entry:  # noqa: A002
    return Entry(id=id, link=link, title=title, **more)


def taken(*entries: Entry, feed: Feed = FEED):
    return [a.item for a in arrivals(FeedDocument(format="rss 2.0", title="Kabar Pagi", lang="id", entries=entries), feed, NOW)]


def test_an_item_is_named_by_its_address_whatever_tracking_came_along():
    [item] = taken(entry("https://www.kabar.example/a?utm_source=rss#top"))
    assert item.id == item_id("https://kabar.example/a")
    assert item.url == "https://www.kabar.example/a"


def test_the_same_address_twice_in_one_feed_is_one_item():
    assert len(taken(entry(id="1"), entry("http://kabar.example/a/", id="2"))) == 1


def test_entries_that_share_a_live_page_are_told_apart_by_their_guids():
    items = taken(entry("https://kabar.example/live", "Gol", "tag:1"), entry("https://kabar.example/live", "Gol lagi", "tag:2"))
    assert len({item.id for item in items}) == 2
    assert {item.url for item in items} == {"https://kabar.example/live"}
    assert {item.depth for item in items} == {"article"}, "a page that several share is not read for one of them"


LIVE = "https://kabar.example/live"


def test_entries_without_guids_that_share_a_link_are_told_apart_by_title_date_or_text():
    later = NOW - timedelta(hours=1)
    minutes = [entry(LIVE, "Gol", published=NOW - timedelta(hours=2)), entry(LIVE, "Gol", published=later), entry(LIVE, "Peluit")]
    minutes += [
        entry(LIVE, "Peluit", summary="Babak kedua."),
        entry(f"{LIVE}?utm_source=rss", "Gol", published=later, summary="Dibatalkan."),
    ]
    items = taken(*minutes)
    assert len({item.id for item in items}) == 5
    assert {item.url for item in items} == {LIVE}
    assert [item.id for item in taken(*minutes)] == [item.id for item in items], "the same from day to day"


def test_a_guid_that_all_entries_have_tells_none_apart():
    items = taken(entry(LIVE, "Gol", "kabar"), entry(LIVE, "Gol lagi", "kabar"))
    assert len({item.id for item in items}) == 2
    assert {item.guid for item in items} == {""}


def test_guids_that_differ_by_their_fragment_tell_entries_of_one_page_apart():
    assert len({item.id for item in taken(entry(f"{LIVE}#1", "Gol", f"{LIVE}#1"), entry(f"{LIVE}#2", "Gol", f"{LIVE}#2"))}) == 2


def test_an_entry_that_links_to_the_front_page_of_its_feed_is_named_by_its_words():
    monday, tuesday = taken(entry("https://kabar.example", "Kaos Kucing")), taken(entry("https://www.kabar.example/", "Kaos Kereta"))
    assert monday[0].id != tuesday[0].id
    assert taken(entry("https://kopi.example/", "Kedai baru"))[0].id == item_id("https://kopi.example/"), "another site is a page"


def test_an_entry_that_repeats_another_word_for_word_is_kept_once():
    assert len(taken(entry(LIVE, "Gol"), entry(LIVE, "Gol"), entry("", "Catatan"), entry("", "Catatan"))) == 2


def test_a_known_entry_is_known_under_its_new_address_and_its_new_scheme():
    [kept] = taken(entry("http://kabar.example/a", id="http://kabar.example/?p=1"))
    [moved] = arrivals(
        FeedDocument(format="rss 2.0", entries=(entry("https://kabar.example/b", id="https://kabar.example/?p=1"),)), FEED, NOW
    )
    assert unknown([moved], {kept.id}, {name(kept)}) == []


def test_of_entries_without_guid_a_new_title_date_or_text_is_new():
    old = taken(entry(LIVE, "Gol", published=NOW - timedelta(hours=1)), entry(LIVE, "Peluit", summary="Babak pertama."))
    document = FeedDocument(
        format="rss 2.0",
        entries=(entry(LIVE, "Gol", published=NOW - timedelta(hours=1)), entry(LIVE, "Gol"), entry(LIVE, "Peluit", summary="Usai.")),
    )
    assert [a.item.title for a in unknown(arrivals(document, FEED, NOW), set(), set(map(name, old)))] == ["Gol", "Peluit"]


def test_guids_that_are_only_positions_name_nothing():
    monday = taken(entry("https://kabar.example/a", id="1"), entry("https://kabar.example/b", "B", id="2"))
    tuesday = taken(entry("https://kabar.example/b", "B", id="1"), entry("https://kabar.example/c", "C", id="2"))
    assert {i.id for i in monday} & {i.id for i in tuesday} == {item_id("https://kabar.example/b")}
    assert not any(item.guid for item in (*monday, *tuesday))


def test_an_entry_without_an_address_is_kept_under_its_title():
    [item] = taken(entry("", "Catatan singkat"))
    assert item.url == FEED.url
    assert item.id == taken(entry("", "Catatan singkat"))[0].id


def test_an_entry_without_a_title_gets_its_first_words():
    [item] = taken(entry(title="", summary="Antrean mengular sejak pagi. Lalu hujan."))
    assert item.title.startswith("Antrean mengular")


def test_an_entry_with_nothing_to_say_is_no_item():
    assert not taken(entry(title=""))


def test_a_date_ahead_of_the_clock_or_none_is_the_time_it_was_found():
    ahead, none = taken(entry(published=NOW + timedelta(days=300)), entry("https://kabar.example/b", "B"))
    assert ahead.published == none.published == NOW


def test_a_long_entry_brings_its_article_and_a_teaser_does_not():
    full, teaser = taken(entry(summary=LONG), entry("https://kabar.example/b", "B", summary=LONG[:900] + " Selengkapnya"))
    assert (full.depth, teaser.depth) == ("article", "entry")
    assert len(full.summary) <= 600


def test_a_persons_name_for_a_feed_goes_before_its_own():
    assert taken(entry())[0].source.title == "Kabar"
    assert taken(entry(), feed=replace(FEED, title=""))[0].source.title == "Kabar Pagi"


def test_what_was_kept_under_its_address_or_its_guid_is_not_new():
    document = FeedDocument(format="rss 2.0", entries=(entry(id="tag:1"), entry("https://kabar.example/b", "B", "tag:2")))
    arrived = arrivals(document, FEED, NOW)
    assert unknown(arrived, {arrived[0].item.id}, set()) == arrived[1:]
    assert unknown(arrived, set(), {name(arrived[1].item)}) == arrived[:1]


def test_a_page_fills_what_the_feed_left_open_and_changes_nothing_else():
    [item] = taken(entry(author="Rina"))
    page = Article(
        url=item.url,
        title="Judul lain",
        author="Budi",
        published=NOW - timedelta(days=2),
        text=LONG,
        words=300,
        image="https://k.example/i.jpg",
    )
    read = with_article(item, page)
    assert (read.title, read.author, read.published, read.words, read.depth) == (
        "Kopi naik",
        "Rina",
        NOW - timedelta(days=2),
        300,
        "article",
    )
    assert read.lang == "id"
    assert without_article(item) == replace(item, depth="failed")


def test_the_address_that_a_page_gives_itself_is_shared_and_never_a_distributors():
    [item] = taken(entry("https://kabar.example/amp/a?id=3"))
    [passed_on] = taken(entry("http://feedproxy.google.com/~r/kabar/~3/abc/"))
    page = Article(url="https://kabar.example/a?utm_source=feedburner", text=LONG)
    assert with_article(item, replace(page, canonical="https://kabar.example/kopi-naik")).url == "https://kabar.example/kopi-naik"
    assert with_article(item, page).url == item.url
    assert with_article(passed_on, page).url == "https://kabar.example/a"
    assert with_article(passed_on, replace(page, url="https://kabar.example/")).url == passed_on.url, "it leads to no page any more"


@given(
    st.lists(
        st.builds(
            Entry,
            id=st.text(max_size=6),
            link=st.sampled_from(["", "https://a.example/1", "https://a.example/2"]),
            title=st.text(max_size=8),
            summary=st.text(max_size=60),
        )
    )
)
def test_whatever_a_feed_says_every_item_has_an_identity_of_its_own_and_a_title(entries: list[Entry]):
    items = taken(*entries)
    assert len({item.id for item in items}) == len(items)
    assert all(item.title and item.published <= NOW for item in items)


def test_a_language_that_only_statistics_can_tell_is_left_open_by_the_worker_and_settled_for_what_is_new():
    spanish, plain = (
        Entry(id="", link=f"https://kabar.example/{n}", title=title)
        for n, title in enumerate(("Los precios del café suben esta semana en el mercado", "Harga kopi naik di pasar itu"))
    )
    document = FeedDocument(format="rss 2.0", title="Kabar Pagi", lang="id", entries=(spanish, plain))
    arrived = arrivals(document, FEED, NOW)
    assert [a.item.lang for a in arrived] == ["", "id"]
    assert [settled(a, document.lang).item.lang for a in arrived] == ["es", "id"]


def test_the_source_of_an_entry_from_a_news_search_is_its_outlet_and_that_of_a_feed_of_its_own_stays():
    found, own, plain_ = taken(
        entry(outlet="Koran Kota"), entry("https://kabar.example/b", outlet="KABAR pagi"), entry("https://kabar.example/c")
    )
    assert [item.source.title for item in (found, own, plain_)] == ["Koran Kota", "Kabar", "Kabar"]
    assert {item.source.feed for item in (found, own, plain_)} == {FEED.url}


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Kopi Gayo naik daun - Koran Kota", "Kopi Gayo naik daun"),
        ("Kopi Gayo naik daun | KORAN KOTA", "Kopi Gayo naik daun"),
        ("Kopi - Teh - Koran Kota", "Kopi - Teh"),
        ("Koran Kota", "Koran Kota"),
        ("Harga kopi di Koran Kota", "Harga kopi di Koran Kota"),
        ("Kopi naik - Harian Lain", "Kopi naik - Harian Lain"),
    ],
)
def test_an_item_of_a_news_search_has_its_headline_without_the_outlet_and_no_summary_that_repeats_it(title: str, headline: str):
    (found,) = taken(entry(title=title, outlet="Koran Kota", summary=f"{headline} Koran Kota"))
    assert (found.title, found.summary) == (headline, "")
