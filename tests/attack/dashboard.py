"""Strangers and insiders at the dashboard: whatever they send, no fault of ours, and nothing for who is nobody."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.core.dashboard import BoardPage
from bot.playground.world import Button, Person
from storage.exports import EXPORTS
from tests.attack.ground import Ground, Kind, Verdict
from tests.attack.web_side import furnish_web, until_open
from tests.web.hostile import HEADERS, SEEDS, encode, scramble

SEED = 13
LINES = 6
SECRET = "Zebulon Quatermass"
COOKIE = "passalong"

_DOORS = (
    "/dashboard",
    "/dashboard/",
    *(f"/dashboard/{page}" for page in BoardPage),
    *(f"/dashboard/charts/{page}" for page in BoardPage),
    *(f"/dashboard/lists/{name}.{form}" for name in ("members", "acts", "deliveries") for form in ("csv", "jsonl")),
    *(f"/dashboard/lists/{name}" for name in list(EXPORTS)[:3]),
    *("/dashboard/live", "/dashboard/enter", "/dashboard/enter/", "/dashboard/leave"),
)
_METHODS = ("GET",) * 8 + ("POST",) * 5 + ("HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "POST " * 9)
_SITES = ("same-origin", "same-site", "cross-site", "none", "", "null", "same-origin, cross-site")
_ORIGINS = ("", "null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:1", "{own}", "{own}.evil.example")
_TYPES = ("application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x", "text/plain", "")
_WHOLE = 3
"""One of so many has the session as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One request, and whether it is allowed to see anything."""

    raw: bytes
    method: str
    insider: bool


async def besiege(ground: Ground, verdict: Verdict) -> None:
    """Paths, methods, cookies, tokens, forms and origins at random, signed in and out; then who is in is still in."""
    owner = ground.add_person("Sari")
    home, port = furnish_web(ground, ADMIN_IDS=str(owner.id))
    statuses: Counter[int] = Counter()
    async with ground.running(home) as program:
        await until_open(port, program)
        await ground.greet(owner)
        await ground.join(SECRET)
        links = [await _ask_for_link(ground, owner) for _ in range(2)]
        session = await _enter(port, links[1])
        verdict.expect(session, "the owner does not come in")
        tries = _list_tries(ground.size(600, 10_000), session, links, port)
        wrong = [
            each for each in await asyncio.gather(*(_try_all(port, tries, statuses) for _ in range(LINES))) if each
        ]
        status, page = await _send(port, _compose("GET", "/dashboard/members", [f"Cookie: {COOKIE}={session}"]))
        verdict.expect(status == 200 and SECRET.encode() in page, f"the owner is not in any more ({status})")
        for link in links:
            verdict.expect(not await _enter(port, link), "a link opens twice, or after the next one")
        log = program.read_errors()
        verdict.expect(await program.stop() == 0, "the process does not end well")
    verdict.wrong += [said for each in wrong for said in each][:5]
    verdict.expect("Traceback" not in log, f"the log has a fault: {log[-800:]}")
    verdict.figures |= {f"of {status}": count for status, count in sorted(statuses.items())}
    verdict.expect(statuses[200] and statuses[401] and statuses[403] and statuses[404], f"not all is tried: {statuses}")


async def _ask_for_link(ground: Ground, owner: Person) -> str:
    """The token of a fresh link."""
    panel = await ground.ask(owner, "/admin", "like to look at")
    ground.world.tap(owner, panel, "📊 Dashboard")

    def find() -> Button | None:
        buttons = [each for row in panel.chat.messages[panel.id].keyboard or () for each in row]
        return next((each for each in buttons if each.text == "Open the dashboard"), None)

    link = str((await ground.telegram.until(find, what="a link")).value)
    return urlsplit(link).path.rpartition("/")[2]


async def _enter(port: int, token: str) -> str:
    """The session that a link opens; empty where it opens none."""
    own = [f"Origin: http://127.0.0.1:{port}", "Sec-Fetch-Site: same-origin"]
    raw = _compose("POST", "/dashboard/enter", own, f"token={token}")
    _, answer = await _send(port, raw)
    found = re.search(rb"[Ss]et-[Cc]ookie: " + COOKIE.encode() + rb"=([\w-]+)", answer)
    return found[1].decode() if found else ""


def _list_tries(count: int, session: str, links: list[str], port: int) -> Iterator[Try]:
    dice = random.Random(SEED)
    for _ in range(count):
        method, insider = dice.choice(_METHODS), dice.randrange(_WHOLE) == 0
        path = dice.choice(_DOORS) + (scramble(dice, dice.choice(SEEDS)) if dice.randrange(2) else "")
        cookie = session if insider else _spoil(dice, session, links)
        site, origin = dice.choice(_SITES), dice.choice(_ORIGINS).format(own=f"http://127.0.0.1:{port}")
        if insider and path.startswith("/dashboard/leave"):
            site = "cross-site"  # the owner's own page would sign them out
        headers = [
            *(
                each
                for each in dice.choices(HEADERS, k=dice.randrange(3))
                if not each.startswith(("Content-", "Sec-", "Origin"))
            ),
            f"Cookie: {dice.choice(('', 'a=b; ', f'{COOKIE}=x; ' if not insider else ''))}{COOKIE}={cookie}",
            *([f"Sec-Fetch-Site: {site}"] if site else []),
            *([f"Origin: {origin}"] if origin else []),
            *([f"Content-Type: {kind}"] if (kind := dice.choice(_TYPES)) else []),
        ]
        token = _spoil(dice, links[0], [session])
        body = dice.choice((f"token={token}", f"token={token}&token=x", "token", "%ff=%00", "=" * 900, "{}"))
        yield Try(raw=_compose(method, path, headers, body if method == "POST" else ""), method=method, insider=insider)


def _spoil(dice: random.Random, word: str, others: list[str]) -> str:
    """Something that is not the word, and looks like it as often as not."""
    place = dice.randrange(len(word))
    spoilt = (
        word[:place] + ("A" if word[place] != "A" else "B") + word[place + 1 :],
        word[:place],
        word.swapcase(),
        f"{word}{word}",
        f"{word}%00",
        dice.choice(others),
        encode(scramble(dice, dice.choice(SEEDS)))[:900].replace(";", ""),
        "",
    )
    return dice.choice(spoilt)


def _compose(method: str, path: str, headers: list[str], body: str = "") -> bytes:
    hosts = [] if any(each.startswith("Host:") for each in headers) else ["Host: 127.0.0.1"]
    length = [f"Content-Length: {len(body)}"] if body else []
    lines = [f"{method} {encode(path)} HTTP/1.1", *hosts, *headers, *length, "Connection: close"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body.encode("ascii")


async def _try_all(port: int, tries: Iterator[Try], statuses: Counter[int]) -> list[str]:
    """Send what is left, one after the other; what is wrong with the answers."""
    wrong = []
    for each in tries:
        status, answer = await _send(port, each.raw)
        statuses[status] += 1
        if status >= 500 or not status:
            wrong.append(f"{status} to {each.raw[:300]!r}")
        if not each.insider and SECRET.encode() in answer:
            wrong.append(f"shown to somebody who is nobody: {each.raw[:300]!r}")
        if status in {200, 303, 401} and b"no-store" not in answer:
            wrong.append(f"may be kept: {each.raw[:300]!r}")
        said = answer.lower()
        if b"evil" in said or (b"set-cookie" in said and b"max-age=0" not in said):
            wrong.append(f"says what a stranger put in: {each.raw[:300]!r}")
    return wrong


async def _send(port: int, raw: bytes) -> tuple[int, bytes]:
    """Status and answer; of a stream of news only what comes at once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(raw)
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        if b"text/event-stream" not in answer:
            answer += await asyncio.wait_for(reader.read(), 60)
        return int(answer.split()[1]), answer
    except (ConnectionError, asyncio.IncompleteReadError) as error:
        return 0, repr(error).encode()
    finally:
        writer.close()


KINDS = [Kind(number=8, name="hostile requests at the dashboard", run=besiege)]
