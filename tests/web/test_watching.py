"""What whoever watches the bot is told, and who is not told."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot.assets import ASSETS
from bot.telemetry import COUNTERS, TIMES, Metrics
from bot.updates.vitals import Senses, VitalSigns
from bot.web.listening import open_listener
from bot.web.metrics import GAUGES, PREFIX
from bot.web.server import serve_site
from bot.web.site import build_deps, build_site
from bot.wire.snapshot import Snapshot, Snapshots
from storage import Store, open_store
from tests.easel import draw_for
from tests.storage.cast import run
from tests.web.house import make_shop

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-secret-of-its-own"


class Watched:
    """A web side whose bot can be made ill."""

    def __init__(self, store: Store, url: str) -> None:
        self.store, self.metrics = store, Metrics()
        self.silence = 0.0
        self.late = ("", 0.0)
        self.room = (10**12, 10**12)
        self.now = 0.0
        self.signs = VitalSigns(
            store=store,
            url=url,
            metrics=self.metrics,
            find_silence=lambda: self.silence,
            find_ban=lambda: 0.0,
            find_late=lambda: self.late,
            senses=Senses(measure_room=lambda _: self.room, clock=lambda: self.now),
        )

    @asynccontextmanager
    async def serve(
        self, *, token: str = "", public_url: str = ""
    ) -> AsyncIterator[Callable[..., Awaitable[tuple[int, str]]]]:
        """Its doors, open while the context lasts."""
        shop = make_shop(public_url)
        snapshots = Snapshots(self.store, Snapshot(shop=shop, pictures=draw_for(shop, self.store)))
        deps = build_deps(store=self.store, snapshots=snapshots, assets=ASSETS, signs=self.signs, metrics_token=token)
        listener, stop = open_listener("127.0.0.1", 0), asyncio.Event()
        url = "http://{}:{}".format(*listener.getsockname())
        serving = asyncio.create_task(serve_site(build_site(deps), listener, stop))
        async with aiohttp.ClientSession() as session:

            async def ask(path: str, **headers: str) -> tuple[int, str]:
                self.now += 60
                async with session.get(url + path, headers=headers, allow_redirects=False) as answer:
                    return answer.status, await answer.text()

            yield ask
        stop.set()
        await serving
        await deps.click_writer.settle()


@pytest.fixture
async def watched(sqlite_url: str) -> AsyncIterator[Watched]:
    """A bot that is well."""
    async with open_store(sqlite_url) as store:
        yield Watched(store, sqlite_url)


async def test_a_token_opens_the_figures_and_nothing_else_does(watched: Watched) -> None:
    """Whoever sends another, or none, is told nothing; the scheme's name is written as one likes."""
    async with watched.serve(token=TOKEN) as ask:
        for wrong in ({}, {"Authorization": TOKEN}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer "}):
            assert (await ask("/metrics", **wrong))[0] == 401
        assert (await ask("/metrics", Authorization=f"Bearer {TOKEN}x"))[0] == 401
        assert (await ask("/metrics", Authorization=f"Bearer {TOKEN}"))[0] == 200
        assert (await ask("/metrics", Authorization=f"bearer {TOKEN}"))[0] == 200


async def test_without_a_token_only_this_machine_reads_them(watched: Watched) -> None:
    """A proxy on it that speaks for somebody else is not this machine."""
    async with watched.serve() as ask:
        assert (await ask("/metrics"))[0] == 200
        for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"):
            assert (await ask("/metrics", **{name: "127.0.0.1"}))[0] == 404


async def test_without_a_public_address_only_what_watches_is_served(watched: Watched) -> None:
    """The pages of the shop are for shops that want them."""
    async with watched.serve(token=TOKEN) as ask:
        assert (await ask("/healthz"))[1] == "ok\n"
        assert (await ask("/readyz"))[0] == 200
        assert [(await ask(path))[0] for path in ("/", "/r/ABC", "/api/v1/openapi.json", "/logo.png")] == [404] * 4
    async with watched.serve(public_url="https://share.example.org") as ask:
        assert (await ask("/logo.png"))[0] != 503
        assert (await ask("/api/v1/openapi.json"))[0] == 200


async def test_all_that_is_counted_and_measured_is_told(watched: Watched) -> None:
    """As Prometheus reads it: counters, times in buckets that only grow, and what waits at this moment."""
    watched.metrics.count("floods", 3)
    for seconds in (0.004, 0.2, 99.0):
        watched.metrics.note_time("request", seconds)
    watched.silence = 12.5
    async with watched.serve() as ask:
        _, told = await ask("/metrics")
    found = {family.name: family for family in text_string_to_metric_families(told)}
    assert {f"{PREFIX}{name}" for name in (*COUNTERS, *GAUGES)} <= found.keys()
    assert {f"{PREFIX}{name}_seconds" for name in TIMES} <= found.keys()
    values = {
        (sample.name, tuple(sample.labels.values())): sample.value for each in found.values() for sample in each.samples
    }
    assert values["passalong_floods_total", ()] == 3
    assert values["passalong_poll_silence_seconds", ()] == 12.5
    assert values["passalong_request_seconds_bucket", ("0.005",)] == 1
    assert values["passalong_request_seconds_bucket", ("0.25",)] == 2
    assert values["passalong_request_seconds_bucket", ("+Inf",)] == values["passalong_request_seconds_count", ()] == 3
    assert values["passalong_request_seconds_sum", ()] == pytest.approx(99.204)
    assert values["passalong_database_bytes", ()] > 0
    assert values["passalong_trouble", ("disk",)] == 0


async def test_figures_are_told_while_the_database_is_away(watched: Watched) -> None:
    """What was counted is known without it; that it cannot be read is told."""
    async with watched.serve() as ask:
        await watched.store.write(run, text("ALTER TABLE inbox RENAME TO gone"))
        status, told = await ask("/metrics")
        assert status == 200
        assert "passalong_up 0.0" in told
        assert "passalong_updates_waiting" not in told
        await watched.store.write(run, text("ALTER TABLE gone RENAME TO inbox"))
        assert "passalong_up 1.0" in (await ask("/metrics"))[1]


async def test_readiness_names_what_is_wrong(watched: Watched) -> None:
    """Each part has its line; whoever watches need not guess."""
    async with watched.serve() as ask:
        assert await ask("/readyz") == (
            200,
            "store: ok\npoller: ok\nupdates: ok\ndeliverer: ok\njobs: ok\ndisk: ok\n",
        )
        watched.silence, watched.late, watched.room = 55.0, ("cleaning", 3_600.0), (1024**2, 10**12)
        status, told = await ask("/readyz")
        assert status == 503
        assert told == (
            "store: ok\npoller: no updates for 1 min\nupdates: ok\ndeliverer: ok\njobs: late by 60 min\ndisk: 1 MB left\n"
        )
        await watched.store.write(run, text("ALTER TABLE due_job RENAME TO gone"))
        await asyncio.sleep(0)
    async with watched.serve() as ask:
        assert await ask("/readyz") == (503, "store: cannot write\n")


def test_every_panel_shows_a_figure_that_is_there() -> None:
    """The dashboard that ships for Grafana asks for nothing that the bot does not tell."""
    panels = json.loads((ROOT / "docs" / "grafana" / "passalong.json").read_text("utf-8"))["panels"]
    asked = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    told = {f"{PREFIX}{name}_total" for name in COUNTERS} | {
        f"{PREFIX}{name}" for name in (*GAUGES, "up", "trouble", "info")
    }
    told |= {f"{PREFIX}{name}_seconds_{end}" for name in TIMES for end in ("bucket", "sum", "count")}
    names = [name for each in asked for name in re.findall(r"passalong_\w+", each)]
    assert len(names) >= 20
    assert sorted(set(names) - told) == []
