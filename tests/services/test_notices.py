from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import ClassVar

import pytest

from bot.messages.notices import list_kinds
from bot.services.joining.notices import FriendJoined, JoinAnnounced
from bot.services.notices import Notice, NoticeUnreadable, owe, read_notice, view_notices
from storage import Store
from storage.addresses import ANNOUNCE, MemberAddress
from storage.frozen import frozen
from storage.records import NoticeId, OutboxRow, PersonId, Profile
from storage.tables import labels, outbox, people
from tests.messages.samples import RENDERERS, make_notice
from tests.storage.clock import Clock
from tests.thinning import thin

KINDS = list_kinds(RENDERERS)
FACTS: dict[str, int | str] = {"friend": 2, "inviter": 1, "referral": 7, "points": 50, "waits": 0}
OLD_ROWS: dict[str, dict[str, int | str]] = {
    "welcome": {"unknown_code": 1, "from_inline": 0, "asks": 1},
    **dict.fromkeys(["welcome_invited", "welcome_waiting", "friend_joined", "friend_waiting", "qualified"], FACTS),
    **dict.fromkeys(["friend_claimed", "join_announced"], FACTS),
    **{kind: {**FACTS, "reason": "left"} for kind in ("friend_revoked", "gift_revoked")},
    "reminder": {"inviter": 1, "referral": 7, "points": 50},
    "nudge": {"story": "unsliced"},
    "admin_warning": {"warning": "moved", "chat": "Oven", "number": "-100"},
    "sorry": {},
}
"""What the versions before typed notices wrote."""


def make_row(kind: str, payload: Mapping[str, object]) -> OutboxRow:
    """A row as it comes out of the table."""
    stored = json.loads(json.dumps(payload))
    return OutboxRow(id=NoticeId(1), address=ANNOUNCE, kind=kind, payload=stored, attempts=0, created_at=0)


@frozen
class Moved(Notice):
    """A kind whose fields have had other names."""

    kind: ClassVar[str] = "moved"
    renamed: ClassVar[Mapping[str, str]] = {"who": "person"}
    person: PersonId
    since: int = 5


@pytest.mark.parametrize("kind", thin(RENDERERS))
async def test_what_is_owed_is_read_as_it_was_written(store: Store, kind: type[Notice]) -> None:
    """Every kind survives its row, types and all; the same key owes it once."""
    notice = make_notice(kind, 3)
    assert await store.write(owe, ANNOUNCE, notice, key=5)
    assert not await store.write(owe, ANNOUNCE, notice, key=5)
    (row,) = await store.read(outbox.list_owed, after=NoticeId(0), limit=5)
    read = read_notice(row, KINDS)
    assert read == notice
    assert [type(getattr(read, each.name)) for each in fields(read)] == [
        type(getattr(notice, each.name)) for each in fields(notice)
    ]


@pytest.mark.parametrize("kind", OLD_ROWS)
def test_rows_of_earlier_versions_are_read(kind: str) -> None:
    """An upgrade finds notices owed that another version wrote; fields that came later have their defaults."""
    read = read_notice(make_row(kind, OLD_ROWS[kind]), KINDS)
    assert (type(read), read.kind) == (KINDS[kind], kind)
    known = {each.name: getattr(read, each.name) for each in fields(read)}
    assert known == {each.name: OLD_ROWS[kind].get(each.name, each.default) for each in fields(read)}


def test_every_kind_of_earlier_versions_is_known() -> None:
    """None of them may end unread."""
    assert OLD_ROWS.keys() <= KINDS.keys()
    assert len(KINDS) == len(RENDERERS)


def test_fields_may_be_renamed_and_added() -> None:
    """The old name is read as the new one; what is missing has its default, what is not known is left out."""
    assert read_notice(make_row("moved", {"who": 7, "mood": "good"}), {"moved": Moved}) == Moved(person=PersonId(7))


@pytest.mark.parametrize(
    ("kind", "payload"),
    [("unheard", {}), ("friend_joined", {"friend": 1}), ("friend_joined", {"friend": "x", "points": 1})],
)
def test_what_cannot_be_read_is_named(kind: str, payload: dict[str, object]) -> None:
    """A row of a newer version, or a broken one."""
    with pytest.raises(NoticeUnreadable, match=kind):
        read_notice(make_row(kind, payload), KINDS)


async def test_views_bring_the_names_of_the_moment(store: Store) -> None:
    """The member, the people named, who of them hides; a row that cannot be read takes none with it."""
    anna, budi = [
        await store.write(people.add, Profile(telegram_id=n, first_name=name), f"Code00000{n}")
        for n, name in ((1, "Anna"), (2, "Budi"))
    ]
    await store.write(people.set_anonymous, budi.id, True)
    address = MemberAddress(anna.id)
    await store.write(owe, address, FriendJoined(friend=budi.id, points=50), key=1)
    odd = await store.write(outbox.add, address=address, kind="unheard", payload={}, key="odd")
    assert odd is not None
    view = await store.read(view_notices, address=address, ids=[NoticeId(1), odd, NoticeId(9)], kinds=KINDS)
    assert [each.notice for each in view.owed] == [FriendJoined(friend=budi.id, points=50)]
    assert view.unreadable == [odd]
    assert view.member is not None
    assert (view.member.name, view.names[budi.id], view.public_names[budi.id]) == ("Anna", "Budi", "")


async def test_what_is_not_due_is_held_and_what_is_due_together_stands_together(store: Store, clock: Clock) -> None:
    """With the seconds until it is; since when each might have been sent; what the reader is called where that was asked."""
    anna = await store.write(people.add, Profile(telegram_id=1, first_name="Anna"), "Code000001")
    await store.write(labels.add, anna.id, "vip")
    began = clock.now
    for number, digest_at in ((1, began + 90_000_000), (2, 0), (3, began + 30_000_000)):
        notice = JoinAnnounced(friend=anna.id, inviter=anna.id, digest_at=digest_at)
        await store.write(owe, ANNOUNCE, notice, key=number)
    await store.write(owe, MemberAddress(anna.id), FriendJoined(friend=anna.id, points=1), key=1)
    clock.advance(40)
    rows = await store.read(outbox.list_owed, after=NoticeId(0), limit=9)
    ids = [row.id for row in rows]
    view = await store.read(view_notices, address=ANNOUNCE, ids=ids[:3], kinds=KINDS)
    assert [(each.id, each.owed_at, each.topic_id) for each in view.owed] == [
        (ids[1], began, None),
        (ids[2], began + 30_000_000, None),
    ]
    assert (dict(view.held), view.member, list(view.labels), dict(view.names)) == (
        {ids[0]: 50.0},
        None,
        [],
        {anna.id: "Anna"},
    )
    address = MemberAddress(anna.id)
    for labelled, called in ((True, ["vip"]), (False, [])):
        own = await store.read(view_notices, address=address, ids=ids[3:], kinds=KINDS, labelled=labelled)
        assert (list(own.labels), dict(own.public_names)) == (called, {anna.id: "Anna"})
    assert not (await store.read(view_notices, address=ANNOUNCE, ids=ids[:1], kinds=KINDS, labelled=True)).labels
