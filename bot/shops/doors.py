"""One port for the web sides of all shops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING

from bot.assets import ASSETS

if TYPE_CHECKING:
    from bot.web.deps import WebDeps
    from bot.web.hosting import HostSite
    from bot.web.templates import Templates

DESCRIPTORS = 1000
"""What the shops themselves have open; whoever has more of them has a higher limit."""


class Doors:
    """Opens the port once a shop has doors, and shows those of all shops that are at work.

    Args:
        listen: Host and port.
        metrics_token: Whoever sends it reads the figures of all shops; with one the port is open from the start.
        list_absent: Says which shops should work here and do not: whoever watches wants to know.
    """

    def __init__(
        self, listen: tuple[str, int], metrics_token: str = "", list_absent: Callable[[], Collection[str]] = list
    ) -> None:
        self._listen = listen
        self._list_absent = list_absent
        self._metrics_token = metrics_token
        self._shops: dict[str, WebDeps] = {}
        self._wanted = asyncio.Event()
        if metrics_token:
            self._wanted.set()

    @property
    def templates(self) -> Templates:
        """Of pages, read once for all."""
        return self._site.templates

    async def serve(self, shop: str, web: WebDeps) -> None:
        """Serve a shop's doors for as long as this waits, and its figures."""
        self._shops[shop] = web
        self._site.show(self._shops)
        self._wanted.set()
        try:
            await asyncio.Future()
        finally:
            del self._shops[shop]
            self._site.show(self._shops)
            await web.click_writer.settle()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set.

        Raises:
            ListenRefused: the port cannot be had.
        """
        from bot.web.serving import serve_port  # noqa: PLC0415 -- most programs have no web side, and start sooner

        await self._wanted.wait()
        await serve_port(self._site, self._listen, stop, "The web side of all shops", own=DESCRIPTORS)

    @cached_property
    def _site(self) -> HostSite:
        from bot.web.hosting import build_host_site  # noqa: PLC0415 -- likewise
        from bot.web.templates import Templates  # noqa: PLC0415 -- likewise

        site = build_host_site({}, Templates(ASSETS / "web"), metrics_token=self._metrics_token)
        site.list_absent = self._list_absent
        return site
