"""Updates that Telegram would never send: out of order, too deep, of wrong types, from nowhere."""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select

from bot.playground.world import Person
from storage.schema.messages import inbox
from tests.attack.ground import Ground, Kind, Verdict

LEVELS = 1500
CLOSED_SECONDS = 30
LOG_BYTES_EACH = 400
_NUMBERS = (True, 0, -1, 2**63, -(2**63), 2**70, 1.5, float("nan"), float("inf"), 10**400)
BAD: tuple[Any, ...] = (
    None,
    *_NUMBERS,
    "",
    "\x00\ud800",
    "\ud83d",
    "x" * 200_000,
    [],
    {},
    [[]],
    {"id": {}},
    {"": {"": ""}},
)
KINDS_OF_UPDATES = (
    *("message", "callback_query", "chat_member", "edited_message", "inline_query", "chosen_inline_result"),
    *("my_chat_member", "chat_join_request", "guest_message", "pre_checkout_query", "message_reaction", "channel_post"),
    "wish",
)
"""The last is one that nobody knows yet."""


async def send_nonsense(ground: Ground, verdict: Verdict) -> None:
    """Each is refused, counted and cheap; who speaks meanwhile is answered, and no line stays blocked."""
    async with ground.running(ground.furnish(LOG_LEVEL="INFO")) as program:
        anna, budi = await ground.join("Anna"), await ground.join("Budi")
        polls, before = ground.world.journal.counts["getUpdates"], len(program.read_errors())
        pushed = _push_out_of_order(ground, [anna, budi])
        with deep_recursion():
            for kind in KINDS_OF_UPDATES:
                pushed += _push_deep(ground, anna, kind)
            await ground.ask(budi)
        answers = 0
        for body in _list_bodies(anna, every=ground.size(20, 2)):
            for kind in KINDS_OF_UPDATES:
                pushed += bool(ground.world.push_raw(kind, dict(body)))
            if not pushed % (10 * len(KINDS_OF_UPDATES)):
                answers += bool(await ground.ask(budi))
        await ground.telegram.until_confirmed(timeout_seconds=60)
        await ground.ask(budi)
        left = await _until_closed(ground)
        polls = ground.world.journal.counts["getUpdates"] - polls
        grown = len(program.read_errors()) - before
        verdict.expect(program.status is None, program.read_errors()[-500:])
    verdict.figures |= {"updates": pushed, "others answered": answers + 2, "polls": polls, "log bytes": grown}
    verdict.figures["left open"] = left
    verdict.expect(polls <= pushed + 50, "Telegram is asked again and again")
    verdict.expect(grown <= LOG_BYTES_EACH * pushed, "the log is filled")
    verdict.expect(not left, "updates stay open for ever")


async def _until_closed(ground: Ground) -> int:
    """How many updates are open in the end: what raises is tried three times, within some seconds."""
    left = -1
    for _ in range(CLOSED_SECONDS):
        [(left,)] = ground.fetch(select(func.count()).select_from(inbox).where(inbox.c.state == "open"))
        if not left:
            break
        await asyncio.sleep(1)
    return left


def _push_out_of_order(ground: Ground, people: list[Person]) -> int:
    """A batch whose ids fall."""
    for person in people * 5:
        ground.world.send_text(person, ground.world.open_chat(person), "/help")
    waiting = ground.world.updates._waiting
    ground.world.updates._waiting = OrderedDict(reversed(waiting.items()))
    return len(people) * 5


def _push_deep(ground: Ground, person: Person, kind: str) -> int:
    """An update that no parser of JSON likes, deep in what is read and in what nobody reads."""
    deep: dict[str, Any] = {}
    for _ in range(LEVELS):
        deep = {"x": deep}
    body = _compose_message(person)
    return sum(
        bool(ground.world.push_raw(kind, {**body, place: deep})) for place in ("reply_to_message", "web_app_data")
    )


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let this process write what the other is to read."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(10 * LEVELS)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _compose_message(person: Person) -> dict[str, Any]:
    user = {"id": person.id, "is_bot": False, "first_name": person.first_name, "language_code": "en"}
    chat = {"id": person.id, "type": "private", "first_name": person.first_name}
    return {
        "message_id": 1,
        "date": 1_700_000_000,
        "from": user,
        "chat": chat,
        "text": "/help",
        "data": "menu",
        "id": "1",
    }


def _list_bodies(person: Person, *, every: int) -> Iterator[Mapping[str, Any]]:
    """A good message with one thing wrong: each field, and each field of those, by each bad value and by none at all."""
    good, number = _compose_message(person), 0
    for name, value in good.items():
        for bad in BAD:
            number += 1
            if number % every == 0:
                yield {**good, name: bad}
        for inner in value if isinstance(value, dict) else ():
            for bad in BAD:
                number += 1
                if number % every == 0:
                    yield {**good, name: {**value, inner: bad}}
        yield {key: each for key, each in good.items() if key != name}


KINDS = [Kind(number=9, name="malformed updates", run=send_nonsense)]
