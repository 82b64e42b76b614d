"""Strangers at the door of tills: forged, altered and replayed reports, and keys that are none or are no more."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import aiohttp
from sqlalchemy import func, select

from bot.core.signing import compose_secret, sign
from storage.schema.conversions import conversion, sale
from tests.attack.ground import Ground, Kind, Verdict
from tests.attack.web_side import furnish_web, until_open

DOOR = "/api/v1/conversions"
LINES = 16

AHEAD = 3_600
"""Seconds; a clock only a little too far ahead has become right by the time a busy machine reads what it signed."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request."""

    body: bytes
    headers: Mapping[str, str]


def compose(order: int, amount: int = 1000) -> bytes:
    """A purchase."""
    return json.dumps(
        {
            "type": "purchase",
            "order_id": f"F-{order}",
            "amount": amount,
            "currency": "EUR",
            "member": {"telegram_id": 5},
            "occurred_at": "2026-11-28T10:00:00Z",
        }
    ).encode()


def sign_headers(secret: str, body: bytes, at: int, message_id: str) -> dict[str, str]:
    """Of a signed message."""
    signature = sign(secret, message_id, at, body)
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": signature}


def forge(dice: random.Random, number: int, key: str, secret: str) -> Sent:
    """One that must not be taken."""
    now, body = int(time.time()), compose(number)
    signed = sign_headers(secret, body, now, f"msg_{number}")
    ways = (
        Sent(body, {}),
        Sent(body, {"Authorization": f"Bearer psk_{dice.randbytes(24).hex()}"}),
        Sent(body, {"Authorization": f"Bearer {key[:-1]}"}),
        Sent(body, {"Authorization": f"Basic {key}"}),
        Sent(body, sign_headers(compose_secret(dice.randbytes(24)), body, now, f"msg_{number}")),
        Sent(compose(number, 999_999), signed),
        Sent(body, signed | {"webhook-id": f"msg_{number}x"}),
        Sent(body, signed | {"webhook-timestamp": str(now + dice.choice((-5, 5)))}),
        Sent(body, sign_headers(secret, body, now + dice.choice((-310, AHEAD)), f"msg_{number}")),
        Sent(body, sign_headers(secret, body, now - dice.randint(320, 10**6), f"msg_{number}")),
        Sent(body, signed | {"webhook-signature": "v1," + "A" * 43 + "="}),
        Sent(body, signed | {"webhook-signature": signed["webhook-signature"].replace("v1,", "v1a,")}),
    )
    return dice.choice(ways)


async def send_all(url: str, requests: Iterator[Sent]) -> Counter[int]:
    """How each was answered."""
    answers: Counter[int] = Counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=LINES)) as session:

        async def send_on() -> None:
            for sent in requests:
                headers = {"Content-Type": "application/json", **sent.headers}
                async with session.post(url + DOOR, data=sent.body, headers=headers) as answer:
                    await answer.read()
                    answers[answer.status] += 1

        await asyncio.gather(*(send_on() for _ in range(LINES)))
    return answers


async def forge_reports(ground: Ground, verdict: Verdict) -> None:
    """None is taken; a true one replayed is answered as before and counts once; no key or secret stands in the log."""
    home, port = furnish_web(ground)
    made = json.loads((await home.run("api-key", "create", "till")).read_output())
    key, secret = made["key"], made["secret"]
    dice, many, url = random.Random(12), ground.size(300, 100_000), f"http://127.0.0.1:{port}"
    async with ground.running(home) as program:
        await until_open(port, program)
        answers = await send_all(url, (forge(dice, number, key, secret) for number in range(many)))
        true = compose(1_000_000)
        headers = sign_headers(secret, true, int(time.time()), "msg_true")
        replays = await send_all(url, (Sent(true, headers) for _ in range(ground.size(20, 1000))))
        verdict.expect(await program.stop() == 0, "the process does not end well")
        said = program.read_errors() + program.read_output()
    [(sales,)] = ground.fetch(select(func.count()).select_from(sale))
    [(reports,)] = ground.fetch(select(func.count()).select_from(conversion))
    verdict.figures |= {"forged": many, "taken": sales - 1, "replayed": sum(replays.values()), "reports": reports}
    verdict.expect(
        not set(answers) - {401, 429}, f"forged reports are answered otherwise than refused: {dict(answers)}"
    )
    verdict.expect((sales, reports) == (1, 1), f"of forged and replayed reports {sales} orders came to be")
    verdict.expect(replays[202] <= 1 and set(replays) <= {200, 202}, f"a replay is answered {dict(replays)}")
    verdict.expect(key not in said and secret not in said, "a key or a secret stands in the log")


KINDS = [
    Kind(number=19, name="reports of tills are forged, altered and replayed", run=forge_reports, short_on=("sqlite",))
]
