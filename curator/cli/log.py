"""The log of the package on stderr: quiet by default, the story of a run with `-v`, everything with `--debug`."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from curator.core.text.plain import line

if TYPE_CHECKING:
    from curator.cli.invocation import Invocation

_LONGEST = 1000  # characters of a record


def configure(invocation: Invocation) -> None:
    """Print the records of the `curator` loggers that the options ask for; replaces what an earlier invocation configured."""
    logger = logging.getLogger("curator")
    for handler in [handler for handler in logger.handlers if isinstance(handler, _LineHandler)]:
        logger.removeHandler(handler)
    logger.addHandler(_LineHandler(_level(invocation)))
    logger.setLevel(_level(invocation))


def _level(invocation: Invocation) -> int:
    if invocation.debug:
        return logging.DEBUG
    if invocation.verbose:
        return logging.INFO
    return logging.ERROR if invocation.quiet else logging.WARNING


class _LineHandler(logging.Handler):
    """Handler that prints a record as one clean line; records may quote what a server sent.

    sys.stderr is looked up for each record: a progress bar replaces it while it moves, and prints lines above itself.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Print the record; below INFO, the name of its logger before it."""
        try:
            name = f"{record.name}: " if record.levelno < logging.INFO else ""
            sys.stderr.write(f"{name}{line(record.getMessage(), _LONGEST)}\n")
            sys.stderr.flush()
        except OSError:  # whoever read stderr has gone; a command does not fail for that
            self.setLevel(logging.CRITICAL)
