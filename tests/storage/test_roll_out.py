"""Old and new programs side by side: what a step that only adds lets go on, and what one that does more refuses."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import text

from bot.campaign_file import SHIPPED, load_campaign
from bot.services.campaigns.opening import Source, open_shop
from bot.services.privacy import forget
from storage import StoreOutdated, StoreTooNew, StoreUnavailable, open_store
from storage.beside import run_beside
from storage.checks import list_faults
from storage.engines.postgres_connection import connect as connect_plainly
from storage.migrations import HEAD
from storage.migrations.upgrade import compose_config, find_readable_since, is_additive_since, upgrade
from storage.tables import directory
from tests.services.test_forgetting import NUMBER, live
from tests.storage.cast import add_member, add_members, refer
from tests.storage.test_migrations import connect, describe

FIRST_DECLARED = "0060"
"""Steps after this one say whether they only add."""

COMES_NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{head}"
additive = {additive}


def upgrade():
    op.add_column("person", sa.Column("shoe_size", sa.Integer()))
    op.add_column("referral", sa.Column("weather", sa.Text(), server_default="fine", nullable=False))
    op.create_table(
        "shoe",
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_index("ix_person_shoe_size", "person", ["shoe_size"])
"""


TIGHTENS = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{head}"
additive = {additive}


def upgrade():
    op.drop_column("person", "own_words")
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("shoe_size", sa.Integer(), nullable=False))
    op.create_index("ux_referral_source", "referral", ["inviter_id", "source"], unique=True)
"""


def add_step(folder: Path, *, additive: bool, what: str = COMES_NEXT) -> Config:
    """Alembic's configuration of the program that comes next: all there is, and one step more."""
    (folder / "v9001_shoes.py").write_text(what.format(head=HEAD, additive=additive))
    config = compose_config()
    shipped = Path(str(config.get_main_option("script_location"))) / "versions"
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{shipped}\n{folder}")
    return config


def upgrade_by(config: Config, url: str, upto: str = "head") -> None:
    """The next program's start; on a thread of its own, since SQLAlchemy's connections know no event loop."""

    def run() -> None:
        with connect(url) as connection:
            upgrade(connection, config=config, upto=upto)
            connection.commit()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(run).result()


async def test_old_programs_go_on_while_a_new_one_adds(empty_store_url: str, tmp_path: Path) -> None:
    """What runs goes on, what starts opens, commands beside it work; and everything is there for the new program."""
    store_url = empty_store_url
    config = add_step(tmp_path, additive=True)
    async with open_store(store_url) as store:
        first, *rest = await store.write(add_members, 3)
        await store.write(refer, first, rest[0])
        await asyncio.to_thread(upgrade_by, config, store_url)
        await store.write(refer, first, rest[1])
        assert await asyncio.to_thread(run_beside, store_url, directory.count_members) == 3
    async with open_store(store_url) as store:
        await store.write(refer, first, await store.write(add_member, 4))
        await store.write(open_shop, Source(campaign=load_campaign(SHIPPED).campaign))
        await store.write(live)
        assert await store.write(forget, telegram_id=NUMBER)
        assert await list_faults(store) == []
    with connect(store_url) as connection:
        found = connection.execute(text("SELECT version_num, readable_since FROM alembic_version")).one()
        assert found == ("9001", find_readable_since(compose_config(), "head"))
        assert connection.execute(text("SELECT DISTINCT weather FROM referral")).scalars().all() == ["fine"]
    await asyncio.to_thread(upgrade_by, config, store_url)  # and once more, as after a roll-back


async def test_what_does_more_than_add_is_not_opened_by_older_programs(empty_sqlite_url: str, tmp_path: Path) -> None:
    """They say that they are too old, and change nothing."""
    await asyncio.to_thread(upgrade_by, add_step(tmp_path, additive=False), empty_sqlite_url)
    with pytest.raises(StoreTooNew, match="9001"):
        async with open_store(empty_sqlite_url):
            pass
    with pytest.raises(StoreOutdated):
        await asyncio.to_thread(run_beside, empty_sqlite_url, directory.count_members)


@contextmanager
def older_program(url: str, name: str) -> Iterator[None]:
    """Its connection, which says what it is."""
    with connect_plainly(f"{url}{'&' if '?' in url else '?'}application_name={quote(name)}"):
        yield


def go_back(url: str, revision: str) -> None:
    """Have a database look like an older one, for as long as nobody takes a step."""
    with connect(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        connection.commit()


@pytest.mark.postgres
async def test_a_step_that_does_more_waits_until_older_programs_are_stopped(postgres_url: str) -> None:
    """It says how many there are; those of this version, and people who look by hand, are in nobody's way."""
    before = "0059"
    assert not is_additive_since(before)
    go_back(postgres_url, before)
    with (
        older_program(postgres_url, f"passalong line {before}"),
        pytest.raises(StoreOutdated, match="1 of them still run"),
    ):
        async with open_store(postgres_url):
            pass
    with (
        older_program(postgres_url, "psql"),
        older_program(postgres_url, f"passalong line {HEAD}"),
        pytest.raises(StoreUnavailable, match="already exists"),  # the step itself begins, and finds its table there
    ):
        async with open_store(postgres_url):
            pass


@pytest.mark.postgres
async def test_a_step_that_is_in_somebodys_way_is_tried_again(empty_postgres_url: str) -> None:
    """A long transaction holds a table: the upgrade does not queue up before everybody else, and is done in the end."""
    await asyncio.to_thread(upgrade_by, compose_config(), empty_postgres_url, "0059")
    with connect_plainly(empty_postgres_url) as busy:
        busy.autocommit = False
        busy.execute("LOCK TABLE person IN ROW EXCLUSIVE MODE")  # whoever writes has it; a foreign key to it needs more
        opening = asyncio.create_task(open_and_count(empty_postgres_url))
        await wait_until(lambda: is_awaited(busy))
        await wait_until(lambda: not is_awaited(busy))  # it has given way, and comes again
        assert not opening.done()
        busy.rollback()
    assert await opening == 0


async def wait_until(happened: Callable[[], bool]) -> None:
    """Look again and again, for a minute."""
    async with asyncio.timeout(60):
        while not happened():  # noqa: ASYNC110  # what is in the server tells nobody
            await asyncio.sleep(0.02)


def is_awaited(busy: Any) -> bool:
    """Whether somebody waits for a lock."""
    row = busy.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return bool(row[0])


async def open_and_count(url: str) -> int:
    """Open, and do something."""
    async with open_store(url) as store:
        return await store.read(directory.count_members)


def test_every_new_step_says_whether_it_only_adds(sqlite_url: str, tmp_path: Path) -> None:
    """What says so leaves columns, keys and rules that were there as they were; a new column can be left out."""
    steps, url = list_declared(compose_config())[::-1], f"sqlite:///{tmp_path}/growing.db"
    upgrade_by(compose_config(), url, str(steps[0].down_revision))
    for step in steps:
        tightened = list_tightened(compose_config(), step.revision, url)
        assert not step.module.additive or tightened == []
    spare = f"sqlite:///{shutil.copy(sqlite_url.removeprefix('sqlite:///'), tmp_path / 'spare.db')}"
    assert list_tightened(add_step(tmp_path, additive=True), "9001", sqlite_url) == []
    assert list_tightened(add_step(tmp_path, additive=True, what=TIGHTENS), "9001", spare) == [
        "person.own_words",
        "person.shoe_size",
        "referral",
    ]


def list_declared(config: Config) -> list[Script]:
    """The steps that have to say whether they only add, and do."""
    steps = list(ScriptDirectory.from_config(config).iterate_revisions("head", FIRST_DECLARED))
    assert [each.revision for each in steps if not isinstance(getattr(each.module, "additive", None), bool)] == []
    return steps


def list_tightened(config: Config, revision: str, url: str) -> list[str]:
    """Tables and columns on which a step lays more than it may, if programs before it are to go on; takes the step."""
    shapes = []
    for upto in ("", revision):
        if upto:
            upgrade_by(config, url, upto)
        with connect(url) as connection:
            shapes.append(describe(connection))
    before, after = shapes
    return sorted(each for table in before for each in _compare(table, before[table], after.get(table)))


def _compare(table: str, before: dict[str, Any], after: dict[str, Any] | None) -> list[str]:
    if after is None:
        return [table]
    names = {column[0] for column in before["columns"]}
    wrong = [f"{table}.{column[0]}" for column in before["columns"] if column not in after["columns"]]
    added = [column for column in after["columns"] if column[0] not in names]
    wrong += [f"{table}.{name}" for name, _, nullable, default in added if not nullable and default is None]
    rules = [each for kind in ("foreign keys", "unique", "checks") for each in after[kind] if each not in before[kind]]
    rules += [each for each in after["indexes"] if each not in before["indexes"] and "('unique', '1')" in each]
    tight = [each for each in rules if not any(repr(column[0]) in each or column[0] in each for column in added)]
    return [*wrong, *([table] if tight or after["key"] != before["key"] else [])]
