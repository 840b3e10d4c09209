"""A browser without script: it keeps its cookie, follows redirects, and sends the forms of pages as they are.

with opened(home) as desk:
    page = desk.browser().open("/")
    page = page.press("Pick", card="k3x9f2ab")
    assert "Picked" in page.notice
"""

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from email.message import Message
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlencode, urljoin

from aiohttp import web
from lxml import html

from curator import config
from curator.serve.access import ServerAddress
from curator.serve.app import Desk


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Message
    body: bytes


class Page:
    """A page as it was shown: its address, its status and its forms."""

    def __init__(self, browser: "Browser", path: str, answer: Answer) -> None:
        self.browser, self.path, self.status, self.body = browser, path, answer.status, answer.body
        self.headers = answer.headers
        self.text = answer.body.decode("utf-8", "replace")
        self.html = html.fromstring(self.text) if "text/html" in answer.headers["Content-Type"] else html.fromstring("<p></p>")

    @property
    def notice(self) -> str:
        """What the last form did."""
        return " ".join("".join(self.html.xpath("//*[@id='notice']//text()")).split())

    def words(self, query: str) -> list[str]:
        """The texts of all elements that an XPath means, on one line each."""
        return [" ".join(element.text_content().split()) for element in self.html.xpath(query)]

    def form(self, action: str, within: str = "") -> html.FormElement:
        """The first form that asks for `action`, in the element of this id."""
        start = f"//*[@id='{within}']" if within else ""
        found = self.html.xpath(f"{start}//form[@action='{action}' or .//button[@formaction='{action}']]")
        assert found, f"no form asks for {action} on {self.path}"
        return found[0]

    def send(self, action: str, within: str = "", **changes: str) -> "Page":
        """Send a form as it is, but for these fields; follow where it leads."""
        return self.browser.post(action, dict(self.form(action, within).form_values()) | changes)

    def follow(self, text: str) -> "Page":
        """Open the first link with this text."""
        (href, *_) = self.html.xpath(f"//a[normalize-space()='{text}']/@href")
        return self.browser.open(urljoin(self.path, href))


class Browser:
    """One browser with its cookies."""

    def __init__(self, port: int, token: str = "") -> None:
        self.port, self.cookies, self.token = port, {}, token

    def open(self, path: str) -> Page:
        return Page(self, path, self._followed("GET", path, b"", {}))

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Page:
        body = urlencode(fields).encode("utf-8", "replace")
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        return Page(self, path, self._followed("POST", path, body, sent | {k.replace("_", "-"): v for k, v in headers.items()}))

    def upload(self, path: str, fields: Mapping[str, str], file: bytes) -> Page:
        parts = [f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
        parts.append(b'--b\r\nContent-Disposition: form-data; name="file"; filename="../x.opml"\r\n\r\n' + file + b"\r\n--b--\r\n")
        sent = {"Content-Type": "multipart/form-data; boundary=b", "Origin": f"http://127.0.0.1:{self.port}"}
        return Page(self, path, self._followed("POST", path, b"".join(parts), sent))

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One request with the cookies of the browser, followed nowhere."""
        cookies = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            line.request(method, path.partition("#")[0], body=body or None, headers=cookies | dict(headers or {}))
            answer = line.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return Answer(answer.status, answer.headers, answer.read())

    def _followed(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        answer = self.ask(method, path, body, headers)
        for _ in range(3):
            if answer.status != 303:
                break
            answer = self.ask("GET", answer.headers["Location"])
        return answer


class Opened(NamedTuple):
    """A running desk, and the reasons of its answers of 500 or above."""

    port: int
    failed: list[str]

    def browser(self) -> Browser:
        return Browser(self.port)


class _Server(threading.Thread):
    def __init__(self, home: Path, token: str, origin: str) -> None:
        super().__init__(daemon=True)
        self.failed: list[str] = []
        self._home, self._token, self._origin, self._ready = home, token, origin, threading.Event()

    def run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        address = ServerAddress(host="127.0.0.1", port=self.port, token=self._token, origin=self._origin)
        desk = Desk(config.find_homes(self._home), address, self.failed.append)
        runner = web.AppRunner(desk.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        self._ready.set()
        await self._end.wait()
        desk.close()
        await runner.cleanup()

    def __enter__(self) -> Self:
        self.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self.join(30)


@contextmanager
def opened(home: Path, token: str = "", origin: str = "") -> Iterator[Opened]:
    """A desk on loopback, in a thread."""
    with _Server(home, token, origin) as server:
        yield Opened(server.port, server.failed)
