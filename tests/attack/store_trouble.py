"""The store is away for a while, in every way it can be: no join that was confirmed is lost, and nobody is told twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import psycopg
from sqlalchemy import func, select, text

from bot.playground.world import Person
from storage.leases import DEAD_SECONDS
from storage.schema.messages import inbox
from storage.schema.referrals import referral
from tests.attack.damage import LAST_WORD
from tests.attack.ground import Ground, Kind, Verdict
from tests.chaos.databases import EngineName
from tests.journeys.program import Program
from tests.storage.test_postgres import END_LINE, TAKE_LEASE

PAUSE_SECONDS = 0.04
"""Between two joins."""

ANSWERED_SECONDS = 90.0
"""For who waited, once the store is back: waits grow to half a minute."""

MODEST = "attack_modest"
"""A role that may have few connections."""

END_WORKERS = f"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{MODEST}' AND pid NOT IN (
  SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'passalong line %')
"""

SLOW_STATEMENTS = "options=-c%20statement_timeout%3D300"

Trouble = Callable[[Ground], AbstractAsyncContextManager[None]]


async def join_through(
    ground: Ground, verdict: Verdict, *, trouble: Trouble, options: str = "", role: str = ""
) -> None:
    """People join all the while: before, during the trouble, and after it."""
    mark = "&" if "?" in ground.url else "?"
    url = f"{ground.url}{mark}{options}" if options else ground.url
    if ground.engine == "postgres":  # servers for tests are careless; these commits must outlive a crash
        [(name,)] = ground.fetch(text("SELECT current_database()"))
        _run(ground, f"ALTER DATABASE {name} SET synchronous_commit = on")
    if role:
        await _admit(ground, role)
        url = url.replace("//postgres:", f"//{role}:")
    async with ground.running(ground.furnish(DATABASE_URL=url)) as bot:
        link, each = ground.find_link(await ground.join("Anna")), ground.size(20, 170)
        late, before = await _open(ground, link, each), _count_warnings(bot)
        async with trouble(ground):
            late += await _open(ground, link, each)
        began = time.monotonic()
        late += await _open(ground, link, each)
        for person in late:
            await ground.telegram.until_message(person, "Anna", timeout_seconds=ANSWERED_SECONDS)
        seconds = time.monotonic() - began
        await ground.telegram.until_confirmed()
        verdict.expect(bot.status is None, f"the process ended: {bot.read_errors()[-500:]}")
        verdict.figures["warnings"] = _count_warnings(bot) - before
    _judge(ground, verdict, late)
    verdict.figures["all answered after s"] = seconds
    verdict.expect(verdict.figures["warnings"], "nothing was in its way: this proves nothing")


def _count_warnings(bot: Program) -> int:
    return sum(" WARNING " in line or " ERROR " in line for line in bot.read_errors().splitlines())


async def _admit(ground: Ground, role: str) -> None:
    """Make the tables as whom the database belongs to, and let a role of few connections use them."""
    await ground.furnish().run("migrate")
    for statement in (
        f"DROP ROLE IF EXISTS {role}",
        f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 6",
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ):
        _run(ground, statement)


async def _open(ground: Ground, link: str, each: int) -> list[Person]:
    """So many open a link, one after the other."""
    people = [ground.add_person() for _ in range(each)]
    for person in people:
        ground.open(person, link)
        await asyncio.sleep(PAUSE_SECONDS)
    return people


def _judge(ground: Ground, verdict: Verdict, joined: Sequence[Person]) -> None:
    [(referrals,)] = ground.fetch(select(func.count()).select_from(referral))
    [(buried,)] = ground.fetch(select(func.count()).select_from(inbox).where(inbox.c.state == "dead"))
    twice = sum(_count_greetings(ground, person) > 1 for person in joined)
    verdict.figures |= {
        "joins": len(joined),
        "referrals": referrals,
        "buried": buried,
        "greeted twice": twice,
    }
    verdict.expect(referrals == len(joined), "joins are lost")
    verdict.expect(not buried, "updates are buried for the store's fault")
    verdict.expect(not twice, "somebody is greeted twice")


def _count_greetings(ground: Ground, person: Person) -> int:
    bot = ground.world.bot
    return sum(each.sender == bot and "Anna" in each.text for each in ground.world.open_chat(person).list_messages())


@asynccontextmanager
async def hold_a_lock(ground: Ground) -> AsyncIterator[None]:
    """Somebody else has what every join needs, for longer than a statement waits."""
    statement = "LOCK TABLE person IN ACCESS EXCLUSIVE MODE" if ground.engine == "postgres" else "BEGIN IMMEDIATE"
    with ground.behind() as engine, engine.connect() as connection:
        connection.execute(text(statement))
        yield
        await asyncio.sleep(ground.size(2, 14) if ground.engine == "postgres" else 6)
        connection.rollback()


@asynccontextmanager
async def grant_no_connections(ground: Ground) -> AsyncIterator[None]:
    """Connections break, and the server grants no others for a while; the line stays."""
    _run(ground, f"ALTER ROLE {MODEST} CONNECTION LIMIT 0")
    _run(ground, END_WORKERS)
    yield
    await asyncio.sleep(ground.size(2, 10))
    _run(ground, f"ALTER ROLE {MODEST} CONNECTION LIMIT 6")


@asynccontextmanager
async def restart_the_server(ground: Ground, *, mode: str) -> AsyncIterator[None]:
    """In the middle of it all."""
    assert ground.server is not None
    restarting = asyncio.create_task(asyncio.to_thread(ground.server.restart, mode))
    yield
    await restarting


@asynccontextmanager
async def end_the_line(ground: Ground) -> AsyncIterator[None]:
    """The line breaks, again and again."""
    for _ in range(ground.size(1, 4)):
        _run(ground, END_LINE)
        await asyncio.sleep(1)
    yield
    await asyncio.sleep(DEAD_SECONDS + 1)  # for so long others might believe it dead


def _run(ground: Ground, statement: str) -> None:
    with ground.behind() as engine, engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))


async def take_the_lease(ground: Ground, verdict: Verdict) -> None:
    """A lease that is really another's ends what runs here, and the owner is not alarmed: nothing is wrong."""
    owner = ground.add_person("Sari")
    async with ground.running(ground.furnish(ADMIN_IDS=str(owner.id), LOG_LEVEL="INFO")) as program:
        await ground.greet(owner)
        with psycopg.connect(ground.url, autocommit=True) as other:
            other.execute(TAKE_LEASE)
            async with asyncio.timeout(ANSWERED_SECONDS):
                while "standing by" not in program.read_errors():  # noqa: ASYNC110 -- the log tells nobody
                    await asyncio.sleep(0.05)
    told = [each for each in ground.world.open_chat(owner).list_messages() if LAST_WORD in each.text]
    verdict.figures |= {"owner told": len(told)}
    verdict.expect(not told, "the owner is alarmed")


def _make(
    number: int, name: str, trouble: Trouble, engines: tuple[EngineName, ...], *, options: str = "", role: str = ""
) -> Kind:
    run = partial(join_through, trouble=trouble, options=options, role=role)
    return Kind(number=number, name=name, run=run, engines=engines)


POSTGRES: tuple[EngineName, ...] = ("postgres",)
KINDS = [
    _make(3, "what joins need is locked", hold_a_lock, ("sqlite",)),
    _make(3, "what joins need is locked, short statements", hold_a_lock, POSTGRES, options=SLOW_STATEMENTS),
    _make(3, "no connections granted", grant_no_connections, POSTGRES, role=MODEST),
    _make(5, "server restarted fast", partial(restart_the_server, mode="fast"), POSTGRES),
    _make(5, "server crashed", partial(restart_the_server, mode="immediate"), POSTGRES),
    _make(5, "line ended", end_the_line, POSTGRES),
    Kind(number=5, name="lease taken by another", run=take_the_lease, engines=POSTGRES),
]
