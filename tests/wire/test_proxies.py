"""The transport behind a proxy."""

from __future__ import annotations

import asyncio
from io import BytesIO

import pytest
from aiohttp import ClientHttpProxyError, ClientProxyConnectionError, ClientTimeout, DummyCookieJar, RequestInfo
from aiohttp.client_reqrep import ConnectionKey
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError
from multidict import CIMultiDict, CIMultiDictProxy
from PIL import Image
from telegram.error import BadRequest
from yarl import URL

from bot.core.proxies import parse_proxy
from bot.wire.errors import FailureKind, NotSent, classify
from bot.wire.proxies import explain, explain_page, open_session
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


def test_what_a_proxy_that_speaks_http_lets_fail_is_said_of_it_too() -> None:
    """That it is not there, what it refuses with, and that it wants a name, or another one."""
    open_, named = parse_proxy("http://127.0.0.1:1080"), parse_proxy("http://shop:hunter2@127.0.0.1:1080")
    info = RequestInfo(URL("http://e.org"), "CONNECT", CIMultiDictProxy(CIMultiDict()), URL("http://e.org"))
    key = ConnectionKey("e.org", 443, True, True, None, None, None)

    def refuse(status: int) -> ClientHttpProxyError:
        return ClientHttpProxyError(info, (), status=status)

    assert explain(refuse(403), named) == f"The proxy {named} refuses with status 403"
    assert explain(refuse(407), open_) == f"The proxy {open_} wants a user name and password"
    assert explain(refuse(407), named) == f"The proxy {named} wants another user name and password"
    gone = ClientProxyConnectionError(key, OSError("nobody is there"))
    assert explain(gone, named) == f"The proxy {named} cannot be reached (nobody is there)"
    assert explain(refuse(403), None) == explain(ValueError("something else"), named) == ""
    assert explain_page(407, named) == explain(refuse(407), named)
    assert (
        explain_page(502, named)
        == f"Not Telegram, but the proxy {named} or something behind it answers with status 502"
    )
    assert explain_page(407, None) == "Not Telegram, but something on the way answers with status 407"


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (None, None),
        ("http://proxy.example:1080", "http://proxy.example:1080"),
        ("http://shop:hunter2@proxy.example:1080", "http://shop:hunter2@proxy.example:1080"),
        ("socks5://shop:hunter2@proxy.example:1080", None),
    ],
)
async def test_a_pool_of_connections_knows_its_way(address: str | None, url: str | None) -> None:
    """One that speaks HTTP is named with each request, one that speaks SOCKS opens the connections; each is kept to its size."""
    proxy = parse_proxy(address) if address is not None else None
    async with open_session(proxy, limit=7, headers={"X-Shop": "mina"}) as session:
        assert session._default_proxy == (URL(url) if url is not None else None)
        assert session.headers == {"X-Shop": "mina"}
        assert session.timeout == ClientTimeout()
        assert session.connector is not None
        assert session.connector.limit == 7
        assert isinstance(session.connector, ProxyConnector) is (address or "").startswith("socks5")
        assert isinstance(session.cookie_jar, DummyCookieJar), "nobody is to be known by what they were given before"
        if isinstance(session.connector, ProxyConnector):
            found = {
                name: getattr(session.connector, f"_proxy_{name}") for name in ("host", "port", "username", "password")
            }
            assert found == {"host": "proxy.example", "port": 1080, "username": "shop", "password": "hunter2"}
            assert session.connector._rdns is True
    async with open_session(proxy, timeout=ClientTimeout(total=3)) as session:
        assert (session.timeout.total, session.connector and session.connector.limit) == (3, 100)
