"""What became of a request: the one place that tells sent, not sent and unknown apart.

`except NetworkError: retry` is wrong twice: a refusal (400) is a NetworkError and would be retried for
ever, a timeout is one too and the message may have arrived. Callers ask `classify` instead.
"""

from __future__ import annotations

import re
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

from bot.late import late_pattern
from storage.frozen import frozen


class NotSent(NetworkError):
    """Telegram certainly did nothing: no connection was made, or it pushed the request back unread."""

    __slots__ = ()


class PushedBack(NotSent):
    """A 429 that does not say for how long."""

    __slots__ = ()


class Muted(NotSent):
    """Nothing was sent, on purpose: whoever would be answered sends more than anybody can read answers to."""

    __slots__ = ()


class Lapsed(NotSent):
    """Nothing was sent: another process may run this shop by now, and whatever was to be sent is that one's to send."""

    __slots__ = ()


class LostAnswer(NetworkError):
    """The request left; whether Telegram acted on it is unknown."""

    __slots__ = ()


class Unconfirmed(LostAnswer):
    """A message that somebody waits for left, and its answer did not come: sent again by itself it would be there twice."""

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
    """This person does not want the bot, never started it, or is not there any more."""
    REFUSED = "refused"
    """400: wrong in itself; trying again changes nothing."""
    CURABLE = "curable"
    """A group or channel that is not as it should be (another id, a missing right, a closed topic): nothing happened,
    and once somebody has put it right the same request succeeds. Only where `classify` is told the chat."""
    FLOOD = "flood"
    """429 with a time: nothing happened, what it forbids waits `retry_after` seconds."""
    MIGRATED = "migrated"
    """The group is a supergroup now; nothing happened, send to `new_chat_id`."""
    TOKEN_BAD = "token_bad"  # noqa: S105 -- a word, not a token
    """401 or 404: no request will succeed any more."""
    CONFLICT = "conflict"
    """409: somebody else fetches updates with this token, or a webhook is set."""


@frozen
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
        return self._says(_UNREADABLE)

    @property
    def is_unchanged(self) -> bool:
        """Whether an edit was refused because the message already looks like that."""
        return self._says(_UNCHANGED)

    @property
    def is_lost_file(self) -> bool:
        """Whether Telegram no longer knows the file that was named by its id: it has to be uploaded anew."""
        return self._says(_LOST_FILE)

    @property
    def is_gone(self) -> bool:
        """Whether the message to be edited is not there, or not for us to edit (any more): a new one is to be sent."""
        return self._says(_GONE)

    @property
    def is_topic_gone(self) -> bool:
        """Whether the topic that was named is not there any more, or takes nothing: the chat itself may."""
        return self._says(_TOPIC_GONE)

    @property
    def is_effect_refused(self) -> bool:
        """Whether the animation that was to play with a message is none that Telegram plays there."""
        return self._says(_NO_EFFECT)

    @property
    def is_unpaid(self) -> bool:
        """Whether Telegram takes no Stars for it: nothing was sent."""
        return self._says(_UNPAID)

    @property
    def is_too_late(self) -> bool:
        """Whether a callback or inline query was answered after it had expired."""
        return self._says(_TOO_LATE)

    def _says(self, words: re.Pattern[str]) -> bool:
        return self.kind is FailureKind.REFUSED and words.search(self.text) is not None


def _any_of(*words: str) -> re.Pattern[str]:
    """Words of Telegram in any case; an MTProto code only whole, since it is part of others."""
    return late_pattern(r"(?<![a-z0-9_])(?:" + "|".join(words) + r")(?![a-z0-9_])", re.IGNORECASE)


_UNREADABLE = _any_of("can't parse entities", "entity_bounds_invalid")
_UNCHANGED = _any_of("message is not modified", "message_not_modified")
_LOST_FILE = _any_of(
    "(?:wrong|invalid|unknown) (?:remote )?file(?:[ _]?(?:identifier|id|type))?",
    "(?:document|photo|file)_(?:id_|token_)?invalid",
    "remote file identifier must be non-empty",
    "file is temporarily unavailable",
    "file_id doesn't match the bot",
    "file not found",
    "can't find file",
    "file can't be downloaded",
    "can't use (?:web file|encrypted file|file of type)",
    "have no valid file reference",
    "failed to reupload (?:the )?file",
    r"file_?reference_[a-z0-9_]+",
    r"fileref_[a-z_]+",
    "file_(?:upload|download)_restart_with_file_reference",
    "media_(?:empty|invalid|new_invalid|file_invalid)",
    "photo_(?:file_missing|save_file_invalid)",
    "video_file_invalid",
    "(?:volume_loc_not_found|location_invalid)",
)
_GONE = _any_of(
    "message to (?:be )?edit(?:ed)? not found",
    "message not found",
    r"message (?:\w+ )?can't be edited",
    r"there is no \w+ in the message to edit",
    "only caption can be edited",
    "message identifier is not specified",
    "(?:wrong|invalid) (?:inline )?message(?: identifier)?(?: specified)?",
    "(?:inline_|input_)?message_id_invalid",
    "msg_id_invalid",
    "message_ids_empty",
    "message_author_required",
    "message_edit_time_expired",
    "message_edit_forbidden",
    "media_prev_invalid",
    "message was deleted",
    "message is (?:too old|local)",
    "message has wrong type",
    "message can't be used in the method",
    "can't change media type in the album",
)
_NO_EFFECT = _any_of(r"(?:\w+_)?effect_\w+", r"(?:message )?effects?")
_UNPAID = _any_of(
    "balance_too_low", r"\w*(?:paid_(?:broadcast|floodskip)|floodskip)\w*", "not enough (?:telegram )?stars"
)
_TOPIC_GONE = _any_of(
    r"topic_\w+",
    "message_thread_invalid",
    "message thread not found",
    "topic (?:not found|was deleted)",
    "unknown topic",
    "(?:invalid|unknown) forum topic identifier",
    "message has no thread",
    "there are no message threads in the chat",
    "can't access the topic",
    "chat (?:is not a (?:supergroup )?forum|has no topics|(?:doesn't|can't) have (?:topics|message threads))",
)
_TOO_LATE = _any_of("query is too old", "query_id_invalid")
_NOBODY = _any_of(
    "(?:private )?chat (?:info )?not found",
    "(?:peer )?user not found",
    "have no access to the user",
    "user is (?:deactivated|deleted)",
    "user restricted receiving of",
    "(?:input_)?user_deactivated(?:_ban)?",
    "(?:peer|user|chat)_(?:id_)?invalid",
    "(?:unknown|invalid|wrong) (?:chat|user)(?:_id| identifier)",
    "(?:user_is|you)_blocked(?:_user)?",
    "user_is_bot",
    "user_privacy_restricted",
    "privacy_premium_required",
    r"allow_payment_required(?:_\d+)?",
    "chat_(?:write_forbidden|restricted)",
    "can't access the (?:user|chat)",
    "have no (?:write )?access to the chat",
    "have no rights to send a message",
    "chat is (?:closed|not accessible)",
    "requested data is inaccessible",
)
"""How Telegram says that there is nobody to write to, where it does not say 403."""

_CURABLE = _any_of(
    "chat (?:info )?not found",
    "(?:basic |super)?group not found",
    "peer_id_invalid",
    "(?:chat|channel)_(?:id_)?invalid",
    "(?:unknown|invalid|wrong) chat identifier",
    "channel_(?:private|monoforum_unsupported)",
    "not enough rights",
    "have no rights",
    r"need [a-z ]{0,40}rights?",
    "(?:right|chat|broadcast)_forbidden",
    "chat_(?:admin|write)_(?:required|forbidden)",
    "chat_restricted",
    r"chat_(?:guest_)?send_\w+",
    r"slowmode_\w+",
    "user_banned_in_channel",
    "user_not_participant",
    "participant_id_invalid",
    r"(?:allow_)?payment_required(?:_\d+)?",
    "group chat was deactivated",
    "bot is not a member",
    "not in the chat",
    "can't access the chat",
    "have no (?:write )?access to the chat",
    "requested data is inaccessible",
    "chat is (?:closed|deactivated|not accessible|not a (?:supergroup|channel))",
    "method is available (?:only )?for (?:groups|supergroups?)",
    _TOPIC_GONE.pattern,
)

_NOT_YET = _any_of(
    "logged out",
    r"file_parts?_\w+",
    "md5_checksum_invalid",
    "msg_wait_failed",
    "message (?:send failed|was not sent)",
    "failed to upload file",
    "can't upload file",
    r"frozen_\w+",
)
"""An upload that did not arrive whole, a bot that moves to another server or that Telegram has frozen: nothing happened,
and the same may succeed later."""


def classify(error: BaseException, chat_id: int | str | None = None) -> Failure:
    """The failure of the request that raised this; what cannot be told from it is UNKNOWN.

    With the chat that was written to, the same words mean different things: a person who cannot be found has left,
    a channel that cannot be found is one that somebody has to put right.

    A KeyError is python-telegram-bot's answer to a success without a result; other exceptions from
    beyond the request (an answer that makes no sense) are unknown for the same reason.
    """
    if isinstance(error, RetryAfter):
        return Failure(kind=FailureKind.FLOOD, text=str(error), retry_after=_seconds(error.retry_after))
    if isinstance(error, ChatMigrated):
        return Failure(kind=FailureKind.MIGRATED, text=str(error), new_chat_id=error.new_chat_id)
    text = str(error) if isinstance(error, TelegramError) else repr(error)
    return Failure(kind=_see(_kind(error), text, chat_id), text=text)


def _see(kind: FailureKind, text: str, chat_id: int | str | None) -> FailureKind:
    """The kind, as it is for this chat."""
    if chat_id is None or kind not in {FailureKind.REFUSED, FailureKind.BLOCKED}:
        return kind
    if not str(chat_id).isdecimal():
        return FailureKind.CURABLE if kind is FailureKind.BLOCKED or _CURABLE.search(text) else kind
    return FailureKind.BLOCKED if _NOBODY.search(text) else kind


def _kind(error: BaseException) -> FailureKind:
    if isinstance(error, InvalidToken):
        return FailureKind.REFUSED if "method not found" in str(error).lower() else FailureKind.TOKEN_BAD
    if isinstance(error, BadRequest) and _NOT_YET.search(str(error)):
        return FailureKind.NOT_SENT
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
