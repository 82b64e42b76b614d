"""Whoever installs it as the README says gets the versions that were tested."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

from packaging.markers import Marker

from tests.attack.ground import Ground, Kind, Verdict
from tests.journeys.program import ROOT

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; (.*?))?(?: \\)?$", re.MULTILINE)


async def install_unpinned(ground: Ground, verdict: Verdict) -> None:
    """Every command that installs names hashes or nothing else; what runs here is what the lock file says."""
    commands = [
        line.strip()
        for name in ("README.md", "CONTRIBUTING.md", "Makefile")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if re.search(r"pip install (?!-)|\$\(INSTALL\)|pip install -", line) and "INSTALL :=" not in line
    ]
    loose = [line for line in commands if "--require-hashes" not in line and "--no-deps" not in line]
    rows = PINNED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    locked = {name: wanted for name, wanted, where in rows if not where or Marker(where).evaluate()}
    others = [f"{name} {found}" for name, wanted in locked.items() if (found := find_version(name)) not in {"", wanted}]
    async with ground.running(ground.furnish()):
        await ground.join("Anna")
    verdict.figures |= {"commands": len(commands), "loose": len(loose), "locked": len(locked), "others": len(others)}
    verdict.expect(commands and locked, "no command or no version was found: this proves nothing")
    verdict.expect(not loose, f"takes whatever is newest: {loose}")
    verdict.expect(not others, f"other versions run here: {others}")


def find_version(name: str) -> str:
    """The version installed; empty where it is of no use on this platform."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


KINDS = [Kind(number=13, name="installed as the README says", run=install_unpinned, engines=("sqlite",))]
