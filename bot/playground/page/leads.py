"""Where a tap on a link or a button leads on the phone it was tapped on."""

from __future__ import annotations

import re
from typing import Any

from bot.playground.page.cast import name_peer
from bot.playground.world import Chat, ImpossibleError, Person, Picker, Tap, World
from bot.playground.world.taps import Link, compose_draft, read_link

Told = dict[str, Any]

_START = re.compile(r"[A-Za-z0-9_-]{1,64}")


def lead_link(world: World, person: Person, url: str) -> Told:
    """Return what a link opens: the bot (START waits to be pressed), a chat, a draft to share, a page outside."""
    link = read_link(url)
    if link.invite:
        opened = world.open_link(person, url)
        return _lead_chat(world, person, opened.chat)
    if link.name.lower() == "share":
        return {"kind": "share", "draft": compose_draft(link.options)}
    target = world.names.get(link.name.lower())
    if target is world.bot:
        return _lead_bot(link)
    if isinstance(target, Chat):
        if not target.holds(person):
            world.join(person, target)
        return _lead_chat(world, person, target)
    if target is not None and target is not person:
        return {"kind": "chat", "peer": f"u{target.id}"}
    return {"kind": "web", "url": url}


def lead_button(world: World, person: Person, tap: Tap) -> Told:
    """Return what a button without callback data does."""
    if tap.kind == "copy":
        return {"kind": "copy", "text": tap.text}
    if tap.picker is not None:
        return _lead_picker(tap.picker)
    return lead_link(world, person, tap.url)


def _lead_picker(picker: Picker) -> Told:
    kinds = sorted(picker.chat_kinds)
    return {"kind": "switch", "query": picker.query, "current": picker.current_chat, "kinds": kinds}


def _lead_bot(link: Link) -> Told:
    payload = link.options.get("start")
    if payload and not _START.fullmatch(payload):
        raise ImpossibleError("apps ignore such a start parameter")
    return {"kind": "bot", "payload": payload}


def _lead_chat(world: World, person: Person, chat: Chat | None) -> Told:
    if chat is None or not chat.holds(person):
        raise ImpossibleError("the chat lets in only whom its admins let in")
    return {"kind": "chat", "peer": name_peer(world, person, chat)}
