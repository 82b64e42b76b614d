from __future__ import annotations

from storage import Store
from storage.records import BroadcastId
from storage.review import MarkKind
from storage.role import Role
from storage.tables import (
    allowances,
    broadcast_links,
    broadcasts,
    campaigns,
    chat_joins,
    code_keys,
    conversations,
    faces,
    link_revocations,
    marks,
    people,
    team_invitations,
    visits,
    web_keys,
)
from storage.web_key import WebKeyKind
from tests.storage.cast import add_member, add_members, add_version
from tests.storage.clock import NOON, Clock

LINK, SESSION = WebKeyKind.LINK, WebKeyKind.SESSION


async def test_who_was_forgotten_is_forgotten_in_time(store: Store, clock: Clock) -> None:
    """Before a moment, and no more of them at once than is asked for."""
    for telegram_id in (7, 8, 9):
        await store.write(code_keys.add_forgotten, telegram_id)
        clock.advance(1)
    third = NOON + 2_000_000
    assert await store.write(code_keys.delete_forgotten, before=NOON, limit=9) == 0
    assert await store.write(code_keys.delete_forgotten, before=third, limit=1) == 1
    assert await store.write(code_keys.delete_forgotten, before=third, limit=9) == 1
    assert [await store.read(code_keys.was_forgotten, each) for each in (7, 8, 9)] == [False, False, True]


async def test_a_link_to_the_dashboard_is_used_once_and_in_time(store: Store, clock: Clock) -> None:
    """By its kind; what one person asked for goes without another's, and links without sessions."""
    anna, ben = await store.write(add_members, 2)
    for key_hash, kind, each, expires_at in (
        ("a1", LINK, anna, NOON + 9),
        ("a2", SESSION, anna, NOON + 9),
        ("b1", LINK, ben, NOON + 9),
        ("b2", SESSION, ben, NOON + 5),
        ("a3", SESSION, anna, NOON + 9),
    ):
        await store.write(web_keys.add, key_hash, kind, person_id=each.id, expires_at=expires_at)
    found = [
        await store.read(web_keys.find, key_hash, kind)
        for key_hash, kind in (("a1", LINK), ("a1", SESSION), ("b2", SESSION), ("c1", LINK))
    ]
    assert found == [anna.id, None, ben.id, None]
    assert [await store.write(web_keys.take, "a3") for _ in range(2)] == [True, False]
    await store.write(web_keys.delete_links_of, anna.id)
    kinds = (("a1", LINK), ("a2", SESSION), ("b1", LINK), ("b2", SESSION))
    assert [await store.read(web_keys.find, *each) for each in kinds] == [None, anna.id, ben.id, ben.id]
    clock.now = NOON + 5
    assert [await store.read(web_keys.find, *each) for each in kinds] == [None, anna.id, ben.id, None]
    assert [await store.write(web_keys.delete_over) for _ in range(2)] == [1, 0]
    await store.write(web_keys.delete_of, anna.id)
    assert [await store.read(web_keys.find, *each) for each in kinds] == [None, None, ben.id, None]


async def test_an_invitation_into_the_team_is_used_once_and_in_time(store: Store, clock: Clock) -> None:
    """It says what it makes of somebody, and who made it; it goes with its time, or with its maker."""
    anna, ben = await store.write(add_members, 2)
    for token_hash, role, each, expires_at in (
        ("a", Role.STAFF, anna, NOON + 5),
        ("b", Role.MANAGER, ben, NOON + 9),
        ("c", Role.STAFF, anna, NOON + 9),
        ("d", Role.STAFF, ben, NOON + 9),
    ):
        await store.write(team_invitations.add, token_hash, role=role, made_by_id=each.id, expires_at=expires_at)
    assert await store.read(team_invitations.find, "a") == (Role.STAFF, anna.id)
    assert await store.read(team_invitations.find, "b") == (Role.MANAGER, ben.id)
    assert [await store.write(team_invitations.take, "d") for _ in range(2)] == [True, False]
    clock.now = NOON + 5
    assert await store.read(team_invitations.find, "a") is None
    assert [await store.write(team_invitations.delete_over) for _ in range(2)] == [1, 0]
    await store.write(team_invitations.delete_of, anna.id)
    left = [await store.read(team_invitations.find, each) for each in ("b", "c", "d")]
    assert left == [(Role.MANAGER, ben.id), None, None]


async def test_links_are_to_be_closed_until_they_are_or_it_is_too_late(store: Store, clock: Clock) -> None:
    """The oldest first, each once."""
    for chat_id, link in ((-5, "x"), (-6, "y"), (-7, "x"), (-8, "z")):
        await store.write(link_revocations.add, chat_id, link)
        clock.advance(1)
    assert await store.read(link_revocations.list_owed, 9) == [(-5, "x"), (-6, "y"), (-8, "z")]
    assert await store.read(link_revocations.list_owed, 1) == [(-5, "x")]
    await store.write(link_revocations.delete_link, "y")
    assert await store.write(link_revocations.delete_before, NOON) == 0
    assert await store.write(link_revocations.delete_before, NOON + 3_000_000) == 1
    assert await store.read(link_revocations.list_owed, 9) == [(-8, "z")]


async def test_a_visit_counts_once_an_hour(store: Store) -> None:
    """For each link; who came is known as long as any visit is."""
    noted = [
        await store.write(visits.add, visitor, code, hour)
        for visitor, code, hour in (("v", "a", 5), ("v", "a", 5), ("v", "a", 6), ("v", "b", 5), ("w", "a", 7))
    ]
    assert noted == [True, False, True, True, True]
    assert [await store.read(visits.is_known, each) for each in ("v", "w", "x")] == [True, True, False]
    deleted = [await store.write(visits.delete_before, hour, limit) for hour, limit in ((5, 9), (7, 2), (7, 9))]
    assert deleted == [0, 2, 1]
    assert [await store.read(visits.is_known, each) for each in ("v", "w")] == [False, True]
    await store.write(visits.add, "x", "b", 7)
    await store.write(visits.delete_of, "a")
    assert [await store.read(visits.is_known, each) for each in ("w", "x")] == [False, True]


async def test_marks_add_up_until_they_are_old(store: Store, clock: Clock) -> None:
    """By person and kind; the last time says how old one is."""
    anna, ben = await store.write(add_members, 2)
    one, other = list(MarkKind)[:2]
    for each, kind in (([anna.id, ben.id], one), ([anna.id], other), ([anna.id], one)):
        await store.write(marks.note, each, kind)
        clock.advance(1)
    assert [await store.read(marks.list_of, each.id) for each in (anna, ben)] == [{one: 2, other: 1}, {one: 1}]
    assert await store.write(marks.delete_before, before=NOON, limit=9) == 0
    assert await store.write(marks.delete_before, before=NOON + 2_000_000, limit=1) == 1
    assert await store.write(marks.delete_before, before=NOON + 2_000_000, limit=9) == 1
    assert [await store.read(marks.list_of, each.id) for each in (anna, ben)] == [{one: 2}, {}]
    await store.write(marks.note, [ben.id], other)
    await store.write(marks.delete_of, anna.id)
    assert [await store.read(marks.list_of, each.id) for each in (anna, ben)] == [{}, {other: 1}]


async def test_a_face_stays_as_long_as_a_card_shows_it(store: Store, clock: Clock) -> None:
    """The latest look first; what no card shows goes in time."""
    anna, ben = await store.write(add_members, 2)
    for each, photo_id, content in ((anna, "p", b"\x001"), (anna, "q", b"\xff2"), (ben, "p", b"3"), (anna, "p", b"4")):
        await store.write(faces.set_content, each.id, photo_id, content)
        clock.advance(1)
    read = [
        await store.read(faces.find_content, each.id, photo) for each, photo in ((anna, "p"), (ben, "p"), (ben, "q"))
    ]
    assert read == [b"4", b"3", None]
    assert [(each.photo_id, each.looked_at) for each in await store.read(faces.list_seen, anna.id)] == [
        ("p", NOON + 3_000_000),
        ("q", NOON + 1_000_000),
    ]
    await store.write(faces.note_look, anna.id, "q")
    assert [each.photo_id for each in await store.read(faces.list_seen, anna.id)] == ["q", "p"]
    await store.write(people.set_face, ben.id, "p")
    assert await store.write(faces.delete_unshown, before=NOON + 3_000_000, limit=9) == 0
    assert await store.write(faces.delete_unshown, before=clock.now + 1, limit=1) == 1
    assert [each.photo_id for each in await store.read(faces.list_seen, anna.id)] == ["q"]
    for photo_id in ("r", "s"):
        await store.write(faces.set_content, anna.id, photo_id, b"5")
    await store.write(faces.keep_only, anna.id, "r", "q")
    assert {each.photo_id for each in await store.read(faces.list_seen, anna.id)} == {"q", "r"}
    await store.write(faces.keep_only, anna.id, "r")
    assert [each.photo_id for each in await store.read(faces.list_seen, anna.id)] == ["r"]
    await store.write(faces.delete_of, anna.id)
    assert [len(await store.read(faces.list_seen, each.id)) for each in (anna, ben)] == [0, 1]


async def test_who_was_seen_in_a_chat_is_known_under_its_new_number(store: Store, clock: Clock) -> None:
    """The first time alone is a first time, whatever was seen before; who left long ago is forgotten."""
    joined = [await store.write(chat_joins.note_join, chat_id, 7) for chat_id in (-5, -5, -6)]
    assert joined == [True, False, True]
    clock.advance(1)
    assert await store.write(chat_joins.note_left, -5, 8) is None
    assert [await store.write(chat_joins.note_left, -5, 7) for _ in range(2)] == [NOON, None]
    clock.advance(1)
    assert await store.write(chat_joins.note_join, -5, 8) is False
    await store.write(chat_joins.move, -5, -9)
    anna = await store.write(add_member, 1)
    await store.write(chat_joins.set_referral, -9, 8, person_id=anna.id, referral_id=None)
    seen = [
        await store.read(chat_joins.find, chat_id, number) for chat_id, number in ((-9, 7), (-9, 8), (-6, 7), (-6, 8))
    ]
    assert [each and (each.person_id, each.joined_at, each.left_at) for each in seen] == [
        (None, NOON, NOON + 1_000_000),
        (anna.id, None, None),
        (None, NOON, None),
        None,
    ]
    deleted = [
        await store.write(chat_joins.delete_left, before=NOON + 1_000_000 + late, limit=limit)
        for late, limit in ((0, 9), (1, 1), (1, 9))
    ]
    assert deleted == [0, 1, 1]
    await store.write(chat_joins.delete_of, 8)
    assert [await store.read(chat_joins.find, *each) is None for each in ((-9, 8), (-6, 7))] == [True, False]


async def test_what_somebody_was_asked_ends_with_its_time(store: Store, clock: Clock) -> None:
    """One thing each; it is left by its own name alone."""
    anna, ben = await store.write(add_members, 2)
    data = {"name": "Zoë", "n": 3}
    for each, flow, expires_at in ((anna, "rye", NOON + 9), (anna, "bun", NOON + 5), (ben, "rye", NOON + 9)):
        await store.write(conversations.open, each.id, flow, "first", data, expires_at=expires_at)
    asked = await store.read(conversations.find, anna.id)
    assert asked is not None
    assert (asked.flow, asked.step, asked.data, asked.expires_at) == ("bun", "first", data, NOON + 5)
    assert await store.read(conversations.find_in, anna.id, "bun") == asked
    assert await store.read(conversations.find_in, anna.id, "rye") is None
    assert await store.write(conversations.leave, anna.id, "rye") is False
    clock.now = NOON + 5
    assert await store.read(conversations.find, anna.id) is None
    assert [await store.write(conversations.delete_expired) for _ in range(2)] == [1, 0]
    assert await store.write(conversations.leave, ben.id, "rye") is True
    assert await store.read(conversations.find, ben.id) is None


async def test_what_was_asked_by_a_clock_ahead_waits_from_now_on(store: Store, clock: Clock) -> None:
    """As long as it was to wait; what was asked by a clock that is right stays."""
    anna, ben = await store.write(add_members, 2)
    await store.write(conversations.open, ben.id, "rye", "first", {}, expires_at=NOON + 9)
    clock.now = NOON + 1_000
    await store.write(conversations.open, anna.id, "rye", "first", {}, expires_at=NOON + 1_007)
    clock.now = NOON + 1
    assert await store.read(conversations.find, anna.id) is None
    assert [await store.write(conversations.redate) for _ in range(2)] == [1, 0]
    found = [await store.read(conversations.find, each.id) for each in (anna, ben)]
    assert [each and each.expires_at for each in found] == [NOON + 8, NOON + 9]
    await store.write(conversations.delete_of, anna.id)
    assert [await store.read(conversations.find, each.id) is None for each in (anna, ben)] == [True, False]


async def test_of_a_broadcast_that_is_over_the_sum_of_its_openers_is_left(store: Store) -> None:
    """Page by page; nobody is counted twice, and another broadcast's stay."""
    anna, ben, cleo = await store.write(add_members, 3)
    first, second = [(await store.write(broadcasts.add, anna.id)).id for _ in range(2)]
    await store.write(broadcast_links.add_each, first, {1: "https://a.example", 2: "https://b.example"})
    assert await store.read(broadcast_links.list_of, first) == {1: "https://a.example", 2: "https://b.example"}
    assert await store.read(broadcast_links.list_of, second) == {}
    found = [await store.read(broadcast_links.find, *each) for each in ((first, 2), (first, 3), (second, 1))]
    assert found == ["https://b.example", None, None]
    for broadcast_id, each in ((first, anna), (first, ben), (first, cleo), (second, anna)):
        assert await store.write(broadcast_links.note_opened, broadcast_id, each.id) is True
    assert await store.write(broadcast_links.note_opened, first, ben.id) is False
    await end(store, first)
    folded = [
        await store.write(broadcast_links.fold, before=before, limit=limit)
        for before, limit in ((NOON, 9), (NOON + 1, 2), (NOON + 1, 9), (NOON + 1, 9))
    ]
    assert folded == [0, 2, 1, 0]
    assert await store.read(broadcast_links.list_opened_of, anna.id) == [second]
    await store.write(broadcast_links.forget_of, anna.id)
    assert [await store.read(broadcast_links.count_opened, each) for each in (first, second)] == [3, 1]
    assert await store.read(broadcast_links.list_opened_of, anna.id) == []


async def end(store: Store, broadcast_id: BroadcastId) -> None:
    """Let a broadcast be over now."""
    states = type((await store.read(broadcasts.get, broadcast_id)).state)
    assert await store.write(broadcasts.set_state, broadcast_id, states.DONE, expected=list(states)) is True


async def test_what_a_week_allows_is_forgotten_after_it(store: Store, clock: Clock) -> None:
    """What is allowed in all stays; each is counted by campaign, rule and scope."""
    version_id = await store.write(add_version)
    await store.write(campaigns.add_version, slug="autumn", content="{}", digest="e")
    first, second = [each.id for each in await store.read(campaigns.list_all)]
    assert await store.read(allowances.get_campaign, version_id) == first
    for campaign_id, rule, scope in (
        (first, "rye", "week:1"),
        (first, "bun", "week:1"),
        (second, "rye", "week:1"),
        (first, "rye", "all"),
    ):
        taken = [
            await store.write(allowances.take, campaign_id, rule, scope, pieces=pieces, most=3)
            for pieces in (4, 2, 2, 1)
        ]
        assert taken == [False, True, False, True]
    await store.write(allowances.put_back, first, "rye", "week:1", pieces=2)
    again = [
        await store.write(allowances.take, *key, pieces=2, most=3)
        for key in (
            (second, "rye", "week:1"),
            (first, "bun", "week:1"),
            (first, "rye", "all"),
            (first, "rye", "week:1"),
        )
    ]
    assert again == [False, False, False, True]
    clock.advance(1)
    await store.write(allowances.put_back, second, "rye", "week:1", pieces=1)
    deleted = [
        await store.write(allowances.delete_weeks, before=before, limit=limit)
        for before, limit in ((NOON, 9), (clock.now, 1), (clock.now, 9))
    ]
    assert deleted == [0, 1, 1]
    left = [
        await store.write(allowances.take, *key, pieces=1, most=3)
        for key in ((first, "rye", "all"), (second, "rye", "week:1"), (second, "rye", "week:1"))
    ]
    assert left == [False, True, False]
