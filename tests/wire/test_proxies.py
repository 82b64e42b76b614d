"""The transport behind a proxy."""

from __future__ import annotations

import asyncio
from io import BytesIO

import pytest
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError
from PIL import Image
from telegram.error import BadRequest

from bot.core.proxies import parse_proxy
from bot.wire.errors import FailureKind, NotSent, classify
from bot.wire.proxies import explain
from bot.wire.telegram_bot import PassalongBot
from bot.wire.transport import AiohttpRequest
from tests.proxies import listen, serve_proxy
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]


def make_picture() -> bytes:
    """A small one."""
    out = BytesIO()
    Image.new("RGB", (90, 90), "teal").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["http", "socks5"])
async def test_calls_uploads_and_downloads_go_through_it(kind: str, telegram: LocalTelegram) -> None:
    """Also to a server of one's own that speaks plain HTTP, and also what Telegram refuses is its own word."""
    place = telegram.url.removeprefix("http://")
    nia = telegram.world.add_person("Nia")
    telegram.world.press_start(nia)
    async with (
        serve_proxy(kind, int(place.partition(":")[2])) as proxy,
        AiohttpRequest(proxy=parse_proxy(f"{kind}://127.0.0.1:{proxy.port}")) as way,
    ):
        bot = PassalongBot(
            telegram.token,
            base_url=telegram.base_url,
            base_file_url=telegram.base_file_url,
            request=way,
            get_updates_request=way,
        )
        sent = await bot.send_photo(nia.id, make_picture())
        file = await bot.get_file(sent.photo[-1].file_id)
        assert await file.download_as_bytearray()
        with pytest.raises(BadRequest):
            await bot.send_message(nia.id, "")
        assert len(proxy.asked_for) >= 1
        assert set(proxy.asked_for) == {place}
        telegram.world.violations.clear()  # the empty message, on purpose


@pytest.mark.parametrize("status", [403, 407, 200])
async def test_a_page_of_the_proxys_is_not_telegrams_word(status: int) -> None:
    """A refusal on plain HTTP: nothing was sent, where nothing was let through; the address is told, the password is not."""
    page = f"HTTP/1.1 {status} Sorry\r\nContent-Length: 13\r\n\r\n<html></html>".encode()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(page)
        await writer.drain()

    async with (
        listen(say) as port,
        AiohttpRequest(proxy=parse_proxy(f"http://shop:hunter2@127.0.0.1:{port}")) as way,
    ):
        bot = PassalongBot("1:a", base_url="http://127.0.0.1:9/bot", request=way, get_updates_request=way)
        with pytest.raises(Exception) as caught:  # noqa: PT011 -- its kind is what matters
            await bot.send_message(1, "hello")
    assert classify(caught.value).kind is (FailureKind.UNKNOWN if status == 200 else FailureKind.NOT_SENT)
    assert isinstance(caught.value, NotSent) is (status != 200)
    assert (f"127.0.0.1:{port}" in str(caught.value)) is (status != 200)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ProxyConnectionError("nobody is there"), "cannot be reached (nobody is there)"),
        (ProxyTimeoutError("60 seconds"), "does not answer in time"),
        (ProxyError("not for you"), "refuses: not for you"),
    ],
)
def test_what_a_proxy_lets_fail_is_said_of_the_proxy(error: Exception, said: str) -> None:
    """With its address and without its password; what is no proxy's fault is not said of one."""
    proxy = parse_proxy("socks5://shop:hunter2@127.0.0.1:1080")
    told = explain(error, proxy)
    assert told.startswith("The proxy ")
    assert told.endswith(said)
    assert "127.0.0.1:1080" in told
    assert "hunter2" not in told
    assert explain(ValueError("something else"), proxy) == ""
    assert explain(error, None) == ""
    assert explain(error, parse_proxy("http://127.0.0.1:1080")) == "", "it speaks no SOCKS"
