import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

from curator.jobs.demo.world import Running, load, serving

# A law holds or not; how long one example takes depends on what else the machine does.
settings.register_profile("curator", deadline=None)
settings.load_profile("curator")


def curator(*args: object, **options: Any) -> "subprocess.CompletedProcess[str]":
    """The command as a person runs it, in a process of its own; no hub can be asked."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("CURATOR_")} | {"COLUMNS": "100"} | options.pop("env", {})
    command = [sys.executable, "-m", "curator", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=300, check=False, **options)


class Day(NamedTuple):
    """A brand directory on the bundled world after its first daily run, and the world while it is still served."""

    home: Path
    report: dict[str, Any]
    world: Running


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    home = tmp_path_factory.mktemp("day") / "kopi-senja"
    with serving(load(), now=datetime.now(UTC), base_port=18601) as world:
        world.write_brand(home)
        done = curator("run", "--home", home, "--json")
        assert done.returncode == 0, done.stderr
        yield Day(home, json.loads(done.stdout), world)


@pytest.fixture
def day(first_day: Day, tmp_path: Path) -> Day:
    """The same with a copy of the directory, which a test may change."""
    shutil.copytree(first_day.home, tmp_path / "kopi-senja")
    return first_day._replace(home=tmp_path / "kopi-senja")
