"""The database's file is deleted, replaced, broken, unlocked or out of room while the bot runs (SQLite)."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.attack.ground import Ground, Kind, Verdict
from tests.attack.web_side import furnish_web, get_health, until_open
from tests.chaos.databases import EngineName
from tests.storage.test_damage import break_page

ENDED_SECONDS = 20.0
LAST_WORD = "Something is wrong with my database"
PAGE = 4096
ROOM_MEBIBYTES = 8

Harm = Callable[[Path], object]


def delete(path: Path) -> None:
    """As by `rm`."""
    path.unlink()


def put_back(path: Path) -> None:
    """As by restoring an older copy under the bot's feet."""
    os.replace(f"{path}.old", path)  # noqa: PTH105


def break_all_pages(path: Path) -> None:
    """Rubbish in all pages but the first."""
    for page in range(1, path.stat().st_size // PAGE):
        break_page(path, page)


async def harm_the_file(ground: Ground, verdict: Verdict, *, harm: Harm, says: str, most: int = 0) -> None:
    """From the harm on nothing is told; the process ends in words, and the owner is told.

    At most `most` updates may be confirmed, and be told: a broken page is met only where it is read.
    """
    owner = ground.add_person("Sari")
    home = ground.furnish(ADMIN_IDS=str(owner.id))
    async with ground.running(home) as program:
        await ground.greet(owner)
        inviter = await ground.join("Anna")
        shutil.copy(ground.path, f"{ground.path}.old")
        for _ in range(10):
            await ground.join(link=ground.find_link(inviter))
        assert await program.stop() == 0
    async with ground.running(home) as program:
        harm(ground.path)
        began, late = time.monotonic(), []
        while program.status is None and time.monotonic() - began < ENDED_SECONDS:
            late.append(ground.add_person())
            ground.open(late[-1], ground.find_link(inviter))
            await asyncio.sleep(0.05)
        seconds, status = time.monotonic() - began, program.status
    told = [each for each in ground.world.open_chat(owner).list_messages() if LAST_WORD in each.text]
    greeted = [each for each in late if len(ground.world.open_chat(each).list_messages()) > 1]
    confirmed = len(late) - ground.world.updates.count_waiting()
    errors = program.read_errors()
    verdict.figures |= {"joins after": len(late), "confirmed": confirmed, "greeted": len(greeted)}
    verdict.figures |= {"owner told": len(told), "ended after s": seconds}
    verdict.expect(status == 1, f"the process goes on, or ends with {status}: {errors[-500:]}")
    verdict.expect(says in errors.splitlines()[-1], f"its last words are: {errors[-300:]}")
    verdict.expect(len(told) == 1, "the owner is not told, or again and again")
    verdict.expect(confirmed <= most, "updates are confirmed that are nowhere")
    verdict.expect(len(greeted) <= most, "joins are told that are nowhere")
    verdict.expect("given up" not in errors, "updates are buried for the store's fault")


def scribble(path: Path) -> None:
    """Another file under the name."""
    path.write_bytes(b"Dear diary, today I was a database. " * 500)


def exchange(path: Path) -> None:
    """Another program's database under the name."""
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipe (name TEXT)")


def cut_off(path: Path) -> None:
    """The second half is gone."""
    os.truncate(path, path.stat().st_size // 2 // PAGE * PAGE)


def become_folder(path: Path) -> None:
    """A folder under the name, which no disk lets anybody open as a file."""
    path.unlink()
    path.mkdir()


async def find_it_broken(ground: Ground, verdict: Verdict) -> None:
    """A start says so and ends; the owner is told once of each trouble, however often a supervisor starts it again."""
    owner = ground.add_person("Sari")
    home = ground.furnish(ADMIN_IDS=str(owner.id))
    async with ground.running(home) as program:
        await ground.greet(owner)
        assert await program.stop() == 0
    whole = ground.path.read_bytes()
    harms = [break_all_pages, scribble, exchange, cut_off, become_folder][: ground.size(2, 5)]
    slowest, told, kinds = 0.0, 0, set[str]()
    for harm in harms:
        ground.path.write_bytes(whole)
        harm(ground.path)
        for _ in range(2):
            began = time.monotonic()
            ended = await home.run()
            slowest = max(slowest, time.monotonic() - began)
            verdict.expect(ended.status == 1, f"{harm.__name__}: ends with {ended.status}")
            last = ended.read_errors().splitlines()[-1]
            verdict.expect(str(ground.path) in last, f"{harm.__name__}: its last words are {last}")
            kinds.add(re.sub(r"\d+", "", last))
        told = sum(LAST_WORD in each.text for each in ground.world.open_chat(owner).list_messages())
        verdict.expect(told == len(kinds), f"{harm.__name__}: the owner was told {told} times of {len(kinds)} troubles")
    verdict.figures |= {
        "troubles": len(harms),
        "starts": 2 * len(harms),
        "owner told": told,
        "slowest start s": slowest,
    }


async def delete_the_lock(ground: Ground, verdict: Verdict) -> None:
    """A second process is refused all the same."""
    home = ground.furnish()
    async with ground.running(home):
        await ground.join("Anna")
        delete(Path(f"{ground.path}.lock"))
        second = await home.run()
        await ground.join("Budi")
    verdict.figures |= {"second process": str(second.status)}
    verdict.expect(second.status == 1 and "in use" in second.read_errors(), "two processes work on one database")


async def fill_the_disk(ground: Ground, verdict: Verdict) -> None:
    """Health says so, nothing is lost, and with room again everything goes on by itself."""
    disk = ground.folder / "disk"
    disk.mkdir()
    home, port = furnish_web(ground, DATABASE_URL=f"sqlite:///{disk}/shop.db")
    home = replace(home, wrapper=compose_small_disk(disk), forks=False)
    async with ground.running(home) as program:
        await until_open(port, program)
        inviter = await ground.join("Anna")
        before = await get_health(port)
        inside = Path(f"/proc/{program.process.pid}/root{disk}")
        _fill(inside / "ballast")
        late = [ground.add_person() for _ in range(ground.size(20, 200))]
        for each in late:
            ground.open(each, ground.find_link(inviter))
            await asyncio.sleep(0.02)
        full = await _until_health(port, "503 cannot write")
        (inside / "ballast").unlink()
        began = time.monotonic()
        for each in late:
            await ground.telegram.until_message(each, "Anna")
        seconds = time.monotonic() - began
        after = await _until_health(port, "200 ok")
        alive = program.status is None
        invites = await ground.ask(
            inviter, "/invites", lambda message: message.photo is None
        )  # their card may come now
    verdict.figures |= {"before": before, "full": full, "after": after, "joins": len(late), "done after s": seconds}
    verdict.expect(full == "503 cannot write", f"health says {full} on a full disk")
    verdict.expect(alive and after == "200 ok", f"with room again it does not go on: {program.read_errors()[-500:]}")
    verdict.expect(str(len(late)) in invites.text, f"joins are lost: {invites.text}")


def compose_small_disk(folder: Path) -> Sequence[str]:
    """What starts a program that alone sees a small disk in a folder."""
    mount = f"mount -t tmpfs -o size={ROOM_MEBIBYTES}m tmpfs '{folder}'"
    return ("unshare", "--map-root-user", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh")


def can_have_small_disk(folder: Path) -> bool:
    """Whether this machine lets us make one."""
    try:
        return subprocess.run([*compose_small_disk(folder), "true"], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _fill(path: Path) -> None:
    """Until nothing more fits."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * PAGE)
        except OSError:
            return


async def _until_health(port: int, word: str) -> str:
    """The health check's word, once it is this one; else its last one."""
    said = ""
    for _ in range(60):
        said = await get_health(port)
        if said == word:
            break
        await asyncio.sleep(0.25)
    return said


SQLITE: tuple[EngineName, ...] = ("sqlite",)
KINDS = [
    Kind(number=4, name="file deleted", run=partial(harm_the_file, harm=delete, says="was deleted"), engines=SQLITE),
    Kind(
        number=4, name="file put back", run=partial(harm_the_file, harm=put_back, says="was replaced"), engines=SQLITE
    ),
    Kind(
        number=4,
        name="broken pages",
        run=partial(harm_the_file, harm=break_all_pages, says="malformed", most=1),
        engines=SQLITE,
    ),
    Kind(number=4, name="found broken at the start", run=find_it_broken, engines=SQLITE),
    Kind(number=4, name="lock file deleted", run=delete_the_lock, engines=SQLITE),
    Kind(number=4, name="disk full", run=fill_the_disk, engines=SQLITE),
]
