"""How a request may come, and who may come at all."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from tests.playground.calling import Caller, draw_picture, start_person


async def test_parameters_come_in_four_ways(caller: Caller) -> None:
    """Query, form, multipart and JSON mean the same; a method's name may be written in any case."""
    ann = start_person(caller.telegram)
    url = f"{caller.telegram.base_url}{caller.telegram.token}"
    body = {"chat_id": ann.id, "text": "json", "link_preview_options": {"is_disabled": True}}
    requests = [
        caller.session.get(f"{url}/sendMessage", params={"chat_id": ann.id, "text": "query"}),
        caller.session.post(f"{url}/SENDmessage", data={"chat_id": ann.id, "text": "form"}),
        caller.session.post(f"{url}/sendmessage", json=body),
        caller.session.post(f"{url}/sendMessage?chat_id={ann.id}", data={"text": "both"}),
    ]
    for request in requests:
        async with request as response:
            assert response.status == 200, await response.text()
    await caller.call("sendPhoto", chat_id=ann.id, photo=draw_picture(), caption="multipart")
    said = [sent.message.text for sent in caller.telegram.world.sent]
    assert said == ["query", "form", "json", "both", "multipart"]
    caller.telegram.assert_clean()


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Unauthorized"),
        ("no-token", "Unauthorized: invalid token specified"),
        ("0123:abc", "Unauthorized: invalid token specified"),
        ("", "Unauthorized: invalid token specified"),
    ],
)
async def test_another_token_is_not_let_in(caller: Caller, token: str, words: str) -> None:
    """A wrong token is 401, a malformed one says so."""
    async with caller.session.get(f"{caller.telegram.base_url}{token}/getMe") as response:
        assert (response.status, (await response.json())["description"]) == (401, words)


async def test_other_paths_lead_nowhere(caller: Caller) -> None:
    """What is not a method's or a file's address is 404."""
    for path in ("/", "/robots.txt", f"/file/bot{caller.telegram.token}/photos/none.jpg"):
        async with caller.session.get(f"{caller.telegram.url}{path}") as response:
            assert (response.status, await response.json()) == (
                404, {"ok": False, "error_code": 404, "description": "Not Found"},
            )  # fmt: skip


async def test_bad_json_is_a_bad_request(caller: Caller) -> None:
    """A JSON body that is none, or no object, is refused."""
    url = f"{caller.telegram.base_url}{caller.telegram.token}/getMe"
    for body in ("{", "[]"):
        async with caller.session.post(url, data=body, headers={"Content-Type": "application/json"}) as response:
            assert response.status == 400


async def test_a_body_above_fifty_megabytes_is_refused(caller: Caller) -> None:
    """Telegram's front answers 413."""
    url = f"{caller.telegram.base_url}{caller.telegram.token}/getMe"
    body = BytesIO(b'"' + bytes(52 * 1024 * 1024))
    async with caller.session.post(url, data=body, headers={"Content-Type": "application/json"}) as response:
        assert (response.status, (await response.json())["description"]) == (413, "Request Entity Too Large")


async def test_a_mistake_of_the_playground_fails_the_test_that_meets_it(caller: Caller) -> None:
    """Without strictness a wrong type reaches the world; what breaks there is a 500 and a violation."""
    caller.telegram.server.strict = False
    status, body = await caller.ask("setMyCommands", commands="7")
    assert (status, body["ok"]) == (500, False)
    assert "playground: TypeError" in str(caller.telegram.world.violations[0])


async def test_hostile_text_travels_unharmed(caller: Caller) -> None:
    """NUL, lone surrogates and any script a human's name holds reach the bot as they are."""
    name = "\0a\u202ez\u0301\u0301\ud800<b>&"
    ann = caller.telegram.world.add_person(name)
    caller.telegram.world.press_start(ann)
    (update,) = await caller.call("getUpdates")
    assert update["message"]["from"]["first_name"] == name
    assert json.loads(json.dumps(update)) == update


async def test_the_token_shows_nowhere(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    """Neither answers nor logs nor what is written down hold it."""
    caplog.set_level("DEBUG")
    ann = start_person(caller.telegram)
    secret = caller.telegram.token.partition(":")[2]
    sent = await caller.call("sendMessage", chat_id=ann.id, text="x")
    _, refused = await caller.ask("sendHologram")
    seen = [json.dumps(sent), json.dumps(refused), caplog.text, str(caller.telegram.world.calls)]
    seen += [str(caller.telegram.world.violations), repr(caller.telegram.server), repr(caller.telegram)]
    assert not any(secret in words for words in seen)
