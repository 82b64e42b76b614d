"""What became of a request: the one place that tells sent, not sent and unknown apart.

`except NetworkError: retry` is wrong twice: a refusal (400) is a NetworkError and would be retried for
ever, a timeout is one too and the message may have arrived. Callers ask `classify` instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)


class NotSent(NetworkError):
    """Telegram certainly did nothing: no connection was made, or it pushed the request back unread."""

    __slots__ = ()


class PushedBack(NotSent):
    """A 429 that does not say for how long."""

    __slots__ = ()


class LostAnswer(NetworkError):
    """The request left; whether Telegram acted on it is unknown."""

    __slots__ = ()


class Flooded(RetryAfter):
    """A 429 with a time. The base class warns of its own coming changes whenever one is made or read."""

    __slots__ = ()

    def __init__(self, seconds: float) -> None:
        self._retry_after = timedelta(seconds=seconds)
        TelegramError.__init__(self, f"Flood control exceeded. Retry in {seconds:g} seconds")

    @property
    def retry_after(self) -> timedelta:
        """How long everything has to wait."""
        return self._retry_after


class FailureKind(StrEnum):
    """The ways a request ends when it does not simply succeed."""

    NOT_SENT = "not_sent"
    """Nothing happened; trying again is safe after a while."""
    UNKNOWN = "unknown"
    """It may have happened; trying again may double it."""
    BLOCKED = "blocked"
    """403: this chat does not want the bot, or never started it."""
    REFUSED = "refused"
    """400: wrong in itself; trying again changes nothing."""
    FLOOD = "flood"
    """429 with a time: nothing happened, everything waits `retry_after` seconds."""
    MIGRATED = "migrated"
    """The group is a supergroup now; nothing happened, send to `new_chat_id`."""
    TOKEN_BAD = "token_bad"  # noqa: S105 -- a word, not a token
    """401 or 404: no request will succeed any more."""
    CONFLICT = "conflict"
    """409: somebody else fetches updates with this token, or a webhook is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How a failed request ended."""

    kind: FailureKind
    text: str
    """Telegram's words, or ours where Telegram said nothing; never holds the token."""
    retry_after: float = 0.0
    """Seconds; with FLOOD only."""
    new_chat_id: int = 0
    """With MIGRATED only."""

    @property
    def is_parse_error(self) -> bool:
        """Whether Telegram could not read the formatting, so that the plain text may still be welcome."""
        return self.kind is FailureKind.REFUSED and "can't parse entities" in self.text.lower()

    @property
    def is_unchanged(self) -> bool:
        """Whether an edit was refused because the message already looks like that."""
        return self.kind is FailureKind.REFUSED and "message is not modified" in self.text.lower()

    @property
    def is_lost_file(self) -> bool:
        """Whether Telegram no longer knows the file that was named by its id."""
        return self.kind is FailureKind.REFUSED and "file identifier" in self.text.lower()

    @property
    def is_gone(self) -> bool:
        """Whether the message to be edited is not there, or not for us to edit."""
        return self.kind is FailureKind.REFUSED and any(words in self.text.lower() for words in _GONE)

    @property
    def is_too_late(self) -> bool:
        """Whether a callback or inline query was answered after it had expired."""
        return self.kind is FailureKind.REFUSED and "query is too old" in self.text.lower()


_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")


def classify(error: BaseException) -> Failure:
    """The failure of the request that raised this; what cannot be told from it is UNKNOWN.

    A KeyError is python-telegram-bot's answer to a success without a result; other exceptions from
    beyond the request (an answer that makes no sense) are unknown for the same reason.
    """
    if isinstance(error, RetryAfter):
        return Failure(kind=FailureKind.FLOOD, text=str(error), retry_after=_seconds(error.retry_after))
    if isinstance(error, ChatMigrated):
        return Failure(kind=FailureKind.MIGRATED, text=str(error), new_chat_id=error.new_chat_id)
    text = str(error) if isinstance(error, TelegramError) else repr(error)
    return Failure(kind=_kind(error), text=text)


def _kind(error: BaseException) -> FailureKind:
    if isinstance(error, InvalidToken):
        return FailureKind.REFUSED if "method not found" in str(error).lower() else FailureKind.TOKEN_BAD
    for classes, kind in _KINDS:
        if isinstance(error, classes):
            return kind
    return FailureKind.UNKNOWN


_KINDS: tuple[tuple[tuple[type[TelegramError], ...], FailureKind], ...] = (
    ((NotSent,), FailureKind.NOT_SENT),
    ((BadRequest, EndPointNotFound), FailureKind.REFUSED),
    ((Forbidden,), FailureKind.BLOCKED),
    ((Conflict,), FailureKind.CONFLICT),
)


def _seconds(retry_after: int | timedelta) -> float:
    return retry_after.total_seconds() if isinstance(retry_after, timedelta) else float(retry_after)
