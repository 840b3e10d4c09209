"""What the terminal shows: at every width and in every encoding, to a reader that may leave, whatever a title contains."""

import contextlib
import io
import os
import pty
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console
from support.console import Show, printed
from support.samples import BRAND, CARDS, EMPTY, NOW, REPORT, card

from curator.cli.invocation import Invocation
from curator.cli.render import console as render_console
from curator.cli.render import explanation as render_explanation
from curator.cli.render import feeds as render_feeds
from curator.cli.render import report as render_report
from curator.core.errors import ConfigError, CuratorError, Problem
from curator.core.explanation import Change, Explanation
from curator.core.feed import Article, Failure
from curator.core.story import Evidence, StoryRef
from curator.core.text.plain import line


def report(console: Console) -> None:
    render_report.show_report(
        REPORT, BRAND, console, page=Path("reading-list/2026-11-23.html"), hints=("curator pick pft0", "curator triage")
    )


def ranking(console: Console) -> None:
    render_report.show_ranking(CARDS, NOW, console, every_fit=True)


def one(console: Console) -> None:
    render_report.show_card(CARDS[0], "Satu paragraf.\n\n" + "Dua kata yang panjang. " * 9, BRAND, console)


def feeds(console: Console) -> None:
    healthy = {
        "url": "https://highland.example/feed.xml", "title": "Highland Grower", "category": "", "last_success": NOW - timedelta(hours=3),
        "failures": 0, "reason": "", "next_due": NOW + timedelta(minutes=40), "seen": 1200, "listed": 12, "picked": 3,
    }  # fmt: skip
    failing = {"url": "https://roastnotes.example/" + "long/" * 12 + "feed.xml", "title": "", "failures": 4, "reason": "timed out"}
    unasked = {"title": "豆の新聞", "last_success": None, "next_due": None}
    render_feeds.show_feeds([SimpleNamespace(**healthy | row) for row in ({}, failing, unasked)], NOW, console)


def explanation(console: Console) -> None:
    changes = (
        Change(line='avoid = ["meja kopi\x07"]', section="[[topics]]", topic="Kopi" * 30),
        Change(line="curator pick pft0q6fa"),
    )
    why = Explanation(asked="pft0", cause="avoid", text="not Kopi: says espresso\nlatte", item=CARDS[0], changes=changes)
    render_explanation.show_explanation(why, BRAND.timezone, console)
    absent = Explanation(asked="https://x.example/" + "a" * 200, cause="unknown", text="no feed")
    render_explanation.show_explanation(absent, "UTC", console)


FACES = [report, ranking, one, feeds]


def test_an_explanation_says_what_decides_and_where_the_line_belongs() -> None:
    text = printed(explanation, 100)
    assert "          not on the list: not Kopi: says espresso latte\n          brand.toml, [[topics]] of Kopi" in text
    assert ':  avoid = ["meja kopi"]\n          type:  curator pick pft0q6fa\n' in text
    assert "\x07" not in text
    assert "a" * 200 in text, "an address can be copied"


# --- the list ---------------------------------------------------------------------------------------------------


def test_the_list_reads_like_this() -> None:
    few = replace(REPORT, items=CARDS[:2], mentions=REPORT.mentions[1:])
    text = printed(
        lambda c: render_report.show_report(few, BRAND, c, page="reading-list/2026-11-23.html", hints=("curator pick pft0",)), 100
    )
    assert text == (
        " Kopi Senja · Monday 23 November 2026                                      64 feeds · 418 new · 38 s\n"
        "\n"
        " 1 mention\n"
        "   “Segelas kopi, senja yang turun pelan, dan surat yang tak pernah dikirim.”\n"
        "    perhaps Our brand · Ruang Sajak · id · 20 h · rjl42aek\n"
        "\n"
        "  1  pft0q6fa  Growers above Lake Tawar bring back shade trees after two dry seasons\n"
        "               Highland Grower · en · 5 h · also in 3                Specialty coffee ▇▇▇▇▇▇▇▇▇▁ .91\n"
        "               “Plots that kept their shade lost a tenth of the crop, plots without it lost nearly\n"
        "               half.”\n"
        "\n"
        "  2  g2et5vyu  Warga Bandung makin sering bawa gelas sendiri, asal ada potongan harga\n"
        "               Niaga Pagi · id · 11 h                              Refill, less waste ▇▇▇▇▇▇▇▇▇▁ .88\n"
        "               “Dengan potongan dua ribu rupiah, pembeli yang membawa gelas naik dari 8 menjadi 29\n"
        "               persen dalam tiga bulan.”\n"
        "\n"
        " 2 of 390 stories → reading-list/2026-11-23.html\n"
        " 2 stories fit today; 18 places stay empty (what just missed: curator rank --near)\n"
        " 2 feeds and 1 page not reached\n"
        "   roastnotes.example/feed.xml: gone for good (410)\n"
        "   beanweekly.example/rss: its certificate expired on 20 November 2026\n"
        "   paywall.example/long-read: robots.txt asks not to be read\n"
        " next: curator pick pft0\n"
    )


def test_no_command_is_named_that_was_not_given() -> None:
    assert "curator" not in printed(lambda c: render_report.show_report(REPORT, BRAND, c))
    assert "curator" not in printed(lambda c: render_report.show_report(EMPTY, BRAND, c))


def test_an_empty_day_says_why() -> None:
    assert "Nothing fits today. 11 stories were weighed" in printed(lambda c: render_report.show_report(EMPTY, BRAND, c))


def test_many_failures_are_counted_and_three_named() -> None:
    many = replace(REPORT, failures=REPORT.failures * 3)
    text = printed(lambda c: render_report.show_report(many, BRAND, c))
    assert "2 feeds and 7 pages not reached" in text
    assert "and 6 more" in text


# --- the others -------------------------------------------------------------------------------------------------


def test_a_card_shows_its_reasons_as_an_account_and_its_text() -> None:
    text = printed(one)
    assert " +.91  fits Specialty coffee\n −.02  5 h old\n +.05  names “kopi” in its title\n  .94  score\n" in text
    assert "   Specialty coffee ▇▇▇▇▇▇▇▇▇▁ .91\n Refill, less waste ▇▇▁▁▁▁▁▁▁▁ .21\n        Small shops ▁▁▁▁▁▁▁▁▁▁ .04\n" in text
    assert "Highland Grower · Mira Tan · English · Monday 23 November 2026, 03:05" in text
    assert "also in 3\n   Kabar Kebun (Indonesian)  Petani menanam lagi pohon pelindung di kebun kopi\n" in text
    assert "\n Satu paragraf.\n\n Dua kata" in text


def test_a_card_that_was_never_judged_can_be_shown() -> None:
    bare = replace(CARDS[0], fits=(), why=(), evidence=Evidence(text="", topic=""), excerpt="", story=StoryRef(id="x"))
    assert printed(lambda c: render_report.show_card(bare, "", BRAND, c), 100).count("\n") == 4


def test_a_ranking_takes_two_lines_a_card() -> None:
    text = printed(lambda c: render_report.show_ranking(CARDS[:1], NOW, c), 100)
    assert text == (
        "   1  pft0q6fa   .91  Growers above Lake Tawar bring back shade trees after two dry seasons\n"
        "                      Highland Grower · en · 5 h · education · Specialty coffee\n"
    )


def test_a_ranking_can_show_the_fit_to_every_topic() -> None:
    assert "Specialty coffee .91 · Refill, less waste .21 · Small shops .04\n" in printed(ranking, 100)


def test_feeds_show_their_health() -> None:
    rows = [re.split(r"\s{2,}", row.strip()) for row in printed(feeds, 100).splitlines()]
    assert ["Highland Grower", "3 h", "40 min", "1,200 → 12 → 3"] in rows
    assert ["roastnotes.example", "3 h", "40 min", "1,200 → 12 → 3"] in rows
    assert ["failed 4 times: timed out"] in rows
    assert ["豆の新聞", "never", "now", "1,200 → 12 → 3"] in rows


def test_a_fetch_without_a_list_tells_what_came_and_what_did_not() -> None:
    text = printed(lambda c: render_report.show_fetched(REPORT, c))
    assert text.startswith(
        " 64 feeds · 21 unchanged · 418 new · 38 s\n 2 feeds and 1 page not reached\n   roastnotes.example/feed.xml: gone"
    )


def test_an_extracted_page_shows_what_was_got_out_of_it() -> None:
    article = Article(
        url="https://a.example/", title="Biji \x1b[1mkopi", lang="id", sitename="A", published=NOW, text="Satu.\nDua.", words=2
    )
    text = printed(lambda c: render_report.show_article(article, c))
    assert text == " Biji [1mkopi\n https://a.example/\n A · Indonesian · Monday 23 November 2026, 01:05 · 2 words\n\n Satu.\n\n Dua.\n"


def test_an_examination_marks_what_is_wrong_and_how_to_mend_it() -> None:
    good = SimpleNamespace(name="model", ok=True, text="embedded", hint="")
    bad = SimpleNamespace(name="library", ok=False, text="index is stale", hint="curator reindex")
    text = printed(lambda c: render_report.show_checks([good, bad], c))
    assert text == " ok    model: embedded\n wrong library: index is stale\n       curator reindex\n"


def test_an_error_has_its_three_lines_for_each_problem() -> None:
    error = ConfigError(
        problems=[Problem(what="no brand here", where="~/x", hint="curator init " + "a" * 90), Problem(what="[b]no[/b] topic")]
    )
    assert printed(lambda c: render_report.show_error(error, c), 60) == (
        f"error: no brand here\nwhere: ~/x\nhint:  curator init {'a' * 90}\n\nerror: [b]no[/b] topic\n"
    )


# --- widths, encodings, hostile words ---------------------------------------------------------------------------


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_nothing_is_wider_than_the_terminal_but_what_is_to_be_copied(face: Show, width: int) -> None:
    wide = [row for row in printed(face, width).splitlines() if cell_len(row) > width]
    assert all(re.match(r"\s*(https://| next: |.* stories → )", row) for row in wide)


@pytest.mark.parametrize("face", FACES)
def test_there_is_no_colour_where_there_is_no_terminal(face: Show, capsys: pytest.CaptureFixture[str]) -> None:
    face(render_console.console())
    assert "\x1b" not in capsys.readouterr().out
    assert "\x1b[" in printed(face, colours=True)


@settings(max_examples=40, deadline=None)
@given(
    st.text(max_size=50)
    | st.sampled_from(["\x1b[31mred", "\x1b]0;title\x07", "[red]x[/red]", "[/]", ":smile:", "a\rb", "\x9b2J", "\u202eabc"])
)
def test_no_foreign_text_reaches_the_terminal_as_anything_but_text(title: str) -> None:
    odd = card(title, "https://a.example/", title, title, author=title, topic=title, kind=title, tags=(title,))
    text = printed(lambda c: render_report.show_card(odd, title, BRAND, c)) + printed(lambda c: render_report.show_ranking([odd], NOW, c))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert line(title)[:10].strip() in text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_an_old_encoding_gets_what_it_can_say(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding=encoding))
    monkeypatch.setenv("COLUMNS", "80")
    report(render_console.console())
    text = out.getvalue().decode(encoding)
    assert "Highland Grower" in text
    assert "Specialty coffee #########. .91" in text
    assert "????????" in text


def test_look_alikes_keep_their_columns() -> None:
    said = "“é” → ½ 豆 ▇▁".encode("ascii", "curator.lookalike").decode()
    assert said == '"e" > ? ?? #.'


def test_a_reader_that_leaves_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        console = render_console.console()
        report(console)
        report(console)


def test_a_closed_stdout_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    report(render_console.console())


# --- while waiting ----------------------------------------------------------------------------------------------


def _work(quiet: bool = False) -> None:
    invocation = Invocation()
    invocation.quiet = quiet
    with invocation.progress() as progress:
        progress.step()
        progress.stage("fetch", 4)
        progress.step()
        progress.stage("fetch", 8)
        progress.step(2)
        progress.stage("ra\x1b[31mnk")
        progress.note("[b]a feed\x07 moved[/b]")


def test_progress_says_nothing_where_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    _work()
    assert capsys.readouterr() == ("", "")


def _on_a_terminal(work: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> str:
    leader, follower = pty.openpty()
    monkeypatch.setenv("TERM", "xterm-256color")
    with os.fdopen(follower, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        work()
        stderr.write("end")
    seen = b""
    with contextlib.suppress(OSError):  # a terminal without its other side answers EIO once all is read
        while chunk := os.read(leader, 1 << 16):
            seen += chunk
    os.close(leader)
    return seen.decode()


def test_progress_moves_on_a_terminal_and_vanishes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _on_a_terminal(_work, monkeypatch)
    assert "[b]a feed moved[/b]" in seen
    assert "\x1b[2K" in seen[-40:]  # the bar's own line is erased before anything else is printed
    assert "ra[31mnk" in seen
    assert "\x1b[31m" not in seen


def test_quiet_is_quiet_on_a_terminal_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _on_a_terminal(lambda: _work(quiet=True), monkeypatch) == "end"


def test_an_error_is_printed_without_a_traceback_for_any_child() -> None:
    assert printed(lambda c: render_report.show_error(CuratorError("no"), c)) == "error: no\n"


def test_every_failure_is_told_to_whoever_asks_for_it() -> None:
    many = replace(REPORT, failures=tuple(Failure(url=f"https://n{n}.example/", stage="fetch", reason="no answer") for n in range(9)))
    few = printed(lambda console: render_report.show_report(many, BRAND, console))
    every = printed(lambda console: render_report.show_report(many, BRAND, console, every_failure=True))
    assert "and 6 more" in few
    assert "n8.example" not in few
    assert "n8.example" in every
