"""`passalong stats`: the funnel's numbers, for people or as JSON, also while the bot runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.core.funnel import Funnel
    from storage.tx import Tx


def add_stats_parser(stats: argparse.ArgumentParser, read_url: Callable[[], str]) -> None:
    """The funnel's numbers."""
    stats.add_argument("--json", action="store_true", help="as JSON; docs/metrics.md says what each name means")
    stats.set_defaults(command=lambda chosen: print_stats(read_url, as_json=chosen.json))


def print_stats(read_url: Callable[[], str], *, as_json: bool) -> int:
    """Print them to standard output."""
    from storage import StoreError  # noqa: PLC0415 -- whoever asks for something else need not wait for it
    from storage.beside import run_once  # noqa: PLC0415 -- likewise

    try:
        told = run_once(read_url(), collect)
    except StoreError as error:
        sys.stderr.write(f"passalong: {error}\n")
        return 1
    if as_json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return 0
    for name, number in (told["funnel"] | told["growth"]).items():
        sys.stdout.write(f"{name}: {'too few to tell' if number is None else number}\n")
    return 0


def collect(tx: Tx) -> dict[str, Any]:
    """Every figure by its name in docs/metrics.md; null where there are too few to tell."""
    from bot.core.durations import DAY  # noqa: PLC0415 -- likewise
    from bot.core.funnel import FEW, PERIOD_DAYS, compute_steps  # noqa: PLC0415 -- likewise
    from bot.services.reminding.asking import measure_asking  # noqa: PLC0415 -- likewise
    from bot.services.stats import WEEKS, cut, list_weeks, measure  # noqa: PLC0415 -- likewise
    from storage.tables.funnel import Cut  # noqa: PLC0415 -- likewise

    figures = measure(tx)
    growth, ahead, tells = figures.growth, figures.projection, figures.growth.tells
    dimensions = (each for each in Cut if each is not Cut.WEEK)
    return {
        "measured_at": figures.measured_at,
        "few": FEW,
        "period_days": PERIOD_DAYS,
        "funnel": _show(figures.funnel),
        "shares": {
            step.name: step.share for step in compute_steps(figures.funnel) if step.of or step.name != "reached"
        },
        "growth": {
            "invitations_per_member": growth.invitations_per_member,
            "handed_per_member": growth.handed_per_member,
            "conversion": growth.conversion if growth.sent >= FEW else None,
            "handed_conversion": growth.handed_conversion if growth.handed >= FEW else None,
            "k": growth.k if tells else None,
            "k_low": growth.k_interval.low if tells else None,
            "k_high": growth.k_interval.high if tells else None,
            "cycle_hours": figures.cycle_hours,
            "projection": ahead.newcomers if ahead else None,
            "projection_low": ahead.interval.low if ahead else None,
            "projection_high": ahead.interval.high if ahead else None,
        },
        "period": _show(figures.lately),
        "period_before": _show(figures.before),
        "asking": None if (lift := measure_asking(tx)) is None else asdict(lift) | {"tells": lift.tells},
        "by": {str(each): {key: _show(row) for key, row in cut(tx, each).items()} for each in dimensions}
        | {"week": {_name_day(day, DAY): _show(row) for day, row in list_weeks(tx, WEEKS).items()}},
    }


def _show(funnel: Funnel) -> dict[str, int]:
    return asdict(funnel) | {"handed": funnel.handed}


def _name_day(day: int, microseconds: int) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415 -- likewise

    return datetime.fromtimestamp(day * microseconds / 1_000_000, UTC).date().isoformat()
