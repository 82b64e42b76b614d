"""`make bench`: every measurement in one table, and as JSON beside it. Names as arguments choose: `flow`, `cards` and so on."""

from __future__ import annotations

import importlib
import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.rows import Row

HERE = Path(__file__).parent
OUTPUT = HERE.parents[1] / "build" / "bench.json"


def main(chosen: list[str]) -> int:
    """Measure, print, write; 1 when a reach was missed."""
    names = chosen or sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    rows: list[Row] = []
    for name in names:
        sys.stderr.write(f"measuring {name} …\n")
        rows += importlib.import_module(f"tests.benchmarks.bench_{name}").measure()
    _print(rows)
    OUTPUT.parent.mkdir(exist_ok=True)
    run = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "python": platform.python_version(), "rows": rows}
    OUTPUT.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    return int(not all(each["met"] for each in rows))


def _print(rows: list[Row]) -> None:
    width = max(len(each["what"]) for each in rows)
    for each in rows:
        mark = "ok" if each["met"] else "MISSED"
        figure = f"{each['value']:>12,.3f} {each['unit']:<6}"
        sys.stdout.write(
            f"{each['what']:<{width}}  {figure}  {each['reach']:<10} {mark if each['reach'] != '-' else ''}\n"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
