"""Callback data that no button carries there: on posts, in groups, on others' messages, inline, on what is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from itertools import count
from typing import Any

from bot.messages.buttons import Button, Number
from bot.playground.world import Message, Person
from tests.attack.acts import list_acts
from tests.attack.ground import Ground, Kind, Verdict
from tests.messages.pressing import BUTTONS

TOAST = "too old"
NUMBERS = count(1)
AT_ONCE = 80


def make_data(button: Button) -> str:
    """What the button says with the smallest ids and a story there is."""
    story = {"set_language": "en"}.get(button.name, "unsliced")
    arguments = button.arguments
    return button.data(*(0 if isinstance(argument, Number) else story[: argument.longest] for argument in arguments))


def list_wrong_places(presser: Person, theirs: Message) -> dict[str, Mapping[str, Any]]:
    """Where a tap can be said to come from, and no button of the bot's can be pressed; `theirs` is another's screen."""
    shown = theirs.render()
    said = {key: shown[key] for key in ("message_id", "date", "text")}
    me, own = shown["from"], {"id": presser.id, "type": "private", "first_name": "Sari"}
    group = {"id": -1001234567, "type": "supergroup", "title": "Us"}
    channel = {"id": -1007654321, "type": "channel", "title": "News"}
    return {
        "another's chat": {"message": shown},
        "a group": {"message": {**said, "from": me, "chat": group}},
        "a channel": {"message": {**said, "sender_chat": channel, "chat": channel}},
        "one's own message": {
            "message": {**said, "from": {"id": presser.id, "is_bot": False, "first_name": "S"}, "chat": own}
        },
        "an inline message": {"inline_message_id": "AAAA"},
        "a message that is gone": {"message": {"message_id": said["message_id"], "date": 0, "chat": own}},
        "nothing at all": {},
    }


def push_tap(ground: Ground, person: Person, where: Mapping[str, Any], data: str) -> str:
    """Send a tap as a forged client does; returns its id."""
    number = f"forged{next(NUMBERS)}"
    user = {"id": person.id, "is_bot": False, "first_name": person.first_name, "language_code": "en"}
    ground.world.push_raw("callback_query", {"id": number, "from": user, "chat_instance": "1", "data": data, **where})
    return number


JOINED = 3
"""Each newcomer is handed a card behind the greeting, which takes as long as it is drawn."""


async def forge_taps(ground: Ground, verdict: Verdict) -> None:
    """Every button in every wrong place, by somebody to whom every button is open: a toast, and nothing else."""
    owner = ground.add_person("Sari")
    async with ground.running(ground.furnish(ADMIN_IDS=str(owner.id))):
        await ground.greet(owner)
        other, bystander = await ground.join("Mina"), await ground.join("Budi")
        theirs = await ground.ask(other)
        buttons = BUTTONS if ground.full or ground.engine == "sqlite" else BUTTONS[::6]
        await ground.telegram.until(lambda: ground.world.journal.counts["sendPhoto"] >= JOINED, what="everybody's card")
        await _until_quiet(ground)
        before, wrong = _count_acts(ground), []
        for button in buttons:
            for place, where in list_wrong_places(owner, theirs).items():
                said = await _until_answered(ground, push_tap(ground, owner, where, make_data(button)))
                if TOAST not in said:
                    wrong.append(f"{button.name} on {place}: {said or 'taken for good'}")
        acts = _count_acts(ground) - before
        waited = await _crowd(ground, theirs, bystander)
    verdict.figures |= {"buttons": len(buttons), "taps": 7 * len(buttons), "taken": len(wrong), "acts": acts}
    verdict.figures |= {f"behind {AT_ONCE} at once another waits s": waited}
    verdict.expect(not wrong, "; ".join(wrong[:5]))
    verdict.expect(not acts, "something was sent or edited")
    verdict.expect(not ground.full or waited < 1, "forged taps hold up others")


async def _crowd(ground: Ground, theirs: Message, bystander: Person) -> float:
    """Many tap a post at once with a screen's data; how long somebody else waits."""
    for number in range(AT_ONCE):
        person = ground.add_person()
        push_tap(ground, person, list_wrong_places(person, theirs)[("a channel", "a group")[number % 2]], "menu")
    began = time.monotonic()
    await ground.ask(bystander)
    return time.monotonic() - began


async def _until_answered(ground: Ground, number: str) -> str:
    journal = ground.world.journal

    def find() -> dict[str, Any] | None:
        calls = reversed(journal.list_calls("answerCallbackQuery"))
        return next((call.params for call in calls if call.params["callback_query_id"] == number), None)

    return str((await ground.telegram.until(find, what=f"an answer to {number}")).get("text") or "")


async def _until_quiet(ground: Ground) -> None:
    """Wait until nothing has been sent for a moment: menus of the team are shown beside the answers."""
    before = -1
    async with asyncio.timeout(60):
        while (now := _count_acts(ground)) != before:
            before = now
            await asyncio.sleep(0.5)


def _count_acts(ground: Ground) -> int:
    return len(list_acts(ground.world.journal))


KINDS = [Kind(number=2, name="forged taps", run=forge_taps)]
