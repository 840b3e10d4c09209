# ruff: noqa: S603, T201 - a script that starts what it measures and prints what it found
"""How fast the desk in a browser answers on a library of many items: alone, in Chromium, and under load, with its memory.

./dev bench serve [--items 10000] [--rounds 30] [--seconds 60] [--rate 50] [--home DIR]
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from shutil import which
from typing import Any, Final
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import psutil  # type: ignore[import-untyped]
from aiohttp import ClientSession, ClientTimeout, CookieJar
from playwright.sync_api import sync_playwright
from search import make_library
from support.browser import Browser
from support.day import made
from support.samples import REPORT

WORDS: Final = ("kopi", "petani", "panen", "shade", "trees", "roaster", "harga", "gelas", "isi", "ulang", "water", "brew", "sangrai")
IDS: Final = tuple(card.id for card in REPORT.items)
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
MIB: Final = 2**20
LOADED: Final = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--items", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=30)
    options.add_argument("--seconds", type=float, default=60, help="of load")
    options.add_argument("--rate", type=float, default=50, help="requests a second, whether or not the ones before are answered")
    options.add_argument("--home", type=Path, help="where to keep the library, which takes a minute to make")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(library(given.home or Path(folder), given.items)) as (process, port):
        alone(port, given.rounds)
        in_chromium(port, given.rounds)
        under_load(process, port, given.rate, given.seconds)


def library(home: Path, items: int) -> Path:
    """Make a library of that many items beside the list of a day, or take the one that is there."""
    if not (home / "library").exists():
        make_library(home, items)
        made(home)
    return home


@contextmanager
def served(home: Path) -> Iterator[tuple[psutil.Process, int]]:
    """Serve a brand from a process of its own. Yields it and its port."""
    command = [sys.executable, "-m", "curator", "serve", "--port", "0", "--json", "--home", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        told = json.loads(process.stdout.readline()) if process.stdout else {}
        try:
            yield psutil.Process(process.pid), int(told["url"].rstrip("/").rpartition(":")[2])
        finally:
            process.terminate()


# --- one request after another --------------------------------------------------------------------------------------


def alone(port: int, rounds: int) -> None:
    browser = Browser(port)
    fields = dict(browser.open("/").form("/decide/note", IDS[0]).form_values()) | {"seen": ""}  # an old page may decide then too
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())

    def decision(n: int) -> tuple[str, bytes]:
        return "/decide/note", urlencode(fields | {"id": IDS[n % len(IDS)], "note": f"note {time.time_ns()}"}).encode()

    print(f"{'one after another':34}{'least':>9}{'median':>9}{'most':>9} ms   first byte, least    KB")
    for name, path in (
        ("Today", "/"),
        ("Calendar, a week", "/calendar"),
        ("Calendar, a month", "/calendar?view=month"),
        ("Feeds", "/feeds"),
    ):
        row(name, [asked(port, cookies, path) for _ in range(rounds + 2)])
    row("a decision, its answer", [asked(port, cookies, *decision(n)) for n in range(rounds + 2)])
    for mode in ("words", "both"):
        row(
            f"search as one types, {mode}",
            [asked(port, cookies, f"/search?mode={mode}&q={WORDS[n % len(WORDS)]}") for n in range(rounds + 2)],
        )


def asked(port: int, cookies: str, path: str, body: bytes = b"") -> tuple[float, float, int]:
    """Ask once. Returns the seconds to the first byte and to the last, and the size."""
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    line.connect()
    began = time.perf_counter()
    line.request("POST" if body else "GET", path, body or None, {"Cookie": cookies} | (FORM if body else {}))
    answer = line.getresponse()
    first, page = time.perf_counter() - began, answer.read()
    took = time.perf_counter() - began
    line.close()
    assert answer.status == (303 if body else 200), page
    return first, took, len(page)


def row(name: str, answers: Sequence[tuple[float, float, int]]) -> None:
    """Print a row. The first two are not counted: templates are read then, and files that have changed."""
    firsts, took, sizes = zip(*answers[2:], strict=True)
    figures = "".join(f"{1000 * each:9.1f}" for each in (min(took), statistics.median(took), max(took)))
    print(f"{name:34}{figures}      {1000 * min(firsts):17.1f}  {max(sizes) / 1000:6.0f}")


# --- a real browser -------------------------------------------------------------------------------------------------


def in_chromium(port: int, rounds: int) -> None:
    """Time what a person waits for: a page that answers to keys, a decision that is shown, hits while she types."""
    found = which("chromium") or which("chromium-browser")
    if not found:
        print("\nno Chromium is here: nothing is measured in a browser")
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page, complaints = browser.new_page(base_url=f"http://127.0.0.1:{port}"), []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        print(f"\n{'in Chromium':34}{'least':>9}{'median':>9}{'most':>9} ms")
        shown("Today, usable", rounds, lambda _: usable(page))
        shown("a decision, shown", rounds, lambda n: decided(page, n))
        page.goto("/search?mode=words")
        shown("hits, from the key on", rounds, lambda n: typed(page, n))
        print(f"errors on the console: {len(complaints)}")
        browser.close()


def shown(name: str, rounds: int, job: Callable[[int], float]) -> None:
    took = [job(n) for n in range(rounds + 2)][2:]
    print(f"{name:34}{min(took):9.1f}{statistics.median(took):9.1f}{max(took):9.1f}")


def usable(page: Any) -> float:
    """Load the day. Returns the milliseconds until its script has run."""
    page.goto("/")
    return float(page.evaluate(LOADED))


def decided(page: Any, n: int) -> float:
    """Note something. Returns the milliseconds until the page shows what was done."""
    id_ = IDS[n % len(IDS)]
    page.evaluate("id => { document.getElementById(`note-${id}`).closest('details').open = true }", id_)
    page.locator(f"#note-{id_}").fill(f"note {time.time_ns()}")
    return float(page.evaluate(UNTIL_SHOWN, [f"#note-{id_}", "#notice"]))


def typed(page: Any, n: int) -> float:
    """Type a word. Returns the milliseconds until hits are shown."""
    return float(page.evaluate(UNTIL_SHOWN, ["#q", "#found", WORDS[n % len(WORDS)] + " "]))


# Types a text into a field, or sends its form without one, and waits for another part of the page to change.
UNTIL_SHOWN: Final = """([field, place, text]) => new Promise((done) => {
  const began = performance.now(), input = document.querySelector(field);
  const seen = new MutationObserver(() => { seen.disconnect(); done(performance.now() - began); });
  seen.observe(document.querySelector(place), { childList: true });
  if (text) { input.value = text; input.dispatchEvent(new Event("input", { bubbles: true })); }
  else input.form.requestSubmit();
})"""


# --- many requests at once ------------------------------------------------------------------------------------------


def under_load(process: psutil.Process, port: int, rate: float, seconds: float) -> None:
    before = sum(process.cpu_times()[:2])
    took, errors = asyncio.run(_load(port, rate, seconds))
    cpu, peak = sum(process.cpu_times()[:2]) - before, _peak(process) / MIB
    spread = statistics.quantiles([1000 * each for each in took], n=100)
    print(f"\n{len(took) + errors} requests, {rate:g} a second: {errors} errors")
    print(f"half of them within {spread[49]:.0f} ms, 99 of 100 within {spread[98]:.0f} ms")
    print(f"{1000 * cpu / (len(took) + errors):.1f} ms of CPU time a request; most memory of the server: {peak:.0f} MiB")


async def _load(port: int, rate: float, seconds: float) -> tuple[list[float], int]:
    """Send requests at a steady rate. Returns the seconds that the good answers took, and how many were none."""
    async with ClientSession(f"http://127.0.0.1:{port}", timeout=ClientTimeout(total=30), cookie_jar=CookieJar(unsafe=True)) as session:
        async with session.get("/") as page:
            csrf = (await page.text()).partition('name="csrf" value="')[2].partition('"')[0]
        waiting, began = [], time.perf_counter()
        for n, (path, fields) in zip(range(int(rate * seconds)), cycle(_mixed(csrf)), strict=False):
            await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
            waiting.append(asyncio.create_task(_one(session, path, fields and fields | {"note": f"note {n}"})))
        answers = await asyncio.gather(*waiting)
    good = [took for took in answers if took]
    return good, len(answers) - len(good)


def _mixed(csrf: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what people ask for: of twenty requests seven of the day, five searches, three decisions, and five other pages."""
    decisions = [("/decide/note", {"csrf": csrf, "id": id_, "seen": "", "back": "/"}) for id_ in IDS]
    for n in range(len(WORDS)):
        yield from (("/", {}) for _ in range(7))
        yield from ((f"/search?mode=words&q={WORDS[(n + k) % len(WORDS)]}", {}) for k in range(5))
        yield from decisions[n : n + 3]
        yield from ((path, {}) for path in ("/calendar", "/calendar?view=month", "/feeds", "/desk.css", "/brief"))


async def _one(session: ClientSession, path: str, fields: dict[str, str]) -> float | None:
    """Ask once. Returns the seconds, None for an error."""
    began = time.perf_counter()
    try:
        asking = session.post(path, data=fields, headers=FORM, allow_redirects=False) if fields else session.get(path)
        async with asking as answer:
            await answer.read()
    except (OSError, TimeoutError):
        return None
    return time.perf_counter() - began if answer.status in (200, 303) else None


def _peak(process: psutil.Process) -> int:
    """Return the most memory that was resident at once, or what is now where the system does not tell (bytes)."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return int(process.memory_info().rss)
    return 1024 * int(status.read_text().partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    main()
