"""Facts about what messages may say, and about editing, copying and deleting them."""

from __future__ import annotations

from typing import Any

from tests.playground.calling import draw_picture
from tests.playground.facts.stage import Probe, Stage, says, tells


async def _cleaned(stage: Stage) -> str:
    return str((await stage.send(text="a\rb\x07c\u202ed\u2028e"))["text"])


async def _long_caption(stage: Stage) -> str:
    return await stage.tell("sendPhoto", chat_id=stage.ann.id, photo=draw_picture(), caption="x" * 1025)


async def _offset(stage: Stage) -> str:
    sent = await stage.send(text="😀 <b>x</b>", parse_mode="HTML")
    return str(sent["entities"][0]["offset"])


async def _preview(stage: Stage) -> str:
    return str((await stage.send(text="look: https://example.com"))["link_preview_options"]["url"])


def _edits(method: str, *, photo: bool = False, **params: Any) -> Probe:
    async def probe(stage: Stage) -> str:
        if photo:
            sent = await stage.caller.call("sendPhoto", chat_id=stage.ann.id, photo=draw_picture(), caption="x")
        else:
            sent = await stage.send(text="x")
        return await stage.tell(method, chat_id=stage.ann.id, message_id=sent["message_id"], **params)

    return probe


def _on_lost(method: str, **params: Any) -> Probe:
    async def probe(stage: Stage) -> str:
        return await stage.tell(method, chat_id=stage.ann.id, message_id=999, **params)

    return probe


async def _edit_users(stage: Stage) -> str:
    said = stage.world.send_text(stage.ann, stage.world.open_chat(stage.ann), "mine")
    return await stage.tell("editMessageText", chat_id=stage.ann.id, message_id=said.id, text="y")


async def _text_to_media(stage: Stage) -> str:
    sent = await stage.send()
    media = {"type": "photo", "media": "attach://a"}
    where = {"chat_id": stage.ann.id, "message_id": sent["message_id"]}
    return await stage.tell("editMessageMedia", **where, media=media, a=draw_picture())


async def _delete_anothers(stage: Stage) -> str:
    group = stage.add_chat("supergroup")
    said = stage.world.send_text(stage.ann, group, "mine")
    return await stage.tell("deleteMessage", chat_id=group.id, message_id=said.id)


async def _copy_service(stage: Stage) -> str:
    group = stage.add_chat("supergroup")
    stage.world.join(stage.world.add_person("Bob"), group)
    source = {"from_chat_id": group.id, "message_id": group.last_message_id}
    return await stage.tell("copyMessage", chat_id=stage.ann.id, **source)


async def _forward_protected(stage: Stage) -> str:
    sent = await stage.send(protect_content=True)
    source = {"from_chat_id": stage.ann.id, "message_id": sent["message_id"]}
    return await stage.tell("forwardMessage", chat_id=stage.ann.id, **source)


async def _forward_protecting(stage: Stage) -> str:
    sent = await stage.send()
    source = {"from_chat_id": stage.ann.id, "message_id": sent["message_id"]}
    forwarded = await stage.caller.call("forwardMessage", chat_id=stage.ann.id, protect_content=True, **source)
    return str(forwarded.get("has_protected_content", False))


def _album(*kinds: str, **params: Any) -> Probe:
    async def probe(stage: Stage) -> str:
        media = [{"type": kind, "media": "attach://a"} for kind in kinds]
        return await stage.tell("sendMediaGroup", chat_id=stage.ann.id, media=media, a=draw_picture(), **params)

    return probe


SPLIT = [{"type": "bold", "offset": 1, "length": 1}]
LOST = {"message_id": 999}

PROBES: dict[str, Probe] = {
    "empty text": says(text=""),
    "only spaces": says(text="   "),
    "only zero-width spaces": says(text="\u200b\u200b"),
    "only tags": says(text="<b></b>", parse_mode="HTML"),
    "4097 characters": says(text="x" * 4097),
    "4096 emoji (8192 UTF-16 units)": says(text="😀" * 4096),
    "4096 after the tags are gone": says(text=f"<b>{'x' * 4096}</b>", parse_mode="HTML"),
    "caption of 1025": _long_caption,
    "control characters and U+2028..202E are cleaned": _cleaned,
    "HTML: unknown tag": says(text="<foo>x</foo>", parse_mode="HTML"),
    "HTML: tag left open": says(text="<b>x", parse_mode="HTML"),
    "HTML: wrong end": says(text="<b>x</i>", parse_mode="HTML"),
    "unknown parse_mode": says(parse_mode="BBCode"),
    "MarkdownV2": says(text="*x*", parse_mode="MarkdownV2"),
    "entity in the middle of a surrogate pair": says(text="😀", entities=SPLIT),
    "offsets in UTF-16": _offset,
    "link_preview_options in the answer": _preview,
    "reply to nothing": says(reply_parameters=LOST),
    "edit without a change": _edits("editMessageText", text="x"),
    "edit a message that is gone": _on_lost("editMessageText", text="x"),
    "edit a user's message": _edit_users,
    "editMessageText on a photo": _edits("editMessageText", photo=True, text="y"),
    "editMessageCaption on a text": _edits("editMessageCaption", caption="y"),
    "editMessageMedia on a text": _text_to_media,
    "delete what is not there": _on_lost("deleteMessage"),
    "delete another's message without the right": _delete_anothers,
    "copy a service message": _copy_service,
    "forward a protected message": _forward_protected,
    "forwardMessage keeps protect_content": _forward_protecting,
    "sendMediaGroup with a reply to nothing": _album("photo", "photo", reply_parameters=LOST),
    "album of photo and document": _album("photo", "document"),
    "unknown parameter is ignored": says(nonsense="1"),
    "method unknown": tells("sendHologram"),
}
