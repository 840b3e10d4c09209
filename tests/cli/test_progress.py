"""Progress as lines of JSON: what a program that started a run reads."""

import io
import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from support.command import Day, curator

from curator.cli.render.progress import EventLines
from curator.core.progress import ProgressEvent


def read(stream: io.StringIO) -> list[ProgressEvent]:
    return [msgspec.json.decode(row, type=ProgressEvent) for row in stream.getvalue().splitlines()]


def test_the_beginning_and_the_end_of_a_stage_are_told_and_not_every_step_between():
    stream = io.StringIO()
    told = EventLines(stream)
    told.stage("feeds", 1000)
    for _ in range(1000):
        told.step()
    events = read(stream)
    assert events[0] == ProgressEvent(stage="feeds", total=1000)
    assert events[-1] == ProgressEvent(stage="feeds", done=1000, total=1000)
    assert len(events) < 500


def test_naming_a_stage_again_corrects_its_total_and_another_one_begins_at_nothing():
    stream = io.StringIO()
    told = EventLines(stream)
    told.stage("articles", 2)
    told.step(2)
    told.stage("articles", 4)
    told.stage("reading", 4)
    assert read(stream)[-2:] == [ProgressEvent(stage="articles", done=2, total=4), ProgressEvent(stage="reading", total=4)]


@given(st.text())
def test_a_message_is_one_clean_line_whatever_it_holds(text: str):
    stream = io.StringIO()
    EventLines(stream).note(text)
    (event,) = read(stream)
    assert "\x1b" not in event.note
    assert len(stream.getvalue().splitlines()) == 1


def test_a_reader_that_leaves_does_not_end_the_job():
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    EventLines(Gone()).stage("feeds", 3)


def test_a_run_tells_its_progress_on_stderr_and_its_list_on_stdout(day: Day):
    done = curator("run", "--no-fetch", "--json", "--progress", "--home", day.home)
    events = [json.loads(row) for row in done.stderr.splitlines()]
    assert events
    assert {"stage", "total"} <= set(events[0])
    assert json.loads(done.stdout)["brand"] == "Kopi Senja"
