"""A message to all as each of them gets it: in their language, with their buttons and links."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.broadcasts.content import BroadcastContent, Kind, Version, compose_counted, decide_language, list_links
from bot.core.broadcasts.counted_links import compose_link_key
from bot.core.languages import choose_language
from bot.core.trials import is_held_out
from bot.messages.keyboards import send_row
from bot.messages.outgoing import NO_PREVIEW, OutgoingMessage, Photo
from bot.messages.sharing.screens import say_caption
from bot.messages.shop import Shop, Source
from bot.messages.texts import Texts
from bot.services.members import MemberView
from storage.frozen import frozen

READER = "~reader~"
"""Stands in a counted link where the key of its reader comes."""

STORY = "story"
"""In place of a method: a message that is made of its reader's card first."""

METHODS = {
    Kind.TEXT: "sendMessage",
    Kind.PHOTO: "sendPhoto",
    Kind.VIDEO: "sendVideo",
    Kind.ANIMATION: "sendAnimation",
    Kind.VIDEO_NOTE: "sendVideoNote",
    Kind.DOCUMENT: "sendDocument",
    Kind.VOICE: "sendVoice",
    Kind.AUDIO: "sendAudio",
    Kind.POLL: "sendPoll",
}


@frozen
class Reader:
    """Whom a message is made for."""

    language: str
    """As chosen or as Telegram says; may be empty."""
    code: str
    key: str = ""
    """In counted links."""
    number: int = 0
    """Of the member; 0 for whoever looks at what members get."""


class BroadcastComposer:
    """Makes the messages of one broadcast; what is the same for many is made once.

    Args:
        content: What is to be said.
        shop: Whose card the share button passes on; without one there is no such button.
        addresses: Where links lead instead, by their own address; READER stands in them.
    """

    def __init__(
        self, content: BroadcastContent, shop: Shop | None = None, addresses: Mapping[str, str] | None = None
    ) -> None:
        self._content = content
        self._shop = shop if content.shares else None
        self._addresses = addresses or {}
        self._made: dict[tuple[str, str, str], list[OutgoingMessage]] = {}

    def compose(self, reader: Reader) -> list[OutgoingMessage]:
        """What is sent to somebody, one after the other: an album has its buttons in a message below it."""
        version = decide_language(self._content, reader.language) if len(self._content.versions) > 1 else ""
        return self.compose_version(version, reader)

    def compose_version(self, version: str, reader: Reader) -> list[OutgoingMessage]:
        """The same in the version of a language, whatever they read."""
        locale, code = self._choose_button(reader)
        known = self._made.get((version, locale, code))
        if known is None:
            known = list(self._make(self._content.versions[version], locale, code))
            if not code:
                self._made[version, locale, code] = known
        return known if not self._addresses else [_put_reader(message, reader.key) for message in known]

    def compose_edits(self, reader: Reader, message_ids: Sequence[int]) -> dict[int, OutgoingMessage]:
        """What stands in the place of the messages that somebody has got, by their numbers: all of it, or what Telegram allows."""
        first, *below = self.compose(reader)
        if first.method != "sendMediaGroup":
            return {message_ids[0]: _keep_editable(first)}
        items = json.loads(str((first.formatting or {})["media"]))
        said = {number: _caption(item) for number, item in zip(message_ids, items, strict=False) if item.get("caption")}
        return said | dict(zip(message_ids[len(items) :], below, strict=False))

    def _choose_button(self, reader: Reader) -> tuple[str, str]:
        """The language of the share button, empty for none, and the code in it where it is not the same for all.

        Who is never asked to share has none.
        """
        held = 0 if self._shop is None else self._shop.campaign.rules.hold_out_percent
        if self._shop is None or (held and is_held_out(reader.number, held)):
            return "", ""
        language = choose_language(reader.language, "", self._shop.campaign.languages)
        return language, "" if self._shop.inline_mode else reader.code

    def _make(self, version: Version, locale: str, code: str) -> Iterator[OutgoingMessage]:
        parameters = compose_counted(version.parameters, self._addresses) if self._addresses else version.parameters
        story = str(parameters["story"]) if version.kind is Kind.STORY else ""
        keyboard = self._make_keyboard(locale, code, story)
        if story:
            yield _make_message(STORY, parameters, keyboard)
        elif version.kind is Kind.ALBUM:
            yield from self._make_album(parameters["items"], keyboard, locale)
        else:
            yield _make_message(METHODS[version.kind], parameters, keyboard)

    def _make_keyboard(self, locale: str, code: str, story: str) -> str:
        rows = [
            [InlineKeyboardButton(button.label, url=self._addresses.get(button.url, button.url))]
            for button in self._content.buttons
        ]
        if self._shop is not None and locale:
            rows.append(send_row(Texts(locale), self._shop, code, story))
        return InlineKeyboardMarkup(rows).to_json() if rows else ""

    def _make_album(self, items: Sequence[Mapping[str, Any]], keyboard: str, locale: str) -> Iterator[OutgoingMessage]:
        """Telegram puts no buttons under an album: they come with its words right below, or with the shop's name."""
        if not keyboard:
            yield _make_message("sendMediaGroup", {"media": items}, "")
            return
        said = [item for item in items if item.get("caption")]
        words: dict[str, Any] = {"text": "👆" if self._shop is None or not locale else f"👆 {self._shop.brand(locale)}"}
        if len(said) == 1:
            words = {"text": said[0]["caption"], "entities": said[0].get("caption_entities")}
            items = [{name: each for name, each in item.items() if not name.startswith("caption")} for item in items]
        yield _make_message("sendMediaGroup", {"media": items}, "")
        yield _make_message("sendMessage", {**words, "link_preview_options": json.loads(NO_PREVIEW)}, keyboard)


def read_story(message: OutgoingMessage) -> str:
    """The key of the story that a message names; empty for one that is sent as it is."""
    return str((message.formatting or {}).get("story", "")) if message.method == STORY else ""


def compose_story(message: OutgoingMessage, shop: Shop, member: MemberView, photo: Photo) -> OutgoingMessage:
    """The story that a message names, on its reader's card, with the message's buttons."""
    caption = say_caption(Texts(member.language), shop, member, Source.FORWARDED, read_story(message))
    written = str((message.formatting or {}).get("reply_markup", ""))
    keyboard = InlineKeyboardMarkup.de_json(json.loads(written), None) if written else None
    return OutgoingMessage(text=caption, photo=photo, keyboard=keyboard)


def compose_addresses(
    content: BroadcastContent, numbers: Mapping[str, int], broadcast_id: int, public_url: str
) -> dict[str, str]:
    """Where the links of a broadcast lead instead, by their own address; nowhere else without a web side."""
    if not numbers or not public_url:
        return {}
    return {
        url: f"{public_url}/l/{compose_link_key(broadcast_id, numbers[url])}.{READER}"
        for url in list_links(content)
        if url in numbers
    }


def _make_message(method: str, parameters: Mapping[str, Any], keyboard: str) -> OutgoingMessage:
    """Nested parameters are written as JSON once, not once per chat."""
    written = {
        name: value if isinstance(value, str | bool) else json.dumps(value)
        for name, value in parameters.items()
        if value or (value is False and name == "is_anonymous")
    }
    if keyboard:
        written["reply_markup"] = keyboard
    return OutgoingMessage(method=method, formatting=written)


_EDITABLE = {
    "sendVoice": ("editMessageCaption", ("caption", "caption_entities", "reply_markup")),
    "sendVideoNote": ("editMessageReplyMarkup", ("reply_markup",)),
    "sendPoll": ("editMessageReplyMarkup", ("reply_markup",)),
    STORY: ("editMessageReplyMarkup", ("reply_markup",)),
}
"""How the others are edited, which cannot be shown anew: their words, or the buttons below."""


def _keep_editable(message: OutgoingMessage) -> OutgoingMessage:
    if message.method not in _EDITABLE:
        return message
    method, names = _EDITABLE[message.method]
    said = message.formatting or {}
    return OutgoingMessage(method=method, formatting={name: said[name] for name in names if name in said})


def _caption(item: Mapping[str, Any]) -> OutgoingMessage:
    said = {"caption": item["caption"], "caption_entities": json.dumps(item.get("caption_entities") or [])}
    return OutgoingMessage(method="editMessageCaption", formatting=said)


def _put_reader(message: OutgoingMessage, key: str) -> OutgoingMessage:
    formatting = {
        name: value.replace(READER, key) if isinstance(value, str) else value
        for name, value in (message.formatting or {}).items()
    }
    return replace(message, formatting=formatting)
