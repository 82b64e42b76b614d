"""The bot: python-telegram-bot's, silent about its token, and all that leans on that library's insides."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias, cast

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, TelegramObject, User
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import JSONDict, ODVInput
from telegram.error import BadRequest, InvalidToken
from telegram.ext import ExtBot
from telegram.request import RequestData

from bot.messages.outgoing import OutgoingMessage
from bot.wire.calls import compose_call, compose_edit
from bot.wire.errors import LostAnswer, classify
from bot.wire.pacing import Priority

__all__ = [
    "DefaultValue",
    "Form",
    "JSONDict",
    "ODVInput",
    "call_method",
    "encode_keyboard",
    "write_json",
]


class Form:
    """Parameters of a request, files among them, as a transport reads them of a RequestData.

    They are written out many times faster than the library does it for any object.
    """

    __slots__ = ("contains_files", "json_parameters", "multipart_data")

    def __init__(self, parameters: Mapping[str, object]) -> None:
        files = {name: value.field_tuple for name, value in parameters.items() if isinstance(value, InputFile)}
        self.multipart_data = files or None
        self.contains_files = bool(files)
        self.json_parameters = dict[str, str]()
        for name, value in parameters.items():
            if isinstance(value, str):
                self.json_parameters[name] = str(value)
            elif isinstance(value, InlineKeyboardMarkup):
                self.json_parameters[name] = encode_keyboard(value)
            elif value is not None and name not in files:
                self.json_parameters[name] = value.to_json() if isinstance(value, TelegramObject) else json.dumps(value)


LEAVING: ContextVar[Callable[[], None] | None] = ContextVar("leaving", default=None)
"""What the transport calls just before the first byte of this task's request leaves."""


async def call_method(bot: Bot, method: str, parameters: Mapping[str, object], **timeouts: float) -> object:
    """Call a method past the bot's own rate limiter, defaults and objects; returns what Telegram's `result` holds."""
    request = bot._request[0 if method == "getUpdates" else 1]  # noqa: SLF001 -- the first one is the long poll's
    address = f"{bot._base_url}/{method}"  # noqa: SLF001 -- likewise
    result: object = await request.post(address, cast("RequestData", Form(parameters)), **timeouts)
    return result


_Call: TypeAlias = "Callable[..., Coroutine[Any, Any, bool | JSONDict | list[JSONDict]]]"


async def _call_telling(
    on_leave: Callable[[], None], bot: Bot, method: str, parameters: Mapping[str, object]
) -> object:
    """Likewise, and have it called as the request leaves; a transport that does not know when that is may send at any time."""
    tells = getattr(bot.request, "tells_leaving", False)
    if not tells:
        on_leave()
    told = LEAVING.set(on_leave if tells else None)
    try:
        return await call_method(bot, method, parameters)
    finally:
        LEAVING.reset(told)


write_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""The shortest JSON; made once, since making what writes it takes as long as writing."""


def encode_keyboard(keyboard: InlineKeyboardMarkup) -> str:
    """The JSON of a keyboard; its buttons hold no `api_kwargs`."""
    rows = [f"[{','.join([_encode(button) for button in row])}]" for row in keyboard.inline_keyboard]
    return f'{{"inline_keyboard":[{",".join(rows)}]}}'


_ENCODED: dict[int, tuple[InlineKeyboardButton, str]] = {}
"""Buttons that are the same objects again and again, by their place in memory, which is theirs as long as they stand here."""

_MOST_ENCODED = 1024


def _encode(button: InlineKeyboardButton) -> str:
    known = _ENCODED.get(id(button))
    if known is None:
        if len(_ENCODED) >= _MOST_ENCODED:
            _ENCODED.clear()
        known = _ENCODED[id(button)] = (button, write_json(_describe(button)))
    return known[1]


def _describe(value: TelegramObject) -> dict[str, object]:
    """The fields that are set, of a button and of what it holds."""
    found = [(name, getattr(value, name)) for name in value.__slots__]
    return {
        name: _describe(field) if isinstance(field, TelegramObject) else field
        for name, field in found
        if field is not None
    }


logger = logging.getLogger(__name__)


def compose_silent_bot(token: str, username: str) -> Bot:
    """A bot that knows what it is called and is never asked to say anything: updates are read by it."""
    bot = Bot(token)
    number = int(token.partition(":")[0])
    bot._bot_user = User(id=number, first_name=username, is_bot=True, username=username)  # noqa: SLF001 -- as `initialize` does
    return bot


class PassalongBot(ExtBot[Priority]):
    """The bot, silent about its token, able to fetch updates as they came and to post without building objects."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"PassalongBot[id={self.token.partition(':')[0]}]"

    async def initialize(self) -> None:
        """Ask Telegram who we are; the base class's words for a refused token hold the token."""
        try:
            await super().initialize()
        except InvalidToken as error:
            said = str(error.__cause__ or "no reason given")
        else:
            return
        raise InvalidToken(f"Telegram refuses the bot's token ({said})")

    async def fetch_updates(
        self, *, offset: int | None, poll_seconds: int, allowed_updates: Sequence[str]
    ) -> list[object]:
        """One long poll: updates as raw JSON values, oldest first.

        Raises:
            TelegramError: anything but a list of updates came; see `failures.classify`.
        """
        data: JSONDict = {"timeout": poll_seconds, "allowed_updates": list(allowed_updates)}
        if offset is not None:
            data["offset"] = offset
        patience = (self._request[0].read_timeout or 0.0) + poll_seconds  # the base class asks the same way
        result = await call_method(self, "getUpdates", data, read_timeout=patience)
        if not isinstance(result, list):
            raise LostAnswer("getUpdates brought something else than a list")
        return list(result)

    async def post_raw(
        self,
        method: str,
        parameters: Mapping[str, object],
        *,
        priority: Priority = Priority.INTERACTIVE,
        on_leave: Callable[[], None] | None = None,
    ) -> JSONDict:
        """Call a method that returns an object (of an album the first), and return that as JSON; no defaults are added.

        Args:
            method: Such as sendMessage.
            parameters: Of simple types, or keyboards; what is nested may be JSON text.
            priority: Who goes first at the gate.
            on_leave: Called just before the first byte leaves: until then nothing was sent for sure.

        Raises:
            TelegramError: see `failures.classify`.
        """
        result = await self._call_in_turn(method, parameters, priority=priority, on_leave=on_leave)
        if isinstance(result, list) and result:
            result = result[0]
        if not isinstance(result, dict):
            raise LostAnswer(f"{method} brought something else than an object")
        return result

    async def tell(self, method: str, parameters: Mapping[str, object], *, priority: Priority) -> None:
        """Call a method that answers with a yes.

        Raises:
            TelegramError: see `errors.classify`.
        """
        if await self._call_in_turn(method, parameters, priority=priority, on_leave=None) is not True:
            raise LostAnswer(f"{method} brought something else than a yes")

    async def give_gift(self, user_id: int, gift_id: str, words: str, *, on_leave: Callable[[], None]) -> None:
        """Send a Telegram gift from the bot's Stars to a person, with at most 128 characters of text.

        Raises:
            TelegramError: see `errors.classify`; a gift that may have been sent is never tried again here.
        """
        parameters = {"user_id": user_id, "gift_id": gift_id, "text": words}
        result = await self._call_in_turn(
            "sendGift", parameters, priority=Priority.BROADCAST, on_leave=on_leave, chat_id=user_id
        )
        if result is not True:
            raise LostAnswer("sendGift brought something else than a yes")

    async def _call_in_turn(
        self,
        method: str,
        parameters: Mapping[str, object],
        *,
        priority: Priority,
        on_leave: Callable[[], None] | None,
        **counted: object,
    ) -> bool | JSONDict | list[JSONDict]:
        """Call a method through the gate; `counted` is what the pace goes by where the parameters do not say it."""
        call = cast("_Call", call_method if on_leave is None else partial(_call_telling, on_leave))
        said, gate = (self, method, parameters), self.rate_limiter
        if gate is None:
            return await call(*said)
        return await gate.process_request(call, said, {}, method, {**parameters, **counted}, priority)

    async def deliver(
        self,
        chat_id: int | str,
        message: OutgoingMessage,
        *,
        thread_id: int | None = None,
        priority: Priority = Priority.INTERACTIVE,
        on_leave: Callable[[], None] | None = None,
        keeps_topic: bool = False,
    ) -> JSONDict:
        """Send a message and return it as Telegram has it.

        Where its formatting cannot be read it goes plain, where its topic is gone to the chat itself, and without its
        effect where Telegram does not know that any more.

        Args:
            chat_id: A number, or the @name of a public chat.
            message: What is sent.
            thread_id: The topic of the chat that it belongs to.
            priority: Who goes first at the gate; what is paid for says so to Telegram.
            on_leave: Called just before the first byte leaves.
            keeps_topic: Whether it goes nowhere else where its topic is gone.

        Raises:
            TelegramError: see `errors.classify`.
        """
        where: dict[str, object] = {"chat_id": chat_id}
        if thread_id is not None:
            where["message_thread_id"] = thread_id
        if message.silent:
            where["disable_notification"] = True
        if priority is Priority.PAID_BROADCAST:
            where["allow_paid_broadcast"] = True
        if message.effect_id and isinstance(chat_id, int) and chat_id > 0:  # private chats only
            where["message_effect_id"] = message.effect_id
        try:
            return await self.post_raw(*compose_call(message, **where), priority=priority, on_leave=on_leave)
        except BadRequest as error:
            if thread_id is not None and not keeps_topic and classify(error).is_topic_gone:
                return await self.deliver(chat_id, message, priority=priority, on_leave=on_leave)
            if "message_effect_id" in where and classify(error).is_effect_refused:
                calm = replace(message, effect_id="")
                return await self.deliver(chat_id, calm, thread_id=thread_id, priority=priority, on_leave=on_leave)
            plain = _find_plain(message, error)
        return await self.post_raw(*compose_call(plain, **where), priority=priority)

    async def edit(
        self,
        chat_id: int | str,
        message_id: int,
        message: OutgoingMessage,
        *,
        priority: Priority = Priority.INTERACTIVE,
        on_leave: Callable[[], None] | None = None,
    ) -> JSONDict:
        """Show a text in the place of a text, or a photo in the place of a photo; likewise.

        Raises:
            TelegramError: see `errors.classify`; also where it looks like that already, or is gone.
        """
        where = {"chat_id": chat_id, "message_id": message_id}
        try:
            return await self.post_raw(*compose_edit(message, **where), priority=priority, on_leave=on_leave)
        except BadRequest as error:
            plain = _find_plain(message, error)
        return await self.post_raw(*compose_edit(plain, **where), priority=priority)

    async def take_back(self, chat_id: int, message_ids: Sequence[int], *, on_leave: Callable[[], None]) -> None:
        """Delete messages of at most 48 hours from a chat; those that are gone already are none the less deleted.

        Raises:
            TelegramError: see `errors.classify`.
        """
        parameters = {"chat_id": chat_id, "message_ids": json.dumps(list(message_ids))}
        result = await self._call_in_turn("deleteMessages", parameters, priority=Priority.BROADCAST, on_leave=on_leave)
        if result is not True:
            raise LostAnswer("deleteMessages brought something else than a yes")


def _find_plain(message: OutgoingMessage, error: BadRequest) -> OutgoingMessage:
    """The message without its formatting, where that was to blame.

    Raises:
        BadRequest: it was something else.
    """
    if message.formatting is not None or not classify(error).is_parse_error:
        raise error
    logger.error("Telegram cannot read the formatting of a message, sending plain text: %s", error)
    return message.to_plain()


def find_file_id(message: JSONDict) -> str | None:
    """Telegram's name for the picture of a message."""
    sizes = message.get("photo")
    return sizes[-1]["file_id"] if sizes else None
