"""The balancer of chaos: what it is given arrives, elsewhere if need be, late or twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from tests.chaos.balancer import Balancer, serve_balancer

REQUESTS = 60


async def test_everything_arrives_though_one_side_fails() -> None:
    """It is tried again at the other; some of it comes in another order, some twice, with words and secrets as they were."""
    came: list[str] = []

    async def take(request: web.Request) -> web.Response:
        assert request.headers["X-Secret"] == "s"
        came.append(f"{request.path_qs} {(await request.read()).decode()}")
        return web.Response(status=200, text="taken")

    async def fail(_request: web.Request) -> web.Response:
        return web.Response(status=503)

    good, bad = await serve(take), await serve(fail)
    balancer = Balancer([str(good.make_url("")).rstrip("/"), str(bad.make_url("")).rstrip("/")], seed=1)
    async with serve_balancer(balancer) as url, ClientSession() as session:

        async def bring(number: int) -> int:
            headers = {"X-Secret": "s"}
            async with session.post(f"{url}/door?n=1", data=str(number), headers=headers) as answer:
                assert await answer.text() == "taken"
                return answer.status

        assert set(await asyncio.gather(*map(bring, range(REQUESTS)))) == {200}
        async with asyncio.timeout(60):
            while max(Counter(came).values()) == 1:  # noqa: ASYNC110 -- it says nothing when an echo has come
                await asyncio.sleep(0.01)
    await good.close()
    await bad.close()
    assert Counter(came).keys() == {f"/door?n=1 {number}" for number in range(REQUESTS)}
    assert all(balancer.counts[each] for each in ("delayed", "doubled", "retried"))
    assert came != sorted(came, key=lambda each: int(each.rpartition(" ")[2]))


async def test_where_everybody_is_away_it_says_so() -> None:
    """Telegram brings it again after a while."""
    balancer = Balancer(["http://127.0.0.1:9"])
    async with serve_balancer(balancer) as url, ClientSession() as session, session.post(f"{url}/door") as answer:
        assert answer.status == 502
    assert balancer.counts["failed"] == 1


async def serve(handler: Callable[[web.Request], Awaitable[web.Response]]) -> TestServer:
    """Return a backend that does one thing."""
    app = web.Application()
    app.router.add_post("/door", handler)
    server = TestServer(app)
    await server.start_server()
    return server
