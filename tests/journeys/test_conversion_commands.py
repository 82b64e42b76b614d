"""`passalong api-key` and `passalong receipt-link`, with the bot stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage import open_store
from storage.tables import api_keys
from tests.journeys.program import Home, furnish_forking
from tests.telegram import LocalTelegram, telegram
from tests.thinning import LONG_ON_POSTGRES

__all__ = ["telegram"]


@pytest.fixture
def home(tmp_path: Path, telegram: LocalTelegram, store_url: str) -> Home:
    """A bot's home, its database on each engine in turn."""
    return furnish_forking(tmp_path, telegram, DATABASE_URL=store_url)


@LONG_ON_POSTGRES
async def test_a_key_is_shown_once_and_nowhere_kept(home: Home, store_url: str) -> None:
    """JSON with key and secret; two of a name, the third is refused; the list and the database hold neither."""
    made = [json.loads((await home.run("api-key", "create", "till")).read_output()) for _ in range(2)]
    assert made[0]["key"].startswith("psk_")
    assert made[0]["secret"].startswith("whsec_")
    assert (await home.run("api-key", "create", "till")).status == 2
    listed = (await home.run("api-key", "list")).read_output()
    assert [each["ends"] for each in json.loads(listed)] == [each["key"][-4:] for each in made]
    async with open_store(store_url) as store:
        kept = repr(await store.read(api_keys.list_all))
    for each in made:
        for told in (listed, kept):
            assert each["key"] not in told
            assert each["secret"] not in told
    assert json.loads((await home.run("api-key", "revoke", "till")).read_output()) == {"revoked": 2}
    assert (await home.run("api-key", "revoke", "till")).status == 2
    assert (await home.run("api-key", "create", "till", "--scopes", "everything")).status == 2


@LONG_ON_POSTGRES
async def test_no_key_or_secret_is_told_twice(home: Home, telegram: LocalTelegram, tmp_path: Path) -> None:
    """By no list, export, examination or log, nor by a command that was given one in the wrong place."""
    made = json.loads((await home.run("api-key", "create", "till")).read_output())
    hears = json.loads((await home.run("webhook", "add", "https://crm.example/hook", "--events", "all")).read_output())
    receipt = json.loads((await home.run("receipt-link", "A-1")).read_output())
    secrets = [made["key"], made["secret"], hears["secret"], receipt["token"]]
    said = []
    for words in (
        *(("api-key", "list"), ("webhook", "list"), ("audit",), ("doctor",), ("backup", str(tmp_path / "copy.db"))),
        *(("export", name) for name in ("conversions", "audit", "members")),
        *(("api-key", "revoke", each) for each in secrets),
        *(("api-key", "create", each) for each in secrets[:3]),
        ("webhook", "add", f"https://shop:{made['secret']}@crm.example/", "--events", "all"),
        ("webhook", "replay", "1", "--event", made["secret"]),
    ):
        program = await home.run(*words)
        said.append(program.read_output() + program.read_errors())
    async with home.running() as program:
        await program.until_polling(telegram)
        await program.stop()
    said.append(program.read_output() + program.read_errors())
    assert [(each, told) for each in secrets for told in said if each in told] == []


@LONG_ON_POSTGRES
async def test_an_order_has_one_link_and_its_code_can_be_printed(home: Home) -> None:
    """Asked twice, the same; a number that cannot be is refused."""
    first, again = [await home.run("receipt-link", "A-1", "--png", "a.png") for _ in range(2)]
    said = json.loads(first.read_output())
    assert said == json.loads(again.read_output())
    assert said["link"].endswith(f"?start=buy_{said['token']}")
    assert (home.folder / "a.png").read_bytes().startswith(b"\x89PNG")
    assert (await home.run("receipt-link", "A 1")).status == 2
