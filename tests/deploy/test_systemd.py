"""What the bot says to whoever started it: that it is ready, that it is well, that it stops."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot import heartbeat
from bot.core.alarms import Trouble
from bot.systemd import ServiceManager, find_service_manager
from bot.updates.vitals import Senses
from bot.watchdog import Watchdog, keep_fed
from storage import open_store
from tests.journeys.shop_at_work import open_shop, sqlite_in


class Listener:
    """A service manager's socket, read as a service manager reads it."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.setblocking(False)
        self.address = address

    def read(self) -> list[dict[str, str]]:
        """What was said since the last reading."""
        heard = list[dict[str, str]]()
        while True:
            try:
                said = self._socket.recv(4096).decode()
            except BlockingIOError:
                return heard
            heard.append(dict(line.split("=", 1) for line in said.splitlines()))

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()


@contextmanager
def listen(address: str) -> Iterator[Listener]:
    """A service manager that listens."""
    listener = Listener(address)
    try:
        yield listener
    finally:
        listener.close()


class Clock:
    """Passes when told to."""

    now = 1_000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.mark.parametrize("abstract", [False, True])
def test_a_service_manager_is_told_at_its_socket(tmp_path: Path, abstract: bool) -> None:
    """At a path as well as at a name without one; several fields are one datagram."""
    address = f"@passalong-{os.getpid()}-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with listen(address) as listener:
        manager = find_service_manager({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "90000000"})
        assert manager is not None
        manager.tell(status="At work", READY=1)
        assert listener.read() == [{"READY": "1", "STATUS": "At work"}]
        assert manager.watchdog_seconds == 90.0


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}])
def test_without_a_service_manager_nobody_is_told(environment: dict[str, str]) -> None:
    """Nor by an address that is no socket of this machine."""
    assert find_service_manager(environment) is None


def test_a_service_manager_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    """What cannot be said is written into the log."""
    ServiceManager(str(tmp_path / "nobody")).tell(READY=1)


@pytest.mark.parametrize("trouble", [Trouble.POLLER, Trouble.UPDATES, Trouble.DELIVERER, Trouble.JOBS])
def test_a_part_that_stands_still_is_not_fed(tmp_path: Path, trouble: Trouble) -> None:
    """Until a look finds it going again: meanwhile neither the service manager nor the heartbeat hears anything."""
    with listen(str(tmp_path / "notify")) as listener:
        watchdog = Watchdog(ServiceManager(listener.address, 90.0), tmp_path / "heartbeat", clock=Clock())
        watch = watchdog.watch("bakery")
        watchdog.feed()
        assert listener.read() == []
        watch.on_look((), again_seconds=15)
        assert listener.read() == [{"READY": "1", "STATUS": "At work"}, {"WATCHDOG": "1"}]
        (tmp_path / "heartbeat").unlink()
        watch.on_look([trouble], again_seconds=15)
        watchdog.feed()
        assert listener.read() == []
        assert not (tmp_path / "heartbeat").exists()
        watch.on_look((), again_seconds=15)
        watchdog.feed()
        assert listener.read() == [{"WATCHDOG": "1"}]
        assert (tmp_path / "heartbeat").exists()


@pytest.mark.parametrize("trouble", [Trouble.DISK, Trouble.FLOODS, Trouble.FAILURES])
def test_what_no_other_start_would_cure_is_fed(trouble: Trouble) -> None:
    """A full disk, refusals and failures are there after a restart as before: they are told, and the bot goes on."""
    watchdog = Watchdog(None, None, clock=Clock())
    watchdog.watch("bakery").on_look([trouble], again_seconds=15)
    assert watchdog.is_fed()


def test_whoever_stops_looking_is_not_fed() -> None:
    """Three looks that do not come mean that the looking hangs, on its store or on whatever it is."""
    clock = Clock()
    watchdog = Watchdog(None, None, clock=clock)
    watchdog.watch("bakery").on_look((), again_seconds=15)
    clock.now += 44
    assert watchdog.is_fed()
    clock.now += 2
    assert not watchdog.is_fed()


def test_one_shop_that_stands_still_does_not_end_the_others() -> None:
    """The process is of use while any shop is well; where the last well one has ended, it is not."""
    watchdog = Watchdog(None, None, clock=Clock())
    bakery, salon = watchdog.watch("bakery"), watchdog.watch("salon")
    bakery.on_look([Trouble.UPDATES], again_seconds=15)
    salon.on_look((), again_seconds=15)
    assert watchdog.is_fed()
    salon.on_end()
    assert not watchdog.is_fed()
    bakery.on_end()
    assert watchdog.is_fed()


async def test_a_shop_at_work_says_so(tmp_path: Path) -> None:
    """Ready as soon as Telegram has said who we are; its end counts it out."""
    with listen(str(tmp_path / "notify")) as listener:
        watchdog = Watchdog(ServiceManager(listener.address, 90.0), tmp_path / "heartbeat")
        heard, url = list[dict[str, str]](), sqlite_in(tmp_path)
        senses = Senses(watcher=watchdog.watch("bakery"))
        async with open_store(url) as store, open_shop(url, store=store, senses=senses):
            async with asyncio.timeout(60):
                while not heard:
                    await asyncio.sleep(0.01)
                    heard += listener.read()
        assert heard[0] == {"READY": "1", "STATUS": "At work"}
        watchdog.watch("salon").on_look([Trouble.UPDATES], again_seconds=15)
        assert not watchdog.is_fed(), "the bakery's good word counts after its end"


async def test_a_stop_is_told_at_once(tmp_path: Path) -> None:
    """As soon as the signal comes, while the bot still brings its work to an end."""
    with listen(str(tmp_path / "notify")) as listener:
        stop = asyncio.Event()
        async with keep_fed(ServiceManager(listener.address, 0.03), None, stop) as watchdog:
            watchdog.note_ready()
            heard: list[dict[str, str]] = []
            async with asyncio.timeout(60):
                while {"WATCHDOG": "1"} not in heard[2:]:
                    await asyncio.sleep(0.01)
                    heard += listener.read()
                stop.set()
                while not any("STOPPING" in said for said in heard):
                    await asyncio.sleep(0.01)
                    heard += listener.read()
        assert heard[0] == {"READY": "1", "STATUS": "At work"}


def test_a_heart_that_stopped_is_found(tmp_path: Path) -> None:
    """Not there, touched a minute ago, touched in the time to come by a clock that was set: each is said in words."""
    path = tmp_path / "heartbeat"
    assert "is not there" in heartbeat.find_stillness(path)
    path.touch()
    touched = path.stat().st_mtime
    assert heartbeat.find_stillness(path, clock=lambda: touched + 59) == ""
    assert "was last touched 61 s ago" in heartbeat.find_stillness(path, clock=lambda: touched + 61)
    assert heartbeat.find_stillness(path, clock=lambda: touched - 61)


def test_the_health_check_says_it_by_its_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 where it beats, 1 where it does not or nobody said where it is."""
    assert heartbeat.main({}) == 1
    (tmp_path / "heartbeat").touch()
    assert heartbeat.main({"PASSALONG_HEARTBEAT": str(tmp_path / "heartbeat")}) == 0
    assert capsys.readouterr().out == "PASSALONG_HEARTBEAT names no file\nok\n"
