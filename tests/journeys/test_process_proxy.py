"""The way to Telegram through proxies, by the real process; what the bot is given of one is looked at in `test_wiring.py`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.journeys.program import Home, furnish
from tests.journeys.shop_at_work import find_link
from tests.proxies import LocalProxy, listen, serve_proxy, serve_tls
from tests.telegram import LocalTelegram, telegram
from tests.thinning import thin_pairs

__all__ = ["telegram"]

TELEGRAM = "api.telegram.org"
LOGIN = "shop:Kanarien%40vogel"
"""As it stands in an address."""


KINDS = ["http", "socks5"]
ANSWERS = {
    "page": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 13\r\n\r\n<html></html>",
    "rubbish": b"<html>What is it?</html>\r\n\r\n",
    "nothing": b"",
    "nobody": None,
}


@pytest.fixture
async def door(telegram: LocalTelegram, tmp_path: Path) -> AsyncIterator[tuple[int, Path]]:
    """A door that says it is Telegram's, and the certificate that whoever trusts it needs."""
    async with serve_tls(find_port(telegram), tmp_path, TELEGRAM) as found:
        yield found


@pytest.fixture
def home(tmp_path: Path, telegram: LocalTelegram, door: tuple[int, Path]) -> Home:
    """A home from which Telegram is at its usual address, and nowhere to be reached but through the proxy."""
    home = furnish(tmp_path / "home", telegram, BOT_API_URL="", LOG_LEVEL="INFO")
    return replace(home, variables={"SSL_CERT_FILE": str(door[1])})


@pytest.fixture
def ready_home(home: Home) -> Home:
    """One whose programs have their imports behind them: they get as far as the proxy, and no certificate is looked at."""
    return replace(home, forks=True)


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "login"),
    [("http", ""), ("http", f"{LOGIN}%E5%A5%BD"), ("socks5", ""), ("socks5", LOGIN)],
    ids=["http", "http-login", "socks5", "socks5-login"],
)
async def test_the_bot_works_through_a_proxy(
    kind: str, login: str, home: Home, telegram: LocalTelegram, door: tuple[int, Path]
) -> None:
    """Every word to Telegram goes through it, names are looked up by it, and the password is in no log."""
    async with serve_proxy(kind, door[0], login=unquote(login)) as proxy:
        async with home.running(PROXY=compose(kind, proxy, login)) as program:
            nia = telegram.world.add_person("Nia")
            telegram.world.press_start(nia)
            await telegram.until_message(nia, "Your link")
            assert await program.stop() == 0
        assert set(proxy.asked_for) == {f"{TELEGRAM}:443"}
    assert f"through the proxy {kind}://127.0.0.1:{proxy.port}" in program.read_errors()
    assert "Kanarien" not in home.read_everything()


@pytest.mark.long
async def test_other_systems_are_told_through_the_proxy(
    home: Home, telegram: LocalTelegram, door: tuple[int, Path]
) -> None:
    """A machine that has no other way to Telegram has none to them either."""
    added = await home.run("webhook", "add", "https://crm.example/hook", "--events", "joined")
    assert added.status == 0, added.read_errors()
    async with serve_proxy("http", door[0]) as proxy, home.running(PROXY=compose("http", proxy)) as program:
        nia, budi = telegram.world.add_person("Nia"), telegram.world.add_person("Budi")
        telegram.world.press_start(nia)
        shown = await telegram.until_message(nia, "Your link")
        telegram.world.press_start(budi, find_link(shown).partition("?start=")[2])
        await telegram.until(lambda: "crm.example:443" in proxy.asked_for, what="a word to the other system")
        assert await program.stop() == 0


@pytest.mark.long
async def test_the_bot_works_through_a_proxy_that_is_spoken_to_in_secret(
    home: Home, telegram: LocalTelegram, door: tuple[int, Path], tmp_path: Path
) -> None:
    """TLS to the proxy, and within it TLS to Telegram."""
    (tmp_path / "second").mkdir()
    async with (
        serve_proxy("http", door[0], login="shop:secret") as proxy,
        serve_tls(proxy.port, tmp_path / "second", "localhost") as (port, certificate),
    ):
        both = tmp_path / "both.pem"
        both.write_text(door[1].read_text() + certificate.read_text())
        trusting = replace(home, variables={"SSL_CERT_FILE": str(both)})
        async with trusting.running(PROXY=f"https://shop:secret@localhost:{port}") as program:
            await program.until_polling(telegram)
            assert await program.stop() == 0
        assert set(proxy.asked_for) == {f"{TELEGRAM}:443"}


@pytest.mark.long
@pytest.mark.parametrize("kind", [pytest.param("http", marks=pytest.mark.long), "socks5"])
async def test_doctor_goes_the_same_way(kind: str, home: Home, telegram: LocalTelegram, door: tuple[int, Path]) -> None:
    """By the variable that other programs read as well, and NO_PROXY leaves the way straight again."""
    async with serve_proxy(kind, door[0]) as proxy:
        variables = {**home.variables, "ALL_PROXY": compose(kind, proxy)}
        program = await replace(home, variables=variables).run("doctor")
        assert program.status == 0, program.read_output()
        assert f"ok    proxy: {kind}://127.0.0.1:{proxy.port}" in program.read_output()
        assert set(proxy.asked_for) == {f"{TELEGRAM}:443"}
        proxy.asked_for.clear()
        straight = {**variables, "no_proxy": "127.0.0.0/8"}
        program = await replace(home, variables=straight).run("doctor", BOT_API_URL=telegram.url)
        assert program.status == 0, program.read_output()
        assert not proxy.asked_for


@pytest.mark.parametrize(("kind", "given"), thin_pairs(KINDS, ["", "shop:Kanarienvogel@"], step=2))
async def test_a_proxy_that_wants_a_password_is_named_without_it(
    kind: str, given: str, ready_home: Home, door: tuple[int, Path]
) -> None:
    """In the log and by `doctor`, in a sentence, with no word of what was tried."""
    async with serve_proxy(kind, door[0], login="shop:another") as proxy:
        address = f"{kind}://{given}127.0.0.1:{proxy.port}"
        doctor = await ready_home.run("doctor", PROXY=address)
        async with ready_home.running(PROXY=address) as program:
            await program.until_says("does not answer yet")
            assert await program.stop() == 0
        assert not proxy.asked_for
    said = {"http": "user name and password", "socks5": "refuses: "}[kind]
    for told in (doctor.read_output(), program.read_errors()):
        assert f"The proxy {kind}://127.0.0.1:{proxy.port} " in told
        assert said in told
    assert doctor.status == 1
    assert "PASSALONG_PROXY" in doctor.read_output()
    for word in ("Kanarien", "Traceback", "Unclosed"):
        assert word not in ready_home.read_everything()


@pytest.mark.parametrize(("kind", "who"), thin_pairs(KINDS, ANSWERS, step=4))
async def test_whatever_else_sits_where_a_proxy_should_is_told(kind: str, who: str, ready_home: Home) -> None:
    """A web server, another program, one that hangs up, or nobody at all: a sentence that names the proxy."""
    async with speak(ANSWERS[who]) as port:
        program = await ready_home.run("doctor", PROXY=f"{kind}://{LOGIN}@127.0.0.1:{port}")
    assert program.status == 1
    assert f"FAIL  Telegram: The proxy {kind}://127.0.0.1:{port} " in program.read_output()
    assert "Kanarien" not in program.read_output()
    assert not program.read_errors()


def compose(kind: str, proxy: LocalProxy, login: str = "") -> str:
    """The address as somebody would set it."""
    return f"{kind}://{login + '@' if login else ''}127.0.0.1:{proxy.port}"


def speak(answer: bytes | None) -> AbstractAsyncContextManager[int]:
    """Something that gives everybody the same answer; a port where nobody is for None."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(answer or b"")
        await writer.drain()

    return nullcontext(9) if answer is None else listen(say)


def find_port(telegram: LocalTelegram) -> int:
    """Where the local Telegram listens."""
    return urlsplit(telegram.url).port or 0
