"""Facts about buttons, and about answers to taps and inline queries."""

from __future__ import annotations

from typing import Any

from bot.playground.world import Callback
from tests.playground.facts.stage import SECOND, Probe, Stage, shows

ARTICLE = {"type": "article", "id": "1", "title": "A", "input_message_content": {"message_text": "Hello"}}


def _in(kind: str, **button: Any) -> Probe:
    async def probe(stage: Stage) -> str:
        return await stage.show(button, stage.add_chat(kind).id)

    return probe


async def _tap(stage: Stage) -> Callback:
    sent = await stage.send(reply_markup={"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]})
    callback = stage.world.tap(stage.ann, stage.find(sent), "x").callback
    assert callback is not None
    return callback


async def _answer(stage: Stage, callback_id: str, **params: Any) -> str:
    return await stage.tell("answerCallbackQuery", callback_query_id=callback_id, **params)


def _answers(**params: Any) -> Probe:
    async def probe(stage: Stage) -> str:
        return await _answer(stage, (await _tap(stage)).id, **params)

    return probe


async def _unknown_tap(stage: Stage) -> str:
    return await _answer(stage, "12345")


async def _late(stage: Stage) -> str:
    tap = await _tap(stage)
    stage.clock.now += 16 * SECOND
    return await _answer(stage, tap.id)


async def _twice(stage: Stage) -> str:
    tap = await _tap(stage)
    await _answer(stage, tap.id)
    return await _answer(stage, tap.id)


def _results(*results: dict[str, Any], **params: Any) -> Probe:
    async def probe(stage: Stage) -> str:
        query = stage.world.type_inline(stage.ann, stage.world.open_chat(stage.ann), "card")
        return await stage.tell("answerInlineQuery", inline_query_id=query.id, results=list(results), **params)

    return probe


async def _forgotten(stage: Stage) -> str:
    sent = await stage.send()
    stage.world.tap_forgotten(stage.ann, stage.world.open_chat(stage.ann), sent["message_id"], "y")
    message = stage.world.updates.list_waiting()[-1].render()["callback_query"]["message"]
    return f"date {message['date']}, {'a' if 'text' in message else 'no'} text"


MANY = tuple({**ARTICLE, "id": str(number)} for number in range(51))
DOTTED = {"text": "Start", "start_parameter": "a.b"}
SITE = {"url": "https://a.bc"}

PROBES: dict[str, Probe] = {
    "button: callback_data of 65 bytes": shows(callback_data="y" * 65),
    "button: callback_data empty": shows(callback_data=""),
    "button: no action": shows(),
    "button: url of another protocol": shows(url="happ://add/https://x"),
    "button: url without a dot": shows(url="ds"),
    "button: url localhost": shows(url="http://localhost:8080/x"),
    "button: url empty": shows(url=""),
    "button: tg: with a dot": shows(url="tg:google.com"),
    "button: copy_text of 257": shows(copy_text={"text": "y" * 257}),
    "button: copy_text empty": shows(copy_text={"text": ""}),
    "button: style unknown": shows(callback_data="y", style="pink"),
    "button: icon_custom_emoji_id that is no number": shows(callback_data="y", icon_custom_emoji_id="z"),
    "button: switch_inline_query empty": shows(switch_inline_query=""),
    "button: switch_inline_query in a channel": _in("channel", switch_inline_query="y"),
    "button: switch_inline_query_current_chat in a channel": _in("channel", switch_inline_query_current_chat="y"),
    "button: two actions: url wins": shows(url="https://a.bc", callback_data="y"),
    "button: web_app in a group": _in("supergroup", web_app=SITE),
    "answer an unknown tap": _unknown_tap,
    "answer a tap after 16 s": _late,
    "answer a tap twice": _twice,
    "answer with another's link": _answers(url="https://example.com"),
    "toast of 201": _answers(text="x" * 201),
    "51 results": _results(*MANY),
    "start_parameter with a dot": _results(ARTICLE, button=DOTTED),
    "cached photo with a bad id": _results({"type": "photo", "id": "1", "photo_file_id": "!!!"}),
    "article without a title": _results({**ARTICLE, "title": ""}),
    "tap on a message the server forgot: date 0, no text": _forgotten,
}
