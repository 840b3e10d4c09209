"""The process around a command: streams, signals, and the one place where errors are printed and exit codes made."""

import contextlib
import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from curator.cli import cli, render
from curator.cli.invocation import Invocation
from curator.core.errors import CuratorError, UsageError


def main() -> NoReturn:
    """Run the command line, print its error, if any, and end the process with its exit code."""
    _open_streams()
    invocation = Invocation()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        code = cli.main(prog_name="curator", standalone_mode=False, obj=invocation) or 0
        sys.stdout.flush()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except click.exceptions.Exit as exit_:
        code = exit_.exit_code
    except click.ClickException as error:
        code = _show_usage_error(error, invocation)
    except CuratorError as error:
        code = _show_error(error, invocation)
    except BrokenPipeError:
        code = _silence()
    except OSError as error:
        code = _show_error(CuratorError(f"{error.strerror or error}", where=str(error.filename or "standard output")), invocation)
    except Exception as error:
        code = _show_error(_bug(error), invocation)
    _leave(code)


def _leave(code: int) -> NoReturn:
    """End the process without freeing its memory, which takes a tenth of a second; everything to keep is on the disk."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _bug(error: Exception) -> CuratorError:
    return CuratorError(f"something unexpected: {type(error).__name__}: {error}", hint="the same command with --debug shows where")


def _open_streams() -> None:
    """Replace closed streams by the null device, and characters that an encoding lacks by "?", so that printing never fails."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name) or Path(os.devnull).open("w")  # noqa: SIM115 - open as long as the process lives
        stream.reconfigure(errors="replace")
        setattr(sys, name, stream)


def _stop(number: int, _: FrameType | None) -> NoReturn:
    """End the command where it is; jobs commit what they fetched whole on the way out."""
    raise SystemExit(128 + number)


def _show_usage_error(error: click.ClickException, invocation: Invocation) -> int:
    context = getattr(error, "ctx", None)
    return _show_error(UsageError(error.format_message(), hint=f"{context.command_path if context else 'curator'} --help"), invocation)


def _show_error(error: CuratorError, invocation: Invocation) -> int:
    if invocation.debug:
        traceback.print_exc()
    with contextlib.suppress(OSError):
        render.report.show_error(error, render.console.console(stderr=True))
    return error.code


def _silence() -> int:
    """Print nothing more: the reader of stdout has left (`| head`), which is no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    main()
