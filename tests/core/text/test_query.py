import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.text.query import And, Near, Node, Not, Or, QueryError, Term, matches, parse, wanted


def holds(*words: str):
    return lambda term: term.text in words


def test_words_side_by_side_must_all_match():
    assert parse("kopi gayo") == And((Term("kopi"), Term("gayo")))


def test_a_phrase_is_one_term():
    assert parse('"kopi senja"') == Term("kopi senja")


@pytest.mark.parametrize("typed", ["“cold brew”", "„cold brew“", "«cold brew»", "»cold brew«", "‹cold brew›", '"cold brew”'])
def test_curly_and_angle_quotation_marks_make_a_phrase(typed: str):
    assert parse(typed) == Term("cold brew")


def test_or_binds_tighter_than_side_by_side_so_that_a_minus_holds_for_all_alternatives():
    node = parse('"kopi senja" OR @kopisenja -"senja kala"')
    assert node == And((Or((Term("kopi senja"), Term("@kopisenja"))), Not(Term("senja kala"))))
    assert matches(node, holds("kopi senja"))
    assert matches(node, holds("@kopisenja"))
    assert not matches(node, holds("kopi senja", "senja kala"))


def test_parentheses_group_and_a_minus_before_them_excludes_the_group():
    assert parse("-(a b) c") == And((Not(And((Term("a"), Term("b")))), Term("c")))


def test_a_hyphen_inside_a_word_is_no_minus():
    assert parse("soft-selling") == Term("soft-selling")


def test_a_known_field_is_a_field_and_an_unknown_one_is_part_of_the_word():
    assert parse("title:kopi", frozenset({"title"})) == Term("kopi", "title")
    assert parse('title:"kopi susu"', frozenset({"title"})) == Term("kopi susu", "title")
    assert parse("jam:9", frozenset({"title"})) == Term("jam:9")


def test_the_words_that_a_hit_can_show_leave_out_what_is_excluded():
    assert [t.text for t in wanted(parse("a (b OR c) -d"))] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("query", "what", "column"),
    [
        ('kopi "senja', "quotation mark", 5),
        ("(kopi", "never closed", 0),
        ("kopi)", "never opened", 4),
        ("kopi OR", "a word is missing", 7),
        ("kopi ()", "nothing between", 5),
        ("", "empty", 0),
        ("   ", "empty", 0),
    ],
)
def test_a_query_that_cannot_be_read_says_where(query: str, what: str, column: int):
    with pytest.raises(QueryError) as error:
        parse(query)
    message = error.value.problems[0].what
    assert what in message
    assert message.endswith("\n  " + " " * column + "^")


@given(st.text())
def test_any_text_is_a_query_or_a_query_error(text: str):
    try:
        node: Node = parse(text, frozenset({"title", "lang"}))
    except QueryError:
        return
    matches(node, bool)


def test_near_binds_tighter_than_or_and_its_sides_may_have_alternatives():
    assert parse("kopi NEAR/3 senja OR @kopisenja") == Or((Near((Term("kopi"),), (Term("senja"),), 3), Term("@kopisenja")))
    assert parse('(harga OR price) NEAR/5 "kopi susu"') == Near((Term("harga"), Term("price")), (Term("kopi susu"),), 5)
    assert [t.text for t in wanted(parse("a NEAR/1 b -c"))] == ["a", "b"]


def test_a_star_at_the_end_of_a_word_or_phrase_makes_it_a_beginning():
    assert parse("kopi*") == Term("kopi", prefix=True)
    assert parse('title:"kopi sen*"', frozenset({"title"})) == Term("kopi sen", "title", prefix=True)
    assert parse("* k*pi") == And((Term("*"), Term("k*pi")))


@pytest.mark.parametrize(
    ("query", "what", "column"),
    [
        ("kopi NEAR/x senja", "number of words", 5),
        ("kopi NEAR/100 senja", "number of words", 5),
        ("kopi NEAR/3", "a word is missing", 11),
        ("NEAR/3 senja", "a word is missing", 0),
        ("a NEAR/2 -b", "words and phrases only", 2),
        ("a NEAR/2 b NEAR/2 c", "a word is missing", 11),
    ],
)
def test_what_near_cannot_join_is_said_with_its_place(query: str, what: str, column: int):
    with pytest.raises(QueryError) as error:
        parse(query)
    message = error.value.problems[0].what
    assert what in message
    assert message.endswith("\n  " + " " * column + "^")


@pytest.mark.parametrize("deep", ["(" * 5000 + "a" + ")" * 5000, "-" * 5000 + "a"])
def test_a_query_that_is_nested_too_deep_is_refused_in_words(deep: str):
    with pytest.raises(QueryError, match="nested too deep"):
        parse(deep)
