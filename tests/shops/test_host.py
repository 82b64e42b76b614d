from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.shops.folder_watch import FolderWatch
from bot.shops.garbage import Keep
from bot.shops.host import Host, Stay
from bot.shops.leasing import Alone, Leasing
from bot.shops.starts import Starts
from bot.telemetry import SHOP
from bot.updates.intake import TokenRefused
from storage.errors import StoreDamaged, StoreLeaving, StoreMoved, StoreOutdated, StoreTooNew
from tests.shops.counted_keep import CountedKeep
from tests.shops.files import compose_token, open_folder, write_file, write_shop

PATIENCE_SECONDS = 30.0


@dataclass
class Stage:
    """Shops that only wait, and fail by order."""

    folder: Path
    faults: dict[str, list[Exception]] = field(default_factory=dict)
    """What a shop ends by at its next starts, by name."""
    runs: list[tuple[str, float]] = field(default_factory=list)
    """Every start: the shop, and its rate of sending."""
    ended: list[str] = field(default_factory=list)
    at_work: set[str] = field(default_factory=set)
    failing: dict[str, asyncio.Event] = field(default_factory=dict)

    async def run_shop(self, stay: Stay) -> None:
        """Work until it is told to stop."""
        name = stay.settings.shop
        assert SHOP.get() == name
        self.runs.append((name, stay.settings.send_rate))
        if self.faults.get(name):
            raise self.faults[name].pop(0)
        stay.note_open()
        self.at_work.add(name)
        await stay.stop.wait()
        self.at_work.discard(name)
        self.ended.append(name)

    async def until(self, names: set[str]) -> None:
        """Wait until these are at work and no others."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.at_work != names:  # noqa: ASYNC110 -- a set tells nobody
                await asyncio.sleep(0.01)

    async def until_run(self, name: str, rate: float) -> None:
        """Wait until a shop has been begun with this rate of sending."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (name, rate) not in self.runs:  # noqa: ASYNC110 -- a list tells nobody
                await asyncio.sleep(0.01)


@asynccontextmanager
async def hosting(
    folder: Path, *names: str, leasing: Leasing | None = None, keep: Keep | None = None, **options: float
) -> AsyncIterator[tuple[Stage, Host]]:
    """A host at work with these shops."""
    for number, name in enumerate(names, 41):
        write_shop(folder, name, BOT_TOKEN=compose_token(number))
    stage, stop = Stage(folder), asyncio.Event()
    host = Host(
        FolderWatch(open_folder(folder), look_seconds=0.02),
        leasing or Alone(),
        stage.run_shop,
        starts=Starts(every_seconds=0.0),
        keep=keep or CountedKeep(),
        **{"first_pause_seconds": 0.01, **options},
    )
    running = asyncio.create_task(host.run(stop))
    try:
        yield stage, host
    finally:
        stop.set()
        await running
    assert stage.at_work == set()


async def test_a_file_starts_restarts_and_stops_its_shop_alone(tmp_path: Path) -> None:
    """Added, changed, removed: the others go on as they are."""
    async with hosting(tmp_path, "bakery", "florist") as (stage, host):
        await stage.until({"bakery", "florist"})
        path = write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50))
        await stage.until({"bakery", "florist", "tailor"})
        write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50), SEND_RATE="9")
        await stage.until_run("tailor", 9.0)
        assert stage.ended == ["tailor"]
        path.unlink()
        await stage.until({"bakery", "florist"})
        assert stage.ended == ["tailor", "tailor"]
        assert host.at_work == ["bakery", "florist"]
    assert sorted(stage.ended) == ["bakery", "florist", "tailor", "tailor"]


async def test_what_a_start_made_is_set_aside(tmp_path: Path) -> None:
    """Each time a shop has come to work; in the end nobody waits for garbage."""
    keep = CountedKeep()
    async with hosting(tmp_path, "bakery", "florist", keep=keep) as (stage, _):
        stage.faults["florist"] = [OSError("disk")]
        await stage.until({"bakery", "florist"})
        write_shop(tmp_path, "florist", BOT_TOKEN=compose_token(42), SEND_RATE="9")
        await stage.until_run("florist", 9.0)
        await stage.until({"bakery", "florist"})
    assert keep.noted == ["start", "start", "end", "start", "all", "end", "end"]


@pytest.mark.parametrize(
    "fault", [TokenRefused("no"), StoreDamaged("broken"), StoreLeaving("going"), OSError("disk"), ZeroDivisionError()]
)
async def test_what_befalls_one_shop_is_tried_again_for_it_alone(tmp_path: Path, fault: Exception) -> None:
    """The others are not disturbed; the shop is at work as soon as it can be."""
    write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50))
    async with hosting(tmp_path, "bakery", "florist") as (stage, _):
        stage.faults["tailor"] = [fault] * 3
        await stage.until({"bakery", "florist", "tailor"})
        assert [name for name, _ in stage.runs].count("tailor") == 4
        assert stage.ended == []


async def test_a_setting_that_cannot_be_waits_for_its_file(tmp_path: Path) -> None:
    """It is not tried again and again, and runs once the file is right."""
    write_shop(tmp_path, "tailor", BOT_TOKEN="?")
    async with hosting(tmp_path, "bakery") as (stage, _):
        await stage.until({"bakery"})
        await asyncio.sleep(0.2)
        assert "tailor" not in dict(stage.runs)
        write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50))
        await stage.until({"bakery", "tailor"})


async def test_a_broken_campaign_waits_for_its_file(tmp_path: Path) -> None:
    """The campaign's file mended, or a picture put beside it, its shop is tried again, though its own file is the same."""
    from bot.campaign_file import CampaignMistake

    campaign = write_file(tmp_path / "bread.toml", "?")
    write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50), CAMPAIGN="bread.toml")
    async with hosting(tmp_path, "bakery") as (stage, _):
        stage.faults["tailor"] = [CampaignMistake(1, "slug", "no")] * 2
        await stage.until({"bakery"})
        await stage.until_run("tailor", 30.0)
        await asyncio.sleep(0.2)
        assert [name for name, _ in stage.runs].count("tailor") == 1
        write_file(tmp_path / "bread.jpg", "?")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while [name for name, _ in stage.runs].count("tailor") < 2:  # noqa: ASYNC110 -- as above
                await asyncio.sleep(0.01)
        write_file(campaign, "better")
        await stage.until({"bakery", "tailor"})


async def test_a_shop_that_has_moved_waits_for_its_file(tmp_path: Path) -> None:
    """The database it has left is not tried again and again; its file names the other."""
    write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50))
    async with hosting(tmp_path, "bakery") as (stage, _):
        stage.faults["tailor"] = [StoreMoved("elsewhere")]
        await stage.until_run("tailor", 30.0)
        await stage.until({"bakery"})
        assert stage.faults["tailor"] == []
        await asyncio.sleep(0.2)
        assert [name for name, _ in stage.runs].count("tailor") == 1
        write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50), DATABASE_URL=f"sqlite:///{tmp_path}/new.db")
        await stage.until({"bakery", "tailor"})


async def test_a_shop_in_its_pause_stops_at_once(tmp_path: Path) -> None:
    """Whether it is the file that goes or the host that stops, nobody waits for the end of a pause."""
    path = write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50))
    async with hosting(tmp_path, "bakery", first_pause_seconds=1000.0) as (stage, _):
        stage.faults["tailor"] = [TokenRefused("no")]
        await stage.until({"bakery"})
        path.unlink()
        write_shop(tmp_path, "florist", BOT_TOKEN=compose_token(50))
        stage.faults["florist"] = [TokenRefused("no")]
        await stage.until_run("florist", 30.0)
    assert stage.ended == ["bakery"]


class Recording(Alone):
    """Everything is ours, and it is written down what was handed over."""

    def __init__(self) -> None:
        super().__init__()
        self.handed_over: list[str] = []

    async def hand_over(self, name: str) -> None:
        """Note it."""
        self.handed_over.append(name)


async def test_a_lease_is_given_back_when_nothing_of_it_is_needed(tmp_path: Path) -> None:
    """As a shop goes, or gets another database: that has a lease of its own. A shop begun again by itself keeps it."""
    leasing, path = Recording(), write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50))
    async with hosting(tmp_path, "bakery", leasing=leasing) as (stage, _):
        await stage.until({"bakery", "tailor"})
        write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50), SEND_RATE="9")
        await stage.until_run("tailor", 9.0)
        assert leasing.handed_over == []
        other = f"sqlite:///{tmp_path}/other.db"
        write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50), SEND_RATE="8", DATABASE_URL=other)
        await stage.until_run("tailor", 8.0)
        assert leasing.handed_over == ["tailor"]
        path.unlink()
        await stage.until({"bakery"})
    assert sorted(leasing.handed_over) == ["bakery", "tailor", "tailor"]


@pytest.mark.parametrize("fault", [StoreTooNew("by a newer one"), StoreOutdated("older ones still run")])
async def test_a_database_of_another_version_is_left_to_programs_of_that(tmp_path: Path, fault: Exception) -> None:
    """In a roll-out that does more than add, nobody holds what they cannot run."""
    leasing = Recording()
    write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(50))
    async with hosting(tmp_path, "bakery", leasing=leasing) as (stage, _):
        stage.faults["tailor"] = [fault]
        await stage.until({"bakery", "tailor"})
        assert leasing.handed_over == ["tailor"]


async def test_starts_do_not_come_all_at_once() -> None:
    """So many are under way at most; one that takes its time makes room and goes on."""
    starts, under_way, most = Starts(every_seconds=0.0, at_once=2, slow_seconds=0.05), 0, 0
    release = asyncio.Event()

    async def work() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await release.wait()

    opened = [asyncio.Event() for _ in range(6)]
    beginning = [asyncio.create_task(starts.begin(work, each)) for each in opened]
    async with asyncio.timeout(60):
        while under_way < 2:  # noqa: ASYNC110 -- a number tells nobody
            await asyncio.sleep(0)
    assert most == 2
    running = await asyncio.gather(*beginning)
    assert under_way == 6
    release.set()
    await asyncio.gather(*running)


async def test_a_folder_that_goes_away_stops_nothing(tmp_path: Path) -> None:
    """All shops go on, and changes are seen once it is back."""
    folder = tmp_path / "shops"
    folder.mkdir()
    async with hosting(folder, "bakery") as (stage, host):
        await stage.until({"bakery"})
        folder.rename(tmp_path / "away")
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await stage.until(set())
        assert host.at_work == ["bakery"]
        (tmp_path / "away").rename(folder)
        write_shop(folder, "florist", BOT_TOKEN=compose_token(50))
        await stage.until({"bakery", "florist"})
        assert stage.ended == []
