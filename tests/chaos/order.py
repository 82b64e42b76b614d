"""What a run is made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.chaos.databases import EngineName

Part = Literal["joins", "broadcast"]
PARTS: tuple[Part, ...] = ("joins", "broadcast")

_SIZES = {"joins": ("--updates", "--kills"), "broadcast": ("--members", "--broadcast-kills")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One run: everything that is drawn is drawn from the seed."""

    part: Part
    engine: EngineName
    seed: int
    size: int
    """Updates, or members of a broadcast's audience."""
    kills: int
    folder: Path
    """For the database and the logs."""

    @property
    def replay(self) -> str:
        """The command that plays it again."""
        size, kills = _SIZES[self.part]
        chosen = f"--part {self.part} --engine {self.engine} --seed {self.seed}"
        return f"python -m tests.chaos {chosen} {size} {self.size} {kills} {self.kills}"
