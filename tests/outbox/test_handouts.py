from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.messages.outgoing import Photo
from bot.messages.sharing.screens import render_step
from bot.messages.texts import Texts
from bot.outbox.handouts import HandoutWorker
from bot.outbox.sender import ShopChats
from bot.outbox.worker import OutboxWorker
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import start
from bot.services.members import view_member
from bot.services.privacy import forget
from bot.services.sharing.cards import sign
from bot.services.sharing.handouts import wish
from bot.updates.application import PassalongApplication
from bot.wire.gate import Gate
from bot.wire.snapshot import Snapshots
from storage import Store, Tx
from storage.handout import HandoutId, HandoutKind, HandoutState
from storage.records import PersonId, Profile
from storage.schema.sharing import handout
from storage.tables import cards, outbox, people, shares, warnings
from storage.tables.scores import raise_score
from tests.messages.samples import CAMPAIGN, RENDERERS, make_shop
from tests.thinning import BOTH_ENGINES, thin
from tests.wire.server import Call, Server, make_message, refuse, succeed, until
from tests.wire.stage import make_snapshots

Application = PassalongApplication[dict[str, Any]]
Reply = Callable[[Call], Awaitable[web.StreamResponse]]
VAULT, ADMIN = -100300, 1001
FIRST = (HandoutKind.FIRST, "")
NUMBERS = count(1)


async def answer_photo(call: Call) -> web.StreamResponse:
    """Telegram's names for what is uploaded are new each time."""
    name = call.data["photo"] if isinstance(call.data["photo"], str) else f"file{next(NUMBERS)}"
    return succeed({**make_message(call), "photo": [{"file_id": "small"}, {"file_id": name}]})


def answer_in_turn(*replies: Reply) -> Reply:
    """These, then successes."""
    left = list(replies)

    async def answer(call: Call) -> web.StreamResponse:
        return await left.pop(0)(call) if left else await answer_photo(call)

    return answer


def refusing(code: int, words: str, **parameters: int) -> Reply:
    """A refusal of Telegram's."""

    async def answer(_call: Call) -> web.StreamResponse:
        return refuse(code, words, **parameters)

    return answer


async def lose_answer(call: Call) -> web.StreamResponse:
    """It arrives, and the way back breaks."""
    assert call.request.transport is not None
    call.request.transport.close()
    return await answer_photo(call)


async def hang(call: Call) -> web.StreamResponse:
    """It arrives, and nobody hears of it."""
    await asyncio.sleep(2)
    return await answer_photo(call)


@pytest.fixture(autouse=True)
async def shop(store: Store) -> None:
    """Is open."""
    await store.write(open_shop, Source(campaign=CAMPAIGN))


async def list_errors(store: Store) -> list[str]:
    """What the rows of cards say, the oldest first."""
    return [row[0] for row in await store.read(lambda tx: tx.rows(select(handout.c.error).order_by(handout.c.id)))]


def join(tx: Tx, number: int = 1) -> PersonId:
    """Somebody starts the bot."""
    return start(tx, visitor=Profile(telegram_id=1000 + number, first_name=f"Ada {number}"), payload="").member.id


def wish_stories(
    tx: Tx,
    person_id: PersonId,
    snapshots: Snapshots,
    stories: list[str],
    kind: HandoutKind = HandoutKind.VAULT,
) -> dict[str, str]:
    """Somebody opened the picker; returns versions by story."""
    member = view_member(tx, people.get(tx, person_id))
    versions = snapshots.current.pictures.versions
    named = {story: versions.of_card(sign(member), member.language, story) for story in stories}
    wish(tx, person_id=person_id, kind=kind, stories={version: story for story, version in named.items()})
    return named


@asynccontextmanager
async def handing_out(
    application: Application,
    gate: Gate,
    *,
    vault: int | None = None,
    snapshots: Snapshots | None = None,
    **settings: Any,
) -> AsyncIterator[HandoutWorker]:
    """Notices and cards on their way, without long waits."""
    store = application.bot_data.store
    snapshots = snapshots or make_snapshots(store)
    chats = ShopChats(store, vault=vault, admin_ids=[ADMIN])
    common: dict[str, Any] = {"store": store, "bot": application.bot, "gate": gate, "snapshots": snapshots}
    notices = OutboxWorker(**common, renderers=RENDERERS, chats=chats, retry_seconds=(0.02,))
    worker = HandoutWorker(
        **common, chats=chats, notices=notices, **{"look_seconds": 0.05, "retry_seconds": 0.02, **settings}
    )
    worker.start()
    notices.start()
    try:
        yield worker
    finally:
        await worker.stop(0.05)
        await notices.stop(0.05)


def list_photos(server: Server, chat_id: int = 1001) -> list[Call]:
    """The pictures that a chat was sent."""
    return [call for call in server.list_calls("sendPhoto") if call.data["chat_id"] == str(chat_id)]


def is_upload(call: Call) -> bool:
    """Whether it carries bytes."""
    return not isinstance(call.data["photo"], str)


@BOTH_ENGINES
async def test_a_newcomer_is_greeted_and_handed_their_own_card(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """Greeting first, the card behind it, uploaded once; it counts as handed, not as shared."""
    server.replies["sendPhoto"] = answer_photo
    async with handing_out(application, gate) as worker:
        person_id = await store.write(join)
        await until(lambda: list_photos(server))
        await worker.settled()
    assert [call.method for call in server.calls if call.method.startswith("send")] == ["sendMessage", "sendPhoto"]
    [card] = list_photos(server)
    assert is_upload(card)
    assert "inline_keyboard" in card.data["reply_markup"]
    assert CAMPAIGN.stories[0].headline["en"] in card.data["caption"]
    version = make_snapshots(store).current.pictures.versions
    member = await store.read(lambda tx: view_member(tx, people.get(tx, person_id)))
    known = await store.read(cards.find_file_id, person_id, version.of_card(sign(member), "en"))
    assert known is not None
    assert known.startswith("file")
    assert await store.read(outbox.list_card_states, person_id) == {}
    assert await store.read(shares.count_by_way) == {}
    assert gate.metrics.read()["handouts_sent"] == 1


async def test_the_card_waits_for_the_greeting(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """While a greeting cannot arrive its card does not either; another newcomer's goes on."""
    server.replies["sendPhoto"] = answer_photo

    async def refuse_ada(call: Call) -> web.StreamResponse:
        held = call.data["chat_id"] == "1001" and not list_photos(server, 1002)
        return refuse(400, "Bad Request: failed to upload file") if held else succeed(make_message(call))

    server.replies["sendMessage"] = refuse_ada
    async with handing_out(application, gate) as worker:
        await store.write(join)
        await store.write(join, 2)
        await until(lambda: list_photos(server, 1001))
        await worker.settled()
    assert [call.data["chat_id"] for call in server.list_calls("sendPhoto")] == ["1002", "1001"]


@BOTH_ENGINES
async def test_a_card_of_unknown_fate_is_not_sent_again(
    server: Server, application: Application, gate: Gate, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither by this process, which got no answer, nor by the next one after a death in between; the row says why."""
    server.replies["sendPhoto"] = answer_in_turn(lose_answer, hang)
    async with handing_out(application, gate) as worker:
        ada = await store.write(join)
        await until(lambda: list_photos(server))
        await until(lambda: gate.metrics.read()["handouts_unknown"])
        await worker.settled()
        bob = await store.write(join, 2)
        await until(lambda: list_photos(server, 1002))
    for person_id in (ada, bob):
        assert await store.read(outbox.list_card_states, person_id) == {FIRST: HandoutState.UNKNOWN}
    lost, cut_off = await list_errors(store)
    assert cut_off == "the answer did not come before the stop"
    assert [each.args for each in caplog.records] == [("unknown", lost)]
    async with handing_out(application, gate) as worker:
        await store.write(join, 3)
        await until(lambda: list_photos(server, 1003))
        await worker.settled()
    assert len(server.list_calls("sendPhoto")) == 3


async def test_what_a_dead_process_was_sending_is_unknown(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """A claim that stands at the start is somebody's who is dead."""
    ada = await store.write(join)
    assert await store.read(outbox.list_due_cards, HandoutKind.FIRST, 9) == [], "the greeting has not left"
    assert await store.write(outbox.claim_card, HandoutId(1))
    async with handing_out(application, gate) as worker:
        await worker.settled()
    assert await store.read(outbox.list_card_states, ada) == {FIRST: HandoutState.UNKNOWN}
    assert server.list_calls("sendPhoto") == []


@pytest.mark.parametrize(
    "reply",
    [
        refusing(400, "Bad Request: failed to upload file"),
        refusing(429, "Too Many Requests: retry after 0", retry_after=0),
    ],
    ids=["broken upload", "flood"],
)
async def test_what_surely_did_not_arrive_is_sent_again(
    reply: Reply, server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """Nobody's first share stays bare because Telegram was away, or had enough, for a moment."""
    server.replies["sendPhoto"] = answer_in_turn(reply)
    async with handing_out(application, gate) as worker:
        ada = await store.write(join)
        await until(lambda: len(list_photos(server)) == 2)
        await worker.settled()
    assert await store.read(outbox.list_card_states, ada) == {}


async def test_a_picture_that_telegram_lost_is_uploaded_again(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """What was known by name is drawn anew, and known by its new name."""
    server.replies["sendPhoto"] = answer_in_turn(refusing(400, "Bad Request: wrong file identifier/HTTP URL specified"))
    versions = make_snapshots(store).current.pictures.versions
    ada = await store.write(join)
    version = versions.of_card(sign(await store.read(lambda tx: view_member(tx, people.get(tx, ada)))), "en")
    await store.write(cards.set_file_id, ada, version, "lost")
    async with handing_out(application, gate) as worker:
        await until(lambda: len(list_photos(server)) == 2)
        await worker.settled()
    assert [is_upload(call) for call in list_photos(server)] == [False, True]
    assert (await store.read(cards.find_file_id, ada, version) or "").startswith("file")


async def test_who_blocked_the_bot_gets_nothing(
    server: Server, application: Application, gate: Gate, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Be it before the card is sent, or shown by it; the log says why."""
    server.replies["sendPhoto"] = answer_in_turn(refusing(403, "Forbidden: bot was blocked by the user"))
    ada, bob = await store.write(join), await store.write(join, 2)
    await store.write(people.set_blocked, ada, blocked=True)
    async with handing_out(application, gate) as worker:
        await until(lambda: list_photos(server, 1002))
        await worker.settled()
    assert [call.data["chat_id"] for call in server.list_calls("sendPhoto")] == ["1002"]
    assert (await store.read(people.get, bob)).blocked_at is not None
    assert [each.args for each in caplog.records] == [("blocked", "Forbidden: bot was blocked by the user")]
    assert gate.metrics.read()["handouts_failed"] == 1
    for person_id in (ada, bob):
        assert await store.read(outbox.list_card_states, person_id) == {}


async def test_nothing_is_kept_of_who_was_forgotten_meanwhile(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """A picture that arrives while its owner has themselves forgotten leaves no name of it behind."""
    going, gone = asyncio.Event(), asyncio.Event()

    async def answer_late(call: Call) -> web.StreamResponse:
        going.set()
        await gone.wait()
        return await answer_photo(call)

    server.replies["sendPhoto"] = answer_late
    async with handing_out(application, gate) as worker:
        ada = await store.write(join)
        await going.wait()
        assert await store.write(forget, telegram_id=1001)
        gone.set()
        await until(lambda: gate.metrics.read()["handouts_sent"])
        await worker.settled()
    assert await store.write(cards.delete_before, before=2**62, limit=9) == 0
    assert await store.read(outbox.list_card_states, ada) == {}


@BOTH_ENGINES
async def test_pictures_are_made_ready_in_the_vault_once(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """Without a sound or a word, oldest wish first, each version of a card once, however often it is wished for."""
    server.replies["sendPhoto"] = answer_photo
    snapshots, stories = make_snapshots(store), [story.key for story in CAMPAIGN.stories[:3]]
    async with handing_out(application, gate, vault=VAULT) as worker:
        ada = await store.write(join)
        for _ in range(2):
            named = await store.write(wish_stories, ada, snapshots, stories)
        await until(lambda: len(list_photos(server, VAULT)) == len(stories) - 1)
        await worker.settled()
        await store.write(wish_stories, ada, snapshots, stories)
        await worker.settled()
    posts = list_photos(server, VAULT)
    assert len(posts) == len(stories) - 1, "the first one is the newcomer's own card"
    assert all(is_upload(call) for call in posts)
    assert {call.data.get("disable_notification") for call in posts} == {"true"}
    assert all("caption" not in call.data and "reply_markup" not in call.data for call in posts)
    assert set(await store.read(cards.list_file_ids, ada, list(named.values()))) == set(named.values())


async def test_without_a_vault_nothing_is_made_ready(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """What somebody wished for stays in the table until it is cleaned, or there is a vault."""
    server.replies["sendPhoto"] = answer_photo
    async with handing_out(application, gate) as worker:
        ada = await store.write(join)
        await store.write(wish_stories, ada, make_snapshots(store), [CAMPAIGN.stories[1].key])
        await until(lambda: list_photos(server))
        await worker.settled()
    assert len(server.list_calls("sendPhoto")) == 1


async def test_a_member_gets_a_fresh_card_quietly(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """Where the picture that Telegram has is of another version, the card comes anew, once, without a sound."""
    server.replies["sendPhoto"] = answer_photo
    snapshots, first = make_snapshots(store), [CAMPAIGN.stories[0].key]
    async with handing_out(application, gate) as worker:
        ada = await store.write(join)
        await until(lambda: list_photos(server))
        await worker.settled()
        renamed = Profile(telegram_id=1001, first_name="Adele")
        await store.write(people.set_profile, ada, renamed)
        for _ in range(2):
            await store.write(wish_stories, ada, snapshots, first, HandoutKind.FIRST)
        await until(lambda: len(list_photos(server)) == 2)
        await worker.settled()
        await store.write(wish_stories, ada, snapshots, first, HandoutKind.FIRST)
        await worker.settled()
    newcomers, fresh = list_photos(server)
    assert "disable_notification" not in newcomers.data
    assert fresh.data["disable_notification"] == "true"
    assert "Adele" in fresh.data["caption"]
    assert is_upload(fresh)


REFUSALS = {
    "unknown": (400, "Bad Request: chat not found"),
    "kicked": (403, "Forbidden: bot was kicked from the channel chat"),
    "no photos": (400, "Bad Request: not enough rights to send photos to the chat"),
    "no admin": (400, "Bad Request: need administrator rights in the channel chat"),
}


@pytest.mark.parametrize("refused", thin(REFUSALS, 1, step=4))
async def test_a_vault_that_takes_nothing_heals_by_itself(
    refused: str, server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """It is refused once, the admins are told once, and once it was put right it takes what was wished for."""
    server.replies["sendPhoto"] = answer_in_turn(answer_photo, *[refusing(*REFUSALS[refused])] * 2)
    snapshots, stories = make_snapshots(store), [story.key for story in CAMPAIGN.stories[1:3]]
    async with handing_out(application, gate, vault=VAULT, vault_rest_seconds=0.1) as worker:
        ada = await store.write(join)
        await until(lambda: list_photos(server))
        named = await store.write(wish_stories, ada, snapshots, stories)
        await until(lambda: list_photos(server, VAULT))
        await until(lambda: any("PASSALONG_VAULT_CHAT" in call.data["text"] for call in list_texts(server)))
        await until(lambda: len(list_photos(server, VAULT)) == 4)
        await worker.settled()
    assert sum("PASSALONG_VAULT_CHAT" in call.data["text"] for call in list_texts(server)) == 1
    assert set(await store.read(cards.list_file_ids, ada, list(named.values()))) == set(named.values())
    assert not [key for key in await store.read(warnings.list_told) if key.startswith("vault:")], "told anew next time"


def list_texts(server: Server) -> list[Call]:
    """What the admin was told."""
    return [call for call in server.list_calls("sendMessage") if call.data["chat_id"] == str(ADMIN)]


async def test_a_vault_that_moved_is_followed(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """The picture goes to the new number at once, and so do all after it."""
    moved = VAULT - 5
    refuse_moved = refusing(400, "Bad Request: upgraded", migrate_to_chat_id=moved)

    async def answer(call: Call) -> web.StreamResponse:
        return await (refuse_moved(call) if call.data["chat_id"] == str(VAULT) else answer_photo(call))

    server.replies["sendPhoto"] = answer
    snapshots, stories = make_snapshots(store), [story.key for story in CAMPAIGN.stories[1:3]]
    async with handing_out(application, gate, vault=VAULT) as worker:
        ada = await store.write(join)
        await until(lambda: list_photos(server))
        named = await store.write(wish_stories, ada, snapshots, stories)
        await until(lambda: len(list_photos(server, moved)) == 2)
        await worker.settled()
        tried = len(list_photos(server, VAULT))
        await store.write(wish_stories, ada, snapshots, [CAMPAIGN.stories[3].key])
        await until(lambda: len(list_photos(server, moved)) == 3)
        await worker.settled()
    assert len(list_photos(server, VAULT)) == tried
    assert set(await store.read(cards.list_file_ids, ada, list(named.values()))) == set(named.values())


def reach(tx: Tx, person_id: PersonId, friends: int) -> None:
    """So many friends have come by somebody, whose card is to say so."""
    outbox.add_card(tx, person_id=person_id, kind=HandoutKind.STEP, version=str(friends))


async def test_a_card_of_a_step_says_how_many_friends_have_come(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """As the words of a step do; one that was taken back meanwhile is handed to nobody."""
    server.replies["sendPhoto"] = answer_photo
    async with handing_out(application, gate) as worker:
        ada = await store.write(join)
        await until(lambda: list_photos(server))
        await worker.settled()
        await store.write(raise_score, ada, 3)
        for friends in (3, 5):
            await store.write(reach, ada, friends)
        await until(lambda: len(list_photos(server)) == 2)
        await worker.settled()
    _, step = list_photos(server)
    member = await store.read(lambda tx: view_member(tx, people.get(tx, ada)))
    words = render_step(Texts("en"), make_shop(), member, Photo(file_id="x"), 3).text
    assert step.data["caption"] == words
    assert is_upload(step)


async def test_a_member_who_cannot_be_found_has_left(
    server: Server, application: Application, gate: Gate, store: Store
) -> None:
    """As whoever has blocked the bot: an account that is gone is no chat any more."""
    server.replies["sendPhoto"] = answer_in_turn(refusing(400, "Bad Request: chat not found"))
    async with handing_out(application, gate) as worker:
        ada = await store.write(join)
        await until(lambda: list_photos(server))
        await until(lambda: gate.metrics.read()["handouts_failed"])
        await worker.settled()
    assert (await store.read(people.get, ada)).blocked_at is not None
