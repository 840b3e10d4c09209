"""A running desk on the invented day, and a browser before it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import day
from support.browser import Browser, Opened, opened


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return day.made(tmp_path)


@pytest.fixture
def desk(home: Path) -> Iterator[Opened]:
    with opened(home) as running:
        yield running


@pytest.fixture
def browser(desk: Opened) -> Browser:
    return desk.browser()
