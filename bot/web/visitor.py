"""Who is at the door, and whose link they hold."""

from __future__ import annotations

import asyncio
import logging
import re
from enum import Enum, auto

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.core.addresses import THIS_MACHINE, Network, choose_address
from bot.core.languages import choose_language
from bot.core.throttling import Allowance
from bot.core.visiting import Approach, Reader, decide_reader
from bot.services.members import MemberView
from bot.web.known_codes import KnownCodes
from bot.web.throttle import Throttle
from storage.errors import StoreError
from storage.frozen import frozen
from storage.store import Store

logger = logging.getLogger(__name__)

GUESSES = Allowance(burst=30, per_second=1 / 3)
"""Unknown codes one visitor is shown something for; after that the visitor is asked to wait."""

LOOK_UP_SECONDS = 3.0
RETRY_SECONDS = 5
"""When to come again where the store did not answer."""

_FETCHING_AHEAD = ("purpose", "sec-purpose", "x-moz", "x-purpose")


_FIRST = re.compile("[,;]")


def find_language(request: Request, *shop: str) -> str:
    """What a stranger reads: what the browser asks for first, where the program speaks it, else the first of the shop's."""
    return choose_language(None, _FIRST.split(request.headers.get("accept-language", ""))[0], shop)


@frozen
class Guest:
    """Whoever asks."""

    address: str
    approach: Approach

    @property
    def reader(self) -> Reader:
        """A person, a preview, or nobody knows."""
        return decide_reader(self.approach)


class LookUp(Enum):
    """How looking a code up has ended."""

    NONE = auto()
    """No code was asked for: what is shown is the shop's own."""
    MEMBER = auto()
    UNKNOWN = auto()
    """No member has it: what is shown stands in its place."""
    ONE_TOO_MANY = auto()
    """No member has it, and this visitor has tried many such."""
    FAILED = auto()
    """The store did not answer: nobody knows."""


@frozen
class Found:
    """Whose code it is; nobody's view unless it is a member's."""

    host: MemberView
    look_up: LookUp


class Visitors:
    """Looks codes up. However many unknown ones a visitor has tried, a member's code shows that member.

    Args:
        store: Where members are.
        trusted: Where proxies are that are believed.
        guesses: How many unknown codes a visitor may try.
    """

    def __init__(
        self, store: Store, trusted: tuple[Network, ...] = THIS_MACHINE, guesses: Throttle | None = None
    ) -> None:
        self._trusted = trusted
        self.codes = KnownCodes(store)
        self._guesses = guesses or Throttle(GUESSES)

    def greet(self, request: Request) -> Guest:
        """Whoever sends this request."""
        peer = request.client.host if request.client else ""
        headers = request.headers
        return Guest(
            address=choose_address(peer, ",".join(headers.getlist("x-forwarded-for")), self._trusted),
            approach=Approach(
                method=request.method,
                agent=headers.get("user-agent", ""),
                fetch_mode=headers.get("sec-fetch-mode", ""),
                accept=headers.get("accept", ""),
                languages=headers.get("accept-language", ""),
                purpose=" ".join(headers.get(name, "") for name in _FETCHING_AHEAD),
            ),
        )

    async def look_up(self, code: str, guest: Guest, nobody: MemberView) -> Found:
        """Whose code this is, `nobody`'s where no member has it.

        Never raises: a visitor is served without knowing it, too.
        """
        if not code:
            return Found(host=nobody, look_up=LookUp.NONE)
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                holder = await self.codes.find_holder(code)
        except (StoreError, TimeoutError) as error:
            logger.warning("A code was not looked up: %r", error)
            return Found(host=nobody, look_up=LookUp.FAILED)
        if holder.host is not None:
            return Found(host=holder.host, look_up=LookUp.MEMBER)
        return Found(host=nobody, look_up=self._note_miss(guest))

    def compute_wait_seconds(self, guest: Guest) -> int:
        """How long until this visitor may try an unknown code again."""
        return self._guesses.compute_wait_seconds(guest.address)

    def refuse(self, found: Found, guest: Guest) -> None:
        """Have whoever asks come again later, where nothing true can be shown now.

        Raises:
            HTTPException: 503 while the store does not answer, 429 for one unknown code too many.
        """
        if found.look_up is LookUp.FAILED:
            raise HTTPException(503, headers={"Retry-After": str(RETRY_SECONDS)})
        if found.look_up is LookUp.ONE_TOO_MANY:
            raise HTTPException(429, headers={"Retry-After": str(self.compute_wait_seconds(guest))})

    def _note_miss(self, guest: Guest) -> LookUp:
        if not self._guesses.allows(guest.address):
            return LookUp.ONE_TOO_MANY
        self._guesses.spend(guest.address)
        return LookUp.UNKNOWN
