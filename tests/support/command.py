"""The command line in a process of its own, and a brand directory it ran on."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from curator.jobs.demo.world import Running


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
