"""The command line in a process of its own, and a brand directory it ran on."""

import atexit
import json
import os
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple

from curator.jobs.demo.world import Running

PATIENCE = 300.0  # seconds


def curator(*args: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run the command as a person does, in a process of its own; no hub can be asked.

    The process is forked from one that has imported torch, which saves seconds a command. An environment that changes the
    interpreter itself needs a new one.
    """
    whole = {k: v for k, v in os.environ.items() if not k.startswith("CURATOR_")} | {"COLUMNS": "100"} | (env or {})
    line = [str(arg) for arg in args]
    if any(key.startswith("PYTHON") for key in env or {}):
        command = [sys.executable, "-m", "curator", *line]
        return subprocess.run(command, capture_output=True, text=True, env=whole, timeout=PATIENCE, check=False, cwd=cwd)
    return _forked(line, str(cwd or Path.cwd()), whole)


def _forked(args: list[str], cwd: str, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    with socket.socket(socket.AF_UNIX) as server, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        server.settimeout(PATIENCE)
        server.connect(_warm())
        request = json.dumps({"args": args, "cwd": cwd, "env": env}).encode()
        socket.send_fds(server, [len(request).to_bytes(4, "big") + request], [out.fileno(), err.fileno()])
        answer = server.recv(4)
        assert len(answer) == 4, "the process that commands are forked from has died"
        code = int.from_bytes(answer, "big", signed=True)
        return subprocess.CompletedProcess(args, code, _read(out), _read(err))


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8").replace("\r\n", "\n")


@cache
def _warm() -> str:
    """Start the process that commands are forked from, and return the address of its socket. It ends with this one."""
    folder = tempfile.TemporaryDirectory(prefix="curator-")
    path = f"{folder.name}/warm"
    process = subprocess.Popen([sys.executable, Path(__file__).with_name("warm.py"), path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout

    def end() -> None:
        with process:
            process.stdin.close()
        folder.cleanup()

    atexit.register(end)
    assert process.stdout.readline() == b"ready\n"
    return path


class Day(NamedTuple):
    """A brand directory on the bundled world after its first daily run, and the world while it is still served."""

    home: Path
    report: dict[str, Any]
    world: Running
