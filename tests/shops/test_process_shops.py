from __future__ import annotations

import re
import signal
import socket
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.shops.agency import Agency, open_agency
from tests.shops.files import write_shop
from tests.web.test_at_work import find_free_port


async def test_one_program_runs_all_shops_of_a_folder(tmp_path: Path) -> None:
    """Each serves its own people; files come, change and go while the others work; a stop ends all within one's time."""
    async with open_agency(tmp_path, "bakery", "florist") as agency, agency.home.running() as program:
        await agency.until_at_work("bakery", "florist")
        for name in ("bakery", "florist"):
            await agency.serve_join(name)
        agency.add("tailor", is_new=True)
        program.send(signal.SIGHUP)
        await agency.until_at_work("tailor")
        await agency.serve_join("tailor")
        (agency.shops / "tailor.env").unlink()
        await program.until_says(" tailor: Stopped")
        await agency.serve_join("bakery")
        assert sorted(path.name for path in (tmp_path / "databases").glob("*.db")) == [
            "bakery.db",
            "florist.db",
            "tailor.db",
        ]
        assert await program.stop() == 0
        log = program.read_errors()
        for name in ("bakery", "florist"):
            assert f" {name}: Stopped" in log
        assert ".sqlite_upgrade tailor: The database" in log, "what a connection's own thread says has no name"
        assert "Traceback" not in log
        assert "plugin" not in log


async def fetch(session: ClientSession, agency: Agency, path: str, **options: object) -> tuple[int, str]:
    """The status and the text behind a path of the program's web side."""
    errors = agency.home.read_everything()
    port = re.findall(r"is served on 127\.0\.0\.1:(\d+)", errors)[-1]
    async with session.get(f"http://127.0.0.1:{port}{path}", allow_redirects=False, **options) as answer:  # type: ignore[arg-type]
        return answer.status, await answer.text() + str(answer.headers.get("Location", ""))


@pytest.mark.long
async def test_one_port_serves_the_doors_and_figures_of_all_shops(tmp_path: Path) -> None:
    """Each under its name; a link of one means nothing under another's, and each figure says whose it is."""
    public, listen = "http://127.0.0.1", "127.0.0.1:0"
    async with (
        open_agency(tmp_path, "bakery", "florist", PUBLIC_URL=public, LISTEN=listen, METRICS_TOKEN="watch") as agency,
        agency.home.running() as program,
        ClientSession() as session,
    ):
        await agency.until_at_work("bakery", "florist")
        anna = await agency.serve_join("bakery")
        code = agency.find_code("bakery", anna)
        status, there = await fetch(session, agency, f"/bakery/r/{code}")
        assert status in {200, 302}
        assert "shop_41_bot" in there
        _, elsewhere = await fetch(session, agency, f"/florist/r/{code}")
        assert code not in elsewhere.replace(f"/r/{code}", "")
        assert (await fetch(session, agency, f"/tailor/r/{code}"))[0] == 404
        assert (await fetch(session, agency, "/metrics"))[0] == 401
        status, figures = await fetch(session, agency, "/metrics", headers={"Authorization": "Bearer watch"})
        assert status == 200
        joined = {name: float(value) for name, value in re.findall(r'updates_done_total{shop="(\w+)"} (\S+)', figures)}
        assert joined.keys() == {"bakery", "florist"}
        assert joined["bakery"] >= 2 > joined["florist"]
        assert (await fetch(session, agency, "/healthz"))[0] == 200
        write_shop(agency.shops, "broken", BOT_TOKEN="?")
        program.send(signal.SIGHUP)
        await program.until_says("broken.env: PASSALONG_BOT_TOKEN does not look like")
        _, figures = await fetch(session, agency, "/metrics", headers={"Authorization": "Bearer watch"})
        up = dict(re.findall(r'passalong_up{shop="(\w+)"} (\S+)', figures))
        assert up == {"bakery": "1.0", "florist": "1.0", "broken": "0.0"}
        assert await program.stop() == 0


async def test_a_port_that_is_taken_ends_the_program(tmp_path: Path) -> None:
    """That is the program's own trouble and no shop's: whoever started it hears so by its status."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        async with open_agency(tmp_path, "bakery", LISTEN=listen, METRICS_TOKEN="watch") as agency:
            program = await agency.home.run()
            assert program.status == 1
            assert "PASSALONG_LISTEN" in program.read_errors()


@pytest.mark.long
async def test_telegram_brings_each_shop_its_own_updates(tmp_path: Path) -> None:
    """By one port, each at a door of its name; what is one's secret opens no other's."""
    port = find_free_port()
    web = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "LISTEN": f"127.0.0.1:{port}", "WEBHOOK": "true"}
    async with open_agency(tmp_path, "bakery", **web) as agency, agency.home.running():
        telegram = agency.telegrams["bakery"]
        await telegram.until_call("setWebhook")
        await agency.serve_join("bakery")
        agency.add("florist")
        await agency.telegrams["florist"].until_call("setWebhook")
        await agency.serve_join("florist")
        hooks = {name: each.world.webhook for name, each in agency.telegrams.items()}
        assert {name: hook.url for name, hook in hooks.items()} == {
            name: f"http://127.0.0.1:{port}/telegram/{name}" for name in ("bakery", "florist")
        }
        assert hooks["bakery"].secret != hooks["florist"].secret
        assert not telegram.world.journal.list_calls("getUpdates")
        headers = {"X-Telegram-Bot-Api-Secret-Token": hooks["bakery"].secret}
        strange = hooks["florist"].url
        async with ClientSession() as session, session.post(strange, json={"update_id": 1}, headers=headers) as answer:
            assert answer.status in {401, 403}


@pytest.mark.long
async def test_one_shop_of_a_folder_runs_as_it_does_among_all(tmp_path: Path) -> None:
    """Named on the command line: its door is the one of its name, and the other is left to whoever runs it."""
    port = find_free_port()
    web = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "LISTEN": f"127.0.0.1:{port}", "WEBHOOK": "true"}
    async with open_agency(tmp_path, "bakery", "florist", **web) as agency:
        async with agency.home.running("run", "--shop", "bakery") as program:
            await agency.telegrams["bakery"].until_call("setWebhook")
            await agency.serve_join("bakery")
            assert await program.stop() == 0
        assert agency.telegrams["florist"].world.calls == []
        assert (await agency.home.run("run", "--shop", "tailor")).status == 2


@pytest.mark.long
async def test_each_shop_says_how_its_updates_come(tmp_path: Path) -> None:
    """One has them brought and one fetches them, in the same program; each may change its mind while the other goes on."""
    port = find_free_port()
    web = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "LISTEN": f"127.0.0.1:{port}"}
    async with open_agency(tmp_path, "bakery", **web) as agency, agency.home.running() as program:
        agency.add("florist", WEBHOOK="true")
        bakery, florist = (agency.telegrams[name] for name in ("bakery", "florist"))
        await florist.until_call("setWebhook")
        await agency.serve_join("florist")
        await agency.serve_join("bakery")
        assert (florist.world.journal.list_calls("getUpdates"), bakery.world.webhook.url) == ([], "")
        write_shop(agency.shops, "bakery", BOT_TOKEN=bakery.token, WEBHOOK="true")
        write_shop(agency.shops, "florist", BOT_TOKEN=florist.token)
        await bakery.until_call("setWebhook")
        await florist.until_polling()
        for name in ("bakery", "florist"):
            await agency.serve_join(name)
        assert await program.stop() == 0
