"""The desk in a browser: a web server for the people and calendar programs of a brand or several, made anew for every request.

A section of the desk is a module of `pages` with `ROUTES`; `app` lets requests in and runs the routes, each in its thread. Requests by GET
change nothing; a form calls the methods of `Library` that the commands call.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from aiohttp import web
from msgspec.structs import replace

from curator.serve.access import ServerAddress, listen
from curator.serve.app import Desk
from curator.serve.brands import root
from curator.serve.pages.documents import CALENDAR

__all__ = ["CALENDAR", "root", "serve"]
_DISABLED = logging.getLogger(f"{__name__}.aiohttp")
_DISABLED.disabled = True  # aiohttp would log the address of a bad request, and with it the token


def serve(
    homes: Mapping[str, Path], address: ServerAddress, opened: Callable[[ServerAddress], None], failed: Callable[[str], None]
) -> None:
    """Answer requests until a signal ends the process.

    `homes`: brand directories by name, as `config.find_homes` returns them. `opened` is called once with the address and its
    real port, `failed` with the reason of every answer of 500 or above.
    Raises UsageError and CuratorError as `access.listen` does.
    """
    bound = listen(address)
    address = replace(address, port=bound.getsockname()[1])
    loop, desk = asyncio.new_event_loop(), Desk(homes, address, failed)
    runner = loop.run_until_complete(_start(bound, desk.application()))
    try:
        opened(address)
        loop.run_forever()
    finally:
        desk.close()
        loop.run_until_complete(runner.cleanup())
        loop.close()


async def _start(bound: socket.socket, application: web.Application) -> web.AppRunner:
    runner = web.AppRunner(application, access_log=None, logger=_DISABLED, shutdown_timeout=0.1)
    await runner.setup()
    await web.SockSite(runner, bound).start()
    return runner
