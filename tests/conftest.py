import json
import logging
import os
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from support.command import Day, curator
from xdist.scheduler import LoadScopeScheduling

from curator.jobs.demo.world import load, serving

# A law holds or not; how long one example takes depends on what else the machine does.
settings.register_profile("curator", deadline=None)
settings.load_profile("curator")
# The terminal speaks the language of its locale: English in the tests, whoever runs them.
os.environ["LC_ALL"] = "C.UTF-8"


class ModulesTogether(LoadScopeScheduling):
    """Distribution over processes by module; the modules that share the first day count as one."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return "first day" if _shares_first_day(module) else module


@cache
def _shares_first_day(module: str) -> bool:
    return re.search(r"def \w+\([^)]*\bday\b", Path(module).read_text("utf-8")) is not None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ModulesTogether:
    return ModulesTogether(config, log)


def pytest_sessionfinish() -> None:
    if postgres := sys.modules.get("support.postgres"):
        postgres.stop()


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    home = tmp_path_factory.mktemp("day") / "kopi-senja"
    with serving(load(), now=datetime.now(UTC), base_port=18601) as world:
        world.write_brand(home)
        done = curator("run", "--home", home, "--json")
        assert done.returncode == 0, done.stderr
        yield Day(home, json.loads(done.stdout), world)


@pytest.fixture(autouse=True)
def _same_log() -> Iterator[None]:
    """The log as it was before: a command that runs in this process configures it."""
    logger = logging.getLogger("curator")
    handlers, level = list(logger.handlers), logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)


@pytest.fixture
def day(first_day: Day, tmp_path: Path) -> Day:
    """The same with a copy of the directory, which a test may change."""
    shutil.copytree(first_day.home, tmp_path / "kopi-senja")
    return first_day._replace(home=tmp_path / "kopi-senja")
