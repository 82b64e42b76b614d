"""The long poll: who may wait for updates, for how long, and who is sent away."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.playground.api.checking import Args
from bot.playground.world import ApiError, Happening, World
from bot.playground.world.updates import Update

MAX_WAIT_SECONDS = 50
MAX_BATCH = 100
OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
WEBHOOK_SET = "Conflict: terminated by setWebhook request"
SAME_OFFSET_WAIT_SECONDS = 3


class PollDoor:
    """Serves getUpdates. One caller may wait; a second one that would wait too sends the first away."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._held: asyncio.Future[None] | None = None
        self._next_conflict_at = 0.0
        self._last_offset: int | None = None
        self._last_at = float("-inf")
        self.throttles = True
        """Whether the same offset again is slowed down, and conflicts too, as Telegram does."""
        self.single_within_seconds = 0.5
        """The same offset again so soon gets one update."""
        self.wait_within_seconds = 3.0
        """The same offset again so soon waits three seconds for something new."""
        self.conflict_pause_seconds = 3.0
        """A conflict so soon after another is answered so much later."""
        self._stop = world.listen(self._hear)

    @property
    def is_waiting(self) -> bool:
        """Whether somebody waits for updates now."""
        return self._held is not None and not self._held.done()

    def close(self) -> None:
        """Send the waiting caller away and listen no more."""
        self._stop()
        self._release(ApiError(500, "Internal Server Error: restart"))

    async def get_updates(self, args: Args) -> list[dict[str, Any]]:
        """Confirm what lies below the offset and return what follows, waiting for it if need be."""
        if self._world.webhook.url:
            raise await self._make_conflict(WEBHOOK_ACTIVE)
        if "allowed_updates" in args:
            self._world.updates.allow(args["allowed_updates"])
        offset = args.get("offset", 0)
        limit = min(max(args.get("limit", MAX_BATCH), 1), MAX_BATCH)
        wait = min(max(args.get("timeout", 0), 0), MAX_WAIT_SECONDS)
        limit, wait = self._throttle(offset, limit, wait)
        updates = self._world.updates.take(offset, limit)
        if not updates and wait:
            updates = await self._hold(offset, limit, wait)
        return [update.render() for update in updates]

    def _throttle(self, offset: int, limit: int, wait: int) -> tuple[int, int]:
        """Slow down a caller that asks for the same again and again."""
        now = asyncio.get_running_loop().time()
        since = now - self._last_at
        same = self.throttles and offset == self._last_offset
        self._last_offset, self._last_at = offset, now
        if same and since < self.wait_within_seconds:
            wait = max(wait, SAME_OFFSET_WAIT_SECONDS)
        if same and since < self.single_within_seconds:
            limit = 1
        return limit, wait

    async def _hold(self, offset: int, limit: int, wait: int) -> list[Update]:
        self._release(ApiError(409, OTHER_POLLER))
        held = self._held = asyncio.get_running_loop().create_future()
        self._world.emit("poll")
        try:
            async with asyncio.timeout(wait):
                await held
        except TimeoutError:
            return []
        except ApiError as error:
            raise await self._make_conflict(error.description, error.code) from error
        finally:
            if self._held is held:
                self._held = None
        return self._world.updates.take(offset, limit)

    async def _make_conflict(self, words: str, code: int = 409) -> ApiError:
        now = asyncio.get_running_loop().time()
        if now < self._next_conflict_at and self.throttles:
            await asyncio.sleep(self.conflict_pause_seconds)
        else:
            self._next_conflict_at = now + self.conflict_pause_seconds
        return ApiError(code, words)

    def _hear(self, happening: Happening) -> None:
        if happening.kind == "update":
            self._release(None)
        elif happening.kind == "webhook" and self._world.webhook.url:
            self._release(ApiError(409, WEBHOOK_SET))

    def _release(self, error: ApiError | None) -> None:
        if self._held is None or self._held.done():
            return
        if error is None:
            self._held.set_result(None)
        else:
            self._held.set_exception(error)
