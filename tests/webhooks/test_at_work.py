"""The whole bot tells other systems: put in by the command, told by what `app` starts, through the way out that is set."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.proxies import parse_proxy
from bot.webhooks.posting import Poster
from tests.journeys.shop_at_work import find_link, open_shop, sqlite_in
from tests.proxies import serve_proxy
from tests.thinning import thin
from tests.webhooks.receiver import Receiver, open_receiver
from tests.webhooks.test_worker import make_parcel

SECRET_LENGTH = len("whsec_") + 32


def run_command(database_url: str, *words: str) -> subprocess.CompletedProcess[str]:
    """`passalong webhook …`, as somebody types it beside the bot."""
    variables = {"PASSALONG_BOT_TOKEN": "4242:canary-token-of-the-command", "PASSALONG_DATABASE_URL": database_url}
    return subprocess.run(
        [sys.executable, "-m", "bot", "webhook", *words],
        env={**variables, "PATH": "/usr/bin"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def list_types(receiver: Receiver) -> list[str]:
    """What it heard of."""
    return [json.loads(body)["type"] for _, body in receiver.calls]


@pytest.mark.long
async def test_a_friend_who_comes_is_told_by_the_running_bot(tmp_path: Path) -> None:
    """From the command to the other system, while the bot runs; sent once more where somebody asks for it; then no more."""
    database_url = sqlite_in(tmp_path)
    async with open_receiver() as receiver, open_shop(database_url) as shop:
        added = run_command(database_url, "add", receiver.url, "--events", "joined,qualified", "--allow-private")
        new = json.loads(added.stdout)
        assert (new["id"], new["events"], len(new["secret"])) == (1, ["joined", "qualified"], SECRET_LENGTH), (
            added.stderr
        )
        anna = await shop.add_member("Anna")
        link = find_link(await shop.ask(anna, "/qr"))
        await shop.join(shop.add_person("Budi"), link)
        await shop.telegram.until(lambda: len(receiver.calls) >= 2, what="two events")
        assert list_types(receiver) == ["joined", "qualified"]
        again = run_command(database_url, "replay", "1", "--since", "2020-01-01")
        assert json.loads(again.stdout) == {"id": 1, "again": 2}
        await shop.telegram.until(lambda: len(receiver.calls) >= 4, what="both once more")
        assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 2
        (listed,) = json.loads(run_command(database_url, "list").stdout)
        assert (listed["state"], listed["waiting"]) == ("on", 0)
        assert "secret" not in listed
        assert json.loads(run_command(database_url, "remove", "1").stdout) == {"id": 1, "state": "removed"}
        assert json.loads(run_command(database_url, "list").stdout) == []


@pytest.mark.parametrize(
    ("words", "said"),
    thin(
        [
            (("add", "http://127.0.0.1/", "--events", "joined"), "add --allow-private"),
            (("add", "https://example.com/", "--events", "joined,born"), "no events called born"),
            (("replay", "7", "--event", "evt_8_1"), "It looks like evt_7_1234"),
            (("replay", "7", "--since", "yesterday"), "is no moment"),
            (("replay", "7", "--since", "2026-01-01"), "There is no webhook 7"),
            (("on", "7"), "There is no webhook 7"),
            (("remove", "7"), "There is no webhook 7"),
        ],
        step=4,
    ),
)
def test_what_cannot_be_done_is_said(sqlite_url: str, words: tuple[str, ...], said: str) -> None:
    """In a sentence, with what would be right; nothing on standard output."""
    done = run_command(sqlite_url, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize("kind", ["http", "socks5"])
async def test_events_leave_through_the_proxy_that_is_set(kind: str) -> None:
    """The machine may have no other way out."""
    async with open_receiver() as receiver, serve_proxy(kind, int(receiver.url.split(":")[2].split("/")[0])) as proxy:
        poster = Poster(proxy=parse_proxy(f"{kind}://127.0.0.1:{proxy.port}"))
        answer = await poster.post(make_parcel("http://crm.example/hook"))
        await poster.close()
        assert answer.status == 204
        assert [each.partition(":")[0] for each in proxy.asked_for] == ["crm.example"]
        assert len(receiver.calls) == 1
