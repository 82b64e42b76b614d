"""Whoever comes: known, brought up to date, counted, and shown as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.roles import MANAGERS
from bot.core.sharing import CardVersions, Signature
from bot.services.guide import note_blocked, open_help
from bot.services.members import MemberView, NotAllowed, demand, enter, find_members_language, view_member
from bot.services.printing import note_print
from bot.services.privacy import forget
from bot.services.sharing.cards import look_up_card, look_up_qr, note_chosen, note_share
from bot.services.standing import appear
from bot.services.stats import count
from bot.services.visiting import NOBODYS_CODE, compose_nobody, find_holder, note_page_share
from storage import Store, Tx
from storage.records import Person, Profile, ShareWay
from storage.role import Role
from storage.tables import cards, chat_links, link_revocations, people, roles, shares

ANNA = Profile(telegram_id=101, first_name="Anna", last_name="Kusuma", username="anna_k", telegram_language="id")
VERSIONS = CardVersions(
    texts={language: {"": f"first {language}", "rye": f"rye {language}"} for language in ("en", "id")},
    captions={"en": "scan", "id": "pindai"},
    fallback="en",
)


async def arrive(store: Store, profile: Profile = ANNA) -> Person:
    """Somebody speaks to the bot."""
    return await store.write(enter, profile)


async def find(store: Store, profile: Profile = ANNA) -> Person:
    """Them, as the rows have them."""
    person = await store.read(people.find_by_telegram_id, profile.telegram_id)
    assert person is not None
    return person


async def test_whoever_speaks_is_a_member_as_of_now(store: Store) -> None:
    """What is returned is what lies in the rows."""
    assert await arrive(store) == await find(store)
    assert (await find(store)).is_member


async def test_a_new_name_and_an_end_of_blocking_are_noticed(store: Store) -> None:
    """By whatever is said next, and by nothing that changes neither."""
    await arrive(store)
    await store.write(note_blocked, visitor=ANNA, blocked=True)
    assert (await find(store)).blocked_at is not None
    renamed = replace(ANNA, first_name="Annabel")
    assert await arrive(store, renamed) == await find(store)
    assert ((await find(store)).profile, (await find(store)).blocked_at) == (renamed, None)
    await store.write(note_blocked, visitor=renamed, blocked=True)
    await store.write(note_blocked, visitor=renamed, blocked=False)
    assert (await find(store)).blocked_at is None


async def test_a_member_is_shown_as_they_chose(store: Store) -> None:
    """Name, language, words, spoken code, and what they agreed to."""
    person = await arrive(store)

    def choose(tx: Tx) -> MemberView:
        people.set_language(tx, person.id, "en")
        people.set_own_words(tx, person.id, "Try the rye")
        people.set_findable(tx, person.id, findable=False)
        people.set_nudges(tx, person.id, nudges=False)
        return view_member(tx, people.get(tx, person.id))

    plain, chosen = await store.read(view_member, person), await store.write(choose)
    assert (plain.name, plain.language, plain.own_words, plain.spoken_code) == ("Anna Kusuma", "id", "", "")
    assert (plain.findable, plain.nudges, plain.anonymous, plain.can_claim) == (True, True, False, False)
    assert (chosen.language, chosen.own_words, chosen.findable, chosen.nudges) == ("en", "Try the rye", False, False)


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        (ANNA, "Anna Kusuma"),
        (replace(ANNA, first_name="", last_name="Kusuma"), "Kusuma"),
        (replace(ANNA, first_name="\N{HANGUL FILLER}", last_name=""), "anna_k"),
    ],
)
async def test_somebody_without_a_first_name_goes_by_what_is_left(store: Store, profile: Profile, name: str) -> None:
    """Last name before username."""
    assert name in (await store.read(view_member, await arrive(store, profile))).name


async def test_only_members_have_a_language_to_be_written_to_in(store: Store) -> None:
    """Strangers and those who never started are not written to."""
    await store.write(people.add, ANNA, "Code000101")
    assert await store.read(find_members_language, 101) is None
    assert await store.read(find_members_language, 102) is None
    await arrive(store)
    assert await store.read(find_members_language, 101) == "id"


async def test_help_is_for_a_role(store: Store) -> None:
    """What there is depends on who asks."""
    member, role = await store.write(open_help, visitor=ANNA)
    assert (member.telegram_id, role) == (101, Role.MEMBER)
    await store.write(roles.set, 101, Role.MANAGER)
    assert (await store.write(open_help, visitor=ANNA))[1] is Role.MANAGER


async def test_a_refusal_says_whom_it_met(store: Store) -> None:
    """The log tells who tried."""
    with pytest.raises(NotAllowed, match="101"):
        await store.write(demand, ANNA, MANAGERS)


async def test_standing_without_a_name_can_be_taken_back(store: Store) -> None:
    """The ranking that follows shows it."""
    hidden = await store.write(appear, visitor=ANNA, anonymous=True)
    assert hidden.member.anonymous
    assert not (await store.write(appear, visitor=ANNA, anonymous=False)).member.anonymous


async def test_a_code_is_held_by_a_member_or_taken_by_somebody(store: Store) -> None:
    """A page greets in the name of a member; a code of somebody who never started is taken, and greets in nobody's."""
    await store.write(people.add, ANNA, "Code000101")
    waiting = await store.read(find_holder, code="Code000101")
    free = await store.read(find_holder, code="Code000102")
    assert (waiting.host, waiting.taken, free.host, free.taken) == (None, True, None, False)
    await arrive(store)
    held = await store.read(find_holder, code="Code000101")
    assert held.host is not None
    assert (held.host.telegram_id, held.taken) == (101, True)


def test_nobody_speaks_the_visitors_language_and_has_nothing() -> None:
    """The shop's own card: no name, no points, and a code that leads to nobody."""
    nobody = compose_nobody("id")
    assert (nobody.name, nobody.code, nobody.language) == ("", NOBODYS_CODE, "id")
    assert (nobody.id, nobody.telegram_id, nobody.score, nobody.balance, nobody.anonymous) == (0, 0, 0, 0, True)


async def test_a_picture_that_telegram_has_is_found_by_its_version(store: Store) -> None:
    """Card and QR code have versions of their own, made of what shows on them."""
    person = await arrive(store)
    signature = Signature(name="Anna Kusuma", own_words="", code=person.code)
    card, code = VERSIONS.of_card(signature, "id", "rye"), VERSIONS.of_qr(signature, "id")
    for look_up, version in ((look_up_card, card), (look_up_qr, code)):
        assert (await store.write(look_up, visitor=ANNA, versions=VERSIONS, story="rye")).file_id is None
        await store.write(cards.set_file_id, person.id, version, f"file {version}")
        found = await store.write(look_up, visitor=ANNA, versions=VERSIONS, story="rye")
        assert (found.member.id, found.version, found.file_id) == (person.id, version, f"file {version}")


async def test_every_way_of_sharing_is_counted_with_its_story(store: Store) -> None:
    """Card, print, page and inline; nothing is counted for a code that no member has."""
    person = await arrive(store)
    await store.write(note_share, person_id=person.id, way=ShareWay.CARD, version="v", file_id=None, story="rye")
    await store.write(note_share, person_id=person.id, way=ShareWay.QR, version="v", file_id="file")
    await store.write(note_print, person_id=person.id, story="bun")
    await store.write(note_chosen, telegram_id=101, way=ShareWay.INLINE, story="cake")
    assert await store.write(note_page_share, code=person.code)
    assert not await store.write(note_page_share, code="Code999999")
    await store.write(people.add, replace(ANNA, telegram_id=102), "Code000102")
    assert not await store.write(note_page_share, code="Code000102")
    assert await store.read(shares.find_last_story, person.id) == "cake"
    await store.write(roles.set, 101, Role.MANAGER)
    figures = await store.write(count, visitor=ANNA)
    assert await store.read(shares.count_by_way) == {"card": 1, "qr": 1, "print": 1, "inline": 1, "page": 1}
    assert (figures.figures.funnel.sent, figures.figures.funnel.prepared) == (2, 3)


async def test_links_in_the_name_of_whoever_is_forgotten_are_owed_as_revoked(store: Store) -> None:
    """All of theirs, and nobody else's."""
    await store.write(
        chat_links.add, (await arrive(store, replace(ANNA, telegram_id=102))).id, -100, "https://t.me/+def"
    )
    person = await arrive(store)
    await store.write(chat_links.add, person.id, -100, "https://t.me/+abc")
    assert await store.write(forget, telegram_id=101)
    assert await store.read(link_revocations.list_owed, 9) == [(-100, "https://t.me/+abc")]
