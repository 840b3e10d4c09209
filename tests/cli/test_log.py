"""What -q, -v and --debug print of the log."""

import logging
import sys

import pytest
from click.testing import CliRunner
from support.command import Day, curator

from curator.cli import cli, log
from curator.cli.invocation import Invocation


def printed(capsys: pytest.CaptureFixture[str], **options: bool) -> list[str]:
    invocation = Invocation()
    vars(invocation).update(options)
    log.configure(invocation)
    logger = logging.getLogger("curator.feeds.collect")
    for level, word in ((logging.DEBUG, "debug"), (logging.INFO, "info"), (logging.WARNING, "warning"), (logging.ERROR, "error")):
        logger.log(level, "%s of a run", word)
    return capsys.readouterr().err.splitlines()


def test_each_option_tells_more_than_the_one_before(capsys):
    assert printed(capsys, quiet=True) == ["error of a run"]
    assert printed(capsys) == ["warning of a run", "error of a run"]
    assert printed(capsys, verbose=True) == ["info of a run", "warning of a run", "error of a run"]
    assert printed(capsys, debug=True)[0] == "curator.feeds.collect: debug of a run"
    assert len(printed(capsys, debug=True)) == 4


def test_a_record_is_one_line_whatever_a_server_sent(capsys):
    log.configure(Invocation())
    logging.getLogger("curator").warning("answered %s", "\x1b[2J500\r\nnot\x07 today")
    (told,) = capsys.readouterr().err.splitlines()
    assert told.endswith("500 not today")
    assert "\x1b" not in told


def test_a_reader_of_stderr_that_leaves_is_no_error(monkeypatch: pytest.MonkeyPatch):
    class Gone:
        def write(self, text: str) -> int:
            raise BrokenPipeError

    log.configure(Invocation())
    monkeypatch.setattr(sys, "stderr", Gone())
    logging.getLogger("curator").warning("told to nobody")


def test_the_log_of_other_libraries_is_not_printed(capsys):
    invocation = Invocation()
    invocation.debug = True
    log.configure(invocation)
    logging.getLogger("asyncio").debug("of no interest")
    assert capsys.readouterr().err == ""


def test_a_run_is_quiet_until_it_is_asked_for_its_story(day: Day):
    quiet = curator("run", "--no-fetch", "--home", day.home)
    told = curator("run", "--no-fetch", "-v", "--home", day.home)
    assert (quiet.returncode, quiet.stderr) == (0, "")
    assert told.returncode == 0
    assert "listed: " in told.stderr
    assert told.stdout.splitlines()[2:20] == quiet.stdout.splitlines()[2:20]


def test_verbose_still_tells_every_failure(day: Day):
    options = ["list", "--home", str(day.home)]
    few, every = (" ".join(CliRunner().invoke(cli, [*options, *more]).stdout.split()) for more in ([], ["-v"]))
    assert len(day.report["failures"]) >= 3
    assert all(failure["reason"] in every for failure in day.report["failures"])
    assert len(few) <= len(every)
