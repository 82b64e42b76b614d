"""`make farm SEED=7`: what becomes of a farm among honest members, by pattern, as a table."""

from __future__ import annotations

import asyncio
import sys
import time

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, parse_campaign
from tests.simulations.crowd import gather
from tests.simulations.farm import Tally, run_farm


def load_campaign() -> Campaign:
    """The campaign that ships."""
    text = (ASSETS / "campaigns" / "welcome.toml").read_text(encoding="utf-8")
    return parse_campaign(
        text, themes=sorted(path.stem for path in (ASSETS / "themes").glob("*.toml")), find_picture=lambda _: ""
    )


def compose_table(tallies: dict[str, Tally]) -> str:
    """A row for each kind, and the two sums."""
    farm, honest = Tally(), Tally()
    rows = ["| who | came by somebody | held | refused | held or refused | signals |", "|---|---|---|---|---|---|"]
    for kind, tally in sorted(tallies.items()):
        total = farm if kind.startswith("farm") else honest
        total.came, total.held, total.refused = (
            total.came + tally.came,
            total.held + tally.held,
            total.refused + tally.refused,
        )
        rows.append(_compose_row(kind, tally))
    return "\n".join([*rows, _compose_row("**farm in all**", farm), _compose_row("**honest in all**", honest)])


def _compose_row(kind: str, tally: Tally) -> str:
    common = ", ".join(key for key, _ in tally.signals.most_common(4))
    return f"| {kind} | {tally.came:,} | {tally.held:,} | {tally.refused:,} | {tally.caught:.2f} % | {common} |"


def main() -> None:
    """Seeds as arguments; `--size N` for smaller crowds."""
    words = sys.argv[1:]
    size = int(words[words.index("--size") + 1]) if "--size" in words else 10_000
    seeds = [int(each) for each in (words[: words.index("--size")] if "--size" in words else words)] or [1]
    for seed in seeds:
        began, cpu = time.perf_counter(), time.process_time()
        guests = gather(seed, honest=size, farm=size)
        tallies = asyncio.run(run_farm(guests, load_campaign()))
        told = f"\nseed {seed}: {len(guests):,} people, {time.perf_counter() - began:.0f} s, {time.process_time() - cpu:.0f} s CPU\n"
        sys.stdout.write(f"{told}\n{compose_table(tallies)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
