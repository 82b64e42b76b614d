"""`passalong demo`: the playground's page and Bot API on one port, and the real bot as a program of its own beside it."""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import socket
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from string import Template

from bot.assets import ASSETS
from bot.playground.api.fleet import serve
from bot.playground.api.server import Server, make_token
from bot.playground.page import add_page_routes
from bot.playground.page.cast import Cast
from bot.playground.seed import ADMIN_ID, ANNOUNCE_CHAT, BOT_NAME, COMMUNITY_CHAT, make_world, seed_world

logger = logging.getLogger(__name__)

PLAYGROUND = ASSETS / "playground"
POOL = "coffee"
"""As the playground's rewards call it."""
ITEM_PICTURES = ("cups.jpg", "loaf.jpg")
"""What its catalogue shows."""
CONTEST_DAYS = 7

KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
"""All that the bot sees of the environment: neither a real token nor a real database can come this way."""

LEAVE_SECONDS = 9.0
MAX_PORT = 65_535


class DemoRefused(Exception):
    """Something that was asked for cannot be; the text says what and what to do."""


async def demonstrate(
    *, port: int, open_browser: bool, campaign: Path | None = None, shop: str = BOT_NAME, counter: bool = True
) -> int:
    """Serve the playground until a stop signal; the database lies in a folder that is thrown away afterwards.

    Args:
        port: Of the page; 0 takes a free one.
        open_browser: Whether to show the page.
        campaign: A file that was read before and is good; the one that comes along if none is named.
        shop: What bot, channel and group are called.
        counter: Whether there is something for points, which the guide leads to.

    Raises:
        DemoRefused: the port cannot be had.
    """
    check_port(port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    world = make_world(shop)
    cast = seed_world(world)
    cast.counter = counter
    server, web = Server(world, make_token(world.bot.id)), find_free_address()
    with tempfile.TemporaryDirectory(prefix="passalong-demo-") as folder:
        async with _serve_page(server, cast, port, web), _run_bot(server, Path(folder), web, campaign) as program:
            _say(f"The playground is open at {server.url}/  (Ctrl+C ends it; nothing of it is kept)")
            if open_browser:
                webbrowser.open(f"{server.url}/")
            return await _wait(stop, program)


@asynccontextmanager
async def _serve_page(server: Server, cast: Cast, port: int, web: str) -> AsyncIterator[None]:
    site = f"http://{web}"
    async with serve(server, port=port, add_routes=lambda app: add_page_routes(app, server.world, cast, site=site)):
        yield


@asynccontextmanager
async def _run_bot(
    server: Server, folder: Path, web: str, campaign: Path | None
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = _compose_environment(server, folder, web)
    if campaign is None:
        campaign = await _furnish_shop(folder, environment)
    environment["PASSALONG_CAMPAIGN"] = str(campaign)
    program = await _start("run", folder=folder, environment=environment)
    try:
        yield program
    finally:
        await _end(program)


async def _furnish_shop(folder: Path, environment: dict[str, str]) -> Path:
    """Give the playground's own shop what a shop adds with time: rewards by rules, and codes to hand out; returns its campaign."""
    campaign = folder / "campaign.toml"
    usual = (ASSETS / "campaigns" / "welcome.toml").read_text(encoding="utf-8")
    for picture in ITEM_PICTURES:
        shutil.copy(PLAYGROUND / "pictures" / picture, folder)
    campaign.write_text(f"{usual}\n{compose_extras(datetime.now(UTC).date())}", encoding="utf-8")
    codes = str(PLAYGROUND / f"{POOL}.csv")
    importing = await _start("coupons", "import", POOL, codes, folder=folder, environment=environment, quiet=True)
    if await importing.wait():
        logger.warning("The playground's coupons could not be brought; rewards of that kind wait")
    return campaign


def compose_extras(today: date) -> str:
    """What the playground's shop gives besides points, as a part of a campaign file; its contest runs from today on."""
    extras = Template((PLAYGROUND / "rewards.toml").read_text(encoding="utf-8"))
    return extras.substitute(today=today, last_day=today + timedelta(days=CONTEST_DAYS))


async def _start(
    *command: str, folder: Path, environment: dict[str, str], quiet: bool = False
) -> asyncio.subprocess.Process:
    """Run the bot's program with a command; `quiet`, its output is nobody's."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *command),
        cwd=folder,
        env=environment,
        start_new_session=True,
        stdout=asyncio.subprocess.DEVNULL if quiet else None,
    )


def check_port(port: int) -> None:
    """Raise DemoRefused unless the page can be served on a port."""
    if not 0 <= port <= MAX_PORT:
        raise DemoRefused(f"There is no port {port}: ports go from 1 to {MAX_PORT}, and 0 takes any that is free.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            words = f"Port {port} cannot be opened: {error.strerror}."
            raise DemoRefused(f"{words} Name another one, or leave --port out to take any that is free.") from error


def find_free_address() -> str:
    """A loopback host and port that nobody listens on just now: the bot must be told before it opens its web side."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return "{}:{}".format(*taken.getsockname())


def _compose_environment(server: Server, folder: Path, web: str) -> dict[str, str]:
    import os  # noqa: PLC0415 -- the one place outside settings that looks at the environment, to hide it

    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | {
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PASSALONG_BOT_TOKEN": server.token,
        "PASSALONG_BOT_API_URL": server.url,
        "PASSALONG_DATABASE_URL": f"sqlite:///{folder}/demo.db",
        "PASSALONG_ADMIN_IDS": str(ADMIN_ID),
        "PASSALONG_ANNOUNCE_CHAT": ANNOUNCE_CHAT,
        "PASSALONG_COMMUNITY_CHAT": COMMUNITY_CHAT,
        "PASSALONG_PUBLIC_URL": f"http://{web}",
        "PASSALONG_LISTEN": web,
        "PASSALONG_LOG_LEVEL": "WARNING",
    }


async def _wait(stop: asyncio.Event, program: asyncio.subprocess.Process) -> int:
    """Until a stop signal (0) or until the bot ends by itself (its status)."""
    tasks = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(program.wait())]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    return 0 if stop.is_set() else program.returncode or 0


async def _end(program: asyncio.subprocess.Process) -> None:
    if program.returncode is not None:
        return
    program.terminate()
    try:
        async with asyncio.timeout(LEAVE_SECONDS):
            await program.wait()
    except TimeoutError:
        program.kill()
        await program.wait()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
