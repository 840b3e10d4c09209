"""What stands before a text goes from its excerpt; what belongs to it stays."""

import time

import pytest

from curator.core.text import openings, plain

TOLD = "Pemerintah kabupaten membagikan bibit kopi kepada delapan ratus petani."


@pytest.mark.parametrize(
    "dateline",
    [
        "Garut – ", "GARUT – ", "Garut, Jawa Barat - ", "GARUT, KABAR.com - ", "Garut (KABAR) - ", "KABAR.CO, Garut - ",
        "Garut, Kabar Indonesia -- ", "iKabar.id - ", "GARUT, (KK).- ", "GARUT, 12 Mei 2026 – ", "Garut, 12/5 (KABAR) - ", "(Kabar) – ",
        "KABAR.CO.ID - GARUT. ", "LONDON (Wire) - ", "NEW YORK, March 3 (Wire) — ", "ST. JOHN’S, N.L. — ",
    ],
)  # fmt: skip
def test_an_excerpt_begins_after_the_dateline(dateline: str) -> None:
    assert plain.excerpt(dateline + TOLD, "id") == TOLD
    assert plain.excerpt(f'{dateline}"Bibit ini gratis bagi semua petani," kata Sri.', "id").startswith('"Bibit')


@pytest.mark.parametrize(
    "told",
    [
        "Senin - Jumat buka pukul 08.00 sampai 17.00 di semua cabang.",
        "Kopi Tubruk – minuman yang diseduh tanpa saringan di seluruh pulau.",
        "Harga naik - Petani di lereng utara menjual lebih cepat dari biasanya.",
        "2024 - 2026 menjadi masa yang sulit bagi petani kopi di lereng.",
        "Bandung - Garut.",
        "By morning the fog had lifted and the pickers went out.",
        "17.000 petani menerima bibit pada musim hujan ini.",
        "Foto itu diambil oleh ayahnya pada tahun 1931.",
    ],
)
def test_a_text_that_only_resembles_a_dateline_or_a_credit_is_kept(told: str) -> None:
    assert plain.excerpt(told, "id") == told


@pytest.mark.parametrize(
    "byline", ["By Ida Wren | Published", "Oleh Sri Wahyuni", "Ida Wren / / Kebun", "Penulis: Sri Wahyuni", "Photo: Tom Okoro"]
)
def test_an_excerpt_begins_after_the_byline(byline: str) -> None:
    assert plain.excerpt(f"{byline}\n{TOLD}") == TOLD


@pytest.mark.parametrize("credit", [" (Foto: Kabar/Rudi)", " (Photo by Ida Wren)", " [Dok. Istimewa]", " (KABAR FOTO/Rudi)"])
def test_credits_of_photos_are_taken_out_of_sentences(credit: str) -> None:
    shown = openings.bare(f"Petani{credit} memanen kopi pada musim hujan ini.")
    assert shown == "Petani memanen kopi pada musim hujan ini."


def test_a_credit_before_the_first_sentence_goes() -> None:
    assert plain.excerpt(f"Foto: Kabar/Rudi. {TOLD}", "id") == TOLD


@pytest.mark.parametrize("rank", ["3. ", "3) ", "(3) ", "#3 "])
def test_a_rank_goes_where_it_is_no_ordinal(rank: str) -> None:
    assert plain.excerpt(f"{rank}Kopi susu paling laris.", "id") == "Kopi susu paling laris."
    assert plain.excerpt("3. Liga beginnt im Juli.", "de") == "3. Liga beginnt im Juli."


def test_a_text_of_nothing_but_a_byline_is_kept() -> None:
    assert plain.excerpt("By Ida Wren | Published") == "By Ida Wren | Published"


def test_labels_before_the_first_sentence_go_and_headings_after_it_stay() -> None:
    assert openings.without_labels(["Field notes", "12 rb kali ditonton ·", TOLD]) == [TOLD]
    assert openings.without_labels([TOLD, "Ida Wren / / Kebun", TOLD, "Lebih mahal sedikit", TOLD]) == [
        TOLD,
        TOLD,
        "Lebih mahal sedikit",
        TOLD,
    ]
    assert openings.without_labels(["1. Siapkan air", TOLD]) == ["1. Siapkan air", TOLD]


def test_a_text_of_labels_alone_is_kept() -> None:
    poem = ["gelas itu hangat", "sore menyelinap", "tanpa mengetuk", "ke dalamnya", "lalu pergi"]
    assert openings.without_labels(poem) == poem


@pytest.mark.parametrize("part", ["A ", "(foto: ", "A - ", "Foto: ", "#1 ", "A.b, ", "– "])
def test_nothing_hostile_takes_long(part: str) -> None:
    begin = time.perf_counter()
    openings.bare(part * 50_000)
    openings.without_labels([part * 50_000])
    assert time.perf_counter() - begin < 2
