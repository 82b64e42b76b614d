"""Two shops of one process, the same people in both: whatever one has given out is tried at the other."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from bot.playground.world import Person
from tests.attack.ground import Ground, Kind, Verdict
from tests.shops.agency import ADMIN_ID, Agency, open_agency
from tests.web.house import PHONE, PREVIEW
from tests.web.test_at_work import find_free_port

SEED = 15
LINES = 4
SECRETS = ("Zebulon", "Quatermass", "Ignatius", "Thelonious")
"""Names of people who are the bakery's alone."""

OWN, OTHER = "bakery", "florist"


@dataclass
class Loot:
    """What the bakery has given out."""

    codes: list[str] = field(default_factory=list)
    session: str = ""
    token: str = ""
    """Of a link to the dashboard that nobody has used."""
    key: str = ""
    """Of a till."""


@dataclass(frozen=True)
class Try:
    """One request to a shop with what it is to be let in by."""

    method: str
    path: str
    headers: dict[str, str]
    body: str = ""


async def keep_apart(ground: Ground, verdict: Verdict) -> None:
    """Nothing of it is known there, and nothing of its people is told; at home all of it is as it was."""
    port, dice = find_free_port(), random.Random(SEED)
    url = f"http://127.0.0.1:{port}"
    settings = {"PUBLIC_URL": url, "LISTEN": f"127.0.0.1:{port}", "DATABASE_URL": ground.url}
    if ground.engine == "sqlite":
        del settings["DATABASE_URL"]
    tries = list[Try]()
    async with open_agency(ground.folder, OWN, OTHER, **settings) as agency:
        home = agency.home
        key = json.loads((await home.run("api-key", "create", "till", "--shop", OWN)).read_output())["key"]
        async with home.running() as program, aiohttp.ClientSession() as web:
            await agency.until_at_work(OWN, OTHER)
            loot = await _gather(agency, web, url, key)
            joins = ground.size(8, 500)
            await _try_codes(agency, loot, joins)
            tries += _list_tries(loot, dice, ground.size(240, 10_000))
            told = await _send_all(web, url, tries, verdict)
            at_home = await _look_at_home(web, url, loot)
            verdict.expect(await program.stop() == 0, "the process does not end well")
        referrals = {name: await _count_referrals(agency, name) for name in (OWN, OTHER)}
    said = "\n".join(sent.message.text for sent in agency.telegrams[OTHER].world.sent)
    verdict.figures |= {"joins": joins, "requests": len(tries), **{f"of {each}": told[each] for each in sorted(told)}}
    verdict.expect(not any(name in said for name in SECRETS), "one shop's bot names another's people")
    verdict.expect(referrals == {OWN: len(SECRETS) - 1, OTHER: 0}, f"somebody is credited elsewhere: {referrals}")
    verdict.expect(at_home == {"page": True, "board": 200, "link": True}, f"at home it is not as it was: {at_home}")


async def _gather(agency: Agency, web: aiohttp.ClientSession, url: str, key: str) -> Loot:
    """Codes of members, a session and an open link of the owner's, a till's key."""
    loot, telegram = Loot(key=key), agency.telegrams[OWN]
    for name in SECRETS:
        person = telegram.world.add_person(name)
        await _start(agency, OWN, person, loot.codes[0] if loot.codes else "")
        loot.codes.append(agency.find_code(OWN, person))
    for name in (OWN, OTHER):
        await _start(agency, name, agency.telegrams[name].world.people[ADMIN_ID])
    used = await _ask_for_link(agency)
    async with web.post(f"{url}/{OWN}/dashboard/enter", **_compose_entering(url, used)) as answer:  # type: ignore[arg-type]
        loot.session = answer.cookies["passalong"].value
    loot.token = await _ask_for_link(agency)
    return loot


async def _start(agency: Agency, name: str, person: Person, payload: str = "") -> None:
    telegram = agency.telegrams[name]
    bot = telegram.world.bot.username
    if payload:
        opened = telegram.world.open_link(person, f"https://t.me/{bot}?start={payload}")
        assert opened.message is not None
        await telegram.until_reply(opened.message)
    else:
        await telegram.until_reply(telegram.world.press_start(person))


async def _ask_for_link(agency: Agency) -> str:
    """The token of a fresh link to the dashboard."""
    telegram = agency.telegrams[OWN]
    world = telegram.world
    owner = world.people[ADMIN_ID]
    panel = await telegram.until_reply(world.send_text(owner, world.open_chat(owner), "/admin"), "like to look at")
    world.tap(owner, panel, "📊 Dashboard")

    def find() -> str | None:
        rows = panel.chat.messages[panel.id].keyboard or ()
        return next((str(each.value) for row in rows for each in row if each.text == "Open the dashboard"), None)

    return urlsplit(await telegram.until(find, what="a link")).path.rpartition("/")[2]


def _compose_entering(url: str, token: str) -> dict[str, object]:
    own = {"Origin": url, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    return {"data": f"token={token}", "headers": own, "allow_redirects": False}


async def _try_codes(agency: Agency, loot: Loot, count: int) -> None:
    """Newcomers of the other shop come with the bakery's codes."""
    for number in range(count):
        person = agency.telegrams[OTHER].world.add_person(f"Guest{number}")
        code = loot.codes[number % len(loot.codes)]
        await _start(agency, OTHER, person, (code, f"{code}-qr", f"{code}-f-x")[number % 3])


def _list_tries(loot: Loot, dice: random.Random, count: int) -> Iterator[Try]:
    """Requests to the other shop with all of it, each from another address."""
    for _ in range(count):
        address = ".".join(str(dice.randint(1, 250)) for _ in range(4))
        headers = {"X-Forwarded-For": address, "User-Agent": dice.choice((PHONE, PREVIEW))}
        code = dice.choice(loot.codes)
        page = dice.choice(("", "/members", "/live", "/lists/members.csv", "/charts/members"))
        yield dice.choice(
            (
                Try("GET", f"/r/{code}", headers),
                Try("GET", f"/s/{code}", headers),
                Try("GET", f"/c/{code}.jpg", headers),
                Try("GET", f"/l/{code}", headers),
                Try("GET", f"/dashboard{page}", headers | {"Cookie": f"passalong={loot.session}"}),
                Try("GET", f"/dashboard/enter/{loot.token}", headers),
                Try(
                    "POST",
                    "/dashboard/enter",
                    headers | {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"},
                    f"token={loot.token}",
                ),
                Try(
                    "POST",
                    "/api/v1/conversions",
                    headers | {"Authorization": f"Bearer {loot.key}", "Content-Type": "application/json"},
                    json.dumps({"order_id": f"o{dice.random()}", "amount": 1000, "currency": "EUR"}),
                ),
            )
        )


_LETS_IN = re.compile(r"/dashboard(?!/enter/)|/api/")


async def _send_all(web: aiohttp.ClientSession, url: str, tries: list[Try], verdict: Verdict) -> Counter[int]:
    """How each was answered by the other shop; it tells of nobody, and lets nobody in."""
    told: Counter[int] = Counter()
    left = iter(tries)

    async def send_on() -> None:
        for each in left:
            async with web.request(
                each.method,
                f"{url}/{OTHER}{each.path}",
                headers=each.headers | {"Origin": url},
                data=each.body or None,
                allow_redirects=False,
            ) as answer:
                text = (await answer.read()).decode("utf-8", "replace")
                told[answer.status] += 1
                if any(name in text for name in SECRETS) or "passalong=" in str(answer.headers.get("Set-Cookie", "")):
                    verdict.wrong.append(f"{each.path} tells of another shop's people")
                if _LETS_IN.search(each.path) and answer.status < 400:
                    verdict.wrong.append(f"{each.path} lets another shop's people in: {answer.status}")

    await asyncio.gather(*(send_on() for _ in range(LINES)))
    return told


async def _look_at_home(web: aiohttp.ClientSession, url: str, loot: Loot) -> dict[str, object]:
    """Whether all of it still is what it was, where it belongs."""
    async with web.get(f"{url}/{OWN}/r/{loot.codes[1]}", headers={"User-Agent": PREVIEW}) as answer:
        page = SECRETS[1] in await answer.text()
    async with web.get(f"{url}/{OWN}/dashboard", headers={"Cookie": f"passalong={loot.session}"}) as answer:
        board = answer.status
    async with web.post(f"{url}/{OWN}/dashboard/enter", **_compose_entering(url, loot.token)) as answer:  # type: ignore[arg-type]
        link = "passalong" in answer.cookies
    return {"page": page, "board": board, "link": link}


async def _count_referrals(agency: Agency, name: str) -> int:
    told = json.loads((await agency.home.run("stats", "--json", "--shop", name)).read_output())
    return int(told["funnel"]["started"])


KINDS = [Kind(number=20, name="what one shop gives out is tried at another", run=keep_apart, short_on=("sqlite",))]
