"""The short form of the floods: what must hold is counted, not timed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attack.floods import Attack, Flood
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

pytestmark = pytest.mark.long

SHORT = [
    Flood(kind="messages", senders=1, each=1500),
    Flood(kind="commands", senders=3, each=300, restart=True),
    Flood(kind="taps", senders=1, each=3000),
    Flood(kind="inline", senders=1, each=4000),
    Flood(kind="links", senders=2, each=400, restart=True),
]


@pytest.mark.parametrize("flood", SHORT, ids=str)
async def test_nobody_notices_a_flood(
    flood: Flood, telegram: LocalTelegram, tmp_path: Path, empty_store_url: str
) -> None:
    """Others are answered while it waits, flooders hardly, nothing that changes something is lost, and it passes."""
    outcome = await Attack(telegram, tmp_path, empty_store_url, flood).run()
    total = flood.senders * flood.each
    assert outcome.left_open == 0, outcome
    assert outcome.answers, outcome
    if not flood.restart:  # while it is dead everybody waits
        assert max(answer.overtaken for answer in outcome.answers) < max(400, 0.7 * total), outcome
    assert outcome.credited == (flood.senders if flood.kind == "links" else 0), outcome
    assert outcome.grown_mebibytes <= 20, outcome
    if flood.kind not in {"inline", "taps"}:
        assert outcome.answers_to_flooders <= flood.senders * (2 * 35 + 5), outcome
