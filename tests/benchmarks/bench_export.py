"""What a list of a million rows costs: memory against a list of nothing, and time."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.benchmarks.rows import Row, row
from tests.storage.server import migrate

ROWS = 1_000_000


def measure() -> list[Row]:
    """Peak memory of `passalong export` in both forms beyond that of an empty list, and how long it takes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        migrate(f"sqlite:///{path}")
        nothing, _ = _export(path, "gifts", "csv")
        _fill(path)
        csv, csv_seconds = _export(path, "clicks", "csv")
        jsonl, jsonl_seconds = _export(path, "clicks", "jsonl")
    return [
        row("a list of 1,000,000 rows as CSV, memory beyond an empty one", csv - nothing, "MiB", at_most=20),
        row("  as JSON lines", jsonl - nothing, "MiB", at_most=20),
        row("  time as CSV", csv_seconds, "s"),
        row("  time as JSON lines", jsonl_seconds, "s"),
    ]


def _export(path: Path, name: str, form: str) -> tuple[float, float]:
    """Return the peak of resident memory in MiB, and seconds."""
    target = path.with_suffix(f".{form}")
    arguments = [sys.executable, "-m", "bot", "export", name, "--format", form, "--output", str(target)]
    environment = {**os.environ, "PASSALONG_BOT_TOKEN": "1:a", "PASSALONG_DATABASE_URL": f"sqlite:///{path}"}
    began = time.monotonic()
    with subprocess.Popen(arguments, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    lines = sum(1 for _ in target.open("rb"))
    assert lines == (ROWS if name == "clicks" else 0) + (form == "csv"), lines
    return usage.ru_maxrss / 1024, time.monotonic() - began


def _fill(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("INSERT INTO person (code, created_at) VALUES ('Code1', 1)")
        raw.execute(
            "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)"
            " INSERT INTO click (person_id, source, clicked_at) SELECT 1, 'qr', 1700000000000000 + n FROM number",
            (ROWS,),
        )
