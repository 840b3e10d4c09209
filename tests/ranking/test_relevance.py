import numpy as np
import pytest
from msgspec.structs import replace
from support import bundled
from support.parts import BRAND, NOW, Quiet, WordCounter, ensemble

from curator import config
from curator.config import keys
from curator.core.brand import Brand, Topic
from curator.core.errors import ConfigError
from curator.core.item import Item, Source
from curator.core.protocols import Changes
from curator.core.text.urls import item_id
from curator.ranking import passages as passages_of_items
from curator.ranking import relevance
from curator.ranking.embed import EncoderEnsemble
from curator.ranking.embed.cache import CachedEncoder
from curator.ranking.passages import first_passage, later_passages
from curator.ranking.pipeline import Ranker
from curator.ranking.relevance import Relevance
from curator.storage.memory import MemoryStore
from curator.storage.spaces import MemorySpaces
from curator.storage.vectors import MemoryVectors

LEAST = '[brand]\nname = "Senja"\n[[topics]]\nname = "Kopi"\n'
URL = "https://kabar.example/tenun"


def kept(url: str, text: str) -> Item:
    return Item(id=item_id(url), url=url, title=text, source=Source(title="Kabar", feed="f"), published=NOW, found=NOW, lang="id")


def told(notes: list[str]) -> Quiet:
    progress = Quiet()
    progress.note = notes.append  # type: ignore[method-assign]
    return progress


def fit_of(text: str, topic: Topic) -> float:
    brand = Brand(name="Senja", topics=(topic,))
    return Ranker(brand, ensemble(WordCounter())).score([kept("https://kabar.example/x", text)], {}, NOW).ranked[0].score.fits[0].fit


@pytest.mark.parametrize(
    ("about", "wordings"), [('"kopi"', ("kopi",)), ('["kopi petani", "coffee farmers"]', ("kopi petani", "coffee farmers"))]
)
def test_a_topic_is_described_by_one_text_or_several(about: str, wordings: tuple[str, ...]):
    assert config.parse(f"{LEAST}about = {about}\n".encode()).topics[0].wordings == wordings


@pytest.mark.parametrize("about", ["[]", '""', '["kopi", ""]', "3", "[3]"])
def test_a_topic_that_is_not_described_is_a_problem_at_its_key(about: str):
    with pytest.raises(ConfigError) as error:
        config.parse(f"{LEAST}about = {about}\n".encode())
    assert "topics[1].about" in error.value.problems[0].where


def test_examples_are_ids_or_addresses():
    [topic] = config.parse(f'{LEAST}about = "kopi"\nexamples = ["K3X9A2BQ", "{URL}"]\n'.encode()).topics
    assert topic.examples == ("k3x9a2bq", URL)
    with pytest.raises(ConfigError, match="neither the id nor the address"):
        config.parse(f'{LEAST}about = "kopi"\nexamples = ["kedai kami"]\n'.encode())
    assert "examples" in keys.KEYS["topics"]


def test_several_wordings_meet_what_each_of_them_asks_for():
    both = Topic(name="t", about=("tenun ikat", "gelas isi ulang"))
    for text, alone in (("tenun ikat sumba", "gelas isi ulang"), ("gelas isi ulang", "tenun ikat")):
        assert fit_of(text, both) > fit_of(text, Topic(name="t", about=alone))


def test_what_resembles_an_example_fits_better_and_what_does_not_fits_no_better():
    plain = Topic(name="Kain", about="perajin kain")
    shown = replace(plain, shown=("tenun ikat sumba motif kuda",))
    assert fit_of("tenun ikat motif kuda", shown) > fit_of("tenun ikat motif kuda", plain)
    assert fit_of("timnas menang tiga gol", shown) <= fit_of("timnas menang tiga gol", plain)


def test_a_topic_without_examples_is_untouched_by_those_of_another():
    coffee, refill = BRAND.topics
    text = kept("https://kabar.example/x", "kopi petani")
    engine = ensemble(WordCounter())
    alone, beside = (
        Ranker(replace(BRAND, topics=(coffee, other)), engine).score([text], {}, NOW).ranked[0].score.fits
        for other in (refill, replace(refill, shown=("gelas kaca",)))
    )
    assert {f.topic: f.fit for f in alone}["Kopi"] == pytest.approx({f.topic: f.fit for f in beside}["Kopi"], abs=1e-6)


def test_examples_are_looked_up_by_address_or_id_and_what_is_not_kept_is_told():
    store, notes = MemoryStore(), list[str]()
    item = kept(URL, "Tenun ikat Sumba")
    store.commit(Changes(items=(item,), texts={item.id: "Motif kuda delapan bulan."}))
    topic = Topic(name="Kain", about="kain", examples=(f"{URL}?utm_source=x", item.id[:5], "zzzzzzzz"))
    briefed = relevance.with_examples(Brand(name="Senja", topics=(topic,)), store, told(notes))
    assert briefed.topics[0].shown == ("Tenun ikat Sumba\nMotif kuda delapan bulan.",) * 2
    assert notes == ["Kain: no kept item is meant by the example zzzzzzzz (curator save URL)"]


class Counted(WordCounter):
    """Remembers what it was asked to read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed(self, texts, role):  # type: ignore[no-untyped-def]
        self.read += texts if role == "document" else []
        return super().embed(texts, role)


def test_a_long_text_that_gives_hope_and_leaves_doubt_is_read_on_and_no_other(monkeypatch: pytest.MonkeyPatch):
    encoder = Counted()
    scorer = Relevance(Brand(name="Senja", topics=(Topic(name="Kopi", about="kopi petani seduh"),)), ensemble(encoder))
    texts = {"doubt": "kopi petani seduh " * 120, "short": "kopi", "hopeless": "bola " * 400, "sure": "kopi petani " * 150}
    items = [replace(kept(f"https://kabar.example/{id_}", ""), id=id_) for id_ in texts]
    first = np.array([[0.4], [0.6], [0.05], [0.9]])
    monkeypatch.setattr(scorer, "_fits", lambda topics, encoded, texts: first if len(encoder.read) <= 4 else np.array([[0.8], [0.6]]))
    _, fits = scorer.of_items(items, texts)
    assert encoder.read[4:] == list(later_passages(items[0], texts["doubt"]))
    assert fits[:, 0].tolist() == pytest.approx([(0.4 + 0.8 + 0.6) / 3, 0.6, 0.05, 0.9])
    assert first[0, 0] == 0.4


def test_reading_on_for_one_topic_leaves_the_fits_to_its_siblings_as_they_are():
    documents = [("first", "second"), ("first", "second")]
    first = np.array([[0.5, 0.02], [0.5, 0.9]])
    found = relevance._averaged(first, documents, lambda texts: np.full((len(texts), 2), 0.3))
    assert found.tolist() == [[0.4, 0.02], [0.4, 0.9]]


def test_the_passages_of_a_text_are_its_beginning_without_a_gap():
    one = kept(URL, "Tenun ikat")
    text = "kata" * 2000
    passages = [first_passage(one, text), *later_passages(one, text)]
    assert "".join(passages) == f"Tenun ikat\n{text}"[: passages_of_items.PASSAGES * passages_of_items.READ]
    assert later_passages(one, text[: passages_of_items.READ]) == ()


def test_a_point_that_comes_late_is_not_missed():
    brand = Brand(name="Senja", topics=(Topic(name="Kopi", about="kopi petani seduh"),))
    late = "kopi " * 20 + "ladang " * 130 + "kopi petani seduh " * 150
    item = kept(URL, "Sehari di ladang")

    def fit(text: str) -> float:
        return Ranker(brand, ensemble(WordCounter())).score([item], {item.id: text}, NOW).ranked[0].score.fits[0].fit

    assert relevance.HOPE <= fit(late[:950]) < relevance.SURE
    assert fit(late) > fit(late[:950]) + 0.1


def test_what_was_embedded_before_words_were_kept_has_vectors_and_no_fit_until_it_is_read_again():
    first, second = bundled.engine().encoders
    brand = Brand(name="Senja", topics=(Topic(name="Kopi", about="Petani kopi, roasting, cara seduh"),))
    vectors, item = MemoryVectors(), kept(URL, "Petani kopi memanen arabika di lereng")

    def opened(words: MemoryVectors) -> Relevance:
        cached = CachedEncoder(first.name, lambda: bundled.engine().encoders[0]._loaded(), vectors, dim=first.dim, words=words)
        return Relevance(brand, EncoderEnsemble((cached, second), MemorySpaces()))

    _, before = opened(MemoryVectors()).of_items([item], {})
    later = opened(MemoryVectors())
    recalled = later.recall([item], {}, embed_topics=True)
    assert recalled.positions == [0]
    assert recalled.fits is not None
    assert np.isnan(recalled.fits).all()
    assert later.named(recalled.fits) == [()]
    assert later.of_items([item], {})[1] == pytest.approx(before)
    assert later.recall([item], {}).fits == pytest.approx(before)
