"""`/metrics`: the bot's figures as Prometheus reads them."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.addresses import is_of_this_machine
from bot.core.alarms import Trouble, Vitals, find_troubles
from bot.telemetry import COUNTERS, TIME_BOUNDS, TIMES, Metrics
from bot.version import __version__
from bot.web.deps import WebDeps, deps_of
from bot.web.health import PROBE_SECONDS
from storage.errors import StoreError

PREFIX = "passalong_"

GAUGES: Mapping[str, tuple[str, str]] = {
    "poll_silence_seconds": ("poll_silence_seconds", "since Telegram last gave a useful answer"),
    "updates_waiting": ("updates_waiting", "updates in the inbox that are not handled"),
    "updates_oldest_seconds": ("updates_age_seconds", "age of the oldest of them"),
    "notices_waiting": ("notices_waiting", "notices that are owed"),
    "notices_oldest_seconds": ("notices_age_seconds", "age of the oldest that was never tried"),
    "ban_seconds": ("ban_seconds", "for how long a 429 still forbids all sending"),
    "job_late_seconds": ("job_late_seconds", "by how much the bot's own work is late"),
    "disk_free_bytes": ("disk_free_bytes", "free where the database lies"),
    "disk_size_bytes": ("disk_total_bytes", "of the disk where the database lies"),
    "database_bytes": ("database_bytes", "size of the database"),
}
"""By name without the prefix: the field of `Vitals`, and what it is."""

_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")
"""A proxy on this machine that speaks for others."""


async def show_metrics(request: Request) -> Response:
    """To whoever sends the token; without one in the settings, to this machine alone.

    Raises:
        HTTPException: 401 or 404.
    """
    deps = deps_of(request)
    return await answer_watcher(request, {"": deps}, deps.metrics_token)


async def answer_watcher(
    request: Request, shops: Mapping[str, WebDeps], token: str, *, absent: Collection[str] = ()
) -> Response:
    """The figures of these shops by name, each figure with a label that says whose it is; of the one without a name without.

    Of the `absent`, which should work here and do not, nothing is told but that.

    Raises:
        HTTPException: 401 or 404.
    """
    _admit(request, token)
    content = await compose_metrics(shops, absent=absent)
    return Response(content, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"})


def _admit(request: Request, token: str) -> None:
    if token:
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        known = hmac.compare_digest(sent.strip().encode(), token.encode())
        if not known or scheme.lower() != "bearer":
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    elif not _is_from_here(request):
        raise HTTPException(404)


def _is_from_here(request: Request) -> bool:
    near = request.client is not None and is_of_this_machine(request.client.host)
    return near and not any(name in request.headers for name in _FORWARDED)


async def compose_metrics(shops: Mapping[str, WebDeps], *, absent: Collection[str] = ()) -> bytes:
    """All figures by shop; those of a database are left out while it cannot be read."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures([await _look_at(name, deps) for name, deps in shops.items()], absent))
    return generate_latest(registry)


class _Shop(NamedTuple):
    labels: list[str]
    metrics: Metrics
    vitals: Vitals | None
    """None where no bot works, and while its database cannot be read."""
    up: bool


async def _look_at(name: str, deps: WebDeps) -> _Shop:
    labels = [name] if name else []
    if deps.signs is None:
        return _Shop(labels, deps.metrics, None, deps.health.last == "ok")
    try:
        return _Shop(labels, deps.metrics, await deps.signs.take(not_older_seconds=PROBE_SECONDS), up=True)
    except StoreError:
        return _Shop(labels, deps.metrics, None, up=False)


class _Figures(Collector):
    """What is counted and measured, of one moment and of each bot: nothing of it is the process's."""

    def __init__(self, shops: Sequence[_Shop], absent: Collection[str]) -> None:
        self._shops = shops
        self._absent = absent
        self._labels = ["shop"] if absent or any(shop.labels for shop in shops) else []

    def collect(self) -> Iterator[Metric]:
        """All of it."""
        about = GaugeMetricFamily(f"{PREFIX}info", "which version runs", labels=["version"])
        about.add_metric([__version__], 1)
        yield about
        for name, text in COUNTERS.items():
            yield self._compose_counter(name, text)
        for name, text in TIMES.items():
            yield self._compose_times(name, text)
        up = self._compose_gauge("up", "whether the shop works and its database can be read", lambda shop: int(shop.up))
        for name in self._absent:
            up.add_metric([name], 0)
        yield up
        if any(shop.vitals is not None for shop in self._shops):
            yield from self._list_gauges()

    def _list_gauges(self) -> Iterator[Metric]:
        for name, (field, text) in GAUGES.items():
            yield self._compose_gauge(name, text, partial(_read_field, field))
        troubles = GaugeMetricFamily(f"{PREFIX}trouble", "1 for what is wrong", labels=[*self._labels, "trouble"])
        for shop in self._shops:
            found = find_troubles(shop.vitals) if shop.vitals else {}
            for trouble in Trouble if shop.vitals else ():
                troubles.add_metric([*shop.labels, trouble.value], int(trouble in found))
        yield troubles

    def _compose_counter(self, name: str, text: str) -> Metric:
        counter = CounterMetricFamily(f"{PREFIX}{name}", text, labels=self._labels)
        for shop in self._shops:
            counter.add_metric(shop.labels, shop.metrics.read()[name])
        return counter

    def _compose_gauge(self, name: str, text: str, read: Callable[[_Shop], float | None]) -> GaugeMetricFamily:
        gauge = GaugeMetricFamily(f"{PREFIX}{name}", text, labels=self._labels)
        for shop in self._shops:
            if (value := read(shop)) is not None:
                gauge.add_metric(shop.labels, value)
        return gauge

    def _compose_times(self, name: str, text: str) -> Metric:
        histogram = HistogramMetricFamily(f"{PREFIX}{name}_seconds", text, labels=self._labels)
        for shop in self._shops:
            times, bounds = shop.metrics.times[name], (*map(str, TIME_BOUNDS), "+Inf")
            passed = zip(bounds, map(float, accumulate(times.counts)), strict=True)
            histogram.add_metric(shop.labels, list(passed), sum_value=times.seconds)
        return histogram


def _read_field(field: str, shop: _Shop) -> float | None:
    found: float | None = None if shop.vitals is None else getattr(shop.vitals, field)
    return found
