"""Facts about tokens, limits, webhooks, polls and the bot's menu."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.playground import faults
from tests.playground.facts.stage import SECOND, Probe, Stage, tells

HOOK = "https://example.com/hook"


def _with_token(token: str) -> Probe:
    async def probe(stage: Stage) -> str:
        url = f"{stage.caller.telegram.base_url}{token}/getMe"
        async with stage.caller.session.get(url) as response:
            return f"{response.status} {(await response.json())['description']}"

    return probe


async def _limit_with_header(stage: Stage) -> str:
    stage.caller.telegram.faults.order(faults.too_many_requests(41), "getMe")
    url = f"{stage.caller.telegram.base_url}{stage.caller.telegram.token}/getMe"
    async with stage.caller.session.get(url) as response:
        body, header = await response.json(), response.headers["Retry-After"]
    parameters = str(body["parameters"]).replace("'", '"')
    return f"{response.status} {body['description']} {parameters} Retry-After={header}"


async def _hook_words(stage: Stage) -> str:
    _, body = await stage.caller.ask("setWebhook", url=HOOK)
    return str(body["description"])


async def _poll_with_hook(stage: Stage) -> str:
    await stage.caller.call("setWebhook", url=HOOK)
    return await stage.tell("getUpdates")


async def _two_pollers(stage: Stage) -> str:
    await stage.caller.call("getUpdates", offset=-1)
    offset = stage.world.updates.list_waiting()[-1].id + 1
    first = asyncio.create_task(stage.tell("getUpdates", offset=offset, timeout=20))
    await stage.caller.telegram.until_polling()
    second = asyncio.create_task(stage.tell("getUpdates", offset=offset, timeout=20))
    told = await first
    stage.world.send_text(stage.ann, stage.world.open_chat(stage.ann), "x")
    await second
    return told


async def _write(stage: Stage, *texts: str) -> list[dict[str, Any]]:
    for text in texts:
        stage.world.send_text(stage.ann, stage.world.open_chat(stage.ann), text)
    updates: list[dict[str, Any]] = await stage.caller.call("getUpdates")
    return updates


async def _in_order(stage: Stage) -> str:
    ids = [update["update_id"] for update in await _write(stage, "one", "two")]
    return str(ids == list(range(ids[0], ids[0] + 3)))


async def _same_offset(stage: Stage) -> str:
    await _write(stage, "one", "two")
    return str(len(await stage.caller.call("getUpdates")))


async def _same_offset_waits(stage: Stage) -> str:
    last = (await _write(stage))[-1]["update_id"]
    await stage.caller.call("getUpdates", offset=last + 1)
    again = asyncio.create_task(stage.caller.call("getUpdates", offset=last + 1))
    await stage.caller.telegram.until_polling()
    stage.world.send_text(stage.ann, stage.world.open_chat(stage.ann), "late")
    return "waits" if await again else "does not wait"


async def _negative_offset(stage: Stage) -> str:
    await _write(stage, "one", "two", "three")
    return str([update["message"]["text"] for update in await stage.caller.call("getUpdates", offset=-1)])


async def _far_offset(stage: Stage) -> str:
    last = (await _write(stage))[-1]["update_id"]
    return str(len(await stage.caller.call("getUpdates", offset=last + 1000)))


def _many_in_private(*, edits: bool) -> Probe:
    async def probe(stage: Stage) -> str:
        sent = await stage.send()
        stage.clock.now += 60 * SECOND
        stage.world.floods.enabled = True
        where = {"chat_id": stage.ann.id} | ({"message_id": sent["message_id"]} if edits else {})
        method = "editMessageText" if edits else "sendMessage"
        told = [await stage.tell(method, **where, text=f"x{number}") for number in range(12)]
        return next((each[:3] for each in told if not each.startswith("200")), "200")

    return probe


async def _many_in_group(stage: Stage) -> str:
    group = stage.add_chat("supergroup")
    stage.world.floods.enabled = True
    for number in range(1, 30):
        stage.clock.now += SECOND
        if (told := await stage.say(chat_id=group.id)) != "200 OK":
            return f"{told[:3]} at {number}"
    return "200"


def _command(command: str = "start", description: str = "d") -> Probe:
    return tells("setMyCommands", commands=[{"command": command, "description": description}])


PROBES: dict[str, Probe] = {
    "token unknown": _with_token("42:unknown-token"),
    "token malformed": _with_token("nonsense"),
    "429": _limit_with_header,
    "setWebhook http://": tells("setWebhook", url="http://example.com/hook"),
    "setWebhook port 8081": tells("setWebhook", url="https://example.com:8081/hook"),
    "secret_token with a space": tells("setWebhook", url=HOOK, secret_token="a b"),
    "setWebhook without a scheme (read as https)": tells("setWebhook", url="example.com/hook"),
    "'description' in the answer of setWebhook": _hook_words,
    "getUpdates while a webhook is set": _poll_with_hook,
    "two pollers": _two_pollers,
    "updates in order, ids by one": _in_order,
    "same offset within 0.5 s: one update": _same_offset,
    "negative offset: the last one only": _negative_offset,
    "offset far ahead is read as the oldest": _far_offset,
    "same offset again within 3 s waits 3 s": _same_offset_waits,
    "12 edits at once in one chat meet a 429": _many_in_private(edits=True),
    "12 sends at once in one chat meet a 429": _many_in_private(edits=False),
    "21st message a minute in a group": _many_in_group,
    "command with capitals": _command("Start"),
    "command description of 257": _command(description="d" * 257),
    "command description empty": _command(description=""),
    "command of 33": _command("c" * 33),
}
