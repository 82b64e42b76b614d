"""`make hours`: an hour of sending through the real gate, on a clock that leaps."""

from __future__ import annotations

import asyncio
import selectors
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from telegram.error import RetryAfter

from bot.wire.errors import Flooded
from bot.wire.gate import Gate
from bot.wire.pacing import Priority

SEND_RATE = 30
WORKERS = 60
"""More than the gate lets fly: it is the gate that holds them back."""
ANSWERS_EVERY = 40
"""To so many messages to many comes one answer, of which Telegram knows nothing either."""
FLOOD_EVERY = 2_000
LONGEST_FLOOD_SECONDS = 20.0
SLACK_SECONDS = 1e-6
ATTEMPTS = 50


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock leaps to the next timer as soon as nobody has anything to do."""

    def __init__(self) -> None:
        self.now = 1_000.0
        super().__init__(_Leaping(self))

    def time(self) -> float:
        """Seconds of the clock that leaps."""
        return self.now


class _Leaping(selectors.SelectSelector):
    """Waits in no time."""

    loop: VirtualLoop

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self.loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready at once; the time that would have been waited has gone by."""
        if timeout is not None and timeout > 0:
            self.loop.now += timeout
        return super().select(0)


@dataclass(slots=True)
class Hour:
    """What Telegram has seen."""

    arrivals: list[float] = field(default_factory=list)
    """When messages came, in order of their being handled."""
    too_early: int = 0
    """Messages that started inside a pause which the gate knew of."""
    floods: int = 0
    seconds: float = 0.0
    busiest_second: int = 0
    waits: list[float] = field(default_factory=list)
    """How long each answer waited for its start."""
    _closed: dict[int, float] = field(default_factory=dict)
    _closed_all: float = 0.0
    _refused: set[int] = field(default_factory=set)
    _silence_until: float = 0.0

    def find_refusal(self, chat: int, now: float, floods: dict[int, float]) -> float:
        """For how long a message that arrives now is refused; 0 where it is taken.

        A negative length in `floods` is a silence for everybody, which begins with this message.
        """
        seconds = floods.pop(chat, 0.0)
        if seconds < 0 and now >= self._silence_until:
            self._silence_until, self._refused = now - seconds, set()
        return max(abs(seconds), self._silence_until - now, 0.0)

    def note_refusal(self, chat: int, now: float, seconds: float) -> None:
        """The bot hears of it: its chat is closed, and everything once two chats have been refused in one silence."""
        self.floods += 1
        self._closed[chat] = now + seconds
        if now < self._silence_until:
            self._refused.add(chat)
            if len(self._refused) > 1:
                self._closed_all = self._silence_until

    def note_start(self, chat: int, now: float) -> None:
        """A message leaves."""
        self.too_early += now < max(self._closed.get(chat, 0.0), self._closed_all) - SLACK_SECONDS


def count_busiest_second(arrivals: list[float]) -> int:
    """The most messages in any sliding second."""
    most, window = 0, deque[float]()
    for moment in sorted(arrivals):
        window.append(moment)
        while window[0] <= moment - 1:
            window.popleft()
        most = max(most, len(window))
    return most


def play(messages: int, *, seed: int = 1) -> Hour:
    """Send so many messages to many, with answers and 429s in between, and look at what came."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(_play(loop, messages, Random(seed)))
    finally:
        loop.close()


async def _play(loop: VirtualLoop, messages: int, random: Random) -> Hour:
    gate = Gate(send_rate=SEND_RATE, chat_rate=1, clock=loop.time, wall_clock=lambda: int(loop.time() * 1e6))
    hour, began = Hour(), loop.time()
    sender = _Sender(loop, gate, hour, _draw_floods(messages, random), random)
    chats = iter(range(1, messages + 1))
    answering = sender.answer(messages // ANSWERS_EVERY)
    await asyncio.gather(*(sender.send(chats) for _ in range(WORKERS)), answering)
    await gate.shutdown()
    hour.seconds = loop.time() - began
    hour.busiest_second = count_busiest_second(hour.arrivals)
    return hour


def _draw_floods(messages: int, random: Random) -> dict[int, float]:
    """Which messages are refused, and for how long; with every other one begins a silence for everybody."""
    floods: dict[int, float] = {}
    for number in range(1, messages // FLOOD_EVERY + 1):
        seconds = random.uniform(1, LONGEST_FLOOD_SECONDS)
        floods[random.randrange(1, messages)] = -seconds if number % 2 else seconds
    return floods


@dataclass(slots=True)
class _Sender:
    loop: VirtualLoop
    gate: Gate
    hour: Hour
    floods: dict[int, float]
    """How long to be silent, by the chat whose next message is refused."""
    random: Random

    async def send(self, chats: Iterator[int]) -> None:
        """Write to one after the other; whoever was refused is written to once their pause is over."""
        for chat in chats:
            for _ in range(ATTEMPTS):
                if await self.call(chat, Priority.BROADCAST):
                    break
                await asyncio.sleep(self.gate.delay_for(chat))

    async def answer(self, count: int) -> None:
        """People ask meanwhile, whenever they like."""
        for number in range(count):
            await asyncio.sleep(self.random.expovariate(SEND_RATE / ANSWERS_EVERY))
            asked = self.loop.time()
            if await self.call(10_000_000 + number, Priority.INTERACTIVE):
                self.hour.waits.append(self.loop.time() - asked)

    async def call(self, chat: int, priority: Priority) -> bool:
        """Whether it has arrived; the way there takes its time, and the way back."""

        async def transmit() -> bool:
            self.hour.note_start(chat, self.loop.time())
            await asyncio.sleep(self.random.uniform(0.005, 0.08))
            seconds = self.hour.find_refusal(chat, self.loop.time(), self.floods)
            if seconds:
                self.hour.note_refusal(chat, self.loop.time(), seconds)
                raise Flooded(seconds)
            self.hour.arrivals.append(self.loop.time())
            await asyncio.sleep(self.random.uniform(0.005, 0.08))
            return True

        try:
            await self.gate.process_request(transmit, (), {}, "sendMessage", {"chat_id": chat}, priority)
        except RetryAfter:
            return False
        return True


def main() -> None:
    """Print what came of it."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    began = time.process_time()
    hour = play(messages)
    waits = sorted(hour.waits)
    sys.stdout.write(
        f"{len(hour.arrivals)} messages in {hour.seconds:.0f} virtual seconds, {hour.busiest_second} in the busiest second, "
        f"{hour.floods} pauses, {hour.too_early} sent inside one, answers' p99 {waits[len(waits) * 99 // 100]:.2f} s, "
        f"{time.process_time() - began:.0f} s of CPU\n"
    )


if __name__ == "__main__":
    main()
