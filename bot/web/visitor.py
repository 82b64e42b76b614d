"""Who is at the door, and whose link they hold."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from starlette.requests import Request

from bot.core.addresses import choose_address
from bot.core.throttling import Allowance
from bot.core.visiting import Approach, Reader, decide_reader
from bot.services.members import MemberView
from bot.services.visiting import compose_nobody, find_host
from bot.web.throttle import Throttle
from storage.errors import StoreError
from storage.store import Store

logger = logging.getLogger(__name__)

GUESSES = Allowance(burst=30, per_second=1 / 3)
"""Unknown codes one visitor may try; after that nothing is looked up for them until tries come back."""

LOOK_UP_SECONDS = 3.0

_FETCHING_AHEAD = ("purpose", "sec-purpose", "x-moz", "x-purpose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Whoever asks."""

    address: str
    approach: Approach

    @property
    def reader(self) -> Reader:
        """A person, a preview or a program."""
        return decide_reader(self.approach.agent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Whose code it is; nobody's view where no member has it, or where it was not looked up."""

    host: MemberView
    looked_up: bool


class Visitors:
    """Looks codes up, unless the visitor has tried too many that do not exist.

    Args:
        store: Where members are.
        language: Of pages that belong to nobody.
        guesses: How many unknown codes a visitor may try.
    """

    def __init__(self, store: Store, language: str, guesses: Throttle | None = None) -> None:
        self._store = store
        self._guesses = guesses or Throttle(GUESSES)
        self.nobody = compose_nobody(language)

    def greet(self, request: Request) -> Guest:
        """Whoever sends this request."""
        peer = request.client.host if request.client else ""
        headers = request.headers
        return Guest(
            address=choose_address(peer, ",".join(headers.getlist("x-forwarded-for"))),
            approach=Approach(
                method=request.method,
                agent=headers.get("user-agent", ""),
                purpose=" ".join(headers.get(name, "") for name in _FETCHING_AHEAD),
            ),
        )

    async def look_up(self, code: str, guest: Guest) -> Found:
        """Whose code this is. Never raises: a visitor is served without knowing it, too."""
        if not code:
            return Found(host=self.nobody, looked_up=True)
        if not self._guesses.allows(guest.address):
            return Found(host=self.nobody, looked_up=False)
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                host = await self._store.read(find_host, code=code)
        except (StoreError, TimeoutError) as error:
            logger.warning("A code was not looked up: %r", error)
            return Found(host=self.nobody, looked_up=False)
        if host is None:
            self._guesses.spend(guest.address)
        return Found(host=host or self.nobody, looked_up=True)

    def compute_wait_seconds(self, guest: Guest) -> int:
        """How long until codes are looked up for this visitor again."""
        return self._guesses.compute_wait_seconds(guest.address)
