"""An attempt at an update: read, given to the first handler that wants it, and what that handler holds."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from telegram import Bot, CallbackQuery, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import Application, ApplicationHandlerStop, BaseHandler, CallbackContext

from bot.core.names import clean_text
from bot.messages.outgoing import OutgoingMessage
from bot.services.members import MustWrite
from bot.services.notices import answer_in
from bot.telemetry import Metrics
from bot.updates.raw_updates import RawUpdate
from bot.wire.pacing import Priority
from bot.wire.telegram_bot import JSONDict, PassalongBot, compose_silent_bot
from storage.errors import CommitUnknown, StoreUnavailable
from storage.records import InboxRow, Profile, Seq
from storage.store import Store
from storage.tables import inbox
from storage.tx import Tx

logger = logging.getLogger(__name__)

NAME_LIMIT = 64
"""Telegram's own limit of a first or last name."""

DOUBT_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Waits before it is asked again whether a commit counts; the last one repeats."""

P = ParamSpec("P")
T = TypeVar("T")
DepsT = TypeVar("DepsT")


_UNFIT = (None, False)
"""How a handler says that it does not want an update; an empty list of arguments means that it does."""


class UnreadableUpdate(Exception):
    """python-telegram-bot makes nothing of an update."""


class AlreadyHandled(Exception):
    """This update's row is closed: its effect is in the database, and must not be there twice."""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One attempt at one update; knows whether the update's row is closed."""

    row: InboxRow | None = None
    """None for an inline query, which never was in the inbox."""
    closed: bool = False
    chat_id: int = 0
    """Where it was asked, and where answers go; 0 where that was in no chat."""
    topic_id: int | None = None
    """In which topic of that chat."""

    @classmethod
    def at(cls, update: Update, row: InboxRow | None = None) -> Self:
        """An attempt at this update; a thread of replies is no topic."""
        chat, message = update.effective_chat, update.effective_message
        in_topic = isinstance(message, Message) and message.is_topic_message
        return cls(
            row=row,
            chat_id=chat.id if chat is not None else 0,
            topic_id=message.message_thread_id if message is not None and in_topic else None,
        )


@dataclass(kw_only=True)
class BotData(Generic[DepsT]):
    """What all handlers share; lies in the application's `bot_data`."""

    store: Store
    deps: DepsT
    metrics: Metrics = field(default_factory=Metrics)
    errands: set[asyncio.Task[None]] = field(default_factory=set)
    """What goes on beside the updates that began it; ended by `Dispatch` as it stops."""


class PassalongContext(
    CallbackContext[PassalongBot, dict[Any, Any], dict[Any, Any], BotData[DepsT]],
    Generic[DepsT],
):
    """python-telegram-bot's context, with the store within reach."""

    attempt: Attempt
    """Set by whoever tries the update."""
    deps: DepsT
    """What `app` composed for the handlers, as it was when the update's handling began."""

    @classmethod
    def from_update(cls, update: object, application: Application[Any, Any, Any, Any, Any, Any]) -> Self:
        """The context of an update, with a snapshot of what there is."""
        context = super().from_update(update, application)
        context.deps = application.bot_data.deps
        return context

    @property
    def row(self) -> InboxRow | None:
        """The update as it lies in the inbox; None for an inline query."""
        return self.attempt.row

    async def write(self, service: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a service and close this update's row, both or neither.

        What goes wrong afterwards does not bring the update back. Where the connection broke in the commit itself, the
        row says whether it counts, as soon as it can be asked: then the answer is given all the same.

        Raises:
            AlreadyHandled: the row was closed before, by an attempt whose end nobody saw.
        """
        attempt, store = self.attempt, self.bot_data.store
        if attempt.row is None or attempt.closed:
            return await store.write(service, *args, **kwargs)
        results: list[T] = []
        try:
            result = await store.write(_close_and_run, attempt, results, service, args, kwargs)
        except AlreadyHandled:
            attempt.closed = True
            raise
        except CommitUnknown:
            if not await _find_out(store, attempt.row.seq):
                raise
            result = results[-1]
        attempt.closed = True
        return result

    async def read(self, service: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a service that only reads; one that meets somebody new or changed writes that, and only that.

        The row stays open: bringing a person up to date twice does no harm, losing the answer would.
        """
        try:
            return await self.bot_data.store.read(service, *args, **kwargs)
        except MustWrite:
            return await self.bot_data.store.write(service, *args, **kwargs)

    def run_aside(self, errand: Coroutine[Any, Any, None]) -> None:
        """Have something done that nobody waits for, and that Telegram may put off for minutes."""
        task = asyncio.create_task(errand)
        self.bot_data.errands.add(task)
        task.add_done_callback(self._end_errand)

    def _end_errand(self, task: asyncio.Task[None]) -> None:
        self.bot_data.errands.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("An errand failed", exc_info=task.exception())

    @property
    def where(self) -> dict[str, object]:
        """The parameters that send something to where it was asked for: the chat, and its topic."""
        chat: dict[str, object] = {"chat_id": self.attempt.chat_id}
        topic_id = self.attempt.topic_id
        return chat if topic_id is None else {**chat, "message_thread_id": topic_id}

    async def deliver(self, message: OutgoingMessage) -> JSONDict:
        """Send an answer to where it was asked for, and return it as Telegram has it.

        Raises:
            TelegramError: see `bot.wire.errors.classify`.
        """
        return await self.bot.deliver(self.attempt.chat_id, message, thread_id=self.attempt.topic_id)

    async def deliver_to(self, telegram_id: int, message: OutgoingMessage) -> JSONDict:
        """Send something to the private chat of somebody else, who does not wait for it.

        Raises:
            TelegramError: see `bot.wire.errors.classify`.
        """
        return await self.bot.deliver(telegram_id, message, priority=Priority.NOTICE)

    async def answer(self, query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
        """Stop the button's spinner; if Telegram does not want to know any more, the work goes on."""
        try:
            await query.answer(text, show_alert=alert)
        except TelegramError as error:
            logger.info("A callback query was not answered: %s", error)


def _close_and_run(  # noqa: PLR0917 -- the attempt, its row, and a call
    tx: Tx,
    attempt: Attempt,
    results: list[T],
    service: Callable[Concatenate[Tx, ...], T],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> T:
    """Run it; what came of it is kept for who does not hear whether it was committed."""
    assert attempt.row is not None
    if not inbox.close(tx, attempt.row.seq):
        raise AlreadyHandled(f"Update {attempt.row.seq} of the inbox is closed already")
    results.append(service(tx, *args, **kwargs))
    if attempt.topic_id is not None:
        answer_in(tx, attempt.row.sender_id, attempt.topic_id)
    return results[-1]


async def _find_out(store: Store, seq: Seq) -> bool:
    """Whether a commit in doubt took place; asked until somebody answers, a commit still under way is waited for."""
    for rest in chain(DOUBT_SECONDS, repeat(DOUBT_SECONDS[-1])):
        try:
            return await store.write(inbox.is_closed, seq)
        except StoreUnavailable as error:
            logger.warning("Whether update %d of the inbox is closed cannot be asked yet: %s", seq, error)
            await asyncio.sleep(rest)
    return False


def visitor_of(update: Update) -> Profile:
    """Who speaks, with cleaned names. Handlers are registered only for updates that somebody sent."""
    user = update.effective_user
    assert user is not None
    return profile_of(user)


def profile_of(user: User) -> Profile:
    """What Telegram says of somebody, cleaned."""
    return Profile(
        telegram_id=user.id,
        first_name=clean_text(user.first_name, limit=NAME_LIMIT),
        last_name=clean_text(user.last_name or "", limit=NAME_LIMIT),
        username=user.username or "",
        telegram_language=user.language_code or "",
    )


def read_update(raw: bytes | Mapping[str, object], bot: Bot) -> Update:
    """The update as an object.

    Raises:
        UnreadableUpdate: there is none in it.
    """
    try:
        value: Any = json.loads(raw) if isinstance(raw, bytes) else raw
        update = Update.de_json(value, bot)
    except Exception as error:
        raise UnreadableUpdate(f"{type(error).__name__}: {error}") from error
    return update


def is_wanted(raw: RawUpdate, handlers: Iterable[BaseHandler[Any, Any, Any]], bot: Bot) -> bool:
    """Whether any of these handlers wants an update; one that cannot be read is wanted, so that it is counted."""
    try:
        raw.parsed = update = Update.de_json(dict(raw.content), bot)
        return any(handler.check_update(update) not in _UNFIT for handler in handlers)
    except Exception:  # noqa: BLE001 -- whatever is wrong with it, the attempt will meet it again and count it
        return True


def build_judge(
    handlers: Sequence[BaseHandler[Any, Any, Any]], *, token: str, username: str
) -> Callable[[RawUpdate], bool]:
    """What tells whether any of these handlers wants an update, in a process that handles none and never asks Telegram."""
    bot = compose_silent_bot(token, username)
    return lambda raw: is_wanted(raw, handlers, bot)


async def run_handlers(
    application: Application[Any, Any, Any, Any, Any, Any],
    update: Update,
    attempt: Attempt,
    *,
    is_stopping: Callable[[], bool],
) -> None:
    """Have the first handler of each group that fits do its work; what it raises ends it.

    Args:
        application: Whose handlers.
        update: What came.
        attempt: Which attempt at it this is.
        is_stopping: Whether a handler that is cancelled is cancelled by us.
    """
    try:
        for group in application.handlers.values():
            for handler in group:
                check = handler.check_update(update)
                if check not in _UNFIT:
                    context: PassalongContext[Any] = PassalongContext.from_update(update, application)
                    context.attempt = attempt
                    await handler.handle_update(update, application, check, context)
                    break
    except ApplicationHandlerStop:
        return
    except asyncio.CancelledError as error:
        if is_stopping():
            raise
        raise RuntimeError(f"The handler was cancelled: {error!r}") from error
