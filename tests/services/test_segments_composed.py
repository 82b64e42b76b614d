"""Segments put together by typing and tapping, kept by a name, and lists of people: what stands there after each step."""

from __future__ import annotations

import io
from contextlib import closing

import pytest

from bot.core.languages import LANGUAGES
from bot.core.links import Addresses
from bot.core.segments.conditions import MOST_CONDITIONS, Condition, How
from bot.core.segments.writing import SegmentMistake, Why, parse_segment, write_segment
from bot.services.members import NotAllowed, enter
from bot.services.segments import composing
from bot.services.segments.composing import SEGMENT, WAIT_SECONDS, Place, SegmentView
from bot.services.segments.lists import BATCH, MOST_TOLD, SAID_LIMIT, Listed, drop_list, take_list
from bot.services.segments.offering import BROADCASTS_OFFERED, VALUES_OFFERED, list_values
from storage import Store, Tx
from storage.conversation import Conversation
from storage.records import BroadcastState, Person, Profile
from storage.role import Role
from storage.segment import SegmentId
from storage.steps import take_steps
from storage.tables import broadcasts, conversations, labels, people, roles, segments
from storage.tables import lists as listed_table
from tests.services.asking import find_flow
from tests.storage.cast import add_member, add_members, make_profile
from tests.storage.clock import Clock

SARI = make_profile(1)
BUDI = make_profile(2)
ADDRESSES = Addresses(bot_username="shop_bot")
VIP = Condition(name="label", how=How.IS, value="vip")
FRIENDS = Condition(name="friends", how=How.AT_LEAST, value="3")


@pytest.fixture
async def sari(store: Store) -> Person:
    """Runs the shop; five more are members, two of whom are called vip."""
    members = await store.write(add_members, 6)
    await store.write(roles.set, SARI.telegram_id, Role.MANAGER)
    for member in members[1:3]:
        await store.write(labels.add, member.id, "vip")
    return members[0]


async def type_in(store: Store, text: str) -> SegmentView:
    """Sari types a segment, or more of one."""
    return await store.write(composing.take_typed, visitor=SARI, text=text)


async def find_asked(store: Store, person: Person) -> Conversation:
    """What is waited for of somebody."""
    found = await store.read(conversations.find, person.id)
    assert found is not None
    return found


async def test_what_is_typed_stands_with_what_each_step_leaves(store: Store, sari: Person, clock: Clock) -> None:
    """Everybody first; a text that begins with and, or goes on with what is there; any other begins anew."""
    begun = await store.write(composing.begin, visitor=SARI)
    assert begun is not None
    assert (begun.segment, begun.counts, begun.name, begun.changed, begun.taken) == (None, (), "", False, False)
    assert (begun.member.id, begun.place) == (sari.id, Place())
    asked = await find_asked(store, sari)
    assert (asked.flow, asked.step, asked.expires_at) == (SEGMENT, "draft", clock.now + WAIT_SECONDS * 1_000_000)
    assert asked.data == {"written": "", "joined": "and", "segment_id": 0, "broadcast_id": 0}
    seen = await type_in(store, "label:vip")
    assert (seen.place.written, list(seen.counts)) == ("label:vip", [6, 2])
    seen = await type_in(store, " OR friends<1")
    assert seen.place.written == "label:vip or friends<1"
    seen = await type_in(store, "and not label:vip")
    assert seen.place.written == "(label:vip or friends<1) and not label:vip"
    assert list(seen.counts) == [6, 6, 4]
    assert seen.segment == parse_segment("(label:vip or friends<1) and not label:vip")
    assert (await store.read(composing.view_segment, visitor=SARI)) == seen
    assert (await type_in(store, "friends>=3")).place.written == "friends>=3"


async def test_what_does_not_exist_is_told_with_what_does(store: Store, sari: Person) -> None:
    """Tiers, campaigns, lists, languages and broadcasts have to be there; labels and sources may come yet; nothing is kept of it."""
    draft = await store.write(broadcasts.add, sari.id)
    await store.write(listed_table.add, "march", [sari.id])
    for known in (
        "list:march",
        f"opened:{draft.id}",
        f"unopened:{draft.id}",
        "campaign:welcome",
        "language:id",
        "tier:none",
    ):
        assert (await type_in(store, known)).place.written == known
    assert (
        await type_in(store, "label:unheard and source:unheard")
    ).place.written == "label:unheard and source:unheard"
    for unknown, hint in {
        "campaign:sprng": "welcome",
        "list:april": "march",
        "tier:gold": "",
        f"opened:{draft.id + 1}": "",
        f"opened:{draft.id} and opened:{draft.id + 1}": str(draft.id),
        f"unopened:{draft.id + 1} or unopened:{draft.id}": str(draft.id),
    }.items():
        with pytest.raises(SegmentMistake) as told:
            await type_in(store, unknown)
        assert (told.value.why, told.value.hint) == (Why.NOBODY, hint)
    for unreadable, why in {"": Why.EMPTY, "   ": Why.EMPTY, "and": Why.MISSING}.items():
        with pytest.raises(SegmentMistake) as told:
            await type_in(store, unreadable)
        assert told.value.why is why
    assert (await store.read(composing.view_segment, visitor=SARI)).place.written == "label:unheard and source:unheard"


async def test_a_condition_is_joined_as_was_said_last(store: Store, sari: Person) -> None:
    """The first stands alone; then by and, unless something else was said, which holds for one condition."""
    assert (await store.write(composing.add_condition, visitor=SARI, condition=VIP)).place.written == "label:vip"
    seen = await store.write(composing.add_condition, visitor=SARI, condition=FRIENDS)
    assert seen.place == Place(written="label:vip and friends>=3")
    for joined, written in (
        ("not", "label:vip and friends>=3 and not label:vip"),
        ("or", "label:vip and friends>=3 and not label:vip or label:vip"),
    ):
        member = await store.write(composing.choose_join, visitor=SARI, joined=joined)
        assert member.id == sari.id
        asked = await find_asked(store, sari)
        assert (asked.step, asked.data["joined"]) == ("draft", joined)
        seen = await store.write(composing.add_condition, visitor=SARI, condition=VIP)
        assert seen.place == Place(written=written)


async def test_a_segment_has_room_for_so_many_conditions(store: Store, sari: Person) -> None:
    """One more is refused with what there is, and changes nothing."""
    await type_in(store, " and ".join(["label:vip"] * (MOST_CONDITIONS - 1)))
    full = await store.write(composing.add_condition, visitor=SARI, condition=FRIENDS)
    with pytest.raises(SegmentMistake) as told:
        await store.write(composing.add_condition, visitor=SARI, condition=FRIENDS)
    assert (told.value.why, told.value.text) == (Why.MANY, full.place.written)
    assert (await store.read(composing.view_segment, visitor=SARI)) == full


async def test_a_name_is_anothers_or_free(store: Store, sari: Person) -> None:
    """A new one is kept by a free name and goes on being changed under it; a taken one is told, and nothing is kept."""
    await type_in(store, "label:vip")
    kept = await store.write(composing.save, visitor=SARI, name="vips")
    assert (kept.name, kept.taken, kept.changed, kept.place.written) == ("vips", False, False, "label:vip")
    assert (await find_asked(store, sari)).data["segment_id"] == kept.place.segment_id
    row = await store.read(segments.find, SegmentId(kept.place.segment_id))
    assert row is not None
    assert (row.name, row.written) == ("vips", "label:vip")
    await store.write(composing.begin, visitor=SARI)
    await type_in(store, "friends>=3")
    taken = await store.write(composing.save, visitor=SARI, name="vips")
    assert (taken.taken, taken.name, taken.place) == (True, "", Place(written="friends>=3"))
    assert [each.name for each in await store.read(segments.list_all, limit=9)] == ["vips"]


async def test_a_change_of_a_kept_one_is_kept_when_somebody_says_so(store: Store, sari: Person) -> None:
    """Until then it is looked at as changed; what has no name, or no condition, is not rewritten."""
    assert not (await store.write(composing.rewrite, visitor=SARI)).changed
    await type_in(store, "label:vip")
    assert (await store.write(composing.rewrite, visitor=SARI)).place == Place(written="label:vip")
    assert await store.read(segments.list_all, limit=9) == []
    kept = await store.write(composing.save, visitor=SARI, name="vips")
    changed = await type_in(store, "or friends>=3")
    assert (changed.changed, changed.name) == (True, "vips")
    rewritten = await store.write(composing.rewrite, visitor=SARI)
    assert (rewritten.changed, rewritten.place.written) == (False, "label:vip or friends>=3")
    found = await store.write(composing.begin, visitor=SARI, segment_id=kept.place.segment_id, broadcast_id=7)
    assert found is not None
    assert found.place == Place(written="label:vip or friends>=3", segment_id=kept.place.segment_id, broadcast_id=7)
    assert (found.name, found.changed) == ("vips", False)
    assert await store.write(composing.begin, visitor=SARI, segment_id=99) is None


async def test_another_name_leaves_the_words_as_they_were_kept(store: Store, sari: Person) -> None:
    """What was changed meanwhile goes on being changed; a name that is another's is told; one's own is no other's."""
    await type_in(store, "friends>=3")
    other = await store.write(composing.rename, visitor=SARI, name="friends")
    assert (other.name, other.taken) == ("friends", False), "what was never kept is kept by it"
    await store.write(composing.begin, visitor=SARI)
    await type_in(store, "label:vip")
    await store.write(composing.save, visitor=SARI, name="vips")
    await type_in(store, "and friends>=3")
    taken = await store.write(composing.rename, visitor=SARI, name="friends")
    assert (taken.taken, taken.name) == (True, "vips")
    for name in ("vips", "best"):
        named = await store.write(composing.rename, visitor=SARI, name=name)
        assert (named.taken, named.name, named.changed) == (False, name, True)
        assert named.place.written == "label:vip and friends>=3"
    assert [(row.name, row.written) for row in await store.read(segments.list_all, limit=9)] == [
        ("best", "label:vip"),
        ("friends", "friends>=3"),
    ]


async def test_what_was_kept_is_listed_with_how_many_it_means(store: Store, sari: Person) -> None:
    """Of those who can be written to; beside the lists there are; and is gone with a tap, and the dialogue with it."""
    gone = await store.write(add_member, 7)
    await store.write(people.set_blocked, gone.id, blocked=True)
    await store.write(listed_table.add, "march", [sari.id])
    await type_in(store, "label:vip")
    kept = await store.write(composing.save, visitor=SARI, name="vips")
    await store.write(segments.add, "all", "friends<1")
    found = await store.read(composing.list_segments, visitor=SARI, broadcast_id=4)
    assert [row.name for row in found.rows] == ["all", "vips"]
    assert (list(found.counts), found.everybody, found.broadcast_id) == ([6, 2], 6, 4)
    assert (found.lists, found.member.id) == ({"march": 1}, sari.id)
    left = await store.write(composing.remove, visitor=SARI, segment_id=kept.place.segment_id)
    assert [row.name for row in left.rows] == ["all"]
    assert left.broadcast_id == 0
    assert await find_flow(store, sari.id) is None


async def test_a_draft_goes_to_those_who_are_meant(store: Store, sari: Person) -> None:
    """Or to everybody again; only its author's, only while it is a draft, and the dialogue is over then."""
    budi = (await store.read(list_members))[1]
    draft, others = [(await store.write(broadcasts.add, each.id)).id for each in (sari, budi)]
    await type_in(store, "label:vip")
    for number in (others, others + 1):
        assert not await store.write(composing.choose, visitor=SARI, broadcast_id=number)
    assert await find_flow(store, sari.id) == SEGMENT
    assert await store.write(composing.choose, visitor=SARI, broadcast_id=draft)
    assert (await store.read(broadcasts.get, draft)).segment == "label:vip"
    assert await find_flow(store, sari.id) is None
    assert await store.write(composing.choose, visitor=SARI, broadcast_id=draft)
    assert (await store.read(broadcasts.get, draft)).segment is None, "nothing was put together"
    await type_in(store, "label:vip")
    await store.write(composing.choose, visitor=SARI, broadcast_id=draft)
    await type_in(store, "label:vip")
    assert await store.write(composing.choose, visitor=SARI, broadcast_id=draft, everybody=True)
    assert (await store.read(broadcasts.get, draft)).segment is None
    await store.write(broadcasts.set_state, draft, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT])
    assert not await store.write(composing.choose, visitor=SARI, broadcast_id=draft)


async def test_what_can_stand_behind_a_condition_is_offered(store: Store, sari: Person) -> None:
    """Names that there are, the usual numbers and days, and what was sent last; each can be read as it is written."""

    async def offer(kind: str) -> list[str]:
        values = await store.read(list_values, visitor=SARI, kind=kind)
        assert (values.kind, values.member.id, values.names) == (kind, sari.id, {})
        for each in values.offered:
            assert parse_segment(write_segment(each)) == each
        return [f"{each.how}{each.value}" for each in values.offered]

    await store.write(listed_table.add, "march", [sari.id])
    for number in range(VALUES_OFFERED):
        await store.write(labels.add, sari.id, f"word-{number:02}")
    assert await offer("label") == [":vip", *(f":word-{number:02}" for number in range(VALUES_OFFERED - 1))]
    assert await offer("mood") == [":pleased", ":between", ":displeased", ":none"]
    assert (await offer("source"))[:3] == [":qr", ":fwd", ":inline"]
    assert await offer("campaign") == [":welcome"]
    assert await offer("list") == [":march"]
    assert await offer("tier") == []
    assert {f":{each}" for each in LANGUAGES} <= set(await offer("language"))
    assert await offer("opened") == await offer("unopened") == []
    numbers = [(await store.write(broadcasts.add, sari.id)).id for _ in range(BROADCASTS_OFFERED + 1)]
    for number in numbers:
        await store.write(broadcasts.set_started, number, due_at=0, joined_upto=None)
        await store.write(broadcasts.set_state, number, BroadcastState.DONE, expected=[BroadcastState.DRAFT])
    latest = [f":{number}" for number in sorted(numbers, reverse=True)[:BROADCASTS_OFFERED]]
    assert await offer("opened") == await offer("unopened") == latest
    assert await offer("friends") == [">=1", ">=3", ">=5", ">=10"]
    assert await offer("balance") == [">=1", ">=100", ">=500", ">=1000"]
    assert await offer("coupon") == ["within3d", "within7d", "within14d", "within30d"]
    times = ["since7d", "since30d", "since90d", "before30d", "before90d", "before180d"]
    assert await offer("joined") == await offer("seen") == times
    assert await offer("shared") == [*times, "never"]


async def take(store: Store, text: str, *, by: Profile = SARI) -> Listed:
    """Somebody sends a list of that name."""
    listed = Listed(name="march")
    with closing(take_list(io.BytesIO(text.encode()), listed, by=by, addresses=ADDRESSES)) as steps:
        await take_steps(steps, store.write)
    return listed


async def test_a_list_names_people_by_whatever_stands_in_its_cells(store: Store, sari: Person) -> None:
    """By number, @username, code, link or name, in the first cell that means one member; everybody once, in place of whoever stood there."""
    anna = Profile(telegram_id=11, first_name="Anna", username="anna_b")
    await store.write(enter, anna)
    codes = [each.code for each in (await store.read(list_members))]
    assert (await take(store, "7000000001\n7000000002\n")).found == 2
    taken = await take(
        store,
        "\n".join(
            [
                f"x;{BUDI.telegram_id}",
                "@anna_b",
                f"https://t.me/shop_bot?start={codes[2]}",
                codes[3],
                "Member 5",
                "anna_b",
            ]
        ),
    )
    assert (taken.found, taken.unknown, taken.more) == (5, [], 0)
    assert await store.read(listed_table.count_each, limit=9) == {"march": 5}
    counts = (await type_in(store, "list:march")).counts, (await type_in(store, "list:march and not label:vip")).counts
    assert [list(each) for each in counts] == [[7, 5], [7, 5, 3]]


async def test_lines_that_mean_nobody_are_told(store: Store, sari: Person) -> None:
    """The first by number and words, cut where they are long; how many more there are; and what means several means nobody."""
    await store.write(add_member, 20, "Ketut")
    await store.write(add_member, 21, "Ketut")
    stranger = await store.write(people.add, Profile(telegram_id=44, first_name="Never"), "Code000044")
    long = "y" * (SAID_LIMIT + 1)
    lines = ["Ketut;", f"a;;b;{long}", "44", "9" * 19, "7000000001", '"never closed', "Member 2"]
    taken = await take(store, "\n".join(lines) + "\n")
    assert taken.unknown == [
        (1, "Ketut"),
        (2, f"a, b, {long}"[:SAID_LIMIT]),
        (3, "44"),
        (4, "9" * 19),
        (6, "…"),
    ]
    assert (taken.found, taken.more, stranger.is_member) == (2, 0, False)
    many = await take(store, "".join(f"nobody {number}\n" for number in range(BATCH + 5)))
    assert [number for number, _ in many.unknown] == list(range(1, MOST_TOLD + 1))
    assert (many.more, many.found) == (BATCH + 5 - MOST_TOLD, 0)
    assert await store.read(listed_table.count_each, limit=9) == {}


async def test_a_list_ends_when_the_shop_says_so(store: Store, sari: Person) -> None:
    """Nobody else ends it, or brings another."""
    await take(store, "7000000001")
    with pytest.raises(NotAllowed):
        await take(store, "7000000002", by=BUDI)
    with pytest.raises(NotAllowed):
        await store.write(drop_list, visitor=BUDI, name="march")
    assert await store.read(listed_table.count_each, limit=9) == {"march": 1}
    await store.write(listed_table.add, "april", [sari.id])
    assert (await store.write(drop_list, visitor=SARI, name="march")).id == sari.id
    assert await store.read(listed_table.count_each, limit=9) == {"april": 1}


def list_members(tx: Tx) -> list[Person]:
    """Members number 1 to 6."""
    found = [people.find_by_telegram_id(tx, make_profile(number).telegram_id) for number in range(1, 7)]
    return [each for each in found if each is not None]
