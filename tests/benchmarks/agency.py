"""Many shops for measurements: the real program with a folder of them, and their bots at a local Telegram in a process of its own."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from types import MappingProxyType

from tests.benchmarks.rig import Telegram, open_program, serve_telegram, wait_until
from tests.shops.files import compose_token, write_shop

FIRST_BOT = 4_200_000_000
OWNER = 990_001
TICK = os.sysconf("SC_CLK_TCK")
KIBIBYTES = 1024
SETTLED_SECONDS = 5.0
"""After a shop was begun again: its file is noticed, and its first second is over."""

NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Agency:
    """A folder of shops and their Telegram; programs are opened in it."""

    folder: Path
    telegram: Telegram
    database_url: str

    def add(self, number: int) -> None:
        """Write the file of one more shop."""
        write_shop(self.folder / "shops", name_shop(number), BOT_TOKEN=compose_token(find_bot(number)))

    @contextmanager
    def run(self) -> Iterator[Popen[bytes]]:
        """The program at work for all shops of the folder; it is not waited for."""
        settings = {
            "SHOPS": str(self.folder / "shops"),
            "BOT_API_URL": self.telegram.url,
            "DATABASE_URL": self.database_url,
            "LOG_LEVEL": "ERROR",
            "ADMIN_IDS": str(OWNER),
        }
        values = {f"PASSALONG_{name}": value for name, value in settings.items()}
        with open_program([sys.executable, "-m", "bot", "run"], values) as program:
            yield program

    def furnish(self, shops: int) -> None:
        """Have so many shops in all, with databases like that of the first, which was at work and is not now."""
        first, *others = (self.find_database(number) for number in range(shops))
        for other in others:
            shutil.copy(first, other)
        for number in range(1, shops):
            self.add(number)

    def find_database(self, number: int) -> Path:
        """A shop's file."""
        return self.folder / "databases" / f"{name_shop(number)}.db"

    def wait_at_work(self, program: Popen[bytes], shops: int, *, before: Mapping[str, int] = NOTHING) -> None:
        """Wait until the bots of so many shops have asked for updates more often than before."""
        wait_until(lambda: self._count_at_work(before) >= shops, program, pause_seconds=0.2)

    def count_polls(self) -> dict[str, int]:
        """How often each bot has asked for updates."""
        return {bot: int(each["calls"].get("getUpdates", 0)) for bot, each in self.telegram.get("bots").items()}

    def begin_again(self, program: Popen[bytes], number: int) -> None:
        """Write a shop's file anew, so that the shop need not wait for the end of a pause, and wait until it is at work."""
        bot, before = str(find_bot(number)), self.count_polls()
        self.add(number)
        wait_until(lambda: self.count_polls()[bot] > before[bot], program, pause_seconds=0.2)
        time.sleep(SETTLED_SECONDS)

    def _count_at_work(self, before: Mapping[str, int]) -> int:
        return sum(count > before.get(bot, 0) for bot, count in self.count_polls().items())


def name_shop(number: int) -> str:
    """What a shop is called."""
    return f"shop{number}"


def find_bot(number: int) -> int:
    """The bot of a shop by its number."""
    return FIRST_BOT + number


@contextmanager
def open_agency(folder: Path, database_url: str = "") -> Iterator[Agency]:
    """So many shops, each with a bot that nobody has written to."""
    (folder / "shops").mkdir()
    with serve_telegram("--any-token", "--keep-garbage") as telegram:
        agency = Agency(folder, telegram, database_url or f"sqlite:///{folder}/databases/")
        agency.add(0)
        yield agency


def count_seconds(pid: int) -> float:
    """CPU that a process has used, in seconds of a core."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def read_memory(pid: int) -> float:
    """Mebibytes that are a process's own, and its part of what it shares with others."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / KIBIBYTES
