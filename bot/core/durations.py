"""How long things are, once for all: in microseconds as the store counts, and in seconds."""

from __future__ import annotations

SECOND = 1_000_000
HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS
HOUR = HOUR_SECONDS * SECOND
DAY = DAY_SECONDS * SECOND
