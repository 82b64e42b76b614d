from __future__ import annotations

from bot.core.community import ChatProblem
from bot.services.community.notices import AdminWarning
from bot.services.community.warning import (
    JOB_FAILING,
    find_chat_number,
    note_chat_number,
    note_job_trouble,
    note_look,
    note_moved,
    note_posting,
)
from bot.services.joining.joining import start
from bot.services.members import note_owners
from storage import Store, Tx
from storage.addresses import ChatRole
from storage.records import NoticeId, NoticeState, Profile
from storage.tables import outbox, people
from tests.owed import find_member
from tests.storage.clock import Clock


def add_admin(tx: Tx) -> None:
    """An admin who has started the bot, and one who has not."""
    people.set_started(tx, people.add(tx, Profile(telegram_id=7, first_name="Sari"), "Code000001").id)
    people.add(tx, Profile(telegram_id=8, first_name="Budi"), "Code000002")


async def test_admins_hear_of_work_that_keeps_failing(store: Store) -> None:
    """Whoever of them can be written to, with the kind of error and none of its words: they may hold a password."""
    await store.write(add_admin)
    await store.write(note_job_trouble, "backup", "StoreError: postgresql://shop:secret@db", admin_ids=[7, 8, 9])
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=10)
    sari = await store.read(people.find_by_telegram_id, 7)
    assert sari is not None
    assert [(find_member(each), each.kind) for each in owed] == [(sari.id, AdminWarning.kind)]
    assert owed[0].payload == {"warning": JOB_FAILING, "chat": "backup", "number": "StoreError"}


async def test_trouble_that_nobody_could_be_told_is_told_later(store: Store, clock: Clock) -> None:
    """An admin who comes after the third failure hears of it at the next one, and of its going well; once each."""

    async def count_told() -> int:
        return len(await store.read(outbox.list_owed, after=NoticeId(0), limit=10))

    await store.write(note_job_trouble, "backup", "OSError: no space", admin_ids=[7])
    assert await count_told() == 0
    await store.write(add_admin)
    for _ in range(3):
        await store.write(note_job_trouble, "backup", "OSError: no space", admin_ids=[7])
    assert await count_told() == 1
    for _ in range(2):
        await store.write(note_job_trouble, "backup", "", admin_ids=[7])
    *_, over = await store.read(outbox.list_owed, after=NoticeId(0), limit=10)
    assert (over.payload["warning"], over.payload["chat"], await count_told()) == ("job_works", "backup", 2)
    clock.advance(60)
    await store.write(note_job_trouble, "backup", "OSError: no space", admin_ids=[7])
    assert await count_told() == 3


async def test_admins_hear_once_that_posts_do_not_arrive(store: Store, clock: Clock) -> None:
    """However its name is written; again only after a post has arrived in between. The moment is given back."""
    await store.write(add_admin)
    for chat, works in (("@News", False), ("@news", False), ("@NEWS", True), ("@news", False)):
        clock.advance(60)
        assert (
            await store.write(note_posting, role=ChatRole.ANNOUNCE, chat=chat, works=works, admin_ids=[7, 8])
            == clock.now
        )
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=10)
    assert [each.payload for each in owed] == [
        {"warning": ChatProblem.NO_POSTING, "chat": "@News", "number": ""},
        {"warning": ChatProblem.NO_POSTING, "chat": "@news", "number": ""},
    ]


async def test_a_move_is_news_once(store: Store) -> None:
    """To whom can be told; a group without a title goes by its old number."""
    moved = {"old_id": -5, "new_id": -6, "title": ""}
    await store.write(add_admin)
    told = [await store.write(note_moved, **moved, admin_ids=[7]) for _ in range(2)]  # type: ignore[arg-type]  # likewise
    assert told == [True, False]
    (owed,) = await store.read(outbox.list_owed, after=NoticeId(0), limit=10)
    assert owed.payload == {"warning": "moved", "chat": "-5", "number": "-6"}


SARI = Profile(telegram_id=7, first_name="Sari")


async def test_a_move_that_nobody_could_be_told_is_told_to_the_owner_who_comes(store: Store) -> None:
    """Once; somebody who runs nothing hears nothing of it."""
    await store.write(note_owners, telegram_ids=[7])
    for _ in range(2):
        assert not await store.write(note_moved, old_id=-5, new_id=-6, title="The Oven", admin_ids=[7])
    for visitor in (Profile(telegram_id=9, first_name="Anna"), SARI, SARI):
        await store.write(start, visitor=visitor, payload="")
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=10)
    assert [each.payload for each in owed if each.kind == AdminWarning.kind] == [
        {"warning": "moved", "chat": "The Oven", "number": "-6"}
    ]


async def test_a_warning_that_did_not_reach_an_owner_is_owed_again_when_they_come_back(store: Store) -> None:
    """Who had blocked the bot reads it then; what did reach them is not said twice."""
    await store.write(note_owners, telegram_ids=[7])
    await store.write(start, visitor=SARI, payload="")
    for new_id, state in ((-6, NoticeState.SENT), (-7, NoticeState.FAILED)):
        await store.write(note_moved, old_id=-5, new_id=new_id, title="", admin_ids=[7])
        owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=10)
        await store.write(outbox.settle, [each.id for each in owed], state)
    await store.write(start, visitor=SARI, payload="")
    (again,) = await store.read(outbox.list_owed, after=NoticeId(0), limit=10)
    assert again.payload["number"] == "-7"


async def test_the_community_chat_is_the_same_by_any_spelling(store: Store) -> None:
    """What was told of @Oven is not told again of @oven."""
    await store.write(add_admin)
    for chat, news in (("@Oven", True), ("@oven", False)):
        noted = note_look, {"chat": chat, "title": "", "problem": ChatProblem.NO_ADMIN, "admin_ids": [7]}
        assert await store.write(noted[0], **noted[1]) is news  # type: ignore[arg-type]  # likewise


async def test_a_name_that_leads_elsewhere_is_told_once(store: Store) -> None:
    """Where it led first is remembered, in whatever letters it is written, of each kind of chat by itself."""
    await store.write(add_admin)

    async def note(number: int, role: ChatRole = ChatRole.STAFF, chat: str = "@Team") -> int:
        return await store.write(note_chat_number, role=role, chat=chat, number=number, admin_ids=[7, 8])

    assert await store.read(find_chat_number, role=ChatRole.STAFF, chat="@team") is None
    assert [await note(-1), await note(-1), await note(-2, chat="@TEAM"), await note(-2), await note(-3)] == [-1] * 5
    assert await note(-9, ChatRole.VAULT) == -9
    assert await note(-8, chat="@other") == -8
    found: list[tuple[ChatRole, int | str]] = [
        (ChatRole.STAFF, "@team"),
        (ChatRole.VAULT, "@TEAM"),
        (ChatRole.STAFF, "@other"),
        (ChatRole.STAFF, -5),
    ]
    assert [await store.read(find_chat_number, role=role, chat=chat) for role, chat in found] == [-1, -9, -8, None]
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=10)
    assert [each.payload for each in owed] == [
        {"warning": ChatProblem.OTHER_CHAT, "chat": chat, "number": number}
        for chat, number in (("@TEAM", "-2"), ("@Team", "-3"))
    ]
