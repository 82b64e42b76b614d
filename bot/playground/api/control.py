"""A small JSON door for programs that run the playground as a process of its own: chaos and benchmarks.

Bodies and answers are JSON; the paths are in `add_control`. It is served only when asked for, on loopback only.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from typing import Any

from aiohttp import web

from bot.playground import faults
from bot.playground.api import human_doors
from bot.playground.api.fleet import Fleet
from bot.playground.api.human_doors import Door
from bot.playground.api.server import Server
from bot.playground.world import Call, ImpossibleError, Sent

FAULTS: dict[str, Callable[..., faults.Fault]] = {
    "too_many_requests": faults.too_many_requests,
    "error": faults.error,
    "html_page": faults.html_page,
    "delay": faults.delay,
    "hang": faults.hang,
    "drop": faults.drop,
    "truncated": faults.truncated,
    "short_body": faults.short_body,
    "not_ok": faults.not_ok,
    "empty": faults.empty,
    "duplicate": faults.duplicate,
}
"""By the names the door takes."""


def add_people(server: Server, body: dict[str, Any]) -> Any:
    """Make `count` people; with `payload` they press START with it. Returns their ids."""
    world = server.world
    people = [
        world.add_person(f"{body.get('first_name', 'Person')} {number}", language_code=body.get("language_code", "en"))
        for number in range(body.get("count", 1))
    ]
    if "payload" in body:
        for person in people:
            world.press_start(person, body["payload"])
    return [person.id for person in people]


def add_channel(server: Server, body: dict[str, Any]) -> Any:
    """Make a channel with the bot as administrator; returns its id."""
    world = server.world
    owner = world.add_person("Owner")
    chat = world.add_channel(body.get("title", "News"), owner, username=body.get("username", ""))
    world.add_bot(owner, chat)
    return chat.id


def send_texts(server: Server, body: dict[str, Any]) -> Any:
    """Let people write to the bot: `texts` is an array of [person id, text]. Returns message ids."""
    world = server.world
    return [
        world.send_text(world.people[person_id], world.open_chat(world.people[person_id]), text).id
        for person_id, text in body["texts"]
    ]


def tap_button(server: Server, body: dict[str, Any]) -> Any:
    """Let a person tap a button of the bot's chat: person_id, message_id, label. Returns what came of it."""
    world = server.world
    person = world.people[body["person_id"]]
    tap = world.tap(person, world.open_chat(person).messages[body["message_id"]], body["label"])
    return {"kind": tap.kind, "url": tap.url, "text": tap.text}


def set_blocked(server: Server, body: dict[str, Any]) -> Any:
    """Let people block the bot, or unblock it: person_ids, blocked."""
    world = server.world
    for person_id in body["person_ids"]:
        (world.block if body.get("blocked", True) else world.unblock)(world.people[person_id])
    return True


def push_update(server: Server, body: dict[str, Any]) -> Any:
    """Queue an update as it is: kind, body. A poison one, for instance."""
    return server.world.push_raw(body["kind"], body["body"])


def order_fault(server: Server, body: dict[str, Any]) -> Any:
    """Order a fault: name, options (of the fault), and order (method, nth, times, probability, seed, chat_id)."""
    server.faults.order(FAULTS[body["name"]](**body.get("options", {})), **body.get("order", {}))
    return True


def change_settings(server: Server, body: dict[str, Any]) -> Any:
    """Change latency_seconds, floods, throttles, strict; `clear_faults` takes all faults back."""
    if body.get("clear_faults"):
        server.faults.clear()
    server.faults.latency_seconds = body.get("latency_seconds", server.faults.latency_seconds)
    server.world.floods.enabled = body.get("floods", server.world.floods.enabled)
    server.polls.throttles = body.get("throttles", server.polls.throttles)
    server.strict = body.get("strict", server.strict)
    return True


def list_calls(server: Server, query: dict[str, Any]) -> Any:
    """Return calls with a number above `after`, of one `method` or all, at most `limit`."""
    after, method = int(query.get("after", 0)), query.get("method", "")
    calls = (call for call in server.world.journal.calls if call.number > after and method in {"", call.method})
    return [_render_call(call) for call in islice(calls, int(query.get("limit", 1000)))]


def list_sent(server: Server, query: dict[str, Any]) -> Any:
    """Return messages sent, from the index `after` on, at most `limit`."""
    after = int(query.get("after", 0))
    return [_render_sent(sent) for sent in server.world.sent[after : after + int(query.get("limit", 1000))]]


def list_violations(server: Server, _query: dict[str, Any]) -> Any:
    """Return the breaches of the contract, as words."""
    return [str(violation) for violation in server.world.violations]


def show_statistics(server: Server, _query: dict[str, Any]) -> Any:
    """Return counts: calls by method, sent, busiest second, waiting updates, violations."""
    journal = server.world.journal
    return {
        "calls": dict(journal.counts),
        "sent": len(journal.sent),
        "violations": len(journal.violations),
        "busiest_second": journal.busiest_second,
        "sends_in_ban": journal.sends_in_ban,
        "updates_added": server.world.updates.added,
        "updates_waiting": server.world.updates.count_waiting(),
        "people": len(server.world.people) - 1,
    }


def add_control(app: web.Application, fleet: Fleet) -> None:
    """Add the door's routes to the fleet's application, in front of its own.

    Which bot is meant is said by `bot`, its id, in the body or the query; where there is but one, it need not be.
    """
    posts = {
        "people": add_people,
        "channel": add_channel,
        "texts": send_texts,
        "tap": tap_button,
        "blocked": set_blocked,
        "update": push_update,
        "fault": order_fault,
        "settings": change_settings,
        **human_doors.POSTS,
    }
    gets = {
        "calls": list_calls,
        "sent": list_sent,
        "violations": list_violations,
        "statistics": show_statistics,
        **human_doors.GETS,
    }
    app.router.add_routes([web.post(f"/control/{name}", _make_handler(fleet, door)) for name, door in posts.items()])
    app.router.add_routes([web.get(f"/control/{name}", _make_handler(fleet, door)) for name, door in gets.items()])
    app.router.add_get("/control/bots", _make_list(fleet))


def _make_list(fleet: Fleet) -> Callable[[web.Request], Any]:
    async def handle(_request: web.Request) -> web.Response:
        """Answer with the statistics of every bot, by its id."""
        found = {bot_id: show_statistics(server, {}) for bot_id, server in fleet.servers.items()}
        return web.json_response({"ok": True, "result": found})

    return handle


def _make_handler(fleet: Fleet, door: Door) -> Callable[[web.Request], Any]:
    async def handle(request: web.Request) -> web.Response:
        given = await request.read()
        body = json.loads(given) if given else dict(request.query)
        try:
            return web.json_response({"ok": True, "result": door(_choose(fleet, body), body)})
        except (ImpossibleError, KeyError) as error:
            return web.json_response({"ok": False, "description": f"{type(error).__name__}: {error}"}, status=400)

    return handle


def _choose(fleet: Fleet, body: dict[str, Any]) -> Server:
    if "bot" in body:
        return fleet.servers[int(body["bot"])]
    if len(fleet.servers) != 1:
        raise ImpossibleError(f"there are {len(fleet.servers)} bots: say which one is meant")
    return next(iter(fleet.servers.values()))


def _render_call(call: Call) -> dict[str, Any]:
    return {name: getattr(call, name) for name in ("number", "at", "method", "params", "status", "error", "fault")}


def _render_sent(sent: Sent) -> dict[str, Any]:
    message = sent.message
    return {
        "at": sent.at,
        "method": sent.method,
        "chat_id": message.chat.id,
        "message_id": message.id,
        "text": message.text,
    }
