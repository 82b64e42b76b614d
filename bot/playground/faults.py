"""What a test can order to go wrong between the bot and its Telegram."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

FaultKind = Literal[
    "delay", "hang", "drop", "status", "html", "truncated", "short_body", "not_ok", "empty", "duplicate"
]

When = Literal["before", "after"]
"""Before or after a request took effect."""

RequestHook = Callable[[int, str, When], Awaitable[bool | None] | bool | None]
"""Called with the number of the request, its method, and when; it may kill the bot, for instance.

False returned before the effect lets the request come to nothing, as if the bot had died while writing it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong with one request. Make them by the functions below."""

    kind: FaultKind
    after_effect: bool = False
    """Whether Telegram did what was asked before the answer went wrong."""
    seconds: float = 0
    status: int = 200
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """What the error says besides its words: retry_after (seconds), migrate_to_chat_id."""

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait, where it names them."""
        return self.parameters.get("retry_after")

    def __str__(self) -> str:
        return f"{self.kind}{f' {self.status}' if self.kind in {'status', 'html'} else ''}"


def too_many_requests(retry_after: int | None) -> Fault:
    """429; without a number it comes without parameters, as Telegram's front sometimes says it."""
    words = "Too Many Requests" + ("" if retry_after is None else f": retry after {retry_after}")
    parameters = {} if retry_after is None else {"retry_after": retry_after}
    return Fault(kind="status", status=429, description=words, parameters=parameters)


def error(
    status: int, description: str = "", *, after_effect: bool = False, parameters: Mapping[str, Any] | None = None
) -> Fault:
    """An error as JSON: 500, 401, 404, 409, 403 and so on."""
    words = description or WORDS[status]
    return Fault(
        kind="status", status=status, description=words, after_effect=after_effect, parameters=parameters or {}
    )


def html_page(status: int = 502, *, after_effect: bool = False) -> Fault:
    """A page of HTML, as a proxy in front of Telegram writes."""
    return Fault(kind="html", status=status, after_effect=after_effect)


def delay(seconds: float, *, after_effect: bool = True) -> Fault:
    """The answer is right but late."""
    return Fault(kind="delay", seconds=seconds, after_effect=after_effect)


def hang(*, after_effect: bool = False) -> Fault:
    """No answer ever comes, and the connection stays open."""
    return Fault(kind="hang", after_effect=after_effect)


def drop(*, after_effect: bool) -> Fault:
    """The connection closes without an answer."""
    return Fault(kind="drop", after_effect=after_effect)


def truncated() -> Fault:
    """Done, but the JSON of the answer ends in the middle."""
    return Fault(kind="truncated", after_effect=True)


def short_body() -> Fault:
    """Done, but the connection closes before the answer is whole."""
    return Fault(kind="short_body", after_effect=True)


def not_ok(*, after_effect: bool = True) -> Fault:
    """Status 200 and `{"ok": false}` without a word."""
    return Fault(kind="not_ok", after_effect=after_effect)


def empty(*, after_effect: bool = True) -> Fault:
    """Status 200 and nothing."""
    return Fault(kind="empty", after_effect=after_effect)


def duplicate() -> Fault:
    """GetUpdates gives every update of its answer twice."""
    return Fault(kind="duplicate", after_effect=True)


WORDS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error: restart",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


@dataclass(slots=True)
class _Order:
    fault: Fault
    method: str
    skip: int
    left: int
    probability: float
    random: Random
    chat_id: int | str | None = None

    def meets(self, method: str, chat_id: int | str | None) -> bool:
        if self.left == 0 or self.method not in {"", method.lower()} or self.chat_id not in {None, chat_id}:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.random.random() >= self.probability:
            return False
        self.left -= 1
        return True


@dataclass(slots=True)
class Faults:
    """The orders in force."""

    latency_seconds: float = 0
    """Every answer but getUpdates' takes so long."""
    on_request: RequestHook | None = None
    _orders: list[_Order] = field(default_factory=list)

    def order(
        self,
        fault: Fault,
        method: str = "",
        *,
        nth: int = 1,
        times: int = 1,
        probability: float = 1.0,
        seed: int = 0,
        chat_id: int | str | None = None,
    ) -> None:
        """Let `fault` happen to the nth next call of a method (any if none is named), `times` in a row; -1 is for ever.

        With a `chat_id` only calls about that chat count.

        With a probability each call that is its turn meets the fault with that chance, by the dice of `seed`.
        """
        dice = Random(seed)  # noqa: S311 - a test that can be run again
        self._orders.append(_Order(fault, method.lower(), nth - 1, times, probability, dice, chat_id))

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._orders.clear()
        self.latency_seconds = 0

    def choose(self, method: str, chat_id: int | str | None = None) -> Fault | None:
        """Return what goes wrong with the call that comes now, or None."""
        if not self._orders:
            return None
        met = next((order.fault for order in self._orders if order.meets(method, chat_id)), None)
        self._orders = [order for order in self._orders if order.left]
        return met
