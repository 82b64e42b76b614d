"""A file that a process touches as long as it is of use; run as a program, it says by its exit status whether that is so.

For whoever watches a container: no port, no token, and nothing of the bot is imported.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

NAME = "PASSALONG_HEARTBEAT"
BEAT_SECONDS = 20.0
STILL_SECONDS = 3 * BEAT_SECONDS
"""A heart that has not beaten for so long has stopped."""


def find_stillness(path: Path, *, clock: Callable[[], float] = time.time) -> str:
    """What is wrong with the heart, in words; empty where nothing is."""
    try:
        seconds = clock() - path.stat().st_mtime
    except OSError as error:
        return f"{path} is not there: {error.strerror}"
    return f"{path} was last touched {seconds:.0f} s ago" if abs(seconds) > STILL_SECONDS else ""


def main(environment: Mapping[str, str] = os.environ) -> int:
    """0: it beats; 1: it does not, and why is printed."""
    named = environment.get(NAME, "").strip()
    wrong = find_stillness(Path(named)) if named else f"{NAME} names no file"
    sys.stdout.write(f"{wrong or 'ok'}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
