"""What the transport makes of errors and answers, and how long it waits for what: value by value, without a server."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from telegram import InputFile
from telegram.error import BadRequest, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.core.proxies import Proxy
from bot.wire.errors import Flooded, LostAnswer, NotSent, PushedBack
from bot.wire.telegram_bot import Form
from bot.wire.transport import (
    READ_SECONDS,
    AiohttpRequest,
    _compute_timeout,
    _count_upload,
    _encode,
    _find_token,
    _read_refusal,
    find_word,
    parse_entries,
    translate_error,
)

TOKEN, DEFAULT = "123456:secret", BaseRequest.DEFAULT_NONE
PROXY = Proxy("http", "proxy.example", 3128, "shop", "hunter2")
KEY = ConnectionKey("api.example", 443, True, True, None, None, None)


def wrap(inner: Exception) -> Exception:
    """As aiohttp wraps what is raised while a body is written."""
    outer = aiohttp.ClientOSError("Can not write request body")
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "proxy", "kind", "words"),
    [
        (aiohttp.ConnectionTimeoutError(), None, NotSent, "No connection in time"),
        (
            aiohttp.ConnectionTimeoutError(),
            PROXY,
            NotSent,
            "No connection in time, by the proxy http://proxy.example:3128",
        ),
        (
            aiohttp.ClientConnectorError(KEY, OSError(111, "refused")),
            None,
            NotSent,
            "No connection (ClientConnectorError: Cannot connect to host api.example:443 ssl:default [refused])",
        ),
        (
            aiohttp.InvalidURL(f"http:///bot{TOKEN}/getMe"),
            None,
            NotSent,
            "No connection (InvalidUrlClientError: http:///bot<token>/getMe)",
        ),
        (TimeoutError(), None, TimedOut, "No answer in time"),
        (aiohttp.SocketTimeoutError("x"), PROXY, TimedOut, "No answer in time"),
        (
            aiohttp.ServerDisconnectedError("gone at //shop:hunter2@proxy.example\n  again"),
            None,
            LostAnswer,
            "Connection lost (ServerDisconnectedError: gone at //proxy.example again)",
        ),
        (
            aiohttp.ServerDisconnectedError("gone"),
            PROXY,
            LostAnswer,
            "The proxy http://proxy.example:3128 lost the connection (ServerDisconnectedError: gone)",
        ),
        (ValueError(f"bot{TOKEN}"), None, LostAnswer, "Connection lost (ValueError: bot<token>)"),
        (
            aiohttp.ClientProxyConnectionError(KEY, OSError("nobody is there")),
            PROXY,
            NotSent,
            "The proxy http://proxy.example:3128 cannot be reached (nobody is there)",
        ),
        (NotSent("as it is"), None, NotSent, "as it is"),
        (wrap(NotSent("on the way")), None, NotSent, "on the way"),
    ],
)
def test_each_error_says_what_is_known_of_the_request(
    error: Exception, proxy: Proxy | None, kind: type[TelegramError], words: str
) -> None:
    """Sent, not sent or unknown, in one line; with the proxy's address, and neither its password nor the token."""
    if isinstance(error, aiohttp.InvalidURL):
        words = words.replace("InvalidUrlClientError", type(error).__name__)
    told = translate_error(error, TOKEN, proxy)
    assert (type(told), str(told)) == (kind, words)


def say(**said: object) -> bytes:
    """Telegram's word."""
    return json.dumps(said).encode()


def test_a_refusal_is_telegrams_own_or_somebody_elses() -> None:
    """Its own is read by its status; what a proxy or a firewall says is no word of Telegram's."""
    for status in (400, 401, 403, 404, 409, 500, 502, 302):
        assert _read_refusal(status, say(ok=False, description="x"), None) == status
    for status in (402, 405, 413, 451, 499):
        with pytest.raises(BadRequest, match=f"^Refused with status {status}$"):
            _read_refusal(status, say(ok=False), None)
    page: list[tuple[int, type[TelegramError]]] = [
        (302, NotSent),
        (403, NotSent),
        (499, NotSent),
        (500, LostAnswer),
        (502, LostAnswer),
    ]
    for status, kind in page:
        for body in (b"<html>", say(ok=True), say(ok="no"), say(error=1), b"[false]"):
            with pytest.raises(kind, match=f"something on the way answers with status {status}") as caught:
                _read_refusal(status, body, None)
            assert type(caught.value) is kind
    with pytest.raises(NotSent, match=r"proxy\.example"):
        _read_refusal(403, b"", PROXY)


def test_a_flood_says_for_how_long_or_does_not() -> None:
    """Whole seconds, and none where they make no sense: then it is pushed back without a time."""
    with pytest.raises(Flooded) as caught:
        _read_refusal(429, say(ok=False, parameters={"retry_after": 7}), None)
    assert caught.value.retry_after.total_seconds() == 7
    with pytest.raises(Flooded):
        _read_refusal(429, say(ok=False, parameters={"retry_after": "1"}), None)
    odd: list[object] = [0, -3, None, "soon", [], {}]
    bodies = [say(ok=False, parameters={"retry_after": each}) for each in odd]
    for body in (
        *bodies,
        say(ok=False),
        say(ok=False, parameters=7),
        say(ok=True, parameters={"retry_after": 7}),
        b"<html>",
    ):
        with pytest.raises(PushedBack, match=r"^Too Many Requests$"):
            _read_refusal(429, body, None)


def test_telegrams_own_word_says_whether_it_is_ok() -> None:
    """In JSON; whatever else speaks HTTP is nobody's word."""
    assert find_word(say(ok=True, result=1)) == {"ok": True, "result": 1}
    assert find_word(say(ok=False)) == {"ok": False}
    for body in (b"", b"<html>", b"[1]", b"true", say(ok=1), say(result=1), b"[" * 100_000):
        assert find_word(body) is None


def test_the_token_is_found_in_every_address() -> None:
    """Of a method, and of a file; where there is none nothing is taken out of any text."""
    for url in (
        f"https://api.example/bot{TOKEN}/sendMessage",
        f"https://api.example/base/bot{TOKEN}/getMe",
        f"https://api.example/file/bot{TOKEN}/photos/file_1.jpg",
    ):
        assert _find_token(url) == TOKEN
    assert _find_token("https://api.example/robots/1") == "\0"


def test_how_long_what_may_take() -> None:
    """A connection has to be free, then made, the request to leave, the answer to begin; an upload has time by its size, twice."""
    usual = (20.0, 5.0, 4.0, 1.0)
    plain = _compute_timeout((DEFAULT, DEFAULT, DEFAULT, DEFAULT), usual, 30.0, 0)
    assert (plain.total, plain.connect, plain.sock_connect, plain.sock_read) == (30.0, 5.0, 4.0, 20.0)
    given = _compute_timeout((55.0, 7.0, 3.0, 2.0), usual, 30.0, 0)
    assert (given.total, given.connect, given.sock_connect, given.sock_read) == (67.0, 5.0, 3.0, 55.0)
    upload = _compute_timeout((DEFAULT, DEFAULT, DEFAULT, DEFAULT), usual, 30.0, 200_000)
    assert (upload.total, upload.connect, upload.sock_connect, upload.sock_read) == (105.0, 5.0, 4.0, 60.0)
    told = _compute_timeout((DEFAULT, 9.0, DEFAULT, DEFAULT), usual, 30.0, 200_000)
    assert (told.total, told.sock_read) == (74.0, 60.0)
    for_ever = _compute_timeout((None, None, None, None), usual, 30.0, 0)
    assert (for_ever.total, for_ever.connect, for_ever.sock_connect, for_ever.sock_read) == (None, None, None, None)
    patient = _compute_timeout((DEFAULT, DEFAULT, DEFAULT, DEFAULT), usual, None, 200_000)
    assert (patient.total, patient.connect, patient.sock_read) == (None, 5.0, None)


def test_usual_times_are_those_of_its_opening() -> None:
    """Twenty seconds for an answer; what is asked for with files is counted by their bytes."""
    assert AiohttpRequest().read_timeout == READ_SECONDS == 20.0
    assert AiohttpRequest(read_timeout=None).read_timeout is None
    request = AiohttpRequest(read_timeout=1, write_timeout=2, connect_timeout=3, pool_timeout=4, media_write_timeout=5)
    assert (request._timeouts, request._media_write) == ((1, 2, 3, 4), 5)
    usual = AiohttpRequest()
    assert (usual._timeouts, usual._media_write, usual._limit) == ((20.0, 5.0, 5.0, 1.0), 20.0, 256)
    files = {
        "a": ("a.png", b"12345", "image/png"),
        "b": ("b.png", b"678", "image/png"),
        "c": ("c", "text", "text/plain"),
    }
    assert _count_upload(cast("RequestData", SimpleNamespace(multipart_data=files))) == 8
    assert _count_upload(cast("RequestData", SimpleNamespace(multipart_data=None))) == _count_upload(None) == 0


async def test_parameters_travel_as_json_and_files_as_a_form() -> None:
    """Each under its name, a file with the name and kind that people see."""
    plain = _encode(cast("RequestData", Form({"chat_id": 7, "text": "tea \u8336"})))
    assert plain.content_type == "application/json"
    assert json.loads(plain.decode()) == {"chat_id": "7", "text": "tea \u8336"}
    photo = InputFile(b"bytes", filename="a.png")
    form = _encode(cast("RequestData", Form({"chat_id": 7, "photo": photo})))
    assert form.content_type.startswith("multipart/form-data")
    pieces: list[bytes] = []

    async def write(piece: bytes) -> None:
        pieces.append(bytes(piece))

    await form.write(cast("Any", SimpleNamespace(write=write)))
    body = b"".join(pieces)
    assert b'name="chat_id"\r\n\r\n7\r\n' in body
    assert b'name="photo"; filename="a.png"' in body
    assert b"Content-Type: image/png" in body
    assert b"\r\n\r\nbytes\r\n" in body


def test_an_answer_is_an_object() -> None:
    """Where one entry of it cannot be read the others still are; anything else is no answer."""
    parse = AiohttpRequest.parse_json_payload
    assert parse(b'{"ok": true, "result": "caf\xff"}') == {"ok": True, "result": "caf\ufffd"}
    for payload in (b"", b"<html>", b"[1]", b"7", b'{"ok": tr'):
        with pytest.raises(LostAnswer, match=r"^Invalid server response$"):
            parse(payload)
    deep = (
        b'{"ok": true, "result": [{"update_id": 5, "x": 1}, {"update_id": 6, "x": '
        + b"[" * 100_000
        + b"]" * 100_000
        + b"}]}"
    )
    unread = {"update_id": 6, "message": "unreadable"}
    assert parse(deep) == {"ok": True, "result": [{"update_id": 5, "x": 1}, unread]}


def test_an_entry_that_cannot_be_read_keeps_its_number() -> None:
    """Its own, wherever it stands in it, and not one that lies deeper or in a text; without one it has none that was given."""
    digits = b"7" * 5000
    for entry, number in (
        (b'{"update_id": 6, "n": ' + digits + b"}", 6),
        (b'{"n": ' + digits + b', "update_id" : 6}', 6),
        (b'{"message": {"update_id": 1, "n": ' + digits + b'}, "update_id": 6}', 6),
        (b'{"text": "\\"update_id\\": 1 ]}", "n": ' + digits + b', "update_id": 6}', 6),
        (b'{"update_id": "6", "n": ' + digits + b"}", 0),
        (b'{"n": ' + digits + b"}", 0),
    ):
        for before, after in ((b"", b""), (b'{"update_id": 4}, ', b', {"update_id": 8}')):
            found = parse_entries(b'{"ok": true, "result": [' + before + entry + after + b"]}")
            others = [{"update_id": 4}], [{"update_id": 8}]
            unread = {"update_id": number, "message": "unreadable"}
            assert found == {"ok": True, "result": [*others[0], unread, *others[1]] if before else [unread]}
    assert parse_entries(b'{"ok": true, "result": []}') == {"ok": True, "result": []}
