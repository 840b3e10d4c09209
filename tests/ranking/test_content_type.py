"""What kind of content an item would make: by form, by meaning, and by what a person said of others."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from support.parts import BRAND, NOW, Web, WordCounter, desk, ensemble

from curator.config import parse
from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.errors import ConfigError
from curator.core.item import Item, Source
from curator.core.post import Decision, ItemState, Verdict
from curator.core.protocols import Changes
from curator.core.story import Score, ScoredItem
from curator.planning import decisions as planning_decisions
from curator.ranking import content_type, pipeline
from curator.ranking.pipeline import ScoredItems

PROMO = "Diskon 50% untuk mesin espresso, hanya tiga hari\nPotongan harga dengan kode HEMAT50, gratis ongkir."
GUIDE = "Lima cara menyimpan biji kopi\nLangkah pertama, hindari cahaya. Begini tahapan berikutnya."
SPEECH = '"Kopi itu soal sabar," kata barista juara\n"Orang ingin cepat, padahal biji punya waktunya sendiri," ujar Ratri.'
STORY = "Kisah kedai di gang sempit\nSuasana pagi itu hangat, dan nenek menyimpan kenangan tentang tetangga."


def proposed(*texts: str, brand: Brand = BRAND, said: content_type.Corrections | None = None) -> list[content_type.ContentTypeProposal]:
    engine, topics = ensemble(WordCounter()), content_type.as_topics(brand)
    seen = engine.embed_texts(texts)
    return content_type.propose(texts, seen, [t.name for t in topics], engine.embed_topics(topics), engine.calibration(seen), said)


def test_the_form_of_a_text_tells_its_kind_in_both_languages() -> None:
    assert [p.kind for p in proposed(GUIDE, SPEECH, STORY, PROMO)] == ["education", "quote", "soft-selling", "hard-selling"]
    english = (
        "How to dial in a grinder: a beginner's guide\nSteps and mistakes to avoid.",
        "“We roast for the farmer first,” says the judge\n“If the grower cannot eat, the cup is a lie,” she told us.",
        "Meet the sisters and their neighbourhood café\nA story of family, memories and regulars.",
        "Black Friday: 40% off every grinder\nUse code GRIND40, free shipping while stocks last. Order now.",
    )
    assert [p.kind for p in proposed(*english)] == ["education", "quote", "soft-selling", "hard-selling"]


@pytest.mark.parametrize("text", ["", "\n", "星期二的咖啡", "قهوة الصباح", "กาแฟยามเช้า", "☕️🔥"])
def test_a_text_that_says_nothing_gets_a_kind_with_little_confidence(text: str) -> None:
    (proposal,) = proposed(text)
    assert proposal.kind in content_type.EXAMPLES
    assert proposal.confidence < 0.9


def test_the_kinds_are_those_of_the_mix_and_are_what_the_brand_says_they_are() -> None:
    brand = replace(BRAND, mix={"education": 0.5, "dapur": 0.5}, kinds={"dapur": "dapur tungku wajan panci"})
    assert [topic.name for topic in content_type.as_topics(brand)] == ["education", "dapur"]
    assert proposed("Wajan dan panci di dapur\nTungku tungku dapur wajan panci wajan", brand=brand)[0].kind == "dapur"
    assert [topic.name for topic in content_type.as_topics(replace(BRAND, mix={}))] == list(content_type.EXAMPLES)


def test_what_a_person_said_of_an_item_moves_those_like_it_and_no_others() -> None:
    about = "Ampas kopi jadi pupuk jamur tiram di lereng gunung"
    alike, other = "Ampas kopi jadi pupuk jamur tiram di kebun warga", "Konser musik keroncong di alun kota lama"
    before = proposed(alike, other)
    seen = ensemble(WordCounter()).embed_texts([about])
    after = proposed(alike, other, said=content_type.Corrections(kinds=("hard-selling",), vectors=seen))
    assert before[0].kind != "hard-selling" == after[0].kind
    assert after[1] == before[1]


def test_a_kind_that_left_the_mix_teaches_nothing() -> None:
    said = content_type.Corrections(kinds=("podcast",), vectors=ensemble(WordCounter()).embed_texts([GUIDE]))
    assert proposed(GUIDE, said=said) == proposed(GUIDE)


# --- whose word it is -------------------------------------------------------------------------------------------------------


def made(number: int, item: str, verdict: Verdict, before: str) -> Decision:
    return Decision(number=number, command=number, at=NOW, item=item, verdict=verdict, before=ItemState(kind=before))


def test_a_kind_is_a_persons_where_a_decision_changed_it() -> None:
    decisions = [
        made(1, "said", "kind", "quote"),
        made(2, "said", "tag", "education"),
        made(3, "kept", "kind", "quote"),
        made(4, "picked", "pick", "education"),
        made(5, "let", "pick", "quote"),
        made(6, "twice", "kind", "quote"),
        made(7, "twice", "kind", "education"),
    ]
    now = {"said": "education", "kept": "quote", "picked": "soft-selling", "let": "quote", "twice": "quote", "none": "quote"}
    assert content_type.given_by_user(decisions, now) == {"said": "education", "kept": "quote", "picked": "soft-selling", "twice": "quote"}


def item(id_: str, text: str, **more: object) -> Item:
    title, _, summary = text.partition("\n")
    source = Source(title="Kabar Kedai", feed="https://kabar.example/feed")
    known = {"id": id_, "url": f"https://kabar.example/{id_}", "published": NOW, "found": NOW, "lang": "id"}
    return Item(title=title, summary=summary, source=source, **known | more)  # type: ignore[arg-type]


def judged(home: Context, *items: Item) -> ScoredItems:
    texts = tuple(i.summary for i in items)
    ranked = tuple(ScoredItem(item=i, score=Score(total=0.8, topic="Kopi", fits=())) for i in items)
    return ScoredItems(ranked=ranked, texts=texts, vectors=home.engine().embed_texts([f"{i.title}\n{i.summary}" for i in items]))


def given(home: Context, *items: Item) -> dict[str, str]:
    found = content_type.with_content_types(judged(home, *items), home.brand, home.engine(), home.store, NOW, floor=pipeline.FLOOR)
    return {r.item.id: r.item.kind for r in found.ranked}


def test_items_get_a_kind_and_a_persons_word_is_never_overwritten() -> None:
    home = desk(Web())
    promo, guide = item("aaaa1111", PROMO), item("bbbb2222", GUIDE, found=NOW - timedelta(days=30))
    assert given(home, promo, guide) == {"aaaa1111": "hard-selling", "bbbb2222": "education"}
    home.store.commit(Changes(items=(promo, guide), texts={"aaaa1111": promo.summary, "bbbb2222": guide.summary}))
    planning_decisions.kind(home, ["aaaa1111"], "quote", NOW)
    assert given(home, promo, guide)["aaaa1111"] == "quote"
    planning_decisions.undo(home, NOW)
    assert given(home, promo, guide)["aaaa1111"] == "hard-selling"


def test_what_fits_nothing_is_left_without_a_kind() -> None:
    home = desk(Web())
    low = judged(home, item("aaaa1111", PROMO))
    low = replace(low, ranked=tuple(replace(r, score=replace(r.score, total=0.1)) for r in low.ranked))
    assert content_type.with_content_types(low, home.brand, home.engine(), home.store, NOW, floor=pipeline.FLOOR) == low


# --- brand.toml --------------------------------------------------------------------------------------------------------------

LEAST = '[brand]\nname = "Kopi"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n'


def test_a_kind_is_a_share_or_a_share_and_what_it_is() -> None:
    brand = parse(f'{LEAST}[mix]\neducation = 0.4\ndapur = {{ share = 0.3, about = "cerita dapur kami" }}\n'.encode())
    assert brand.mix == {"education": 0.4, "dapur": 0.3}
    assert brand.kinds == {"dapur": "cerita dapur kami"}


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("education = 2", "mix.education"),
        ('education = { about = "x" }', "mix.education.share"),
        ('education = { share = 0.3, abuot = "x" }', "mix.education.abuot"),
        ("education = { share = 0.7 }\nquote = 0.7", "mix"),
    ],
)
def test_a_kind_that_cannot_be_read_is_told_by_its_key(line: str, where: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(f"{LEAST}[mix]\n{line}\n".encode())
    assert [problem.where for problem in refused.value.problems] == [f"brand.toml: {where}"]
