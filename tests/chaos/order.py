"""What a run is made of."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Literal, get_args

from tests.chaos.databases import EngineName

Part = Literal[
    "joins",
    "broadcast",
    "restore",
    "dialogues",
    "campaign",
    "money",
    "contest",
    "conversions",
    "voice",
    "cluster",
    "webhooks",
    "move",
    "versions",
]
PARTS: tuple[Part, ...] = get_args(Part)

CLUSTERS: dict[Part, int] = {"cluster": 0, "webhooks": 2}
"""The parts that are about several processes, and how many web sides take updates behind a balancer."""

_SIZES = {
    "joins": ("--updates", "--kills"),
    "broadcast": ("--members", "--broadcast-kills"),
    "restore": ("--people", ""),
    "dialogues": ("--rounds", ""),
    "campaign": ("", ""),
    "money": ("--steps", "--money-kills"),
    "contest": ("", "--contest-kills"),
    "voice": ("", "--voice-kills"),
    "conversions": ("--size", "--conversion-kills"),
    "cluster": ("--friends", "--cluster-kills"),
    "move": ("--people", "--move-kills"),
    "versions": ("--people", ""),
    "webhooks": ("--friends", "--cluster-kills"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One run: everything that is drawn is drawn from the seed."""

    part: Part
    engine: EngineName
    seed: int
    size: int
    """Updates, members of a broadcast's audience, people who come before a backup, rounds of dialogues, an owner's steps, what is done with points, orders, or friends who join a big shop."""
    kills: int
    folder: Path
    """For the database and the logs."""
    send_rate: int = 30
    """Of a broadcast: messages a second; of a move and of a roll-out: people."""
    members: int = 0
    """Who are there already when a shop moves, written straight into the tables."""
    shops: int = 12
    processes: int = 3
    longest_pause_seconds: float = 40.0
    """Of a cluster, as are the two before."""
    longest_takeover_seconds: float = inf
    """For which a shop of a cluster may stand still when its process is killed, on a machine that has time for it."""
    forks: bool = False
    """Whether the bot is forked ready instead of started from nothing."""

    @property
    def doors(self) -> int:
        """Web sides that take updates behind a balancer; without any they are fetched."""
        return CLUSTERS.get(self.part, 0)

    @property
    def replay(self) -> str:
        """The command that plays it again."""
        size, kills = _SIZES[self.part]
        chosen = f"--part {self.part} --engine {self.engine} --seed {self.seed}"
        sizes = [f" {name} {number}" for name, number in ((size, self.size), (kills, self.kills)) if name]
        rate = f" --send-rate {self.send_rate}" if self.part in {"broadcast", "move", "versions"} else ""
        cluster = f" --shops {self.shops} --processes {self.processes}" if self.part in CLUSTERS else ""
        there = f" --moved-members {self.members}" if self.part == "move" else ""
        return f"python -m tests.chaos {chosen}{''.join(sizes)}{rate}{cluster}{there}"
