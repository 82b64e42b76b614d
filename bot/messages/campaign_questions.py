"""What is asked for a field of a campaign, and why an answer is not taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.campaigns.drafting import TextFault, TextMistake
from bot.messages.campaigns_panel import name_language
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Html, Texts

NOWHERE = "nowhere"
"""No chat, as an answer by tapping."""
_ASKED = {
    "brand": "editor.ask.brand",
    "unit": "editor.ask.unit",
    "headline": "editor.ask.headline",
    "text": "editor.ask.text",
    "offer": "editor.ask.offer",
    "inviter": "editor.ask.inviter",
    "invitee": "editor.ask.invitee",
    "main": "editor.ask.main",
    "accent": "editor.ask.accent",
    "announce": "editor.ask.announce",
    "community": "editor.ask.community",
    "zone": "editor.ask.zone",
    "starts": "editor.ask.starts",
    "ends": "editor.ask.ends",
    "budget": "editor.ask.budget",
    "logo": "editor.ask.picture",
    "photo": "editor.ask.picture",
    "picture": "editor.ask.picture",
}
_WRONG = {
    TextFault.EMPTY: "editor.wrong.empty",
    TextFault.TOO_LONG: "editor.wrong.too_long",
    TextFault.PLACEHOLDER: "editor.wrong.placeholder",
}


def render_question(texts: Texts, data: Mapping[str, Any]) -> OutgoingMessage:
    """What is asked for a field, in the language whose turn it is, and what stands there now."""
    languages = data.get("languages") or [""]
    text = texts.say(_ASKED[str(data["field"])], language=name_language(languages[0]))
    now = data.get("now", {}).get(languages[0], "")
    said = [text, *([texts.say("editor.ask.now", value=now)] if now else [])]
    return OutgoingMessage(text=Html("\n\n".join(said)))


def list_choices(texts: Texts, data: Mapping[str, Any]) -> dict[str, str]:
    """What can be tapped in place of an answer, by what it is kept as."""
    return {NOWHERE: texts.plain("place.nowhere")} if data["field"] in {"announce", "community"} else {}


def say_text_mistake(texts: Texts, mistake: TextMistake) -> Html:
    """Why a text is not taken, and by how much."""
    return texts.say(_WRONG[mistake.fault], count=mistake.over)
