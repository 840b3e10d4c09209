"""Platforms: the feed of what a person would paste, and handles that are no web addresses."""

import pytest

from curator.feeds import pages, platforms

CHANNEL = "UC" + "a1_-" * 5 + "xy"


@pytest.mark.parametrize(
    ("typed", "feed"),
    [
        ("@kedai@sosial.example", "https://sosial.example/@kedai.rss"),
        ("kedai@sosial.example", "https://sosial.example/@kedai.rss"),
        ("https://sosial.example/@kedai/", "https://sosial.example/@kedai.rss"),
        ("@kedai.bsky.social", "https://bsky.app/profile/kedai.bsky.social/rss"),
        ("bsky.app/profile/did:plc:abc123", "https://bsky.app/profile/did:plc:abc123/rss"),
        (f"https://m.youtube.com/channel/{CHANNEL}/videos?x=1", f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"),
        ("youtube.com/user/kedai", "https://www.youtube.com/feeds/videos.xml?user=kedai"),
        ("r/kopi", "https://www.reddit.com/r/kopi/.rss"),
        ("https://old.reddit.com/r/kopi/", "https://www.reddit.com/r/kopi/.rss"),
        ("reddit.com/u/kedai", "https://www.reddit.com/user/kedai/.rss"),
        ("kedai.substack.com/p/tulisan", "https://kedai.substack.com/feed"),
        ("substack.com/@kedai", "https://kedai.substack.com/feed"),
        ("medium.com/@kedai", "https://medium.com/feed/@kedai"),
        ("https://medium.com/kabar-kopi/tulisan-1a2b", "https://medium.com/feed/kabar-kopi"),
        ("medium.com/tag/kopi", "https://medium.com/feed/tag/kopi"),
        ("kedai.medium.com", "https://kedai.medium.com/feed"),
        ("https://kedai.wordpress.com/", "https://kedai.wordpress.com/feed/"),
        ("kedai.blogspot.co.id/2026/09/x.html", "https://kedai.blogspot.co.id/feeds/posts/default"),
        ("kedai.tumblr.com", "https://kedai.tumblr.com/rss"),
        ("https://www.tumblr.com/kedai/123/seduh", "https://kedai.tumblr.com/rss"),
        ("https://kedai.wordpress.com/2026/11/seduh/", "https://kedai.wordpress.com/feed/"),
        ("https://open.substack.com/pub/kedai/p/tulisan", "https://kedai.substack.com/feed"),
        ("https://bsky.app/profile/kedai.example/post/3k", "https://bsky.app/profile/kedai.example/rss"),
        ("https://sosial.example/@kedai/113", "https://sosial.example/@kedai.rss"),
        ("https://sosial.example/@kedai@lain.example", "https://lain.example/@kedai.rss"),
        ("https://www.reddit.com/r/kopi/comments/1/seduh/", "https://www.reddit.com/r/kopi/.rss"),
        ("u/kedai", "https://www.reddit.com/user/kedai/.rss"),
        ("https://youtube.com/playlist?si=x&list=PL1-a", "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1-a"),
        ("https://github.com/kedai/mesin/releases/tag/v1", "https://github.com/kedai/mesin/releases.atom"),
    ],
)
def test_a_page_or_handle_of_a_platform_leads_to_its_feed(typed: str, feed: str):
    account = platforms.account(platforms.address(typed))
    assert account
    assert account.feed() == feed


@pytest.mark.parametrize(
    "url",
    [
        "https://kedai.example/",
        "https://kedai.example/blog/@tag/x",
        "https://medium.com/feed/@kedai",
        "https://www.reddit.com/r/kopi/.rss",
        "https://sosial.example/@kedai.rss",
        "https://kedai.blogspot.com/feeds/posts/default",
        "https://www.youtube.com/results?search_query=kopi",
        "https://www.tumblr.com/tagged/kopi",
        "https://medium.com/p/1a2b",
        "https://notreddit.com.example/r/kopi",
    ],
)
def test_feeds_and_other_pages_are_left_as_they_are(url: str):
    assert platforms.account(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://t.me/kedai",
        "https://x.com/kedai",
        "https://www.instagram.com/kedai/",
        "https://www.tiktok.com/@kedai",
        "https://www.linkedin.com/company/kedai",
    ],
)
def test_a_platform_without_feeds_has_a_hint_with_the_name(url: str):
    account = platforms.account(url)
    assert account
    assert not account.feed()
    assert "kedai" in account.without_feed(url).hint


def test_the_id_of_a_channel_is_searched_in_its_page():
    account = platforms.account("https://www.youtube.com/@kedai")
    assert account
    assert account.feed() == account.feed(b"<html>") == ""
    assert account.feed(b'<meta itemprop="identifier" content="%b">' % CHANNEL.encode()).endswith(f"channel_id={CHANNEL}")
    video = platforms.account("https://youtu.be/dQw4w9WgXcQ?si=x")
    assert video
    assert video.feed(b'{"channelId":"%b"}' % CHANNEL.encode()).endswith(f"channel_id={CHANNEL}")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("kedai.example/blog", "https://kedai.example/blog"),
        ("http://a.example/@b@c.example", "http://a.example/@b@c.example"),
        ("feed:https://kedai.example/rss", "https://kedai.example/rss"),
        ("ftp://x", ""),
        ("", ""),
    ],
)
def test_what_is_typed_becomes_a_web_address_or_nothing(typed: str, address: str):
    assert platforms.address(typed) == address


def test_a_news_search_is_a_feed_with_its_words_language_and_country():
    feed = platforms.news("kopi & teh", "id", "id")
    assert feed.url == "https://news.google.com/rss/search?q=kopi+%26+teh&hl=id&gl=ID&ceid=ID:id"
    assert feed.title == "kopi & teh (Google News)"


@pytest.mark.parametrize("link", ["<" * 4000, "<a>;" * 1000, "<a>" + "; x=" * 1000, '<a>; rel="' * 300, "<a>" + ";" * 4000])
def test_a_hostile_link_header_names_nothing(link: str):
    assert pages.header_links(link, "https://kedai.example/") == ()
