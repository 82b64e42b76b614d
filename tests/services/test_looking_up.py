"""The team looks up members and calls them by labels: who is found, what is shown of them, and what is written down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import Condition
from bot.core.claiming import CHOICES
from bot.core.labels import LABELS_EACH, Labelling
from bot.core.links import Addresses
from bot.core.spoken.own_codes import Unsuitable
from bot.services.audit import list_acts
from bot.services.conversations import find_conversation
from bot.services.labels import (
    CODING,
    NAMING,
    SHOWN,
    LabelsView,
    give_code,
    label_asked,
    label_typed,
    list_labels,
    set_label,
    view_labels,
)
from bot.services.looking_up import FLOW, LookUpView, find_meant, look_up, open_member
from bot.services.members import NotAllowed, find_chosen_language
from storage import Store, Tx
from storage.records import NoticeId, Person, PersonId, Profile, Side
from storage.role import Role
from storage.tables import conversations, labels, outbox, people, redemptions, roles
from tests.services.test_labels import rate
from tests.services.test_rewards import set_rules
from tests.storage.cast import add_member, make_profile, take_for
from tests.storage.clock import Clock

SARI = make_profile(1, "Sari")
WAYAN = make_profile(2, "Wayan")
ANNA = make_profile(3, "Anna", username="anna_b")
SHOP = Addresses(bot_username="oven_bot")


@pytest.fixture
async def anna(store: Store) -> Person:
    """A member; Sari runs the shop, Wayan is of the staff."""
    for number, name in enumerate(("Sari", "Wayan", "Anna"), start=1):
        await store.write(add_member, number, name)
    await store.write(roles.set, SARI.telegram_id, Role.MANAGER)
    await store.write(roles.set, WAYAN.telegram_id, Role.STAFF)
    found = await store.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert found is not None
    await store.write(people.set_profile, found.id, ANNA)
    return await store.read(people.get, found.id)


async def look(store: Store, text: str, telegram_id: int | None = None, visitor: Profile = WAYAN) -> LookUpView:
    """Somebody of the team looks somebody up."""
    return await store.write(look_up, visitor=visitor, text=text, telegram_id=telegram_id, addresses=SHOP)


async def meant(store: Store, text: str, telegram_id: int | None = None, visitor: Profile = WAYAN) -> LookUpView:
    """Likewise, to go on with whoever it is."""
    return await store.read(find_meant, visitor=visitor, text=text, telegram_id=telegram_id, addresses=SHOP)


async def list_written(store: Store) -> list[tuple[str, str, str, str, str]]:
    """What people have done, the latest first."""
    acts = [each for each in await store.read(list_acts, most=99) if not each.by_command]
    return [(each.act, each.actor, each.subject, each.before, each.after) for each in acts]


async def wait(store: Store, visitor: Profile, flow: str) -> None:
    """Somebody is in a dialogue."""

    def put(tx: Tx) -> None:
        person = people.find_by_telegram_id(tx, visitor.telegram_id)
        assert person is not None
        conversations.open(tx, person.id, flow, "x", {}, expires_at=tx.now + 1_000_000)

    await store.write(put)


async def test_whoever_is_meant_is_shown_and_written_down(store: Store, anna: Person, clock: Clock) -> None:
    """By code, link, username, name, or by the number of whoever wrote; with what waits for them; the question is over then."""
    await store.write(labels.add, anna.id, "vip")
    await store.write(take_for, anna.id, 5)
    for text, number in (
        (anna.code, None),
        (f"https://t.me/oven_bot?start={anna.code}", None),
        ("@anna_b", None),
        ("Anna", None),
        ("", ANNA.telegram_id),
    ):
        await wait(store, WAYAN, FLOW)
        seen = await look(store, text, number)
        assert seen.found is not None
        assert (seen.member.name, seen.found.member.id, seen.found.username) == ("Wayan", anna.id, "anna_b")
        assert (seen.found.since, list(seen.found.labels), seen.found.can_label) == (clock.now, ["vip"], False)
        assert list(seen.found.waiting) == await store.read(redemptions.list_live, anna.id)
        assert (len(seen.found.waiting), dict(seen.offered), seen.more) == (1, {}, False)
        assert await store.read(find_conversation, visitor=WAYAN) is None
    assert await list_written(store) == [("looked_up", "Wayan", "Anna", "", "")] * 5
    by_manager = await look(store, "Anna", visitor=SARI)
    assert by_manager.found is not None
    assert by_manager.found.can_label
    opened = await store.write(open_member, visitor=WAYAN, person_id=anna.id)
    assert opened.found == seen.found


async def test_where_several_may_be_meant_they_are_offered(store: Store, anna: Person) -> None:
    """A first name and an initial; so many, and whether there are more; nobody is written down who was not shown."""
    for number in range(CHOICES):
        await store.write(add_member, 10 + number, "Ketut")
    await wait(store, WAYAN, FLOW)
    for find in (look, meant):
        seen = await find(store, "Ketut")
        assert (list(seen.offered.values()), seen.more, seen.found) == (["Ketut"] * CHOICES, False, None)
        nobody = await find(store, "Zebedee")
        assert (dict(nobody.offered), nobody.more, nobody.found, nobody.member.name) == ({}, False, None, "Wayan")
        gone = await find(store, "", 44)
        assert (dict(gone.offered), gone.found) == ({}, None)
    await store.write(add_member, 30, "Ketut")
    for find in (look, meant):
        seen = await find(store, "Ketut")
        assert (len(seen.offered), seen.more) == (CHOICES, True)
    assert dict((await meant(store, "@anna_b")).offered) == {anna.id: "Anna"}
    await store.write(people.set_profile, anna.id, replace(ANNA, first_name="", last_name="", username="anna_b"))
    assert dict((await meant(store, "@anna_b")).offered) == {anna.id: "anna_b"}
    await store.write(people.set_profile, anna.id, ANNA)
    assert dict((await meant(store, "", ANNA.telegram_id)).offered) == {anna.id: "Anna"}
    assert await list_written(store) == []
    assert await store.read(find_conversation, visitor=WAYAN) is not None
    stranger = await store.write(people.add, Profile(telegram_id=44, first_name="Never"), "Code000044")
    for number_ in (stranger.id, PersonId(99)):
        assert (await store.write(open_member, visitor=WAYAN, person_id=number_)).found is None
    assert await list_written(store) == []


async def test_only_the_team_looks_up_and_only_who_runs_the_shop_labels(store: Store, anna: Person) -> None:
    """Whatever is asked for."""
    for asked in (
        look(store, "Anna", visitor=ANNA),
        meant(store, "Anna", visitor=ANNA),
        store.write(open_member, visitor=ANNA, person_id=anna.id),
        store.read(list_labels, visitor=WAYAN),
        store.read(view_labels, visitor=WAYAN, person_id=anna.id),
        store.write(set_label, visitor=WAYAN, person_id=anna.id, label="vip", given=True),
        store.write(label_asked, visitor=WAYAN, data={"person": anna.id, "label": "vip"}),
        store.write(label_typed, visitor=WAYAN, text="Anna vip", addresses=SHOP),
        store.write(give_code, visitor=WAYAN, person_id=anna.id, text="ANNA", shop_names=[]),
    ):
        with pytest.raises(NotAllowed):
            await asked
    assert await store.read(labels.list_of, anna.id) == []


async def test_a_label_is_given_and_taken_away(store: Store, anna: Person) -> None:
    """What came of it is said; what changed is written down, and the question for one is over; up to as many as have room."""

    async def label(word: str, *, given: bool = True) -> LabelsView:
        return await store.write(set_label, visitor=SARI, person_id=anna.id, label=word, given=given)

    await wait(store, SARI, NAMING)
    done = await label("vip")
    assert (done.outcome, done.member.name, done.person_id, done.name, list(done.own)) == (
        Labelling.DONE,
        "Sari",
        anna.id,
        "Anna",
        ["vip"],
    )
    assert (list(done.known), done.code, done.refused) == (["vip"], "", None)
    assert await store.read(find_conversation, visitor=SARI) is None
    assert (await label("vip")).outcome is Labelling.KNOWN
    assert (await label("press", given=False)).outcome is Labelling.KNOWN
    gone = await label("vip", given=False)
    assert (gone.outcome, list(gone.own)) == (Labelling.DONE, [])
    for number in range(LABELS_EACH):
        assert (await label(f"word-{number:02}")).outcome is Labelling.DONE
    assert (await label("more")).outcome is Labelling.MANY
    assert (await label("word-00")).outcome is Labelling.KNOWN
    assert len(await store.read(labels.list_of, anna.id)) == LABELS_EACH
    assert (await list_written(store))[-2:] == [
        ("unlabelled", "Sari", "Anna", "", "vip"),
        ("labelled", "Sari", "Anna", "", "vip"),
    ]
    assert len(await list_written(store)) == LABELS_EACH + 2
    nobody = await store.write(set_label, visitor=SARI, person_id=PersonId(99), label="vip", given=True)
    assert (nobody.outcome, nobody.person_id, nobody.name, nobody.member.name) == (Labelling.NOBODY, 99, "", "Sari")
    seen = await store.read(view_labels, visitor=SARI, person_id=anna.id)
    assert (seen.name, len(seen.own), seen.outcome) == ("Anna", LABELS_EACH, Labelling.DONE)


async def test_a_label_can_be_typed_with_whom_it_is_for(store: Store, anna: Person) -> None:
    """Given, taken away, or the member's labels where nothing that can be one is said; who else it may be where that is not clear."""

    async def type_in(text: str) -> LookUpView | LabelsView:
        return await store.write(label_typed, visitor=SARI, text=text, addresses=SHOP)

    given = await type_in("@anna_b vip")
    assert isinstance(given, LabelsView)
    assert (given.outcome, list(given.own), given.person_id) == (Labelling.DONE, ["vip"], anna.id)
    taken = await type_in("Anna -vip")
    assert isinstance(taken, LabelsView)
    assert (taken.outcome, list(taken.own)) == (Labelling.DONE, [])
    shown = await type_in("Anna")
    assert isinstance(shown, LabelsView)
    assert (shown.person_id, shown.member.name, shown.outcome) == (anna.id, "Sari", Labelling.DONE)
    for number in (10, 11):
        await store.write(add_member, number, "Ketut")
    several = await type_in("Ketut vip")
    assert isinstance(several, LookUpView)
    assert (list(several.offered.values()), several.found) == (["Ketut", "Ketut"], None)
    asked = await store.write(label_asked, visitor=SARI, data={"person": anna.id, "label": "press"})
    assert (asked.outcome, list(asked.own)) == (Labelling.DONE, ["press"])


async def test_labels_are_listed_with_how_many_have_them(store: Store, campaign: Campaign, anna: Person) -> None:
    """Those that rules ask for first, though nobody has them; of one label its members by name."""
    await set_rules(store, campaign, rate(9, Side.INVITER, Condition(label=("ambassador",))))
    members = [await store.write(add_member, 10 + number) for number in range(SHOWN)]
    for each in (*members, anna):
        await store.write(labels.add, each.id, "vip")
    all_ = await store.read(list_labels, visitor=SARI)
    assert (all_.member.name, all_.label, dict(all_.counts), dict(all_.people)) == (
        "Sari",
        "",
        {"ambassador": 0, "vip": SHOWN + 1},
        {},
    )
    one = await store.read(list_labels, visitor=SARI, label="vip")
    assert (one.label, len(one.people), one.people[anna.id]) == ("vip", SHOWN, "Anna")
    assert list(one.people) == sorted(one.people)
    assert list((await store.read(view_labels, visitor=SARI, person_id=members[0].id)).known) == ["ambassador", "vip"]


async def test_a_code_of_their_own_is_told_to_its_member(store: Store, anna: Person) -> None:
    """Once; the question is over with it, or where nobody is labelled; what is refused goes on being asked for."""

    async def give(text: str, to: PersonId = anna.id) -> LabelsView:
        await wait(store, SARI, CODING)
        return await store.write(give_code, visitor=SARI, person_id=to, text=text, shop_names=[])

    bare = await give("ANNA")
    assert (bare.code, bare.outcome, await store.read(find_conversation, visitor=SARI)) == ("", Labelling.DONE, None)
    assert (await give("ANNA", PersonId(99))).outcome is Labelling.NOBODY
    await store.write(labels.add, anna.id, "vip")
    refused = await give("AN")
    assert (refused.refused, refused.code) == (Unsuitable.LENGTH, "")
    assert await store.read(find_conversation, visitor=SARI) is not None
    for _ in range(2):
        given = await give("ANNA")
        assert (given.refused, given.code, given.name) == (None, "anna", "Anna")
        assert await store.read(find_conversation, visitor=SARI) is None
    assert (await give("annas")).code == "annas"
    assert await list_written(store) == [
        ("code_given", "Sari", "Anna", "anna", "ANNAS"),
        ("code_given", "Sari", "Anna", "", "ANNA"),
    ]
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=9)
    assert [(row.kind, row.payload) for row in owed] == [
        ("code_given", {"code": "anna"}),
        ("code_given", {"code": "annas"}),
    ]


async def test_the_language_that_somebody_has_chosen_is_known(store: Store, anna: Person) -> None:
    """Not the one that Telegram says."""
    assert await store.read(find_chosen_language, ANNA.telegram_id) is None
    await store.write(people.set_language, anna.id, "id")
    assert await store.read(find_chosen_language, ANNA.telegram_id) == "id"
    assert await store.read(find_chosen_language, 44) is None
