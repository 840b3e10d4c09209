"""Messages in words: one instead of many, that fit their receiver, readable as text and as HTML."""

import re
from datetime import timedelta

import lxml.html
from msgspec.structs import replace
from support.samples import BRAND as SAMPLE
from support.samples import CARDS, MENTIONS, NOW, REPORT

from curator.core.brand import NotifyRules
from curator.core.feed import FeedState
from curator.core.notice import Notice
from curator.publishing.language import ENGLISH, Language
from curator.publishing.notify import due, wording

BRAND = replace(SAMPLE, language="en", notify=NotifyRules(urls=("env:MAIL",)))
REPORTS = {"2026-11-23": REPORT}
DEAD = FeedState(url="https://warta.example/feed.xml", title="Warta <b>Kopi</b>", gone=True, reason="gone for good (410)")


def everything() -> list[Notice]:
    found = due.mentions(BRAND, (), [due.of_mention(each, NOW) for each in MENTIONS], NOW)
    return [*due.reading_list(BRAND, (), REPORT, NOW), *due.feeds(BRAND, (), [DEAD], {}, NOW), *found]


def test_one_message_has_mentions_first_then_feeds_then_the_list() -> None:
    taken, text = wording.fitting(everything(), REPORTS, 100_000, ENGLISH)
    assert len(taken) == 4
    parts = [
        text.index(words)
        for words in ("Mentions\n", "Our brand: “Sejak program", "perhaps Our brand", "Feeds\n", "no longer answers", "20 stories")
    ]
    assert parts == sorted(parts)
    assert CARDS[0].title in text
    assert CARDS[0].url in text
    assert wording.title(BRAND, taken, REPORTS) == "Kopi Senja: 2 mentions, 20 stories, 1 feed"


def test_a_small_receiver_gets_what_fits_and_the_rest_in_its_next_messages() -> None:
    left, texts = everything(), []
    while left:
        taken, text = wording.fitting(left, REPORTS, 600, ENGLISH)
        texts.append(text)
        left = [each for each in left if each not in taken]
    assert all(len(text) <= 600 for text in texts)
    assert len(texts) > 1
    assert "".join(texts).count("“") == 2
    assert re.search(r"… and \d+ more: curator list$", texts[-1])


def test_at_least_one_notice_is_told_however_small_the_receiver_is() -> None:
    taken, _ = wording.fitting(everything(), REPORTS, 1, ENGLISH)
    assert len(taken) == 1


def test_the_page_of_a_mail_says_the_same_without_scripts_styles_or_pictures_from_elsewhere() -> None:
    taken, text = wording.fitting(everything(), REPORTS, 100_000, ENGLISH)
    made = wording.message("a-1", BRAND, taken, text, REPORTS, again=False)
    page = lxml.html.document_fromstring(made.html.encode())
    assert page.xpath("count(//script | //img | //link | //style | //iframe)") == 0
    links = page.xpath("//a/@href")
    assert len(links) == 22
    assert all(re.match("https?://", link) for link in links)
    assert page.xpath("//html/@lang") == ["en"]
    seen = " ".join(page.text_content().split())
    for words in (CARDS[1].title, MENTIONS[0].sentence, "Warta <b>Kopi</b>", '<script>alert("kopi")</script>'):
        assert " ".join(words.split()) in seen
    assert "reached you before" not in made.text + made.html


def test_a_message_that_is_sent_again_says_so_first() -> None:
    taken, text = wording.fitting(everything(), REPORTS, 100_000, ENGLISH)
    made = wording.message("a-1", BRAND, taken, text, REPORTS, again=True)
    assert made.text.startswith("This message may have reached you before")
    assert "may have reached you before" in made.html


def test_lists_of_several_days_come_in_their_order_and_lone_surrogates_break_nothing() -> None:
    yesterday = replace(REPORT, date=REPORT.date - timedelta(days=1), items=(replace(CARDS[0], title="Kopi \ud83d senja"),))
    reports = REPORTS | {"2026-11-22": yesterday}
    notices = [*due.reading_list(BRAND, (), yesterday, NOW - timedelta(days=1)), *due.reading_list(BRAND, (), REPORT, NOW)]
    taken, text = wording.fitting(notices, reports, 100_000, ENGLISH)
    made = wording.message("a-1", BRAND, taken, text, reports, again=False)
    assert made.text.index("22 November") < made.text.index("23 November")
    assert made.html.index("22 November") < made.html.index("23 November")
    assert made.text.encode()
    assert made.title == "Kopi Senja: 21 stories"


def test_a_hostile_title_calls_nobody_in_a_chat_and_hides_no_link() -> None:
    hostile = replace(
        CARDS[0], title="@everyone lihat <@123> [gratis](https://evil.example) @HERE @kopisenja", url="https://a.example/@here"
    )
    report = replace(REPORT, items=(hostile,))
    _, text = wording.fitting(due.reading_list(BRAND, (), report, NOW), {"2026-11-23": report}, 4000, ENGLISH)
    assert "＠everyone lihat <＠123> [gratis] (https://evil.example) ＠HERE @kopisenja" in text
    assert "https://a.example/@here" in text


def test_a_brand_that_posts_in_indonesian_gets_its_messages_in_indonesian() -> None:
    brand = replace(BRAND, language="id")
    taken, text = wording.fitting(everything(), REPORTS, 100_000, Language(code="id"))
    made = wording.message("a-1", brand, taken, text, REPORTS, again=True)
    assert made.title == "Kopi Senja: 2 penyebutan, 20 berita, 1 sumber"
    page = lxml.html.document_fromstring(made.html.encode())
    assert page.xpath("//html/@lang") == ["id"]
    for words in ("Pesan ini mungkin sudah sampai", "Penyebutan", "mungkin Our brand", "tidak lagi menjawab", "Senin, 23 November 2026"):
        assert words in made.text
        assert words in page.text_content()


def test_each_story_of_a_list_has_the_id_that_picks_it() -> None:
    taken, text = wording.fitting(everything(), REPORTS, 100_000, ENGLISH)
    made = wording.message("a-1", BRAND, taken, text, REPORTS, again=False)
    assert all(card.id in made.text and card.id in made.html for card in CARDS)
