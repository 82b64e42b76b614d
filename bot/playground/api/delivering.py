"""Webhook delivery: one update of a lane at a time, in order, again and again until it is taken or expires."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.playground.faults import Faults
from bot.playground.world import Happening, World
from bot.playground.world.updates import Update

ANSWER_SECONDS = 60
MAX_PAUSE_SECONDS = 60.0
MAX_RETRY_AFTER_SECONDS = 3600.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
_NOT_IN_ANSWERS = ("get", "setwebhook", "deletewebhook", "close", "logout")

CallMethod = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Carries out a method call that came as the answer to a delivery."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery: which update, and the HTTP status it met (0 where there was none)."""

    at: int
    update_id: int
    status: int

    @property
    def was_taken(self) -> bool:
        """Whether the bot said that it has the update."""
        return 200 <= self.status < 300


@dataclass(slots=True)
class WebhookDoor:
    """Follows the world's webhook and update queue and posts what waits."""

    world: World
    faults: Faults
    call_method: CallMethod
    retry_seconds: float = 1.0
    """Pause after the first failure; it doubles with each."""
    attempts: list[Attempt] = field(default_factory=list)
    _lanes: dict[tuple[str, int], deque[Update]] = field(default_factory=dict)
    _tasks: dict[tuple[str, int], asyncio.Task[None]] = field(default_factory=dict)
    _session: ClientSession | None = None
    _stop: Callable[[], None] | None = None
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(40))

    def open(self) -> None:
        """Begin to follow the world."""
        self._stop = self.world.listen(self._hear)
        self._restart()

    async def close(self) -> None:
        """Follow no more, and stop what is under way."""
        if self._stop is not None:
            self._stop()
        tasks = self._cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _hear(self, happening: Happening) -> None:
        if happening.kind == "webhook":
            self._restart()
        elif happening.kind == "update" and self.world.webhook.url and self.world.webhook.is_local:
            self._enqueue(happening.about)

    def _restart(self) -> None:
        self._cancel()
        self._lanes.clear()
        self._slots = asyncio.Semaphore(self.world.webhook.max_connections)
        if self.world.webhook.url and self.world.webhook.is_local:
            for update in self.world.updates.list_waiting():
                self._enqueue(update)

    def _cancel(self) -> list[asyncio.Task[None]]:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        self._tasks.clear()
        return tasks

    def _enqueue(self, update: Update) -> None:
        self._lanes.setdefault(update.lane, deque()).append(update)
        if update.lane not in self._tasks:
            self._tasks[update.lane] = asyncio.create_task(self._run_lane(update.lane))

    async def _run_lane(self, lane: tuple[str, int]) -> None:
        waiting = self._lanes[lane]
        while waiting:
            await self._deliver(waiting[0])
            update = waiting.popleft()
            self.world.updates.remove(update)
            self.world.emit("delivered", about=update)
        del self._lanes[lane], self._tasks[lane]

    async def _deliver(self, update: Update) -> None:
        """Post an update until it is taken or has expired."""
        pause = self.retry_seconds
        while update.expires_at > self.world.now:
            async with self._slots:
                taken, wished = await self._try(update)
            if taken:
                return
            await asyncio.sleep(min(wished, MAX_RETRY_AFTER_SECONDS) if wished else pause)
            pause = min(pause * 2, MAX_PAUSE_SECONDS)

    async def _try(self, update: Update) -> tuple[bool, float]:
        """Post an update once (twice where that was ordered); returns whether it was taken, and the pause wished."""
        fault = self.faults.choose("webhook")
        taken, wished = await self._post(update)
        if fault is not None and fault.kind == "duplicate":
            taken, wished = await self._post(update)
        return taken, wished

    async def _post(self, update: Update) -> tuple[bool, float]:
        hook = self.world.webhook
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: hook.secret} if hook.secret else {})
        status, wished, body = 0, 0.0, b""
        try:
            async with self._get_session().post(
                hook.url, data=json.dumps(update.render()), headers=headers
            ) as response:
                status, body = response.status, await response.read()
                wished = _read_pause(response.headers.get("Retry-After", ""))
        except (ClientError, TimeoutError, OSError) as error:
            hook.note_error(self.world.now, f"Connection failed: {type(error).__name__}")
        attempt = Attempt(self.world.now, update.id, status)
        self.attempts.append(attempt)
        if not attempt.was_taken and status:
            hook.note_error(self.world.now, f"Wrong response from the webhook: {status}")
        elif body:
            await self._obey(body)
        return attempt.was_taken, wished

    async def _obey(self, body: bytes) -> None:
        """Carry out the method call a bot may put into its answer."""
        try:
            params = json.loads(body)
        except ValueError:
            return
        method = params.pop("method", "") if isinstance(params, dict) else ""
        if method and not method.lower().startswith(_NOT_IN_ANSWERS):
            await self.call_method(method, params)

    def _get_session(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=ANSWER_SECONDS))
        return self._session


def _read_pause(header: str) -> float:
    return float(header) if header.isdigit() else 0.0
