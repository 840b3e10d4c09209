"""What some texts share and hardly any other has."""

from curator.core.text import phrases

REST = [f"Berita nomor {n} tentang cuaca dan lalu lintas kota" for n in "abcdefghijklmnopqrst"]


def test_a_pair_of_words_that_texts_share_is_told_once_and_not_word_by_word_again():
    some = ["Kopi susu gula aren jadi menu baru", "Resep kopi susu untuk di rumah"]
    assert phrases.shared(some, REST) == ["kopi susu"]


def test_words_that_all_texts_have_and_words_of_any_sentence_tell_nothing():
    assert phrases.shared(["cuaca yang cerah", "cuaca yang buruk"], REST) == []


def test_nothing_is_told_that_a_text_to_be_kept_has_too():
    some = ["lomba latte art dimulai", "juara lomba latte art"]
    assert phrases.shared(some, REST) == ["lomba latte"]
    assert phrases.shared(some, REST, without=["lomba latte pertama"]) == ["latte art"]


def test_one_word_alone_needs_more_texts_than_a_pair():
    assert phrases.shared(["barista muda", "kelas barista"], REST) == []
    assert phrases.shared(["barista muda", "kelas barista", "upah barista"], REST) == ["barista"]


def test_texts_of_any_script_and_none_at_all_break_nothing():
    assert phrases.shared(["กาแฟ เย็น", "咖啡 馆", "قهوة باردة", "☕"], ["", "กาแฟ"]) == []
    assert phrases.shared([], []) == []
