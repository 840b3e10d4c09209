"""Fetch and rank now: begins a run in the background, and says how far it is."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final

from curator.library import Library
from curator.publishing.language import Language
from curator.serve.background import Background, RunState, stage
from curator.serve.routes import Ask, Done, Route

_PAUSE: Final = 0.25  # seconds between two looks at a run
_SIGN: Final = 15.0  # seconds after which a silent stream is written to, so that nobody takes it for dead


async def events(background: Background, language: Language) -> AsyncIterator[bytes]:
    """Yield the run as server-sent events until it ends, the last one of the type "end" (HTML, 9.2)."""
    told: RunState | None = None
    silent = 0.0
    while (state := background.state).running:
        if state != told:
            data = {"text": stage(state, language), "done": state.done, "total": state.total}
            yield f"data: {json.dumps(data)}\n\n".encode()
            told, silent = state, 0.0
        elif silent >= _SIGN:
            yield b":\n\n"
            silent = 0.0
        await asyncio.sleep(_PAUSE)
        silent += _PAUSE
    yield b"event: end\ndata:\n\n"


def _begin(desk: Library, ask: Ask) -> Done:
    """Begin a run, unless one is at work."""
    if not ask.background.begin():
        return Done(text=ask.say("A run is at work already."), problem=True)
    return Done(text=ask.say("The run has begun. You can go on working meanwhile."))


ROUTES: Final = (Route(path="/run", run=_begin, method="POST"),)
