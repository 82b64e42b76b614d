from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.core.funnel import STEPS
from bot.messages.stats.screens import NAMES
from bot.services.campaigns.opening import Source, open_shop
from storage import Tx, open_store
from storage.schema.funnel import FUNNEL_COUNTS
from tests.architecture.test_shape import ROOT
from tests.benchmarks.bench_growth import load_campaign
from tests.storage.cast import add_members, refer
from tests.storage.migrated import lay_migrated


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A shop with a hundred members, 33 of whom came by the first."""
    url = lay_migrated(tmp_path / "shop.db")
    monkeypatch.setenv("PASSALONG_BOT_TOKEN", "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi")
    monkeypatch.setenv("PASSALONG_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    asyncio.run(_open(url))
    return url


async def _open(url: str) -> None:
    async with open_store(url) as store:
        await store.write(fill)
        await store.write(open_shop, Source(campaign=load_campaign()))


def fill(tx: Tx) -> None:
    """Write them down."""
    first, *others = add_members(tx, 100)
    for friend in others[:33]:
        refer(tx, first, friend)


def test_what_asking_brings_is_told_with_its_interval(capsys: pytest.CaptureFixture[str], url: str) -> None:
    """As soon as some members are never asked; whether it says anything stands beside it."""
    asyncio.run(_hold_out(url))
    told = json.loads(_run(capsys, "stats", "--json"))["asking"]
    assert told["asked"] + told["held"] == 0
    assert told["low"] < told["difference"] < told["high"]
    assert told["tells"] is False


async def _hold_out(url: str) -> None:
    campaign = load_campaign()
    rules = replace(campaign.rules, hold_out_percent=10)
    async with open_store(url) as store:
        await store.write(open_shop, Source(campaign=replace(campaign, rules=rules)))


@pytest.mark.usefixtures("url")
def test_the_funnel_is_told_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Every count by its name, of all time, of two periods and by every cut; what cannot be told is null."""
    told = json.loads(_run(capsys, "stats", "--json"))
    assert told["funnel"] == dict.fromkeys(FUNNEL_COUNTS, 0) | {
        "handed": 0,
        "members": 100,
        "clicked": 33,
        "started": 33,
        "qualified": 33,
    }
    assert told["growth"]["k"] == 0.33
    assert told["growth"]["k_low"] < 0.33 < told["growth"]["k_high"]
    assert told["growth"]["conversion"] is None
    assert told["asking"] is None
    assert set(told["shares"]) == set(STEPS) - {"reached"}
    assert (told["shares"]["started"], told["shares"]["shared"]) == (1.0, None)
    assert told["by"]["source"]["qr"]["started"] == 33
    assert told["by"]["campaign"]["welcome"]["qualified"] == 33
    assert sum(week["members"] for week in told["by"]["week"].values()) == 100
    assert told["period"] == told["funnel"]


@pytest.mark.usefixtures("url")
def test_it_is_told_in_lines_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    """A line a figure."""
    told = _run(capsys, "stats")
    assert "started: 33\n" in told
    assert "conversion: too few to tell\n" in told


def test_every_name_is_in_the_document() -> None:
    """docs/metrics.md has every name that is told, and no other is promised by the chat."""
    document = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert [name for name in (*FUNNEL_COUNTS, *NAMES, "handed") if f"`{name}`" not in document] == []


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out
