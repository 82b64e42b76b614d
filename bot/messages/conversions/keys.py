"""Keys of other systems, for owners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.conversions.keys import MOST_LIVE, MOST_NAMES, Unmade
from bot.messages.buttons import API, API_NEW, API_REVOKE, API_REVOKE_SURE, WEBHOOKS
from bot.messages.keyboards import make_button, stack, tap_row
from bot.messages.outgoing import PRIMARY, OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.conversions.keys import KeysView

_UNMADE = {Unmade.NAME: "api.bad_name", Unmade.TWO_LIVE: "api.two_live", Unmade.MANY: "api.many"}


def render_keys(texts: Texts, shop: Shop, view: KeysView) -> OutgoingMessage:
    """Which there are, and the way to one more."""
    lines = [
        texts.say("api.line", name=each.name, ends=each.hint, date=texts.date(each.made_at, shop.zone))
        for each in view.live
    ]
    door = (
        texts.say("api.door", address=f"{shop.public_url}/api/v1/conversions")
        if shop.has_web
        else texts.say("api.no_door")
    )
    blocks = [texts.say("api.title"), Html("\n".join(lines)) if lines else texts.say("api.none"), door]
    revoke = [
        [make_button(texts, API_REVOKE, each.id, label=texts.plain("api.revoke", name=each.name, ends=each.hint))]
        for each in view.live
    ]
    new = [make_button(texts, API_NEW, style=None if lines else PRIMARY)]
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=stack(new, *revoke, tap_row(texts, WEBHOOKS)))


def render_made(texts: Texts, view: KeysView, secret: str) -> OutgoingMessage:
    """The key and its secret, the one time; or why there is none."""
    if view.made is None:
        said = say_unmade(texts, view.unmade or Unmade.NAME)
        return OutgoingMessage(text=said, keyboard=stack(tap_row(texts, API)))
    text = texts.say("api.made", name=view.made.name, shown=view.made.key, secret=secret)
    return OutgoingMessage(text=text, keyboard=stack(tap_row(texts, API)))


def say_unmade(texts: Texts, unmade: Unmade) -> Html:
    """Why there is none."""
    return texts.say(_UNMADE[unmade], live=MOST_LIVE, names=MOST_NAMES)


def render_sure(texts: Texts, view: KeysView, key_id: int) -> OutgoingMessage:
    """Revoke it? What uses it stops at once."""
    found = next((each for each in view.live if each.id == key_id), None)
    if found is None:
        return OutgoingMessage(text=texts.say("api.gone"), keyboard=stack(tap_row(texts, API)))
    text = texts.say("api.sure", name=found.name, ends=found.hint)
    return OutgoingMessage(
        text=text, keyboard=stack([make_button(texts, API_REVOKE_SURE, key_id)], tap_row(texts, API))
    )


def ask_name(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """Where is it used?"""
    return OutgoingMessage(text=texts.say("api.ask_name"))
