"""`/metrics`: the bot's figures as Prometheus reads them."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping

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
    _admit(request, deps.metrics_token)
    content = await compose_metrics(deps)
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


async def compose_metrics(deps: WebDeps) -> bytes:
    """All figures; those of the database are left out while it cannot be read."""
    vitals = None
    if deps.signs is not None:
        try:
            vitals = await deps.signs.take(not_older_seconds=PROBE_SECONDS)
        except StoreError:
            vitals = None
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(deps.signs.metrics if deps.signs else Metrics(), vitals))
    return generate_latest(registry)


class _Figures(Collector):
    """What is counted and measured, of one moment and one bot: nothing of it is the process's."""

    def __init__(self, metrics: Metrics, vitals: Vitals | None) -> None:
        self._metrics = metrics
        self._vitals = vitals

    def collect(self) -> Iterator[Metric]:
        """All of it."""
        about = GaugeMetricFamily(f"{PREFIX}info", "which version runs", labels=["version"])
        about.add_metric([__version__], 1)
        yield about
        for name, count in self._metrics.read().items():
            yield CounterMetricFamily(f"{PREFIX}{name}", COUNTERS[name], value=count)
        for name, text in TIMES.items():
            yield self._compose_times(name, text)
        yield GaugeMetricFamily(f"{PREFIX}up", "whether the database can be read", value=int(self._vitals is not None))
        if self._vitals is not None:
            yield from self._list_gauges(self._vitals)

    def _list_gauges(self, vitals: Vitals) -> Iterator[Metric]:
        for name, (field, text) in GAUGES.items():
            yield GaugeMetricFamily(f"{PREFIX}{name}", text, value=getattr(vitals, field))
        found = find_troubles(vitals)
        troubles = GaugeMetricFamily(f"{PREFIX}trouble", "1 for what is wrong", labels=["trouble"])
        for trouble in Trouble:
            troubles.add_metric([trouble.value], int(trouble in found))
        yield troubles

    def _compose_times(self, name: str, text: str) -> Metric:
        times, passed, buckets = self._metrics.times[name], 0, list[tuple[str, float]]()
        for bound, count in zip((*map(str, TIME_BOUNDS), "+Inf"), times.counts, strict=True):
            passed += count
            buckets.append((bound, float(passed)))
        return HistogramMetricFamily(f"{PREFIX}{name}_seconds", text, buckets=buckets, sum_value=times.seconds)
