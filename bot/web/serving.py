"""The web side at work: its port open until the bot stops."""

from __future__ import annotations

import asyncio
import logging
import resource

from bot.web.crowd import compute_most_connections
from bot.web.deps import WebDeps
from bot.web.listening import open_listener
from bot.web.server import Patience, Site, serve_site
from bot.web.site import build_site

logger = logging.getLogger(__name__)

OTHER_DESCRIPTORS = 320
"""Files, the database, polling; and connections of the web side that are taken, or hung up on, at this moment."""


async def serve_web(web: WebDeps, listen: tuple[str, int], stop: asyncio.Event, *, connections: int) -> None:
    """Serve until `stop` is set; so many `connections` to Telegram may be open beside those of visitors.

    Raises:
        ListenRefused: the port is taken, or not ours to take.
    """
    served = web.shop.public_url or "What watches the bot"
    try:
        await serve_port(build_site(web), listen, stop, served, own=connections + OTHER_DESCRIPTORS)
    finally:
        await web.click_writer.settle()


async def serve_port(site: Site, listen: tuple[str, int], stop: asyncio.Event, served: str, *, own: int) -> None:
    """Serve a site until `stop` is set; so many descriptors are `own`, and nobody's who visits.

    Raises:
        ListenRefused: the port is taken, or not ours to take.
    """
    listener = open_listener(*listen)
    logger.info("%s is served on %s:%d", served, *listener.getsockname()[:2])
    most = compute_most_connections(resource.getrlimit(resource.RLIMIT_NOFILE)[0], own=own)
    await serve_site(site, listener, stop, Patience(most_connections=most))
