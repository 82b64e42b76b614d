"""Pictures by what shows on them: found where Telegram has them, wished for once, owed to whoever they are for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.core.sharing import CardVersions
from bot.services.members import view_member
from bot.services.sharing.cards import (
    find_cards,
    forget_cards,
    keep_card,
    look_up_card,
    look_up_qr,
    note_chosen,
    note_share,
    sign,
    view_card_of,
)
from bot.services.sharing.handouts import (
    DueCard,
    HandoutEnd,
    HandoutResult,
    begin,
    claim_card,
    drop,
    find_due_cards,
    find_unwished,
    settle_cards,
    wish,
)
from storage import RowMissing, Store, Tx
from storage.handout import HandoutId, HandoutKind, HandoutState
from storage.records import Person, PersonId, ShareWay
from storage.tables import cards, outbox, people, scores, shares
from tests.storage.cast import add_members, make_profile

ANNA = make_profile(1)
VERSIONS = CardVersions(
    texts={"en": {"bread": "b", "cake": "c"}, "id": {"bread": "B", "cake": "C"}},
    captions={"en": "q", "id": "Q"},
    fallback="en",
)


@pytest.fixture
async def anna(store: Store) -> Person:
    """A member, and another one."""
    anna, _ = await store.write(add_members, 2)
    return anna


def name_card(tx: Tx, person_id: PersonId, story: str) -> str:
    """What a member's card with a story is called."""
    member = view_member(tx, people.get(tx, person_id))
    return VERSIONS.of_card(sign(member), member.language, story)


def find_states(tx: Tx, person_id: PersonId) -> dict[tuple[HandoutKind, str], HandoutState]:
    """What is owed of a member's cards."""
    return outbox.list_card_states(tx, person_id)


async def find_due(
    store: Store, *, vault: bool = True, limit: int = 9, held: tuple[HandoutId, ...] = ()
) -> list[DueCard]:
    """What is to be handed out next."""
    return list((await store.read(find_due_cards, versions=VERSIONS, limit=limit, vault=vault, held=held)).cards)


async def test_a_card_is_found_by_all_that_shows_on_it(store: Store, anna: Person) -> None:
    """Its story, its language, its name; the code alone shows neither name nor story; what Telegram has lost is unknown again."""
    seen = await store.read(look_up_card, visitor=ANNA, versions=VERSIONS, story="cake")
    assert (seen.member.id, seen.file_id, seen.version) == (anna.id, None, await store.read(name_card, anna.id, "cake"))
    bread = await store.read(look_up_card, visitor=ANNA, versions=VERSIONS)
    assert bread.version == await store.read(name_card, anna.id, "bread")
    await store.write(keep_card, person_id=anna.id, version=seen.version, file_id="f1")
    assert await store.read(shares.count_all) == 0
    assert (await store.read(look_up_card, visitor=ANNA, versions=VERSIONS, story="cake")).file_id == "f1"
    found = await store.read(view_card_of, person_id=anna.id, versions=VERSIONS, story="cake")
    assert (found.file_id, found.version, found.member.id) == ("f1", seen.version, anna.id)
    with pytest.raises(RowMissing):
        await store.read(view_card_of, person_id=PersonId(99), versions=VERSIONS, story="cake")
    code = await store.read(look_up_qr, visitor=ANNA, versions=VERSIONS)
    assert (code.version, code.file_id) == (VERSIONS.of_qr(sign(code.member), "en"), None)
    offered = await store.read(find_cards, telegram_id=ANNA.telegram_id, versions=VERSIONS, stories=["bread", "cake"])
    assert offered is not None
    assert (dict(offered.versions), dict(offered.file_ids), offered.member.id) == (
        {"bread": bread.version, "cake": seen.version},
        {"cake": "f1"},
        anna.id,
    )
    assert await store.read(find_cards, telegram_id=44, versions=VERSIONS, stories=["bread"]) is None
    await store.write(forget_cards, person_id=anna.id, versions=[seen.version])
    assert (await store.read(look_up_card, visitor=ANNA, versions=VERSIONS, story="cake")).file_id is None


async def test_what_is_handed_out_is_a_share_with_its_way_and_story(store: Store, anna: Person) -> None:
    """And its name at Telegram is kept where it was uploaded just now; what a stranger chooses is nobody's."""
    await store.write(note_share, person_id=anna.id, way=ShareWay.CARD, version="v", file_id="f1", story="cake")
    await store.write(note_share, person_id=anna.id, way=ShareWay.QR, version="v", file_id=None)
    await store.write(note_chosen, telegram_id=ANNA.telegram_id, way=ShareWay.INLINE, story="bread")
    await store.write(note_chosen, telegram_id=44, way=ShareWay.INLINE, story="bread")
    assert await store.read(cards.find_file_id, anna.id, "v") == "f1"
    assert await store.read(shares.count_by_way) == {"card": 1, "qr": 1, "inline": 1}
    assert await store.read(shares.find_last_story, anna.id) == "bread"


async def test_a_picture_is_wished_for_once_where_it_is_missing(store: Store, anna: Person) -> None:
    """Each version, of each kind by itself; what was wished for is not offered to be wished for again."""
    bread, cake = [await store.read(name_card, anna.id, story) for story in ("bread", "cake")]
    stories = {bread: "bread", cake: "cake"}
    asked: dict[str, Any] = {"person_id": anna.id, "kind": HandoutKind.VAULT, "stories": stories}
    assert dict(await store.read(find_unwished, **asked)) == stories
    await store.write(cards.set_file_id, anna.id, bread, "f1")
    for _ in range(2):
        await store.write(wish, **asked)
    assert await store.read(find_states, anna.id) == {(HandoutKind.VAULT, cake): HandoutState.DUE}
    assert dict(await store.read(find_unwished, **asked)) == {bread: "bread"}
    assert dict(await store.read(find_unwished, **{**asked, "kind": HandoutKind.FIRST})) == stories
    (due,) = await find_due(store)
    assert (due.handout.kind, due.handout.story, due.version, due.member.id, due.file_id) == (
        HandoutKind.VAULT,
        "cake",
        cake,
        anna.id,
        None,
    )
    await store.write(drop, [due.handout.id])
    assert await store.read(find_states, anna.id) == {}


async def test_what_goes_first_is_a_first_card_then_a_step_then_one_for_the_vault(store: Store, anna: Person) -> None:
    """What is held already is left out; without a vault nothing is made ready there, and it is said that something is owed."""
    other = PersonId(anna.id + 1)
    cake, others = await store.read(name_card, anna.id, "cake"), await store.read(name_card, other, "cake")
    nothing = await store.read(find_due_cards, versions=VERSIONS, limit=9, vault=True)
    assert (list(nothing.cards), list(nothing.useless), nothing.rest) == ([], [], False)
    for person_id, version in ((anna.id, cake), (other, others)):
        await store.write(wish, person_id=person_id, kind=HandoutKind.VAULT, stories={version: "cake"})
    assert len(await find_due(store)) == 1
    waiting = await store.read(find_due_cards, versions=VERSIONS, limit=9, vault=False)
    assert (list(waiting.cards), waiting.rest) == ([], True)
    (first,) = await find_due(store)
    (second,) = await find_due(store, held=(first.handout.id,))
    assert {first.member.id, second.member.id} == {anna.id, other}
    for person_id in (anna.id, other):
        await store.write(outbox.add_card, person_id=person_id, kind=HandoutKind.FIRST)
    due = await find_due(store)
    assert [(each.handout.kind, each.member.id, bool(each.handout.story)) for each in due] == [
        (HandoutKind.FIRST, anna.id, True),
        (HandoutKind.FIRST, other, True),
    ]
    assert [each.member.id for each in await find_due(store, limit=1)] == [anna.id]
    assert [each.member.id for each in await find_due(store, limit=1, held=(due[0].handout.id,))] == [other]
    await store.write(people.set_blocked, other, blocked=True)
    left = await store.read(find_due_cards, versions=VERSIONS, limit=9, vault=True)
    assert ([each.member.id for each in left.cards], list(left.useless), left.rest) == (
        [anna.id],
        [due[1].handout.id],
        True,
    )


async def test_a_step_is_told_while_so_many_friends_have_come(store: Store, anna: Person) -> None:
    """With that word on the card; after one of them was taken back it is of no use."""
    await store.write(outbox.add_card, person_id=anna.id, kind=HandoutKind.STEP, version="1")
    gone = await store.read(find_due_cards, versions=VERSIONS, limit=9, vault=True)
    assert (list(gone.cards), len(gone.useless)) == ([], 1)
    await store.write(raise_score, anna.id)
    (due,) = await find_due(store)
    plain = await store.read(name_card, anna.id, due.handout.story)
    assert (due.handout.friends, due.version) == (1, VERSIONS.of_step(plain, 1))


def raise_score(tx: Tx, person_id: PersonId) -> None:
    """A friend has come."""
    scores.raise_score(tx, person_id)


async def test_a_card_is_claimed_before_it_leaves(store: Store, anna: Person) -> None:
    """Once; what was uploaded meanwhile is not uploaded again, or not sent at all where that was all it was for."""
    await store.write(outbox.add_card, person_id=anna.id, kind=HandoutKind.FIRST)
    (due,) = await find_due(store)
    await store.write(cards.set_file_id, anna.id, due.version, "f1")
    claimed = await store.write(claim_card, due)
    assert claimed is not None
    assert (claimed.file_id, claimed.handout, await store.write(claim_card, due)) == ("f1", due.handout, None)
    other = PersonId(anna.id + 1)
    cake = await store.read(name_card, other, "cake")
    await store.write(wish, person_id=other, kind=HandoutKind.VAULT, stories={cake: "cake"})
    (wished,) = await find_due(store)
    await store.write(cards.set_file_id, other, cake, "f2")
    assert (await store.write(claim_card, wished), await store.read(find_states, other)) == (None, {})
    assert await store.read(find_states, anna.id) == {(HandoutKind.FIRST, ""): HandoutState.SENDING}
    assert await store.write(begin) == 1
    assert await store.read(find_states, anna.id) == {(HandoutKind.FIRST, ""): HandoutState.UNKNOWN}
    assert await store.write(begin) == 0


async def test_how_a_card_ended_is_written_down(store: Store, anna: Person) -> None:
    """Sent with its new name, surely not sent, unknown, dropped; lost pictures and blocked members are noted."""
    first = (HandoutKind.FIRST, "")

    async def end(end: HandoutEnd, **more: object) -> DueCard:
        await store.write(outbox.add_card, person_id=anna.id, kind=HandoutKind.FIRST)
        (due,) = await find_due(store)
        claimed = await store.write(claim_card, due)
        assert claimed is not None
        result = replace(HandoutResult(card=claimed, end=end), **more)  # type: ignore[arg-type]
        await store.write(settle_cards, [result])
        return claimed

    sent = await end(HandoutEnd.SENT, file_id="f1")
    assert await store.read(find_states, anna.id) == {}
    assert await store.read(cards.find_file_id, anna.id, sent.version) == "f1"
    await end(HandoutEnd.DROPPED, lost=True)
    assert await store.read(find_states, anna.id) == {}
    assert await store.read(cards.find_file_id, anna.id, sent.version) is None
    put_off = await end(HandoutEnd.UNSENT, error="no way")
    assert await store.read(find_states, anna.id) == {first: HandoutState.DUE}
    await store.write(drop, [put_off.handout.id])
    unknown = await end(HandoutEnd.UNKNOWN, error="lost")
    assert await store.read(find_states, anna.id) == {first: HandoutState.UNKNOWN}
    await store.write(drop, [unknown.handout.id])
    assert (await store.read(people.get, anna.id)).blocked_at is None
    await end(HandoutEnd.DROPPED, blocked=True)
    assert (await store.read(people.get, anna.id)).blocked_at is not None
