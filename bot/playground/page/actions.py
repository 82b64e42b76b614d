"""What a human does on a phone, as the page asks for it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from bot.assets import ASSETS
from bot.playground.page.browser import Browser
from bot.playground.page.bubbles import render_photo
from bot.playground.page.cast import Cast, find_chat
from bot.playground.page.feed import Feed
from bot.playground.page.leads import lead_button, lead_link
from bot.playground.page.typed import parse_typed
from bot.playground.waiting import wait_until
from bot.playground.world import (
    Callback,
    Chat,
    Content,
    ImpossibleError,
    InlineQuery,
    InlineResult,
    Message,
    Person,
    World,
)
from bot.playground.world.entities import MAX_CAPTION, MAX_TEXT, finish
from bot.playground.world.photos import take_photo

T = TypeVar("T")
Body = dict[str, Any]
Told = dict[str, Any]

SAMPLES = ("loaf", "cups", "poster")
LANGUAGES = ("en", "id", "zh-hans")
_PATIENCE_SECONDS = 15.0
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


class BadBodyError(Exception):
    """The page sent something it never sends."""


class Actions:
    """The humans' side of the world, by the names the page uses."""

    def __init__(
        self,
        world: World,
        cast: Cast,
        feed: Feed,
        on_reset: Callable[[], Awaitable[None]] | None = None,
        browser: Browser | None = None,
    ) -> None:
        self._world = world
        self._cast = cast
        self._feed = feed
        self._on_reset = on_reset
        self._browser = browser or Browser()

    async def write(self, body: Body) -> Told:
        """Send a text into a chat; one that names the bot where it is not a member calls it as a guest."""
        person, chat = self._find_place(body)
        text, entities = parse_typed(_read(body, "text", str))
        formatted = finish(text, entities)
        _require(formatted.text, "an app sends no empty text")
        _require(len(formatted.text) <= MAX_TEXT, f"an app splits a text above {MAX_TEXT} characters")
        content = Content(text=formatted.text, entities=formatted.entities)
        if self._world.calls_guest(chat, content.text):
            return _tell(self._world.call_guest(person, chat, content).message)
        return _tell(self._world.say(person, chat, content))

    async def photo(self, body: Body) -> Told:
        """Send a picture: a sample of ours, or the bytes of one."""
        person, chat = self._find_place(body)
        text, entities = parse_typed(_read(body, "caption", str))
        formatted = finish(text, entities)
        _require(len(formatted.text) <= MAX_CAPTION, f"an app takes no caption above {MAX_CAPTION} characters")
        photo = take_photo(self._world.files, _read_picture(body))
        content = Content(text=formatted.text, entities=formatted.entities, photo=photo)
        return _tell(self._world.say(person, chat, content))

    async def document(self, body: Body) -> Told:
        """Send a file as it is."""
        person, chat = self._find_place(body)
        name = " ".join(_read(body, "name", str).split())[:128] or "file"
        return _tell(self._world.send_document(person, chat, _read_data(body), name))

    async def start(self, body: Body) -> Told:
        """Press START, with the payload of the link that led here."""
        payload = _read(body, "payload", str)
        _require(_PAYLOAD.fullmatch(payload), "an app ignores such a start parameter")
        return _tell(self._world.press_start(self._find_person(body), payload))

    async def tap(self, body: Body) -> Told:
        """Tap a button; a callback waits for the bot's answer."""
        person, message = self._find_message(body)
        rows = message.keyboard
        row, column = _read(body, "row", int), _read(body, "column", int)
        _require(0 <= row < len(rows) and 0 <= column < len(rows[row]), "the button is gone")
        tap = self._world.tap(person, message, rows[row][column])
        if tap.callback is not None:
            return await self._await_answer(person, tap.callback)
        return await self._browse(person, lead_button(self._world, person, tap))

    async def open(self, body: Body) -> Told:
        """Follow a link."""
        person = self._find_person(body)
        return await self._browse(person, lead_link(self._world, person, _read(body, "url", str)))

    async def forward(self, body: Body) -> Told:
        """Forward a message to another chat of this phone."""
        person, message = self._find_message(body)
        return _tell(self._world.forward(person, message, find_chat(self._world, person, _read(body, "to", str))))

    async def block(self, body: Body) -> Told:
        """Block the bot."""
        self._world.block(self._find_person(body))
        return {}

    async def leave(self, body: Body) -> Told:
        """Go out of a group or channel."""
        person, chat = self._find_place(body)
        _require(not chat.is_private, "nobody can leave a private chat")
        self._world.leave(person, chat)
        return {}

    async def unblock(self, body: Body) -> Told:
        """Let the bot write again."""
        self._world.unblock(self._find_person(body))
        return {}

    async def ask(self, body: Body) -> Told:
        """Ask the bot inline and wait for what it offers."""
        person, chat = self._find_place(body)
        query = self._world.type_inline(person, chat, _read(body, "query", str))
        answer = await self._wait(lambda: query.answer)
        if answer is None:
            return {"query": query.id, "late": True, "results": []}
        results = [_render_result(result) for result in answer.results]
        return {"query": query.id, "results": results, "button": dict(answer.button) if answer.button else None}

    async def choose(self, body: Body) -> Told:
        """Send one of the things the bot offered."""
        person = self._find_person(body)
        query: InlineQuery | None = self._world.inline_queries.get(_read(body, "query", str))
        if query is None or query.person is not person:
            raise ImpossibleError("the bot was not asked this")
        return _tell(self._world.choose_inline(person, query, _read(body, "result", str)))

    async def language(self, body: Body) -> Told:
        """Set the language of a person's Telegram; the bot sees it at their next move."""
        code = _read(body, "language", str)
        _require(code in LANGUAGES, "no such language")
        self._find_person(body).language_code = code
        self._feed.refresh()
        return {}

    async def add(self, body: Body) -> Told:
        """Give somebody new a phone."""
        name, code = " ".join(_read(body, "name", str).split())[:64], _read(body, "language", str)
        _require(name, "a person needs a name")
        _require(code in LANGUAGES, "no such language")
        phone = self._cast.give_phone(self._world.add_person(name, language_code=code), role="a friend")
        self._feed.refresh()
        return {"id": phone.id}

    async def reset(self, _body: Body) -> Told:
        """Begin again with a fresh world."""
        if self._on_reset is None:
            raise ImpossibleError("this playground cannot start over")
        await self._on_reset()
        return {}

    async def _browse(self, person: Person, led: Told) -> Told:
        """Open what belongs to the shop's web side in the phone's browser, which may send the phone back to Telegram."""
        if led["kind"] != "web" or not self._browser.knows(led["url"]):
            return led
        target = await self._browser.find_exit(led["url"])
        return lead_link(self._world, person, target) | {"through": led["url"]} if target else led | {"kind": "page"}

    async def _await_answer(self, person: Person, callback: Callback) -> Told:
        answer = await self._wait(lambda: callback.answer)
        if answer is None:
            return {"kind": "callback", "late": True}
        told: Told = {"kind": "callback", "text": answer.text, "alert": answer.show_alert}
        return told | (
            {"open": await self._browse(person, lead_link(self._world, person, answer.url))} if answer.url else {}
        )

    async def _wait(self, find: Callable[[], T | None]) -> T | None:
        try:
            return await wait_until(self._world, find, timeout_seconds=_PATIENCE_SECONDS)
        except AssertionError:  # how the wait says that it was in vain
            return None

    def _find_person(self, body: Body) -> Person:
        return self._cast.get_person(_read(body, "phone", str))

    def _find_place(self, body: Body) -> tuple[Person, Chat]:
        person = self._find_person(body)
        return person, find_chat(self._world, person, _read(body, "peer", str))

    def _find_message(self, body: Body) -> tuple[Person, Message]:
        person, chat = self._find_place(body)
        message = chat.messages.get(_read(body, "message", int))
        if message is None:
            raise ImpossibleError("the message is gone")
        return person, message


def _tell(message: Message) -> Told:
    return {"message": message.id}


def _require(held: object, words: str) -> None:
    if not held:
        raise ImpossibleError(words)


def _read(body: Body, name: str, kind: type[T]) -> T:
    value = body.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise BadBodyError(f"{name} must be {kind.__name__}")
    return value


def _read_picture(body: Body) -> bytes:
    if "sample" in body:
        name = _read(body, "sample", str)
        _require(name in SAMPLES, "no such picture")
        return (ASSETS / "playground" / "pictures" / f"{name}.jpg").read_bytes()
    return _read_data(body)


def _read_data(body: Body) -> bytes:
    try:
        return base64.b64decode(_read(body, "data", str), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadBodyError("data must be base64") from error


def _render_result(result: InlineResult) -> Told:
    photo = result.content.photo
    shown = {"photo": render_photo(photo)} if photo else {}
    words = {"id": result.id, "title": result.title, "description": result.description}
    return words | {"text": result.content.text[:200]} | shown
