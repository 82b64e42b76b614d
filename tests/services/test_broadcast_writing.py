"""A message to all while it is written: its versions and buttons, where its author stands, a few first and then the rest."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from bot.core.broadcasts.content import BroadcastContent, Kind, LinkButton, Version, read_content
from bot.core.broadcasts.counted_links import CountedLink
from bot.core.broadcasts.timing import Timing, When
from bot.services.broadcasts import scheduling
from bot.services.broadcasts.authoring import (
    BROADCAST,
    BroadcastView,
    cancel,
    confirm,
    list_team_readers,
    send_rest,
    view_broadcast,
)
from bot.services.broadcasts.composing import (
    MOST_LATER,
    WAIT_SECONDS,
    Place,
    Written,
    compose,
    drop_version,
    find_place,
    gather,
    has_more,
    keep,
    note_shown,
    set_buttons,
    set_counts,
    set_shares,
    wait_for,
)
from bot.services.broadcasts.delivering import proceed
from bot.services.broadcasts.echoing import BROADCAST_EDIT, ask_edit, stop_edit
from bot.services.broadcasts.opening import find_target, note_opened
from bot.services.broadcasts.scheduling import BROADCAST_WHEN, go_back, open_choices, stop, view_when
from storage import Store
from storage.broadcast import Outcome
from storage.conversation import Conversation
from storage.records import BroadcastId, BroadcastState, DeliveryState, Person, Profile, Seq
from storage.role import Role
from storage.tables import audit, broadcasts, conversations, inbox, people, roles, webhooks
from storage.webhook import HookEventKind
from tests.services.asking import find_flow
from tests.storage.cast import add_members, make_profile
from tests.storage.clock import Clock

SARI = make_profile(1)
TONO = make_profile(2)
BREAD = Version(kind=Kind.TEXT, parameters={"text": "Fresh bread"})
ROTI = Version(kind=Kind.TEXT, parameters={"text": "Roti segar"})
DRAFT, RUNNING, DONE = BroadcastState.DRAFT, BroadcastState.RUNNING, BroadcastState.DONE


@pytest.fixture
async def sari(store: Store) -> Person:
    """May write to all, as Tono may; there are eight members."""
    members = await store.write(add_members, 8)
    for each in (SARI, TONO):
        await store.write(roles.set, each.telegram_id, Role.MANAGER)
    return members[0]


async def write(
    store: Store, version: Version, *numbers: int, language: str = "", shown: tuple[int, ...] = ()
) -> BroadcastView:
    """Sari has sent a version."""
    written = Written(language=language, version=version, message_ids=numbers)
    view = await store.write(keep, visitor=SARI, written=written, shown=shown)
    assert view is not None
    return view


async def draft(store: Store) -> BroadcastId:
    """Sari has written a message, in the one language."""
    await store.write(compose, visitor=SARI)
    return (await write(store, BREAD, 7)).broadcast.id


async def find_asked(store: Store, person: Person) -> Conversation:
    """What is waited for of somebody."""
    found = await store.read(conversations.find, person.id)
    assert found is not None
    return found


async def find_content(store: Store, of: BroadcastId) -> BroadcastContent:
    """What it says."""
    return read_content((await store.read(broadcasts.get, of)).content)


async def test_a_message_is_waited_for_and_kept_version_by_version(store: Store, sari: Person, clock: Clock) -> None:
    """Which message of the author's is which version is kept, so that its edits are followed."""
    await store.write(compose, visitor=SARI)
    asked = await find_asked(store, sari)
    assert (asked.flow, asked.step, asked.expires_at) == (BROADCAST, "content", clock.now + WAIT_SECONDS * 1_000_000)
    assert await store.read(find_place, visitor=SARI) == (None, Place(shown=[]))
    of = (await write(store, BREAD, 7, 8, shown=(70, 71))).broadcast.id
    assert (await find_asked(store, sari)).step == "confirm"
    waited = await store.write(wait_for, visitor=SARI, broadcast_id=of, step="version", language="id")
    assert waited is not None
    assert (waited.broadcast.id, (await find_asked(store, sari)).step) == (of, "version")
    seen, place = await store.read(find_place, visitor=SARI)
    assert seen == waited
    assert place == Place(broadcast_id=of, language="id", message_ids={"7": "", "8": ""}, shown=[70, 71])
    await write(store, ROTI, 9, language="id")
    await store.write(wait_for, visitor=SARI, broadcast_id=of, step="version", language="id")
    await write(store, ROTI, 10, language="id")
    _, place = await store.read(find_place, visitor=SARI)
    assert place == Place(broadcast_id=of, message_ids={"7": "", "8": "", "10": "id"}, shown=[])
    assert (await find_content(store, of)).versions == {"": BREAD, "id": ROTI}


async def test_what_the_bot_shows_of_a_draft_is_kept(store: Store, sari: Person) -> None:
    """To be taken away when it is shown anew; the next message is the first version again."""
    of = await draft(store)
    await store.write(wait_for, visitor=SARI, broadcast_id=of, step="buttons", language="id")
    await store.write(note_shown, visitor=SARI, broadcast_id=of, shown=[80])
    assert (await find_asked(store, sari)).step == "confirm"
    assert (await store.read(find_place, visitor=SARI))[1] == Place(broadcast_id=of, message_ids={"7": ""}, shown=[80])
    await store.write(conversations.leave, sari.id, BROADCAST)
    await store.write(note_shown, visitor=SARI, broadcast_id=of, shown=[81])
    assert (await store.read(find_place, visitor=SARI))[1] == Place(broadcast_id=of, shown=[81]), "who left comes back"


async def test_what_stands_below_is_chosen_by_itself(store: Store, sari: Person) -> None:
    """Buttons, the card to pass on, and whether openings are counted: each leaves the others and the words."""
    of = await draft(store)
    button = LinkButton("Our menu", "https://oven.example/menu")
    assert await find_content(store, of) == BroadcastContent(versions={"": BREAD}, buttons=[])
    for unit in (
        partial(set_buttons, buttons=[button]),
        partial(set_shares, shares=False),
        partial(set_counts, counts=True),
    ):
        view = await store.write(unit, visitor=SARI, broadcast_id=of)
        assert view is not None
        assert view.broadcast.id == of
    said = BroadcastContent(versions={"": BREAD}, buttons=[button], shares=False, counts=True)
    assert await find_content(store, of) == said
    await store.write(set_buttons, visitor=SARI, broadcast_id=of, buttons=[])
    assert (await find_content(store, of)).buttons == []


async def test_the_version_of_a_language_can_be_taken_out_again(store: Store, sari: Person) -> None:
    """The first stays; the message that it was is followed no more."""
    of = await draft(store)
    await store.write(wait_for, visitor=SARI, broadcast_id=of, step="version", language="id")
    await write(store, ROTI, 9, language="id")
    assert await store.write(drop_version, visitor=SARI, broadcast_id=of, language="") is None
    view = await store.write(drop_version, visitor=SARI, broadcast_id=of, language="id")
    assert view is not None
    assert (await find_content(store, of)).versions == {"": BREAD}
    assert (await find_asked(store, sari)).step == "confirm"
    assert (await store.read(find_place, visitor=SARI))[1] == Place(broadcast_id=of, message_ids={"7": ""}, shown=[])


async def test_only_a_draft_of_ones_own_is_changed(store: Store, sari: Person) -> None:
    """Nobody else's, none that there is not, and none that was confirmed."""
    of = await draft(store)

    async def change(visitor: Profile, number: BroadcastId) -> list[object]:
        asked: dict[str, Any] = {"visitor": visitor, "broadcast_id": number}
        return [
            await store.write(wait_for, step="version", **asked),
            await store.write(set_shares, shares=False, **asked),
            await store.write(drop_version, language="id", **asked),
            await store.write(note_shown, shown=[1], **asked),
            await store.read(view_when, **asked),
            await store.write(open_choices, **asked),
            await store.write(scheduling.choose, **asked),
            await store.write(scheduling.ask, step="at", **asked),
        ]

    assert await change(TONO, of) == [None] * 8
    assert await change(SARI, BroadcastId(of + 1)) == [None] * 8
    assert await store.write(confirm, visitor=SARI, broadcast_id=of, progress_message_id=5) is not None
    assert await change(SARI, of) == [None] * 8
    assert (await find_content(store, of)).shares


async def test_an_album_is_gathered_item_by_item(store: Store, sari: Person) -> None:
    """What has come of one is kept under its group beside where the author stands; another group has nothing yet."""
    items = {5: BREAD, 6: ROTI}
    await store.write(gather, visitor=SARI, group="g", items=items)
    assert await find_flow(store, sari.id) is None, "where no message is waited for, nothing is gathered"
    of = await draft(store)
    await store.write(wait_for, visitor=SARI, broadcast_id=of, step="version", language="id")
    await store.write(gather, visitor=SARI, group="g", items=items)
    _, place = await store.read(find_place, visitor=SARI)
    assert (place.list_gathered("g"), place.list_gathered("other")) == (items, {})
    assert (place.language, place.message_ids, (await find_asked(store, sari)).step) == ("id", {"7": ""}, "version")
    assert Place().list_gathered("g") == {}


async def test_more_of_an_album_may_have_come_already(store: Store) -> None:
    """From the same sender, behind the update at hand, of the same group."""
    raw = b'{"message":{"media_group_id":"g1","message_id":%d}}'
    rows = [(1, 11, raw % 1), (2, 11, b"{}"), (3, 12, raw % 2)]
    first, *_ = [row.seq for row in await store.write(inbox.add_batch, rows)]

    async def look(sender: int, after: int, group: str) -> bool:
        return await store.read(has_more, telegram_id=sender, after=Seq(after), group=group)

    assert not await look(11, first, "g1")
    assert await look(11, first - 1, "g1")
    assert not await look(11, first - 1, "g")
    assert await look(12, first, "g1")
    others = [(10 + number, 11, b"{}") for number in range(MOST_LATER - 2)]
    await store.write(inbox.add_batch, [*others, (99, 11, raw % 3)])
    assert await look(11, first, "g1"), "so many are looked at"


async def test_a_few_get_it_first_and_the_rest_when_the_author_says_so(store: Store, sari: Person) -> None:
    """At least somebody, however few the members are; nobody gets it twice; what went to all has no rest."""
    of = await draft(store)
    view = await store.write(confirm, visitor=SARI, broadcast_id=of, progress_message_id=5, percent=1)
    assert view is not None
    assert (view.broadcast.sample_percent, view.total) == (8, 1), "of 1, 2 and 4 in a hundred there is nobody"
    assert await find_flow(store, sari.id) is None
    early = await store.write(send_rest, visitor=SARI, broadcast_id=of, progress_message_id=6)
    assert early is not None
    assert (early.broadcast.state, early.broadcast.progress_message_id) == (RUNNING, 5), "not while it goes to the few"
    hook = await store.write(
        partial(
            webhooks.add,
            url="https://crm.example/hook",
            kinds=[HookEventKind.BROADCAST_FINISHED.value],
            secret="s",
            allow_private=False,
        )
    )
    first = await deliver(store)
    assert len(first) == 1
    assert (await store.read(broadcasts.get, of)).state is DONE
    assert await store.read(webhooks.list_last, hook, 9) == [], "it is not over"
    rest = await store.write(send_rest, visitor=SARI, broadcast_id=of, progress_message_id=6)
    assert rest is not None
    assert (rest.broadcast.state, rest.broadcast.sample_percent, rest.broadcast.progress_message_id) == (
        RUNNING,
        None,
        6,
    )
    assert rest.total == 8
    second = await deliver(store)
    assert len(second) == 7
    assert len(await store.read(webhooks.list_last, hook, 9)) == 1
    assert set(first) & set(second) == set()
    for visitor, number in ((SARI, of), (TONO, of), (SARI, BroadcastId(of + 1))):
        assert await store.write(send_rest, visitor=visitor, broadcast_id=number, progress_message_id=7) is None
    rows = await store.read(audit.list_before, most=9)
    assert [(row.before, row.after) for row in rows if row.act == "broadcast"] == [
        ("done", "running"),
        ("draft", "running"),
    ]


async def test_the_team_can_read_it_first(store: Store, sari: Person) -> None:
    """Everybody of it who can be written to, by the language that they chose or that Telegram says."""
    tono = (await store.read(people.find_by_telegram_id, TONO.telegram_id)) or sari
    await store.write(people.set_language, tono.id, "id")
    await store.write(
        people.set_profile, sari.id, Profile(telegram_id=SARI.telegram_id, first_name="S", telegram_language="zh")
    )
    await store.write(roles.set, 5, Role.STAFF)
    readers = await store.read(
        list_team_readers, visitor=Profile(telegram_id=SARI.telegram_id, first_name="S", telegram_language="zh")
    )
    assert [(each.broadcast_id, each.person_id, each.telegram_id, each.code, each.language) for each in readers] == [
        (0, sari.id, SARI.telegram_id, sari.code, "zh"),
        (0, tono.id, TONO.telegram_id, tono.code, "id"),
    ]


async def test_cancelling_ends_what_was_chosen(store: Store, sari: Person) -> None:
    """The dialogue about it too."""
    of = await draft(store)
    view = await store.write(cancel, visitor=SARI, broadcast_id=of)
    assert view is not None
    assert (view.broadcast.state, await find_flow(store, sari.id)) == (BroadcastState.CANCELLED, None)


async def test_a_time_is_typed_or_not(store: Store, sari: Person, clock: Clock) -> None:
    """What was waited for before is waited for again, with its own data; whoever stops waits for nothing."""
    of = await draft(store)
    asked: dict[str, Any] = {"visitor": SARI, "broadcast_id": of}
    view = await store.write(scheduling.ask, step="weekly", weekday=3, **asked)
    assert view is not None
    waiting = await find_asked(store, sari)
    assert (waiting.flow, waiting.step) == (BROADCAST_WHEN, "weekly")
    assert waiting.expires_at == clock.now + scheduling.WAIT_SECONDS * 1_000_000
    former = {"flow": BROADCAST, "step": "confirm", "data": Place(broadcast_id=of, message_ids={"7": ""}).write()}
    assert waiting.data == {"broadcast_id": of, "weekday": 3, "former": former}
    await store.write(scheduling.ask, step="at", **asked)
    assert (await find_asked(store, sari)).data == {"broadcast_id": of, "weekday": 0, "former": former}
    view = await store.write(open_choices, **asked)
    assert view is not None
    back = await find_asked(store, sari)
    assert (back.flow, back.step, back.data) == (BROADCAST, "confirm", former["data"])
    assert back.expires_at == clock.now + scheduling.WAIT_SECONDS * 1_000_000
    await store.write(scheduling.ask, step="at", **asked)
    member = await store.write(stop, visitor=SARI)
    assert (member.id, await find_flow(store, sari.id)) == (sari.id, None)
    await store.write(scheduling.ask, step="at", **asked)
    assert (await find_asked(store, sari)).data == {"broadcast_id": of, "weekday": 0}
    member = await store.write(go_back, visitor=SARI)
    assert (member.id, await find_flow(store, sari.id)) == (sari.id, None)


async def test_what_was_chosen_of_a_draft_stays_until_it_is_chosen_otherwise(store: Store, sari: Person) -> None:
    """When it goes out, and whether that is paid for."""
    of = await draft(store)
    asked: dict[str, Any] = {"visitor": SARI, "broadcast_id": of}
    morning = Timing(when=When.MORNING)
    for chosen, timing, paid in (
        ({"timing": morning}, {"when": "morning"}, False),
        ({"paid": True}, {"when": "morning"}, True),
        ({"timing": Timing()}, None, True),
        ({"paid": False}, None, False),
    ):
        view = await store.write(scheduling.choose, **asked, **chosen)
        assert view is not None
        assert (view.broadcast.timing, view.broadcast.paid) == (timing, paid)


async def test_a_new_form_is_waited_for_or_not(store: Store, sari: Person) -> None:
    """Of what was sent, in a language that it has; stopping leaves the message as it is."""
    of = await draft(store)
    assert await store.write(ask_edit, visitor=SARI, broadcast_id=of) is None, "nothing was sent"
    await store.write(confirm, visitor=SARI, broadcast_id=of, progress_message_id=5)
    assert await store.write(ask_edit, visitor=SARI, broadcast_id=of, language="id") is None
    assert await store.write(ask_edit, visitor=SARI, broadcast_id=of, step="buttons") is not None
    asked = await find_asked(store, sari)
    assert (asked.flow, asked.step, asked.data) == (BROADCAST_EDIT, "buttons", {"broadcast_id": of, "language": ""})
    await store.write(stop_edit, visitor=SARI)
    assert await find_flow(store, sari.id) is None
    assert (await find_content(store, of)).versions == {"": BREAD}


async def test_a_counted_link_leads_where_it_was_sent_to(store: Store, sari: Person) -> None:
    """Its reader counts once for all links of a broadcast, and nobody who is no member."""
    of = await draft(store)
    button = LinkButton("Our menu", "https://oven.example/menu")
    await store.write(set_buttons, visitor=SARI, broadcast_id=of, buttons=[button])
    await store.write(set_counts, visitor=SARI, broadcast_id=of, counts=True)
    await store.write(confirm, visitor=SARI, broadcast_id=of, progress_message_id=5)
    stranger = await store.write(people.add, Profile(telegram_id=44, first_name="Never"), "Code000044")

    def link(person: int, number: int = 1) -> CountedLink:
        return CountedLink(broadcast_id=of, number=number, person_id=person)

    assert await store.read(find_target, link=link(sari.id)) == button.url
    assert await store.read(find_target, link=link(sari.id, 2)) is None
    opened = [await store.write(note_opened, link=link(each)) for each in (sari.id, sari.id, stranger.id, 99)]
    assert opened == [True, False, False, False]
    view = await store.read(view_broadcast, visitor=SARI, broadcast_id=of)
    assert view is not None
    assert view.opened == 1


async def deliver(store: Store) -> list[int]:
    """Everything that is due goes out, and the broadcast is done; the people it went to."""
    sent: list[int] = []
    while True:
        step = await store.write(proceed, limit=20)
        outcomes = [
            Outcome(broadcast_id=each.broadcast_id, person_id=each.person_id, state=DeliveryState.SENT, message_id=1)
            for claim in step.claims
            for each in claim.recipients
        ]
        await store.write(proceed, outcomes=outcomes, limit=0)
        sent += [each.person_id for each in outcomes]
        if not outcomes:
            return sent
