"""Many bots behind one address: each token has a world of its own."""

from __future__ import annotations

from aiohttp import ClientSession

from bot.playground.api.control import add_control
from bot.playground.api.fleet import Fleet, make_world, serve_fleet
from bot.playground.api.server import Server
from tests.playground.test_process import Door, run_playground

BAKERY, FLORIST = "41:secret-of-the-bakery", "42:secret-of-the-florist"


def make_server(token: str) -> Server:
    """A bot of whom nothing but the token is known."""
    return Server(make_world(token), token)


async def test_every_token_speaks_to_its_own_world() -> None:
    """What is done in one is seen in one, by one id of a person too."""
    bakery, florist = make_server(BAKERY), make_server(FLORIST)
    async with serve_fleet(Fleet([bakery, florist])) as fleet, ClientSession() as session:
        for server in (bakery, florist):
            person = server.world.add_person("Ann")
            server.world.press_start(person)
        assert [*bakery.world.people][1:] == [*florist.world.people][1:]
        for token in (BAKERY, FLORIST):
            async with session.post(f"{fleet.urls[0]}/bot{token}/getMe") as response:
                assert (await response.json())["result"]["id"] == int(token[:2])
        form = {"chat_id": str(person.id), "text": "roses"}
        async with session.post(f"{fleet.urls[0]}/bot{FLORIST}/sendMessage", data=form) as response:
            assert response.status == 200
        assert (len(bakery.world.sent), len(florist.world.sent)) == (0, 1)
        assert {bakery.url, florist.url} == {fleet.urls[0]}


async def test_a_port_for_each_process_tells_them_apart() -> None:
    """They share the bot and its world, and every call says by which port it came."""
    bakery = make_server(BAKERY)
    async with serve_fleet(Fleet([bakery]), ports=(0, 0)) as fleet, ClientSession() as session:
        for url in (*fleet.urls, fleet.urls[1]):
            async with session.post(f"{url}/bot{BAKERY}/getMe") as response:
                assert response.status == 200
        first, second = fleet.ports
        assert [call.port for call in bakery.world.calls] == [first, second, second]


async def test_a_stranger_is_let_in_only_where_any_token_is() -> None:
    """A second token of the same bot is refused, as it is after a token was changed."""
    async with serve_fleet(Fleet([make_server(BAKERY)])) as closed, ClientSession() as session:
        assert await _ask(session, closed, BAKERY) == 200
        assert await _ask(session, closed, FLORIST) == 401
    async with serve_fleet(Fleet(make=make_server)) as any_token, ClientSession() as session:
        assert [await _ask(session, any_token, token) for token in (BAKERY, FLORIST, BAKERY)] == [200, 200, 200]
        assert await _ask(session, any_token, "41:another-secret") == 401
        assert await _ask(session, any_token, "no-token") == 401
        assert set(any_token.servers) == {41, 42}
        assert any_token.servers[41].port == any_token.servers[42].port > 0


async def test_the_control_door_asks_which_of_several_bots_is_meant() -> None:
    """Where there is one, it need not be said."""
    fleet = Fleet([make_server(BAKERY)])
    async with serve_fleet(fleet, add_routes=lambda app: add_control(app, fleet)), ClientSession() as session:
        door = Door(session, fleet.urls[0])
        assert len(await door.post("people", count=2)) == 2
        fleet.add(make_server(FLORIST))
        async with session.post(f"{fleet.urls[0]}/control/people", json={"count": 1}) as response:
            assert (response.status, "2 bots" in await response.text()) == (400, True)
        assert len(await door.post("people", bot=42, count=3)) == 3
        assert (await door.get("statistics", bot="42"))["people"] == 3
        assert {bot_id: each["people"] for bot_id, each in (await door.get("bots")).items()} == {"41": 2, "42": 3}


async def test_a_playground_of_its_own_takes_any_token() -> None:
    """A folder of shops needs no list of tokens given to it."""
    async with run_playground("--any-token", "--control", token="") as (url, _), ClientSession() as session:
        door = Door(session, url)
        for token in (BAKERY, FLORIST):
            async with session.post(f"{url}/bot{token}/getMe") as response:
                assert (await response.json())["result"]["username"] == f"shop_{token[:2]}_bot"
        assert {each["calls"]["getMe"] for each in (await door.get("bots")).values()} == {1}


async def _ask(session: ClientSession, fleet: Fleet, token: str) -> int:
    async with session.post(f"{fleet.urls[0]}/bot{token}/getMe") as response:
        return response.status
