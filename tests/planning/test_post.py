"""What a network takes, how it counts, and drafts that it takes whatever the item is."""

import string
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.parts import BRAND, NOW

from curator.config.values import NETWORKS
from curator.core.brand import CalendarRules, Topic
from curator.core.item import Item, Source
from curator.planning import post
from curator.planning.post import PostDraft, utm
from curator.planning.post.parts import hashtag, quoted

UTM = {"source": "{network}", "medium": "social", "campaign": "curated"}
DESK = replace(BRAND, calendar=CalendarRules(networks=("x", "bluesky"), utm=UTM))
QUOTE = "Panen di Gayo datang tiga minggu lebih cepat."
ITEM = Item(
    id="k3x9a2bq",
    url="https://kabar.example/kopi/panen?hal=2#atas",
    title="Petani kopi Gayo panen lebih awal",
    source=Source(title="Kabar Kopi", feed="https://kabar.example/feed"),
    published=NOW,
    found=NOW,
    author="Sari Dewi",
    lang="id",
    tags=("panen raya",),
)
FAMILY, RAINBOW, FLAG, WALES = "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇮🇩", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"
networks = st.sampled_from(sorted(post.networks.networks()))
titles = st.text(st.characters(exclude_categories=["Cs"]), max_size=400) | st.text("กี่๊ 한日،ا👩‍🍳#@.:/a", max_size=400)


def drafted(network: str = "x", *, item: Item = ITEM, evidence: str = QUOTE, kind: str = "", brand: Any = DESK, **more: Any) -> PostDraft:
    return post.compose(item, evidence, "Kopi", brand, network, NOW, kind, **more)


def refusals(draft: PostDraft) -> set[str]:
    return {p.rule for p in draft.problems}


# --- counting ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "weight"), [
    ("", 0), ("kopi susu", 9), ("kopi\nsusu", 9), ("Café", 4), ("Cafe\u0301", 4),
    ("日本語", 6), ("กาแฟ", 4), ("قهوة", 4), ("한국", 4), ("ｋ", 2), ("𝒦", 2),
    ("“kopi” – ‘susu’…", 17), ("€ ₿", 5), ("kopi\u200dsusu", 9), ("′″", 2),
    ("☕", 2), ("👍🏽", 2), (FAMILY, 2), (RAINBOW, 2), (FLAG, 2), (WALES, 2), ("1️⃣", 2), ("❤️", 2), ("©", 1), ("©️", 2), ("™", 2),
    (f"{FAMILY}{FLAG}{FLAG} kopi", 11),
    ("https://kopi.id", 23), ("http://kopi.id/" + "panjang/" * 40, 23), ("kopi.id", 23), ("Kopi.ID/menu", 23), ("www.kopi.co.id", 23),
    ("lihat kopi.id/menu?a=1&b=2#atas ya", 32), ("https://kopi.id:8443/a", 23), ("https://kopi.id.", 24), ("(https://kopi.id/a)", 25),
    ("https://id.wikipedia.org/wiki/Kopi_(minuman)", 23), ("https://kopi.id/a(b(c)d)", 23), ("https://kopi.id/menu, lalu", 29),
    ("https://kopi.id/a https://kopi.id/b", 47), ("https://пример.рф/кофе", 23), ("https://münchen.de/straße", 23),
    ("https://例え.jp/", 23), ("https://xn--r8jz45g.jp/", 23), ("https://kopi.id/日本", 27), ("飲む。kopi.id飲む", 33),
    ("https://t.co/aBc123", 23), ("https://t.co/aBc123/lagi", 28), ("https://t.co/aBc123?x=1", 23), ("https://t.co/" + "a" * 41, 54),
    ("halo@kopi.id", 12), ("@kopi.id", 8), ("#kopi.id", 8), ("$kopi.id", 8), ("-kopi.id", 8), ("/kopi.id", 8), ("kopi.idx", 8),
    ("https://kopi.tidakada/a", 23), ("tidak.ada", 9), ("1.500.000", 9), ("e.g. kopi", 9), ("J.K. Rowling", 12), ("https://", 8),
    ("https://" + "a" * 63 + ".id", 23), ("https://" + "a" * 64 + ".id", 75), ("https://" + "ü" * 63 + ".id", 74),
    ("https://kopi.id/" + "a" * 4080, 23), ("https://kopi.id/" + "a" * 4081, 4097),
    ("http://127.0.0.1:8600/a?b=c", 23), ("https://localhost/a", 23), ("https://kabar.example/a", 23), ("kabar.example", 13),
])  # fmt: skip
def test_x_weighs_a_text(text: str, weight: int) -> None:
    assert post.length(text, "x") == weight


@pytest.mark.parametrize(("network", "text", "length"), [
    ("bluesky", FAMILY + FLAG + "กี่" + "e\u0301", 4), ("bluesky", "https://kopi.id/menu", 20),
    ("mastodon", "https://kopi.id/" + "a" * 99, 23), ("mastodon", "kopi.id/menu", 12), ("mastodon", f"{FAMILY}a", 2),
    ("mastodon", "halo @senja@kopi.social!", 12), ("mastodon", "halo@kopi.id", 12), ("mastodon", "@senja @rani", 12),
    ("linkedin", "https://kopi.id/menu", 20), ("instagram", "日本", 2), ("facebook", "é", 1),
    ("threads", "kopi ☕", 8), ("threads", "日本", 2), ("tiktok", "👍", 2), ("telegram", "👍a", 3), ("youtube", "é☕", 5),
    ("pinterest", "kopi", 4), ("nowhere", "日本", 4),
])  # fmt: skip
def test_each_network_counts_in_its_own_way(network: str, text: str, length: int) -> None:
    assert post.length(text, network) == length


def test_every_network_of_the_calendar_has_rules_that_say_when_and_where_they_were_looked_up() -> None:
    rules = post.networks.networks()
    assert set(rules) == {*NETWORKS, "any"}
    assert all(r.source and datetime.strptime(r.checked, "%Y-%m").replace(tzinfo=UTC) for r in rules.values())
    limits = {name: post.limit(name) for name in ("x", "linkedin", "instagram", "threads", "mastodon", "bluesky", "facebook", "youtube")}
    assert limits == {
        "x": 280, "linkedin": 3000, "instagram": 2200, "threads": 500, "mastodon": 500, "bluesky": 300, "facebook": 63206, "youtube": 5000
    }  # fmt: skip


def test_what_a_network_refuses_is_told_with_how_much_it_is_too_much() -> None:
    (over,) = post.violations("a" * 300, "x")
    assert (over.rule, over.over, over.text) == ("length", 20, "20 too many: X takes 280")
    (heavy,) = post.violations(FAMILY * 130, "bluesky")
    assert (heavy.rule, heavy.over) == ("bytes", len(FAMILY.encode()) * 130 - 3000)
    tags = post.violations(" ".join(f"#kopi{n}" for n in range(7)), "instagram", has_media=True)
    assert [(o.rule, o.over) for o in tags] == [("hashtags", 2)]
    assert [o.rule for o in post.violations("kopi", "instagram")] == ["media"]
    assert [o.rule for o in post.violations(" \n", "x")] == ["empty"]


def test_a_link_that_cannot_be_clicked_is_pointed_out_and_refused_by_nobody() -> None:
    (found,) = post.violations("lihat https://kopi.id", "instagram", has_media=True)
    assert (found.rule, found.blocking) == ("links", False)
    assert post.violations("lihat https://kopi.id", "linkedin") == ()


@pytest.mark.parametrize(
    ("text", "n"), [("#kopi #susu", 2), ("#1 kopi", 0), ("#2026kopi", 1), ("C# a#b", 0), ("#กาแฟ＃日本", 1), ("&#39;", 0)]
)
def test_hashtags_are_counted_as_networks_do(text: str, n: int) -> None:
    assert sum(o.over for o in post.violations(text + " #a #b", "threads")) == n + 1


@given(st.text(max_size=200), networks)
def test_any_text_has_a_length(text: str, network: str) -> None:
    assert 0 <= post.length(text, network) <= 4 * len(text) + 23 * text.count(".") + 23


@pytest.mark.parametrize("part", ["a.", "https://a.", "a(", "(a)", "a-", "é.", "http://", "@a.b@", "#", "🇮", "👩‍"])
def test_a_hostile_text_is_counted_all_the_same(part: str) -> None:
    assert all(post.length(f"https://a.id/{part * 3000}", network) >= 23 for network in ("x", "mastodon"))


# --- the link ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("url", "tagged"), [
    ("https://k.id/a", "https://k.id/a?utm_source=x&utm_medium=social"),
    ("https://k.id/a?", "https://k.id/a?utm_source=x&utm_medium=social"),
    ("https://k.id/a?b=1&c#d?e", "https://k.id/a?b=1&c&utm_source=x&utm_medium=social#d?e"),
    ("https://k.id/?UTM_Source=kami", "https://k.id/?UTM_Source=kami&utm_medium=social"),
    ("https://k.id/?utm%5Fsource=&utm_medium=m", "https://k.id/?utm%5Fsource=&utm_medium=m"),
])  # fmt: skip
def test_a_link_gets_the_marks_it_does_not_have_yet(url: str, tagged: str) -> None:
    assert utm.tagged(url, {"source": "{network}", "medium": "social"}, {"network": "x"}) == tagged


def test_the_marks_may_say_network_brand_day_and_kind() -> None:
    patterns = {"campaign": "{brand}_{date}", "content": "{kind}", "source": "{network}"}
    late = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # the next day in Jakarta
    known = utm.fields(replace(DESK, name="Kopi Senja & Co"), "x", late, "soft-selling")
    tagged = utm.tagged("https://k.id/", patterns, known)
    assert tagged == "https://k.id/?utm_campaign=kopi-senja-co_2026-11-24&utm_content=soft-selling&utm_source=x"


def test_a_mark_of_which_something_is_not_known_yet_is_left_out() -> None:
    known = utm.fields(DESK, "x", None, "")
    assert utm.tagged("https://k.id/", {"campaign": "c-{date}", "content": "{kind}", "medium": "m"}, known) == "https://k.id/?utm_medium=m"


queries = st.lists(st.tuples(st.text(string.ascii_letters + "_%-é", min_size=1), st.text("ab+%20&=é日/?"[:8])), max_size=4)


@given(st.sampled_from(["", "/", "/a;b/c%20d/", "/日本"]), queries, st.text("a!?&=/%", max_size=6), st.text(min_size=1, max_size=12))
def test_nothing_else_in_a_link_changes(path: str, query: list[tuple[str, str]], fragment: str, value: str) -> None:
    url = f"https://kopi.id{path}" + ("?" + "&".join(f"{k}={v}" for k, v in query) if query else "") + (f"#{fragment}" if fragment else "")
    tagged = utm.tagged(url, {"source": "{network}", "medium": "{network}"}, {"network": value})
    before, after = urlsplit(url), urlsplit(tagged)
    assert (before.scheme, before.netloc, before.path, before.fragment) == (after.scheme, after.netloc, after.path, after.fragment)
    assert after.query.startswith(before.query)
    added = parse_qsl(after.query, keep_blank_values=True)[len(parse_qsl(before.query, keep_blank_values=True)) :]
    assert added == [("utm_source", value), ("utm_medium", value)]
    assert utm.tagged(tagged, {"source": "other", "medium": "other"}, {}) == tagged


# --- the parts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sentence", "quote"), [
    (QUOTE, f"“{QUOTE}”"),
    ("“Kopi itu teman,” kata Rani.", "“‘Kopi itu teman,’ kata Rani.”"), ("«Kopi itu teman.»", "“Kopi itu teman.”"),
    ("“Ya,” kata Rani, “tentu.”", "“‘Ya,’ kata Rani, ‘tentu.’”"), ('"…"', ""),
    (" ".join(["kopi"] * 24 + ["pagi,", "susu"]), "“" + " ".join(["kopi"] * 24 + ["pagi"]) + "…”"),
    ("咖啡是早晨的朋友。" * 6, "“" + "咖啡是早晨的朋友。" * 5 + "…”"),
    ("กาแฟ" * 60, ""), ("", ""), ("  ", ""), ("#Kopi #pagi kami", "“Kopi pagi kami”"),
])  # fmt: skip
def test_a_quotation_is_fair_and_never_cut_within_a_word(sentence: str, quote: str) -> None:
    assert quoted(sentence) == quote


@pytest.mark.parametrize(("phrase", "tag"), [
    ("petani kopi", "#PetaniKopi"), ("UMKM", "#UMKM"), ("kopi-susu gula", "#KopiSusuGula"), ("kopi", "#Kopi"), ("กาแฟ", "#กาแฟ"),
    ("قهوة عربية", "#قهوةعربية"), ("हिन्दी", "#हिन्दी"), ("2026", ""), ("…", ""), ("a very long name of a topic", ""), ("iPhone", "#IPhone"),
])  # fmt: skip
def test_a_hashtag_is_the_words_without_spaces(phrase: str, tag: str) -> None:
    assert hashtag(phrase) == tag


def test_a_draft_has_hook_quotation_credit_tagged_link_and_hashtags() -> None:
    draft = drafted("linkedin", evidence=f"  {QUOTE}\n")
    url = "https://kabar.example/kopi/panen?hal=2&utm_source=linkedin&utm_medium=social&utm_campaign=curated#atas"
    assert draft.text == (
        f"Petani kopi Gayo panen lebih awal\n\n“{QUOTE}”\n— Sari Dewi, Kabar Kopi\n\nBaca selengkapnya: {url}\n\n#PanenRaya #Kopi"
    )
    assert (draft.id, draft.url, draft.length, draft.limit, draft.problems) == ("k3x9a2bq", url, len(draft.text), 3000, ())


def test_the_labels_are_in_the_language_of_the_brand() -> None:
    assert "Read more: https://" in drafted(brand=replace(DESK, language="en")).text
    assert "Read more: https://" in drafted(brand=replace(DESK, language="fi")).text


def test_the_kind_shapes_the_post() -> None:
    lines = {kind: drafted("linkedin", kind=kind).text for kind in ("quote", "education", "soft-selling", "hard-selling")}
    assert lines["quote"].startswith(f"“{QUOTE}”\n— Sari Dewi, Kabar Kopi\n\nPetani kopi")
    assert f"Perlu diketahui: “{QUOTE}”" in lines["education"]
    assert "\n\nBagaimana menurutmu?\nBaca selengkapnya: " in lines["soft-selling"]
    assert "\n\nYuk, mampir ke Kopi Senja.\n" in lines["hard-selling"]
    assert drafted("linkedin", item=replace(ITEM, kind="quote")).text == lines["quote"]


def test_where_links_cannot_be_clicked_the_text_points_to_the_bio() -> None:
    draft = drafted("instagram")
    assert "://" not in draft.text
    assert "Tautan ada di bio." in draft.text
    assert "utm_source=instagram" in draft.url
    assert refusals(draft) == {"media"}
    assert refusals(drafted("instagram", item=replace(ITEM, image="https://kabar.example/a.jpg"))) == set()


def test_the_name_of_the_outlet_behind_a_title_is_not_part_of_the_hook() -> None:
    for title in ("Panen | raya - Kabar Kopi", "Panen | raya | kabar kopi"):
        assert drafted(item=replace(ITEM, title=title)).text.startswith("Panen | raya\n")


def test_a_quotation_that_is_the_title_is_not_said_twice() -> None:
    for evidence in (ITEM.title, "PANEN lebih awal"):
        text = drafted("linkedin", evidence=evidence).text
        assert text.startswith("Petani kopi Gayo panen lebih awal\n\nvia Sari Dewi, Kabar Kopi\n\nBaca")


def test_an_item_without_a_title_begins_with_its_sentence() -> None:
    assert drafted(item=replace(ITEM, title=" ")).text.startswith(f"“{QUOTE}”\n\nvia Sari")
    assert drafted(item=replace(ITEM, title="", url="https://k.id/"), evidence="").text.startswith("via Sari")


def test_another_ones_hashtags_become_words_and_an_address_is_no_author() -> None:
    text = drafted("linkedin", item=replace(ITEM, title="Panen #Gayo raya", author="redaksi@kabar.example")).text
    assert text.startswith("Panen Gayo raya\n")
    assert "\n— Kabar Kopi\n" in text


def test_hashtags_are_the_keywords_that_the_item_names_then_its_tags_then_its_topic() -> None:
    topics = (Topic(name="Kopi", about="kopi", keywords=("petani kopi", "espresso", "PANEN", "Panen Raya")),)
    text = drafted("linkedin", brand=replace(DESK, topics=topics)).text
    assert text.endswith("\n#PetaniKopi #PANEN #PanenRaya")


# --- fitting ----------------------------------------------------------------------------------------------------


def test_what_is_least_missed_goes_first_and_the_link_never() -> None:
    long = "Kata ketua koperasi panen di dataran tinggi itu datang tiga minggu lebih cepat karena hujan berhenti jauh sebelum Agustus."
    seen = [drafted(item=replace(ITEM, title="Gayo " * n), evidence=long).text for n in range(2, 60, 2)]
    assert f"“{long}”" in seen[0]
    marks = ("”", "…”", "Sari Dewi", "#PanenRaya", "#Kopi", "Baca selengkapnya", "Kabar Kopi")
    last = [max(n for n, text in enumerate(seen) if mark in text) for mark in marks if mark != "…”"]
    assert last == sorted(last)
    assert any("…”" in text for text in seen)
    assert all("https://kabar.example/kopi/panen?hal=2&utm_source=x" in text for text in seen)
    assert "Gayo…\n\nhttps" in seen[-1]


def test_a_quoting_post_loses_its_hook_before_its_quotation() -> None:
    text = drafted(item=replace(ITEM, title="Gayo " * 40), kind="quote").text
    assert text.startswith(f"“{QUOTE}”\n— Sari Dewi, Kabar Kopi\n\nBaca selengkapnya: https")


def test_a_link_too_long_with_its_marks_goes_without_them_and_one_too_long_at_all_beside_the_text() -> None:
    plain = "https://kabar.example/" + "a" * 250
    draft = drafted("bluesky", item=replace(ITEM, url=plain))
    assert draft.text.endswith(plain)
    assert draft.url.startswith(f"{plain}?utm_source=bluesky")
    beside = drafted("bluesky", item=replace(ITEM, url=plain * 2))
    assert beside.text == ITEM.title


@pytest.mark.parametrize("kind", ["", "quote", "education", "hard-selling"])
@given(title=titles, evidence=titles, author=titles, network=networks)
@example(title="x" * 400, evidence="x" * 400, author="", network="x")
@example(title="#a" * 200, evidence="#a #b " * 80, author="", network="threads")
@example(title=FAMILY * 150, evidence="", author="", network="bluesky")
@example(title="日本語" * 120, evidence="日本語、" * 90, author="日" * 90, network="any")
@example(title="a.id " * 80, evidence="", author="", network="x")
def test_a_draft_of_anything_fits_everywhere(kind: str, title: str, evidence: str, author: str, network: str) -> None:
    draft = drafted(network, item=replace(ITEM, title=title, author=author), evidence=evidence, kind=kind)
    assert refusals(draft) <= {"media"}
    assert 0 < draft.length <= draft.limit == post.limit(network)
    assert draft.length == post.length(draft.text, network)
    assert draft.text == draft.text.strip()
    assert (draft.url in draft.text) == post.networks.rules(network).clickable


# --- templates and own words --------------------------------------------------------------------------------------


def test_a_template_of_the_brand_lays_the_post_out() -> None:
    brand = replace(DESK, drafts={"x": "{hook} ({source})\n{quote}\n\n\n\n→ {link} {hashtags}\n{call}"})
    text = drafted(brand=brand).text
    assert text.startswith(f"Petani kopi Gayo panen lebih awal (Kabar Kopi)\n“{QUOTE}”\n\n→ https://kabar.example")
    assert text.endswith("#PanenRaya #Kopi")


@pytest.mark.parametrize("template", ["{hook}", "a" * 400 + "{link}", "#a #b #c {hook} {link}"])
@given(title=titles, network=networks)
def test_a_template_that_leaves_no_room_never_makes_a_draft_too_long(template: str, title: str, network: str) -> None:
    brand = replace(DESK, drafts={network: template})
    assert refusals(drafted(network, item=replace(ITEM, title=title), brand=brand)) <= {"media", "empty"}


def test_braces_in_a_title_are_only_braces() -> None:
    assert drafted(item=replace(ITEM, title="{link} {0} {"), evidence="").text.startswith("{link} {0} {\n")


def test_a_persons_own_words_stay_as_they_are_and_are_measured() -> None:
    own = "Kopi! " * 60
    draft = drafted(own=own)
    assert (draft.text, draft.length) == (own, 360)
    assert [(p.rule, p.over) for p in draft.problems] == [("length", 80)]
    assert "utm_source=x" in draft.url
