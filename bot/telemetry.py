"""Logging without secrets, and the bot's named counters."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import traceback
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType, TracebackType
from typing import Literal
from urllib.parse import quote

from bot.log_budget import LogBudget
from storage.errors import LeaseLost, StoreBusy, StoreDamaged, StoreLost, StoreMoved, StoreUnavailable

LogFormat = Literal["text", "json"]

SHOP: ContextVar[str] = ContextVar("shop", default="")
"""Whose work is being done: the shop's name where there are several, else the bot's number, or its @name once that is known.
Every task that is begun for a shop has it."""

OWN_PACE: ContextVar[bool] = ContextVar("own_pace", default=False)
"""Whether it is work that takes as long as it takes: the bot's jobs, the planning of broadcasts, lists that are fetched."""

_REDACTED = "<secret>"
_ANY_TOKEN = re.compile(r"\d{6,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
"""The shape of Telegram's tokens: catches one that nobody named."""

_CHATTY = ("aiohttp", "asyncio", "httpx", "httpcore", "alembic.runtime.plugins")
"""Below WARNING these write whole addresses, of which the token is a part, or what helps nobody."""

_EVERY_SECRET: set[str] = set()


def redact(text: str) -> str:
    """The text without the secrets known to `set_up_logging` and without anything shaped like a bot's token."""
    for secret in _EVERY_SECRET:
        if secret in text:
            text = text.replace(secret, _REDACTED)
    return _ANY_TOKEN.sub(_REDACTED, text)


def note_secrets(secrets: Iterable[str]) -> None:
    """Have these redacted from now on, also as parts of addresses; none is ever forgotten."""
    _EVERY_SECRET.update(form for secret in secrets if secret for form in (secret, quote(secret, safe="")))


def set_up_logging(level: str, log_format: LogFormat = "text", secrets: Sequence[str] = ()) -> None:
    """Write records to standard error, redacted, exceptions included, within their kind's budget; may be called again.

    Uncaught exceptions take the same way. Secrets add up over calls: none is ever forgotten.
    """
    note_secrets(secrets)
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, _Output)]:
        root.removeHandler(old)
    output = _Output(sys.stderr)
    output.setFormatter(_JsonLines() if log_format == "json" else _Lines())
    output.addFilter(_note_shop)
    output.addFilter(_calm_down)
    output.addFilter(LogBudget())
    root.addHandler(output)
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    sys.excepthook = _log_uncaught


def _note_shop(record: logging.LogRecord) -> bool:
    """Let a line say whose it is; always passes."""
    record.shop = SHOP.get()
    return True


def _calm_down(record: logging.LogRecord) -> bool:
    """A database that is away is everybody's trouble: it is said in words, and no traceback tells who met it; True to write it.

    One whose files are broken or gone stays an error, in words as well. That another process runs the shop now is no trouble,
    whoever meets it first: whoever ran it here says so once.
    """
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, LeaseLost) or any(isinstance(each, LeaseLost) for each in record.args or ()):
        record.levelno = logging.DEBUG
    elif isinstance(error, StoreUnavailable | StoreBusy | StoreLost | StoreMoved):
        record.levelno = logging.WARNING
    elif not isinstance(error, StoreDamaged):
        return True
    if error is not None:
        record.msg, record.args = "%s (%s)", (record.getMessage(), error)
        record.exc_info = record.exc_text = None
    record.levelname = logging.getLevelName(record.levelno)
    return logging.getLogger().isEnabledFor(record.levelno)


class _Output(logging.StreamHandler):  # type: ignore[type-arg]  # generic for type checkers only
    """The one handler this module owns."""


class _Lines(logging.Formatter):
    """One readable line a record, a traceback below it."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(source)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        record.source = f"{record.name} {getattr(record, 'shop', '')}".rstrip()
        return redact(super().format(record))


class _JsonLines(_Lines):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if shop := getattr(record, "shop", ""):
            line["shop"] = shop
        if record.exc_info and record.exc_info[0]:
            line["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return redact(json.dumps(line, ensure_ascii=False))


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bot").critical("Stopped by an error nobody caught", exc_info=(kind, error, trace))


COUNTERS: Mapping[str, str] = MappingProxyType(
    {
        "updates_taken": "updates committed to the inbox for the first time",
        "updates_repeated": "updates that Telegram sent again and the inbox already had",
        "updates_malformed": "entries of getUpdates that are no update at all, left out",
        "updates_unwanted": "updates that no handler wants, confirmed and not stored",
        "updates_muted": "updates handled without an answer, because their sender floods",
        "updates_rested": "attempts put off because the store or Telegram was away, or a 429 ran",
        "updates_done": "updates handled to the end",
        "updates_failed": "attempts at an update that ended in an exception",
        "updates_dead": "updates given up: unreadable, or failed too often",
        "inline_done": "inline queries handled",
        "inline_dropped": "inline queries left unanswered: overtaken, too many or too old",
        "polls_failed": "getUpdates calls, or looks at the webhook, that brought nothing usable",
        "pushes_failed": "times that Telegram said it could not bring an update to the webhook's door",
        "requests_sent": "requests that the gate let start under the pace",
        "floods": "429 answers",
        "notices_sent": "notices that reached their chat",
        "notices_failed": "notices given up",
        "notices_retried": "notices whose sending has to be tried again",
        "letters_sent": "messages that carried notices",
        "handouts_sent": "cards that arrived without having been asked for, in chats and in the vault",
        "handouts_failed": "such cards given up",
        "handouts_unknown": "such cards of which nobody can say whether they arrived; they are not sent again",
        "deliveries_sent": "members a broadcast reached",
        "deliveries_blocked": "members a broadcast did not reach because they have blocked the bot",
        "deliveries_failed": "members to whom Telegram refused to deliver a broadcast",
        "deliveries_unknown": "members of whom nobody can say whether a broadcast reached them",
        "webhooks_sent": "events that arrived at another system",
        "webhooks_failed": "tries at which one did not",
        "jobs_done": "runs of the bot's own work that went well",
        "jobs_failed": "runs of the bot's own work that failed",
    }
)
"""Every counter by name, with what it counts."""


TIMES: Mapping[str, str] = MappingProxyType(
    {
        "handling": "how long an attempt at an update took, answers of Telegram's included",
        "inline": "how long whoever typed an inline query waited until it was answered",
        "gate": "how long a request waited for its turn under the pace",
        "request": "how long Telegram took for a request under the pace",
    }
)
"""What is timed, by name."""

TIME_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds; a time is counted with the first bound that it does not pass."""


@dataclass(slots=True)
class Times:
    """How often a thing took how long."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(TIME_BOUNDS) + 1))
    """For each of `TIME_BOUNDS`, and beyond the last."""
    seconds: float = 0.0
    """In all."""


class Metrics:
    """Counters that only grow, and times; reading them is cheap and never blocks."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(COUNTERS, 0)
        self.times = {name: Times() for name in TIMES}

    def count(self, name: str, by: int = 1) -> None:
        """Add to a counter; an unknown name raises KeyError."""
        self._counts[name] += by

    def note_time(self, name: str, seconds: float) -> None:
        """Add a time; an unknown name raises KeyError."""
        times = self.times[name]
        times.counts[bisect_left(TIME_BOUNDS, seconds)] += 1
        times.seconds += seconds

    def read(self) -> dict[str, int]:
        """A copy of all counters."""
        return dict(self._counts)
