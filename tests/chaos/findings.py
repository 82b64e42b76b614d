"""What is wrong in the end, and the line that a run is summed up in."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.order import Order
from tests.journeys.program import ROOT

Value = Any


@dataclass(slots=True)
class Findings:
    """Everything that should not be so, in words."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    notices_lost: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def add(self, others: Findings, where: str) -> None:
        """Take in what was found somewhere."""
        for name in ("lost", "doubled", "notices_lost", "others"):
            getattr(self, name).extend(f"{where}: {words}" for words in getattr(others, name))

    def compare_counts(self, what: str, wanted: Mapping[Value, int], found: Mapping[Value, int]) -> None:
        """Too few is lost, too many is doubled."""
        for key in sorted(wanted.keys() | found.keys(), key=str):
            missing = wanted.get(key, 0) - found.get(key, 0)
            if missing:
                words = f"{what} of {key}: {wanted.get(key, 0)} expected, {found.get(key, 0)} there"
                (self.lost if missing > 0 else self.doubled).append(words)

    def compare(self, what: str, wanted: Mapping[Value, Value], found: Mapping[Value, Value]) -> None:
        """Anything else than wanted is a lost effect."""
        for key in sorted(wanted.keys() | found.keys(), key=str):
            if wanted.get(key) != found.get(key):
                self.lost.append(f"{what} of {key}: {wanted.get(key)!r} expected, {found.get(key)!r} there")

    def list_all(self) -> list[str]:
        """Return every finding with its sort."""
        sorts = {
            "lost": self.lost,
            "doubled": self.doubled,
            "notice lost": self.notices_lost,
            "wrong": self.others,
        }
        return [f"{name}: {words}" for name, all_words in sorts.items() for words in all_words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run, summed up."""

    order: Order
    findings: Findings
    seconds: float
    updates: int = 0
    kills: int = 0
    unknown: int = 0
    stopped: str = ""
    """Why it was not played to its end; then nothing that was counted stands for anything."""
    figures: Mapping[str, Value] = field(default_factory=dict)
    """What else was measured."""

    @property
    def passed(self) -> bool:
        """Whether it ran to its end and nothing is wrong."""
        return not self.stopped and not self.findings.list_all()

    def render(self) -> str:
        """Return it as one line of JSON."""
        line = {
            "commit": find_commit(),
            "part": self.order.part,
            "engine": self.order.engine,
            "seed": self.order.seed,
            **(self._tell_stop() if self.stopped else self._count()),
            "seconds": round(self.seconds, 1),
            "pass": self.passed,
            "replay": self.order.replay,
        }
        return json.dumps(line)

    def _tell_stop(self) -> dict[str, Value]:
        return {"stopped": self.stopped, "after_updates": self.updates, "after_kills": self.kills}

    def _count(self) -> dict[str, Value]:
        return {
            "updates": self.updates,
            "kills": self.kills,
            "lost": len(self.findings.lost),
            "doubled": len(self.findings.doubled),
            "notices_lost": len(self.findings.notices_lost),
            "unknown": self.unknown,
            **self.figures,
        }


def find_commit() -> str:
    """Return the commit that was tested, with a + where files differ from it; empty outside of a clone."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=10", "--dirty=+", "--exclude=*"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip()
