from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram.error import TelegramError, TimedOut

from bot.wire.errors import Failure, FailureKind, LostAnswer, NotSent, classify
from bot.wire.telegram_bot import PassalongBot
from bot.wire.transport import AiohttpRequest
from tests.wire.server import TOKEN, Call, Server, make_message, refuse, succeed, until

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
GOOD = b'{"ok":true,"result":true}'


@asynccontextmanager
async def answer_raw(answer: bytes, *, hold_seconds: float = 0.0) -> AsyncIterator[str]:
    """A server that reads one request, writes some bytes and hangs up."""
    over = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        await asyncio.sleep(hold_seconds)
        writer.write(answer)
        writer.close()
        over.set()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await over.wait()
        await asyncio.sleep(0)  # for the socket to close


async def send(url: str, request: AiohttpRequest) -> Exception:
    """The error of one sendMessage to a server that does not let it succeed."""
    bot = PassalongBot(TOKEN, base_url=f"{url}/bot", request=request, get_updates_request=request)
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- any error; its failure is what matters
        await bot.send_message(1, "hello")
    return caught.value


def list_texts(error: BaseException | None) -> Iterator[str]:
    """Everything that could be printed of an error."""
    while error is not None:
        yield from (str(error), repr(error), *map(repr, error.args), *traceback.format_exception(error))
        yield from list_texts(error.__context__)
        error = error.__cause__


@pytest.mark.parametrize(
    ("answer", "hold_seconds"),
    [
        pytest.param(HEAD, 0.5, id="slow beyond the timeout"),
        pytest.param(b"", 0.0, id="closed before or after handling"),
        pytest.param(HEAD + b"Content-Len", 0.0, id="closed in the head"),
        pytest.param(HEAD + b"Content-Length: 99\r\n\r\n" + GOOD, 0.0, id="short body"),
        pytest.param(HEAD + b"Content-Length: 12\r\n\r\n" + GOOD[:12], 0.0, id="truncated JSON"),
        pytest.param(HEAD + b"Content-Length: 16\r\n\r\n" + b'["result", "", 1', 0.0, id="garbage with the word"),
        pytest.param(HEAD + b"Content-Length: 2\r\n\r\n[]", 0.0, id="a list"),
        pytest.param(HEAD + b"Content-Length: 12\r\n\r\n" + b'{"ok":false}', 0.0, id="success without a result"),
        pytest.param(HEAD + b"Content-Length: 11\r\n\r\n" + b'{"result":1', 0.0, id="a result that nobody calls ok"),
        pytest.param(HEAD + b"Content-Length: 12\r\n\r\n" + b'{"result":1}', 0.0, id="a result without a word"),
        pytest.param(HEAD + b"Content-Length: 21\r\n\r\n" + b'{"ok":1,"result":"x"}', 0.0, id="a number for a word"),
        pytest.param(HEAD + b"Content-Length: 23\r\n\r\n" + b'{"ok":false,"result":1}', 0.0, id="both yes and no"),
        pytest.param(HEAD + b"Content-Length: 24\r\n\r\n" + b'<p>{"result": "ok"}</p> ', 0.0, id="a page of words"),
        pytest.param(HEAD + b"Content-Length: 4\r\n\r\nnull", 0.0, id="nothing"),
        pytest.param(HEAD + b"Content-Length: 0\r\n\r\n", 0.0, id="an empty body"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n\r\n", 0.0, id="no HTTP at all"),
    ],
)
async def test_an_answer_that_does_not_come_whole_leaves_the_outcome_unknown(
    answer: bytes, hold_seconds: float, request_: AiohttpRequest
) -> None:
    """Whether Telegram acted cannot be known when its answer is lost or makes no sense."""
    async with answer_raw(answer, hold_seconds=hold_seconds) as url:
        assert classify(await send(url, request_)).kind is FailureKind.UNKNOWN


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"200 OK\r\nContent-Type: text/html; charset=utf-8", FailureKind.NOT_SENT),
        (b"200 OK\r\nContent-Type: TEXT/HTML", FailureKind.NOT_SENT),
        (b"302 Found\r\nLocation: http://login.example/", FailureKind.NOT_SENT),
        (b"403 Forbidden\r\nContent-Type: text/html", FailureKind.NOT_SENT),
        (b"502 Bad Gateway\r\nContent-Type: text/html", FailureKind.UNKNOWN),
    ],
)
async def test_a_page_in_place_of_a_file_is_no_file(head: bytes, kind: FailureKind, request_: AiohttpRequest) -> None:
    """A login page would be taken for a damaged picture, and whoever sent it be told so."""
    page = b"<html></html>"
    answer = b"HTTP/1.1 " + head + b"\r\nContent-Length: %d\r\n\r\n" % len(page) + page
    async with answer_raw(answer) as url:
        with pytest.raises(TelegramError) as caught:
            await request_.retrieve(f"{url}/file/bot{TOKEN}/photos/file_1.jpg")
    assert classify(caught.value).kind is kind


async def test_a_file_comes_whole_whatever_it_is_called(request_: AiohttpRequest) -> None:
    """Bytes are bytes, with a kind or without."""
    for kind in (b"", b"Content-Type: application/octet-stream\r\n", b"Content-Type: image/jpeg\r\n"):
        async with answer_raw(b"HTTP/1.1 200 OK\r\n" + kind + b"Content-Length: 4\r\n\r\n\xff\xd8ok") as url:
            assert await request_.retrieve(f"{url}/file/bot{TOKEN}/photos/file_1.jpg") == b"\xff\xd8ok"


HTML = "<html><body>Bad gateway</body></html>"


KEPT = (302, 400, 401, 403, 404, 407, 409, 413, 451)
"""What a proxy, a firewall or a login page says in Telegram's place: the request went no further."""


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (lambda: refuse(500, "Internal Server Error: restart"), FailureKind.UNKNOWN),
        (lambda: web.Response(status=500, text=HTML, content_type="text/html"), FailureKind.UNKNOWN),
        (lambda: web.Response(status=502, text=HTML, content_type="text/html"), FailureKind.UNKNOWN),
        (lambda: web.json_response(None, status=503), FailureKind.UNKNOWN),
        (lambda: web.json_response({"ok": False, "description": 'no "result" here'}), FailureKind.UNKNOWN),
        (lambda: refuse(429, "Too Many Requests"), FailureKind.NOT_SENT),
        (lambda: web.Response(status=429, text=HTML), FailureKind.NOT_SENT),
        (lambda: refuse(403, "Forbidden: bot was blocked by the user"), FailureKind.BLOCKED),
        (lambda: refuse(400, "Bad Request: chat not found"), FailureKind.REFUSED),
        (lambda: refuse(413, "Request Entity Too Large"), FailureKind.REFUSED),
        *((lambda status=status: web.Response(status=status, text=HTML), FailureKind.NOT_SENT) for status in KEPT),
        *(
            (lambda status=status: web.json_response({"error": 1}, status=status), FailureKind.NOT_SENT)
            for status in KEPT
        ),
        (lambda: web.json_response({"ok": True, "result": {}}, status=403), FailureKind.NOT_SENT),
        (lambda: refuse(401, "Unauthorized"), FailureKind.TOKEN_BAD),
        (lambda: refuse(404, "Not Found"), FailureKind.TOKEN_BAD),
        (lambda: refuse(404, "Not Found: method not found"), FailureKind.REFUSED),
        (lambda: refuse(409, "Conflict: terminated by other getUpdates request"), FailureKind.CONFLICT),
    ],
)
async def test_a_status_decides_the_fate(
    reply: Callable[[], web.Response], kind: FailureKind, server: Server, request_: AiohttpRequest
) -> None:
    """Each status means one thing for the question whether to send again."""

    async def answer(_call: Call) -> web.Response:
        return reply()

    server.replies["sendMessage"] = answer
    assert classify(await send(server.url, request_)).kind is kind


async def test_a_flood_and_a_migration_say_what_to_do(server: Server, request_: AiohttpRequest) -> None:
    """429 brings the seconds to wait, an upgraded group its new id."""

    async def flood(_call: Call) -> web.Response:
        return refuse(429, "Too Many Requests: retry after 7", retry_after=7)

    async def migrate(_call: Call) -> web.Response:
        return refuse(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100123)

    server.replies["sendMessage"] = flood
    assert classify(await send(server.url, request_)) == Failure(
        kind=FailureKind.FLOOD, text="Flood control exceeded. Retry in 7 seconds", retry_after=7.0
    )
    server.replies["sendMessage"] = migrate
    failure = classify(await send(server.url, request_))
    assert (failure.kind, failure.new_chat_id) == (FailureKind.MIGRATED, -100123)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://nowhere.invalid", "http://"])
async def test_without_a_connection_nothing_was_sent(url: str, request_: AiohttpRequest) -> None:
    """A server that cannot be reached has certainly done nothing."""
    assert classify(await send(url, request_)).kind is FailureKind.NOT_SENT


async def test_a_failing_handshake_sends_nothing(server: Server, request_: AiohttpRequest) -> None:
    """Nothing leaves before the encryption stands."""
    assert classify(await send(server.url.replace("http:", "https:"), request_)).kind is FailureKind.NOT_SENT


async def test_without_a_free_connection_nothing_was_sent(server: Server) -> None:
    """A request that found every connection busy never left."""
    release = asyncio.Event()

    async def hold(call: Call) -> web.Response:
        await release.wait()
        return succeed(make_message(call))

    server.replies["sendMessage"] = hold
    async with AiohttpRequest(connection_limit=1, pool_timeout=0.05, connect_timeout=0.05) as request:
        bot = PassalongBot(TOKEN, base_url=f"{server.url}/bot", request=request, get_updates_request=request)
        first = asyncio.create_task(bot.send_message(1, "first"))
        await until(lambda: server.calls)
        error = await send(server.url, request)
        release.set()
        await first
    assert classify(error).kind is FailureKind.NOT_SENT
    assert len(server.calls) == 1


@pytest.mark.parametrize("what", ["refused", "dropped", "echo", "slow"])
async def test_no_error_holds_the_token(what: str, server: Server, request_: AiohttpRequest) -> None:
    """Neither text, repr, traceback, cause nor context of an error shows the address."""

    async def misbehave(call: Call) -> web.StreamResponse:
        if what == "echo":
            return web.Response(status=502, text=f"cannot reach {call.request.url}", content_type="text/html")
        if what == "slow":
            await asyncio.sleep(0.5)
        assert call.request.transport is not None
        call.request.transport.abort()
        return web.Response()

    server.replies["sendMessage"] = misbehave
    error = await send("http://127.0.0.1:1" if what == "refused" else server.url, request_)
    assert isinstance(error, TelegramError)
    assert not [text for text in list_texts(error) if TOKEN in text or TOKEN.partition(":")[2] in text]


async def test_a_refused_token_is_not_repeated(server: Server, bot: PassalongBot) -> None:
    """The start fails with Telegram's reason, not with the token."""

    async def deny(_call: Call) -> web.Response:
        return refuse(401, "Unauthorized")

    server.replies["getMe"] = deny
    with pytest.raises(TelegramError, match="Unauthorized") as caught:
        await bot.initialize()
    assert not [text for text in list_texts(caught.value) if TOKEN in text]


async def test_a_picture_travels_whole(server: Server, bot: PassalongBot) -> None:
    """Files go as multipart, with every other field beside them."""
    seen: dict[str, object] = {}

    async def look(call: Call) -> web.Response:
        photo = call.data["photo"]
        assert isinstance(photo, web.FileField)
        seen.update(caption=call.data["caption"], photo=photo.file.read(), markup=call.data["reply_markup"])
        return succeed({**make_message(call), "text": ""})

    server.replies["sendPhoto"] = look
    picture = bytes(range(256)) * 400
    await bot.send_photo(5, picture, caption="Zo\u00eb \u5582", api_kwargs={"reply_markup": {"inline_keyboard": []}})
    assert seen == {"caption": "Zo\u00eb \u5582", "photo": picture, "markup": '{"inline_keyboard": []}'}


async def test_the_transport_opens_again_after_a_shutdown(server: Server, bot: PassalongBot) -> None:
    """Closing is no end, but in between nothing is sent."""
    async with bot:
        await bot.send_message(1, "one")
    with pytest.raises(NotSent):
        await bot.send_message(1, "too late")
    async with bot:
        await bot.send_message(1, "two")
    assert [call.data["text"] for call in server.list_calls("sendMessage")] == ["one", "two"]


async def test_nothing_prints_the_token(bot: PassalongBot) -> None:
    """Repr and str of the bot say which bot it is, and no more."""
    assert repr(bot) == str(bot) == "PassalongBot[id=123456]"


async def test_a_picture_has_time_by_its_size(server: Server) -> None:
    """What takes long to leave may take as long again to be answered; a message without a file may not."""

    async def dawdle(call: Call) -> web.Response:
        await asyncio.sleep(0.4)
        return succeed(make_message(call))

    server.replies["sendPhoto"] = server.replies["sendMessage"] = dawdle
    async with AiohttpRequest(read_timeout=0.1, write_timeout=0.1, media_write_timeout=0.1) as request:
        bot = PassalongBot(TOKEN, base_url=f"{server.url}/bot", request=request, get_updates_request=request)
        with pytest.raises(TimedOut, match="No answer in time"):
            await bot.send_photo(1, b"small")
        await bot.send_photo(1, bytes(20_000))
        with pytest.raises(TimedOut):
            await bot.send_message(1, "hello")


async def test_a_success_says_that_it_is_one_and_has_a_result(request_: AiohttpRequest) -> None:
    """Either alone says nothing of what was done; a file has neither."""
    for body, whole in (
        (b'{"ok":true,"result":true}', True),
        (b'{ "result" : 1, "ok" :  true }', True),
        (b'{"result":1}', False),
        (b'{"ok":true}', False),
        (b'{"ok":truer,"result":1}', False),
    ):
        async with answer_raw(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body) as url:
            if whole:
                assert await request_.do_request(f"{url}/bot{TOKEN}/sendMessage", "POST") == (200, body)
            else:
                with pytest.raises(LostAnswer, match=r"^Success without a result$"):
                    await request_.do_request(f"{url}/bot{TOKEN}/sendMessage", "POST")
        async with answer_raw(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body) as url:
            assert await request_.do_request(f"{url}/file/bot{TOKEN}/a.json", "GET") == (200, body)


async def test_a_refusal_that_is_long_is_cut_and_holds_no_token(request_: AiohttpRequest) -> None:
    """More of a page tells nobody anything; its status is what is read."""
    said = b'{"ok":false,"error_code":400,"description":"bot' + TOKEN.encode() + b'"}'
    for body, kept in ((said, said.replace(TOKEN.encode(), b"<token>")), (said + b" " * 5000, None)):
        answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        async with answer_raw(answer) as url:
            status, found = await request_.do_request(f"{url}/bot{TOKEN}/sendMessage", "POST")
        assert status == 400
        assert TOKEN.encode() not in found
        assert kept is None or found == kept
        assert len(found) <= 4000
