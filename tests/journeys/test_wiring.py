"""What `app` composes: each part is there, is given what it needs, and is missed when it ends."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientConnectionError, ClientSession
from telegram import Update

from bot.app import run_in
from bot.broadcasts.flight_recorder import NAME
from bot.capabilities import CAPABILITIES
from bot.core.alarms import Trouble
from bot.core.campaigns.campaign import CampaignMistake
from bot.core.roles import EVERYBODY
from bot.handlers.deps import Context
from bot.messages.commands import Command
from bot.playground import faults
from bot.playground.demo import find_free_address
from bot.playground.page.browser import HEADERS
from bot.playground.world import World
from bot.services.broadcasts import delivering
from bot.services.campaigns import find_newer
from bot.services.community.notices import AdminWarning
from bot.services.community.warning import JOB_FAILING
from bot.services.notices import owe
from bot.services.sharing import handouts
from bot.services.visiting import count_clicks
from bot.services.webhooks.managing import add_webhook
from bot.updates.capability import Capability, Registry
from bot.updates.intake import TokenRefused
from bot.updates.job import Job
from bot.updates.vitals import Senses
from bot.wire.gate import Gate
from bot.wire.signal import TaskEnded
from storage import Store, StoreLost, Tx, open_store, utc_now
from storage.addresses import MemberAddress
from storage.records import Ban
from storage.small_files import find_small_file
from storage.tables import clicks, due_jobs, flood_waits, inbox, outbox, people, roles, shops
from tests.journeys.shop_at_work import ADMIN_ID, ShopAtWork, compose_settings, find_link, open_shop, sqlite_in
from tests.logged import list_values
from tests.proxies import serve_proxy
from tests.shipped import keep_stories, write_campaign
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

PATIENCE_SECONDS = 60.0
HOUR_SECONDS = 3600
SECOND = 1_000_000
IDLE = tuple(replace(each, jobs=()) for each in CAPABILITIES)
"""All that people can do, and nothing that the bot does by itself."""


class Broken(BaseException):
    """What nobody catches: whoever meets it ends."""


class BrokenStore(Store):
    """A store that breaks whoever asks it for one unit of work."""

    def __init__(self, store: Store, unit: object) -> None:
        super().__init__(store._engine, store._listeners)
        self._unit = unit

    async def write(self, unit: object, /, *args: object, **kwargs: object) -> object:  # type: ignore[override]
        """Unless it is that one."""
        self._look(unit)
        return await super().write(unit, *args, **kwargs)  # type: ignore[arg-type]

    async def read(self, unit: object, /, *args: object, **kwargs: object) -> object:  # type: ignore[override]
        """Likewise."""
        self._look(unit)
        return await super().read(unit, *args, **kwargs)  # type: ignore[arg-type]

    def _look(self, unit: object) -> None:
        if unit is self._unit:
            raise Broken


class SlowStore(BrokenStore):
    """A store that takes its time over one unit of work."""

    async def write(self, unit: object, /, *args: object, **kwargs: object) -> object:  # type: ignore[override]
        """Later, where it is that one."""
        if unit is self._unit:
            await asyncio.sleep(0.5)
        return await Store.write(self, unit, *args, **kwargs)  # type: ignore[arg-type]


class ContentStore(Store):
    """A store that has nothing to watch for."""

    async def wait_lost(self) -> None:  # type: ignore[override]
        """Return at once."""


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where the shop's rows lie."""
    return sqlite_in(tmp_path)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """The shop's rows, within reach."""
    async with open_store(url) as opened:
        yield opened


async def run_to_end(
    telegram: LocalTelegram, store: Store, capabilities: Sequence[Capability] = CAPABILITIES, **settings: str
) -> None:
    """Run the bot until it ends by itself, which it must."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await run_in(store, compose_settings(telegram, "", **settings), asyncio.Event(), capabilities=capabilities)


async def until(store: Store, unit: Callable[[Tx], object]) -> None:
    """Wait until the rows are so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await store.read(unit):  # noqa: ASYNC110 -- a table tells nobody
            await asyncio.sleep(0.01)


def make_command(name: str, handle: Callable[[Update, Context], Any]) -> Capability:
    """A capability of one command that everybody may use."""
    return Capability(name=name, roles=EVERYBODY, commands={Command(name=name, text={"en": name}): handle})


def find_gate(context: Context) -> Gate:
    """The door that the bot of a handler leaves by."""
    gate = context.bot.rate_limiter
    assert isinstance(gate, Gate)
    return gate


async def look_inside(
    url: str, store: Store, *, world: World | None = None, **settings: str
) -> tuple[Context, ShopAtWork]:
    """Run a shop until a handler has been called and all is quiet; returns what the handler was given."""
    seen: list[Context] = []

    async def on_peek(update: Update, context: Context) -> None:
        seen.append(context)
        assert update.effective_message
        await update.effective_message.reply_text("seen at https://example.org")

    capabilities = [*CAPABILITIES, make_command("peek", on_peek)]
    async with open_shop(url, store=store, world=world, settings=settings, capabilities=capabilities) as shop:
        await shop.ask(await shop.add_member(), "/peek", "seen")
        await until(store, lambda tx: not outbox.count_owed(tx) and bool(due_jobs.list_all(tx)))
    return seen[0], shop


# Telegram's wish for silence


async def test_a_flood_wait_of_the_process_before_is_kept_to(url: str, store: Store) -> None:
    """Whom Telegram closed before the start is not written to after it; everybody else is."""
    async with open_shop(url, store=store) as shop:
        anna = shop.add_person("Anna")
    ban = Ban(scope=f"chat:{anna.id}", until_at=utc_now() + HOUR_SECONDS * SECOND, wait_seconds=HOUR_SECONDS)
    await store.write(flood_waits.set_ban, ban)
    async with open_shop(url, store=store, world=shop.world) as shop:
        shop.world.press_start(anna)
        for name in ("Ben", "Cid"):
            assert (await shop.join(shop.add_person(name))).text
        await until(store, lambda tx: not inbox.count_open(tx) and outbox.count_owed(tx) == 1)
        assert [message.text for message in shop.world.open_chat(anna).messages.values()] == ["/start"]


async def test_a_new_flood_wait_is_written_down(url: str, store: Store) -> None:
    """What a 429 forbids lies in the database when the next process starts."""
    async with open_shop(url, store=store) as shop:
        anna = shop.add_person("Anna")
        shop.telegram.faults.order(faults.too_many_requests(300), "sendMessage", chat_id=anna.id)
        shop.world.press_start(anna)
        await until(store, lambda tx: [ban.scope for ban in flood_waits.list_bans(tx)] == [f"chat:{anna.id}"])


# the bot's own work


async def test_every_job_is_done_without_being_asked_for(url: str, store: Store, tmp_path: Path) -> None:
    """Cleaning, clearing, nudging, checking, revoking and backups are declared, registered and run."""
    folder = tmp_path / "backups"
    folder.mkdir()
    settings = {"PASSALONG_BACKUP_FOLDER": str(folder), "PASSALONG_BACKUP_EVERY": "2h", "PASSALONG_BACKUP_KEEP": "1"}
    expected = {"cleaning", "clearing", "nudging", "checking", "revoking", "backup"}
    async with open_shop(url, store=store, settings=settings):
        await until(store, lambda tx: expected <= due_jobs.list_all(tx).keys())
    noted = await store.read(due_jobs.list_all)
    assert not any(job.failures for job in noted.values()), noted
    assert len(list(folder.glob("passalong-*.backup"))) == 1
    assert noted["backup"].due_at <= utc_now() + 2 * HOUR_SECONDS * SECOND


async def test_backups_follow_the_settings(url: str, store: Store, tmp_path: Path) -> None:
    """They are sealed for whom the settings name, and only so many stay."""
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in ("01", "02"):
        (folder / f"passalong-202601{day}T000000Z.backup").write_bytes(b"old")
    recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    settings = {"PASSALONG_BACKUP_FOLDER": str(folder), "PASSALONG_BACKUP_RECIPIENT": recipient}
    async with open_shop(url, store=store, settings={**settings, "PASSALONG_BACKUP_KEEP": "2"}):
        await until(store, lambda tx: "backup" in due_jobs.list_all(tx))
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 2
    assert names[0] == "passalong-20260102T000000Z.backup"
    assert names[1].endswith(".backup.age")


async def test_the_admins_are_told_of_work_that_keeps_failing(url: str, store: Store) -> None:
    """Whoever runs the shop hears of it in the chat, by the name of the job."""

    async def run(_store: Store) -> None:
        raise OSError("no")

    failing = Capability(name="failing", jobs=[Job(name="polishing", every_seconds=0.05, run=run)])
    async with open_shop(url, store=store, capabilities=[*CAPABILITIES, failing]) as shop:
        await shop.join(shop.admin)
        told = await shop.telegram.until_message(shop.admin, "polishing")
        assert "OSError" in told.text


# posts about joins


@pytest.mark.parametrize(("announce", "posts"), [("@little_oven_news", 1), ("", 0)])
async def test_joins_are_announced_where_the_settings_name_a_chat(
    announce: str, posts: int, url: str, store: Store
) -> None:
    """With a chat there is one post, and without one nothing is even owed."""
    async with open_shop(url, store=store, settings={"PASSALONG_ANNOUNCE_CHAT": announce}) as shop:
        anna = await shop.add_member("Anna")
        await shop.join(shop.add_person("Ben"), find_link(await shop.ask(anna, "/start")))
        await shop.telegram.until_message(anna, "Ben")
        await until(store, lambda tx: not outbox.count_owed(tx))
        assert [message.text for message in shop.channel.messages.values() if "Ben" in message.text][posts:] == []
        assert len(shop.channel.messages) == posts
    kinds = await store.read(lambda tx: [row.kind for row in outbox.list_by_ids(tx, range(1, 50))])  # type: ignore[arg-type]
    assert kinds.count("join_announced") == posts


# nothing ends unnoticed


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param(inbox.list_open, id="handling updates"),
        pytest.param(outbox.list_owed, id="sending notices"),
        pytest.param(handouts.begin, id="handing out cards"),
        pytest.param(delivering.begin, id="broadcasting"),
        pytest.param(find_newer, id="looking at the shop"),
    ],
)
async def test_a_part_that_breaks_ends_the_bot(unit: object, telegram: LocalTelegram, store: Store) -> None:
    """What it broke by reaches whoever runs the bot."""
    with pytest.raises(Broken):
        await run_to_end(telegram, BrokenStore(store, unit))


async def test_intake_that_breaks_ends_the_bot(telegram: LocalTelegram, store: Store) -> None:
    """What cannot be taken in is no update that may be passed over."""
    telegram.world.press_start(telegram.world.add_person("Anna"))
    with pytest.raises(Broken):
        await run_to_end(telegram, BrokenStore(store, inbox.add_batch))


async def test_a_refused_token_ends_the_bot(telegram: LocalTelegram, store: Store) -> None:
    """There is nobody to work for."""
    telegram.faults.order(faults.error(401), "getUpdates", times=-1)
    with pytest.raises(TokenRefused):
        await run_to_end(telegram, store)


async def test_work_that_breaks_its_supervisor_ends_the_bot(telegram: LocalTelegram, store: Store) -> None:
    """Or all other work would end in silence."""

    async def run(_store: Store) -> None:
        raise Broken

    breaking = Capability(name="breaking", jobs=[Job(name="breaking", every_seconds=60.0, run=run)])
    with pytest.raises(Broken):
        await run_to_end(telegram, store, [*IDLE, breaking])


async def test_a_part_that_is_done_ends_the_bot_in_words(telegram: LocalTelegram, store: Store) -> None:
    """Nothing that is to run as long as the bot may end before it, not even in peace."""
    with pytest.raises(TaskEnded, match="watching the database has ended by itself"):
        await run_to_end(telegram, ContentStore(store._engine, store._listeners))


async def test_a_lost_database_ends_the_bot(telegram: LocalTelegram, store: Store) -> None:
    """Another process may be at work there already."""
    running = asyncio.create_task(run_to_end(telegram, store))
    await telegram.until_polling()
    store._engine.loss.note(StoreLost("The lock is another's."))
    with pytest.raises(StoreLost, match=r"The lock is another's\."):
        await running


async def test_friends_cannot_count_in_a_chat_that_nobody_names(
    telegram: LocalTelegram, store: Store, tmp_path: Path
) -> None:
    """The start is refused by line and field."""
    lines = compose_settings(telegram, "").campaign.read_text(encoding="utf-8").splitlines()
    shipped = "\n".join(line for line in lines if not line.startswith("picture"))
    changed = shipped.replace("join_community = false", "join_community = true ")
    assert changed != shipped
    file = tmp_path / "campaign.toml"
    file.write_text(changed, encoding="utf-8")
    with pytest.raises(CampaignMistake, match="none is named") as refused:
        await run_to_end(telegram, store, PASSALONG_CAMPAIGN=str(file))
    (number,) = (number for number, line in enumerate(changed.splitlines(), 1) if "join_community = true" in line)
    assert str(number) in str(refused.value)
    assert "rules.join_community" in str(refused.value)


# what is passed on


async def test_handlers_and_workers_share_what_the_settings_say(url: str, store: Store) -> None:
    """Pace, place, time and web address reach those who need them, and all count in one place."""
    context, shop = await look_inside(
        url,
        store,
        PASSALONG_SEND_RATE="40",
        PASSALONG_CHAT_RATE="500",
        PASSALONG_PUBLIC_URL="https://share.example.org",
        PASSALONG_LISTEN="127.0.0.1:0",
        PASSALONG_TIMEZONE="Asia/Jakarta",
        PASSALONG_VAULT_CHAT="@a_vault_of_ours",
    )
    gate, seen = find_gate(context), context.deps.shop
    meant = Gate(send_rate=40, chat_rate=500, group_per_minute=20)
    assert (gate.interval_for(1), gate.interval_for(-1)) == (meant.interval_for(1), meant.interval_for(-1))
    assert gate.in_flight_limit == meant.in_flight_limit
    assert seen.bot_username == shop.world.bot.username
    assert (seen.public_url, seen.zone) == ("https://share.example.org", ZoneInfo("Asia/Jakarta"))
    assert (seen.inline_mode, seen.community, context.deps.community) == (True, False, None)
    assert context.deps.vault
    assert context.bot_data.store is store
    assert context.bot_data.metrics is gate.metrics
    happened = {name for name, count in gate.metrics.read().items() if count}
    assert happened >= {"updates_taken", "updates_done", "requests_sent", "notices_sent", "jobs_done"}


async def test_a_bot_without_inline_mode_offers_none(url: str, store: Store) -> None:
    """Buttons that lead nowhere are worse than none."""
    world = World()
    world.settings.inline_mode = False
    context, _ = await look_inside(url, store, world=world)
    assert not context.deps.shop.inline_mode
    assert not context.deps.vault


async def test_telegram_and_other_systems_are_reached_through_the_proxy(
    telegram: LocalTelegram, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """A machine that has no other way to Telegram has none to them either; the log says which way that is."""
    caplog.set_level("INFO", "bot.app")
    await store.write(add_webhook, url="https://crm.example/hook", kinds=["joined"], random_bytes=secrets.token_bytes)
    stop = asyncio.Event()
    async with serve_proxy("http", urlsplit(telegram.url).port or 0) as proxy:
        place = f"http://127.0.0.1:{proxy.port}"
        settings = compose_settings(telegram, "", PASSALONG_PROXY=place, PASSALONG_ANNOUNCE_CHAT="")
        running = asyncio.create_task(run_in(store, settings, stop))
        anna, ben = telegram.world.add_person("Anna"), telegram.world.add_person("Ben")
        shown = await telegram.until_reply(telegram.world.press_start(anna), "Your link")
        telegram.world.press_start(ben, find_link(shown).partition("?start=")[2])
        await telegram.until(lambda: "crm.example:443" in proxy.asked_for, what="a word to the other system")
        stop.set()
        await running
    assert set(proxy.asked_for) == {"crm.example:443", urlsplit(telegram.url).netloc}
    assert list_values(caplog, "bot.app")[0] == (place,)


async def test_what_leaves_is_recorded_beside_the_database(url: str, store: Store) -> None:
    """So that after a death it is known whom a broadcast had not reached yet."""
    async with open_shop(url, store=store):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not find_small_file(url, NAME).exists():  # noqa: ASYNC110 -- a file tells nobody
                await asyncio.sleep(0.01)


async def test_the_shops_own_campaign_outlives_a_start_without_its_file(url: str, store: Store, tmp_path: Path) -> None:
    """The file that comes with the program is no word of the shop's."""
    file = write_campaign(tmp_path / "mine.toml", keep_stories(1).replace("Little Oven", "Mina Bakes"))
    async with open_shop(url, store=store, settings={"PASSALONG_CAMPAIGN": str(file)}):
        pass
    async with open_shop(url, store=store) as shop:
        assert "Mina Bakes" in (await shop.ask(await shop.add_member(), "/start")).text


async def test_a_community_chat_that_is_a_number_is_known_from_the_start(url: str, store: Store) -> None:
    """Who comes there counts at once, though nobody could look at it yet."""
    async with open_shop(url, store=store, settings={"PASSALONG_COMMUNITY_CHAT": "-1001234567890"}):
        assert (await store.read(shops.get)).community_id == -1001234567890


@pytest.mark.parametrize(("trusted", "visitors"), [("127.0.0.0/8", 2), ("192.0.2.0/24", 1)])
async def test_visitors_behind_a_trusted_proxy_are_told_apart(
    url: str, store: Store, trusted: str, visitors: int
) -> None:
    """Each is one visitor, by the address that the proxy tells; of others that is not believed."""
    address = find_free_address()
    settings = {
        "PASSALONG_PUBLIC_URL": "https://share.example.org",
        "PASSALONG_LISTEN": address,
        "PASSALONG_TRUSTED_PROXIES": trusted,
    }
    async with open_shop(url, store=store, settings=settings) as shop, ClientSession(headers=HEADERS) as session:
        anna = await shop.add_member()
        person = await store.read(people.find_by_telegram_id, anna.id)
        assert person is not None
        for visitor in ("203.0.113.5", "203.0.113.6"):
            await visit(session, f"http://{address}/r/{person.code}", visitor)
    assert sum((await store.read(clicks.count_by_source)).values()) == visitors


async def test_a_click_that_is_being_written_at_a_stop_counts(url: str, store: Store) -> None:
    """The web side ends when the last one is in the table."""
    address, slow = find_free_address(), SlowStore(store, count_clicks)
    settings = {"PASSALONG_PUBLIC_URL": "https://share.example.org", "PASSALONG_LISTEN": address}
    async with open_shop(url, store=slow, settings=settings) as shop, ClientSession(headers=HEADERS) as session:
        anna = await shop.add_member()
        person = await store.read(people.find_by_telegram_id, anna.id)
        assert person is not None
        await visit(session, f"http://{address}/r/{person.code}", "203.0.113.5")
    assert sum((await store.read(clicks.count_by_source)).values()) == 1


async def visit(session: ClientSession, address: str, visitor: str) -> None:
    """Follow a link from behind a proxy, once the web side is open."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(ClientConnectionError):
                async with session.get(address, headers={"X-Forwarded-For": visitor}, allow_redirects=False) as answer:
                    assert answer.status in {200, 302}, answer.status
                    return
            await asyncio.sleep(0.05)


async def test_what_telegram_hears_is_what_somebody_listens_to(url: str, store: Store) -> None:
    """The poll names every kind of update that a capability wants; no message shows a preview of its links."""
    _, shop = await look_inside(url, store)
    polls = shop.world.journal.list_calls("getUpdates")
    assert {tuple(poll.params["allowed_updates"]) for poll in polls} == {Registry(CAPABILITIES).update_types}
    answers = [call for call in shop.world.journal.list_calls("sendMessage") if "seen" in str(call.params)]
    assert [call.params["link_preview_options"] for call in answers] == [{"is_disabled": True}]


async def test_the_settings_admins_own_the_shop(url: str, store: Store) -> None:
    """From the start on, and nobody else."""
    async with open_shop(url, store=store):
        assert await store.read(roles.list_all) == {ADMIN_ID: "owner"}


async def test_the_bot_introduces_itself(url: str, store: Store) -> None:
    """Menus and descriptions are said without being asked for."""
    async with open_shop(url, store=store) as shop:
        await shop.telegram.until_call("setMyCommands")
        await shop.telegram.until_call("setMyShortDescription")


async def test_errands_wait_for_the_first_poll(telegram: LocalTelegram, store: Store) -> None:
    """Whoever wrote while the bot was away comes before what it says of itself."""
    telegram.world.press_start(telegram.world.add_person("Anna"))
    telegram.faults.order(faults.delay(0.9), "getUpdates")
    stop = asyncio.Event()
    running = asyncio.create_task(run_in(store, compose_settings(telegram, "", PASSALONG_ANNOUNCE_CHAT=""), stop))
    errand, poll = await telegram.until_call("setMyCommands"), await telegram.until_call("getUpdates")
    stop.set()
    await running
    assert errand.at - poll.at >= 0.9 * SECOND


async def test_the_community_chat_is_looked_at_and_its_trouble_told(url: str, store: Store) -> None:
    """By whichever name it has; the admins hear what is missing there."""
    async with open_shop(url, store=store) as shop:
        await shop.join(shop.admin)
    shop.world.add_channel("Little Oven Friends", shop.admin, username="oven_friends")
    settings = {"PASSALONG_COMMUNITY_CHAT": "@oven_friends"}
    async with open_shop(url, store=store, world=shop.world, settings=settings) as again:
        told = await again.telegram.until_message(again.admin, "Little Oven Friends")
        assert "make me an admin" in told.text


# the end


async def test_what_is_being_done_at_a_stop_is_done_to_the_end(telegram: LocalTelegram, store: Store) -> None:
    """Taking in ends first, handling next, sending last: the last effect's notice still leaves."""
    begun, release, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()
    last = AdminWarning(warning=JOB_FAILING, chat="the last word", number="?")

    def owe_last(tx: Tx) -> None:
        person = people.find_by_telegram_id(tx, anna.id)
        assert person is not None
        owe(tx, MemberAddress(person.id), last, key="last")

    async def on_slow(_update: Update, context: Context) -> None:
        begun.set()
        await release.wait()
        await context.write(owe_last)

    settings = compose_settings(telegram, "", PASSALONG_ANNOUNCE_CHAT="")
    capabilities = [*CAPABILITIES, make_command("slow", on_slow)]
    running = asyncio.create_task(run_in(store, settings, stop, capabilities=capabilities))
    anna = telegram.world.add_person("Anna")
    await telegram.until_reply(telegram.world.press_start(anna))
    telegram.world.send_text(anna, telegram.world.open_chat(anna), "/slow")
    await begun.wait()
    await telegram.until_confirmed()
    stop.set()
    async with asyncio.timeout(60):
        while any(task.get_name() == "asking for updates" for task in asyncio.all_tasks()):  # noqa: ASYNC110 -- likewise
            await asyncio.sleep(0.01)
    telegram.world.send_text(anna, telegram.world.open_chat(anna), "too late")
    release.set()
    await running
    await telegram.until_message(anna, "the last word")
    assert await store.read(inbox.count_open) == await store.read(outbox.count_owed) == 0
    assert telegram.world.updates.count_waiting() == 1


async def test_a_card_on_its_way_at_a_stop_is_written_down(telegram: LocalTelegram, store: Store) -> None:
    """It is not left in doubt, so that the next share needs no other upload."""
    settings, stop = compose_settings(telegram, "", PASSALONG_ANNOUNCE_CHAT=""), asyncio.Event()
    running = asyncio.create_task(run_in(store, settings, stop))
    anna = telegram.world.add_person("Anna")
    await telegram.until_reply(telegram.world.press_start(anna))
    telegram.faults.latency_seconds = 0.5
    await telegram.until_call("sendPhoto")
    stop.set()
    await running

    def list_left(tx: Tx) -> object:
        person = people.find_by_telegram_id(tx, anna.id)
        assert person is not None
        return outbox.list_card_states(tx, person.id)

    assert await store.read(list_left) == {}


class Noting:
    """Notes what it is told of a bot."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def on_look(self, troubles: Collection[Trouble], *, again_seconds: float) -> None:
        """A look was taken."""
        self.told.append((list(troubles), again_seconds))

    def on_end(self) -> None:
        """The bot has stopped."""
        self.told.append("the end")


async def test_the_bot_looks_after_itself(url: str, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Or nobody would be told that it stands still; whoever watches hears of it from the beginning to the end. The log says who is at work."""
    caplog.set_level("INFO", "bot.app")
    watcher = Noting()
    async with open_shop(url, store=store, senses=Senses(watcher=watcher, look_seconds=99.0)) as shop:
        name = shop.world.bot.username
        assert "looking after the bot" in {task.get_name() for task in asyncio.all_tasks()}
        assert watcher.told == [([], 99.0)]
    assert watcher.told == [([], 99.0), "the end"]
    assert [each.args for each in caplog.records if each.args] == [(name,)]
