"""The requests: who is let in, which route answers in which thread, and what becomes of errors."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from msgspec import Struct, field
from msgspec.structs import replace
from yarl import URL

from curator.core.errors import CuratorError, Locked
from curator.library import Library
from curator.publishing.language import CODES, N_, Language, chosen
from curator.serve import layout
from curator.serve.access import GUESS_SPAN, Guesses, ServerAddress, from_here
from curator.serve.brands import ServedBrand, served
from curator.serve.pages import ROUTES, run
from curator.serve.replies import Reply, message, plain, redirect, response, stream
from curator.serve.routes import LARGEST_FORM, Ask, Done, Route, local
from curator.serve.sessions import Notice, Session

_KEYED: Final = {"/desk.css", *(route.path for route in ROUTES if route.keyed)}
_WATCHERS: Final = 50  # pages that may follow a run at once
_PATIENCE: Final = 20.0  # seconds within which a form must have come whole
_LANGUAGE: Final = "curator-language"
_A_YEAR: Final = 365 * 24 * 3600  # seconds
_LOG = logging.getLogger(__name__)


class _Form(Struct, frozen=True, kw_only=True):
    """The fields of a form, of several of one name the first, and the file that came with it."""

    fields: Mapping[str, str] = field(default_factory=dict)
    upload: bytes = b""


class Desk:
    """The server of one brand directory, or of several."""

    def __init__(self, homes: Mapping[str, Path], address: ServerAddress, failed: Callable[[str], None]) -> None:
        """Serve brand directories by name, one alone as "". `failed` is told the reason of every answer of 500 or above."""
        self._address, self._failed, self._cookie = address, failed, f"curator-{address.port}"
        self._brands, self._watchers = served(homes, (route.lane for route in ROUTES)), 0
        self._guesses = Guesses()

    def application(self) -> web.Application:
        """Return the application that answers."""
        app = web.Application(middlewares=[self._guard()], client_max_size=LARGEST_FORM)
        root = "" if "" in self._brands else "/b/{brand}"
        for route in ROUTES:
            add = app.router.add_post if route.method == "POST" else app.router.add_get
            answer = self._linked if route.linked else self._act if route.method == "POST" else self._show
            add(root + route.path, partial(answer, route))
        for path in layout.ASSETS:
            app.router.add_get(root + path, partial(_asset, path))
        app.router.add_post(f"{root}/language", self._speak)
        app.router.add_get(f"{root}/run/events", self._follow)
        if root:
            app.router.add_get("/", self._first)
        return app

    def close(self) -> None:
        """Let the threads end, and the runs that are at work."""
        for brand in self._brands.values():
            brand.background.close()
            for lane in brand.lanes.values():
                lane.close()

    # --- who is answered ---

    def _guard(self) -> Middleware:
        """Return what stands before every handler: it refuses strangers, and says in one line what the router refuses."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if refused := self._refusal(request):
                return response(refused, request)
            try:
                return await handler(request)
            except web.HTTPException as error:
                return response(_refused(error, _language(request)), request)

        return guard

    def _refusal(self, request: web.Request) -> Reply | None:
        address, say = self._address, _language(request).say
        if not address.answers_to(request.headers.get("Host", "")):
            return plain(421, say("this is %(url)s and answers to no other name (curator serve --host NAME)", url=address.url))
        if request.method == "POST" and not from_here(request.headers, address.base(request.headers.get("Host", ""))):
            return plain(403, say("only the pages of the desk may ask for this"))
        if not (self._is_admitted(request) or self._key(request) or "token" in request.match_info):
            return plain(403, say("the address must end in ?token= and the token that curator serve was given"))
        return None

    def _is_admitted(self, request: web.Request) -> bool:
        return bool(self._known(request)) or self._address.admits(request.query.get("token", ""))

    def _key(self, request: web.Request) -> str:
        """Return the saving key of a request for what it opens, "" where there is none or another."""
        brand, key = self._brands.get(request.match_info.get("brand", "")), request.query.get("key", "")
        return key if brand and key and brand.own(request.path) in _KEYED and brand.saving.admits(key) else ""

    def _brand(self, request: web.Request) -> ServedBrand:
        """Return the brand that a path names. Raises HTTPNotFound where there is none of that name."""
        name = request.match_info.get("brand", "")
        if name not in self._brands:
            raise web.HTTPNotFound
        return self._brands[name]

    def _known(self, request: web.Request) -> Session | None:
        """Return the session of a browser, for the forms of the brand that the path names, or of any where it names none."""
        name = request.match_info.get("brand", "")
        brand = self._brands.get(name) or next(iter(self._brands.values()))
        return brand.sessions.known(request.cookies.get(self._cookie, ""))

    def _admitted(self, request: web.Request, form: _Form) -> Session:
        """Return the session that a form belongs to. Raises HTTPForbidden where it is no form of a page of this server.

        The saving key stands for the token of the session: no other site knows it, and no browser sends it by itself.
        """
        session = self._known(request)
        if self._key(request):
            return session or self._brand(request).sessions.fresh()
        if session is None or not session.admits(form.fields.get("csrf", "")):
            raise web.HTTPForbidden(reason=N_("this page is older than the server: load it again"))
        return session

    # --- answers ---

    async def _show(self, route: Route, request: web.Request) -> web.Response:
        """Answer with a page or a document. A browser that comes for the first time gets a session."""
        known, brand = self._known(request), self._brand(request)
        session = known or brand.sessions.fresh()
        reply = await self._done(route, request, _Form(), session)
        sent = response(reply, request)
        if reply.type == "text/html" and not known and self._address.admits(request.query.get("token", "")):
            secure = self._address.url.startswith("https:")
            sent.set_cookie(self._cookie, session.cookie, httponly=True, samesite="Lax", secure=secure)
        return sent

    async def _act(self, route: Route, request: web.Request) -> web.Response:
        """Do what a form asks for."""
        form = await _read(request, route.largest if self._known(request) else LARGEST_FORM)
        return response(await self._done(route, request, form, self._admitted(request, form)), request)

    async def _linked(self, route: Route, request: web.Request) -> web.Response:
        """Answer whoever has a link, and whoever tries to guess one, without a session."""
        address = self._address.client(request.remote or "", request.headers.get("X-Forwarded-For", ""))
        if self._guesses.exhausted(address):
            wait = plain(429, _language(request).say("too many wrong links: try again in a minute"))
            return response(replace(wait, headers={"Retry-After": str(GUESS_SPAN)}), request)
        form = await _read(request, route.largest) if route.method == "POST" else _Form()
        reply = await self._done(route, request, form, self._brand(request).sessions.fresh())
        if reply.status == 404:
            self._guesses.missed(address)
        return response(reply, request)

    async def _speak(self, request: web.Request) -> web.Response:
        """Remember the language that was chosen."""
        form = await _read(request, LARGEST_FORM)
        self._admitted(request, form)
        sent = response(redirect(self._brand(request).root + local(form.fields.get("back", ""))), request)
        if (wanted := form.fields.get("language", "")) in CODES:
            sent.set_cookie(_LANGUAGE, wanted, httponly=True, samesite="Lax", max_age=_A_YEAR)
        return sent

    async def _first(self, request: web.Request) -> web.Response:
        """Lead to the first of several brands."""
        return response(redirect(str(URL(f"{next(iter(self._brands.values())).root}/").with_query(request.query))), request)

    async def _follow(self, request: web.Request) -> web.StreamResponse:
        """Tell how far the run in the background is, until it ends or the browser leaves."""
        brand = self._brand(request)
        if self._watchers >= _WATCHERS:
            raise web.HTTPServiceUnavailable(reason=N_("too many pages follow the run: load this one again"))
        self._watchers += 1
        try:
            sent = await stream(request, "text/event-stream")
            async for event in run.events(brand.background, chosen(request.query.get("language", ""), "")):
                await sent.write(event)
        except ConnectionResetError:  # the browser has left
            _LOG.debug("nobody follows the run any more")
        finally:
            self._watchers -= 1
        return sent

    async def _done(self, route: Route, request: web.Request, form: _Form, session: Session) -> Reply:
        """Run a route in its thread. Errors become replies, and those of the server are told."""
        try:
            return await self._brand(request).lanes[route.lane].run(partial(self._run, route, request, form, session))
        except CuratorError as error:
            reply = plain(503 if isinstance(error, Locked) else 500, message(error))
        except Exception as error:
            _LOG.debug("%s failed", route.path, exc_info=True)
            reply = plain(500, f"something unexpected: {type(error).__name__}: {error}")
        self._failed(reply.body.decode().rstrip())
        return reply

    def _run(self, route: Route, request: web.Request, form: _Form, session: Session, desk: Library) -> Reply:
        """Run a route. What an action did, or why it could not, is told on the page after it."""
        brand = self._brand(request)
        ask = Ask(
            path=brand.own(str(request.rel_url.without_query_params("token"))),
            root=brand.root,
            brands={each.root: each.title for each in self._brands.values()},
            now=datetime.now(UTC),
            csrf=session.csrf,
            told=partial(brand.sessions.told, session),
            language=chosen(request.cookies.get(_LANGUAGE, ""), desk.brand.language),
            query={name: request.query[name] for name in request.query},
            parts=dict(request.match_info),
            form=form.fields,
            background=brand.background,
            base=self._address.base(request.host) + brand.root,
            key="" if self._known(request) else self._key(request),
            upload=form.upload,
        )
        try:
            done = route.run(desk, ask)
        except CuratorError as error:
            if route.method == "GET":
                raise
            done = Done(text=ask.problem(error), problem=True)
        if isinstance(done, Reply):
            return done
        brand.sessions.tell(session, Notice(text=done.text, problem=done.problem))
        return redirect(brand.root + (done.to or ask.back()))


async def _asset(path: str, request: web.Request) -> web.Response:
    return response(layout.asset(path), request)


def _language(request: web.Request) -> Language:
    """Return the language of who asks before it is known which brand: the one that was chosen, else the browser's first."""
    return chosen(request.cookies.get(_LANGUAGE, ""), request.headers.get("Accept-Language", "").partition(",")[0])


def _refused(error: web.HTTPException, language: Language) -> Reply:
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return replace(plain(405, language.say("only %(method)s is answered here", method=allowed)), headers={"Allow": allowed})
    return plain(error.status, language.say("there is nothing here: / is the desk") if error.status == 404 else language.say(error.reason))


async def _read(request: web.Request, largest: int) -> _Form:
    """Read a form. Raises HTTPBadRequest for what is none, or comes too slowly, and HTTPRequestEntityTooLarge."""
    try:
        async with asyncio.timeout(_PATIENCE):
            sent = await request.clone(client_max_size=largest).post()
    except (ValueError, LookupError, TimeoutError) as error:
        raise web.HTTPBadRequest(reason=N_("this is no form, or not all of it came")) from error
    fields: dict[str, str] = {}
    upload = b""
    for name, value in sent.items():
        if isinstance(value, str):
            fields.setdefault(name, value)
        elif isinstance(value, web.FileField):
            with value.file:
                upload = value.file.read()
    return _Form(fields=fields, upload=upload)
