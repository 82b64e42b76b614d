"""What the bot asked and what became of it: the only truth tests go by."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from bot.playground.world.chats import Message

SECOND = 1_000_000

SENDING = frozenset(
    {
        "sendMessage",
        "sendPhoto",
        "sendDocument",
        "sendMediaGroup",
        "copyMessage",
        "forwardMessage",
    }
)
"""Methods that count against the sending limits."""


@dataclass(slots=True, kw_only=True)
class Call:
    """One request the bot made."""

    number: int
    at: int
    """When it came, UTC microseconds."""
    method: str
    params: dict[str, Any]
    status: int = 0
    """HTTP status of the answer; 0 while there is none."""
    error: str = ""
    """The description of a refusal."""
    fault: str = ""
    """The fault it met, if one was ordered."""
    took_effect: bool = False
    port: int = 0
    """The port it came in by; where each process of a bot has a port of its own, they are told apart by it."""

    @property
    def is_ok(self) -> bool:
        """Whether the bot was told that it worked."""
        return self.status == 200 and not self.error


@dataclass(frozen=True, slots=True)
class Sent:
    """One message the bot brought into being, as it was then."""

    at: int
    method: str
    message: Message


@dataclass(frozen=True, slots=True)
class Violation:
    """A call that breaks the contract of the Bot API, or asks for what is not played here."""

    at: int
    method: str
    words: str

    def __str__(self) -> str:
        return f"{self.method}: {self.words}"


@dataclass(slots=True)
class Journal:
    """Every call, every message sent, every violation; the oldest calls go when there are more than `kept`."""

    kept: int = 200_000
    calls: deque[Call] = field(init=False)
    sent: list[Sent] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """Calls by method."""
    busiest_second: int = 0
    """The most sends that ever came within one sliding second."""
    sends_in_ban: int = 0
    """Sends that came although a 429 had told the bot to wait."""
    banned_until: int = 0
    total: int = 0
    _recent: deque[int] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.calls = deque(maxlen=self.kept)

    def note_call(self, at: int, method: str, params: dict[str, Any]) -> Call:
        """Write down a request as it comes."""
        self.total += 1
        call = Call(number=self.total, at=at, method=method, params=params)
        self.calls.append(call)
        self.counts[method] += 1
        if method in SENDING:
            self._note_pace(at)
        return call

    def note_sent(self, at: int, method: str, message: Message) -> None:
        """Write down a message the bot sent."""
        self.sent.append(Sent(at, method, message))

    def note_violation(self, at: int, method: str, words: str) -> None:
        """Write down a breach."""
        self.violations.append(Violation(at, method, words))

    def note_ban(self, until_at: int) -> None:
        """Remember until when the bot was told to wait."""
        self.banned_until = max(self.banned_until, until_at)

    def list_calls(self, method: str) -> list[Call]:
        """Return the calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def _note_pace(self, at: int) -> None:
        if at < self.banned_until:
            self.sends_in_ban += 1
        self._recent.append(at)
        while self._recent[0] <= at - SECOND:
            self._recent.popleft()
        self.busiest_second = max(self.busiest_second, len(self._recent))
