"""Coupons: never one for two, never lost, told once; imported twice is imported once."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Executable, insert, select, update

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import Give, Rule
from bot.core.coupons.rows import Refused
from bot.core.redeeming import Use
from bot.services.audit import Act, list_acts
from bot.services.campaigns.opening import Source, open_shop
from bot.services.coupons import giving
from bot.services.coupons.counter import check_coupon, find_coupon, hand_again, hand_in
from bot.services.coupons.importing import MOST_TOLD, Imported, import_coupons, view_pools
from bot.services.members import MustWrite, NotAllowed
from bot.services.privacy import collect, forget
from bot.services.rewards.notices import write_rule
from storage import Store, Tx
from storage.checks import list_faults
from storage.facts import CouponState, GrantId, GrantKind, GrantState
from storage.records import NoticeId, Profile, Side
from storage.role import Role
from storage.schema.coupons import coupon, pool
from storage.schema.rewards import grant
from storage.steps import take_steps
from storage.tables import coupons, grants, outbox, people, roles
from tests.owed import list_said
from tests.services.test_joining import ANNA, BUDI, arrive
from tests.storage.cast import run
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES
from tests.written import list_written

STAFF = Profile(telegram_id=900, first_name="Tono", telegram_language="en")
OWNER = Profile(telegram_id=901, first_name="Rosa", telegram_language="en")
DAY = 24 * 3600


@pytest.fixture
async def shop(store: Store, campaign: Campaign) -> Store:
    """A shop with an owner, somebody at the counter, and two members, one of whom came by the other."""
    await store.write(open_shop, Source(campaign=campaign), announce_chat=None, community_chat=None, community_id=None)
    for visitor, role in ((OWNER, Role.OWNER), (STAFF, Role.STAFF)):
        await arrive(store, visitor)
        await store.write(roles.set, visitor.telegram_id, role)
    anna = await arrive(store, ANNA)
    await arrive(store, BUDI, anna.member.code)
    return store


def add_grant(tx: Tx, visitor: Profile, rule: str, name: str = "coffee") -> GrantId:
    """A coupon that somebody has earned, as yet without one."""
    person = people.find_by_telegram_id(tx, visitor.telegram_id)
    assert person is not None
    event_id = tx.scalar(select(grant.c.event_id).limit(1))
    statement = insert(grant).values(
        rule=rule,
        person_id=person.id,
        event_id=event_id,
        state=GrantState.WAITING,
        kind=GrantKind.COUPON,
        what=name,
        granted_at=tx.now,
    )
    return GrantId(tx.scalar(statement.returning(grant.c.id)))


def earn(tx: Tx, visitor: Profile, rule: str = "milestone", name: str = "coffee") -> tuple[GrantId, GrantState]:
    """Somebody earns a coupon; which grant it is, and how it stands."""
    grant_id = add_grant(tx, visitor, rule, name)
    return grant_id, giving.give_coupon(tx, grant_id, name)


async def take_in(store: Store, content: str, name: str = "coffee", by: Profile | None = None) -> tuple[int, int, int]:
    """Import a list; how many were new, known and refused."""
    imported = Imported()
    await take_steps(import_coupons(io.BytesIO(content.encode()), name, imported, by=by), store.write)
    return imported.new, imported.known, imported.refused


async def find_code(store: Store, grant_id: GrantId) -> str:
    """The code of a grant; empty where there is none."""
    row = await store.read(coupons.find_by_grant, grant_id)
    return row.code if row is not None else ""


async def list_news(store: Store) -> list[str]:
    """Notices about coupons, in order."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=1000)
    return [row.kind.removeprefix("coupon_") for row in owed if row.kind.startswith("coupon")]


async def test_the_oldest_coupon_is_given_at_once(shop: Store) -> None:
    """In the order of the list; asked for twice it is the same one, and its member hears of it once."""
    assert await take_in(shop, "B-1\nA-2\n") == (2, 0, 0)
    first, state = await shop.write(earn, ANNA)
    second, _ = await shop.write(earn, BUDI)
    assert await shop.write(giving.give_coupon, first, "coffee") is state is GrantState.AVAILABLE
    assert [await find_code(shop, each) for each in (first, second)] == ["B-1", "A-2"]
    assert await list_news(shop) == ["given", "pool_low", "given"]
    assert await list_faults(shop) == []


async def test_a_list_that_comes_again_changes_nothing(shop: Store) -> None:
    """Nor does it bring back what was given, or one that stands twice in it; all that is new is taken."""
    assert await take_in(shop, "A\nB\nA\n,2026-01-01\nC", by=OWNER) == (3, 1, 1)
    grant_id, _ = await shop.write(earn, ANNA)
    assert await take_in(shop, "A\nB\nC\nD\n", by=OWNER) == (1, 3, 0)
    assert await find_code(shop, grant_id) == "A"
    assert await take_in(shop, "A\n", "cake") == (1, 0, 0)
    (later, earlier) = (await shop.read(list_acts, most=2))[:2]
    assert (later.act, later.by_command, later.subject, later.after) == (Act.COUPONS, True, "cake", "1")
    assert (earlier.actor, earlier.subject, earlier.after) == ("Rosa", "coffee", "1")
    rosa = await shop.read(people.find_by_telegram_id, OWNER.telegram_id)
    assert rosa is not None
    assert await shop.read(list_written, Act.COUPONS) == [
        (Act.COUPONS, rosa.id, "coffee", None, "", "3"),
        (Act.COUPONS, rosa.id, "coffee", None, "", "1"),
        (Act.COUPONS, None, "cake", None, "", "1"),
    ]
    assert await list_faults(shop) == []


@BOTH_ENGINES
async def test_lists_that_come_at_the_same_moment_are_one(shop: Store) -> None:
    """Each code is new to one of them, in whatever order they have it."""
    codes = [f"CODE-{number}" for number in range(120)]
    lists = ["\n".join(codes), "\n".join(reversed(codes)), "\n".join(codes[::2] + codes[1::2])]
    counts = await asyncio.gather(*(take_in(shop, each) for each in lists * 2))
    assert sum(new for new, _, _ in counts) == 120
    assert sum(known for _, known, _ in counts) == 5 * 120
    assert await list_faults(shop) == []


async def test_who_comes_too_late_waits_and_is_served_in_order(shop: Store, clock: Clock) -> None:
    """The oldest first, each told once that it waits and once that it is there."""
    earned = [await shop.write(earn, visitor, f"rule-{number}") for number, visitor in enumerate([ANNA, BUDI] * 2)]
    assert [state for _, state in earned] == [GrantState.WAITING] * 4
    assert await list_news(shop) == ["pool_low", "awaited", "awaited", "awaited", "awaited"]
    clock.advance(1)
    await take_in(shop, "A\nB\nC\n")
    assert [await find_code(shop, grant_id) for grant_id, _ in earned] == ["A", "B", "C", ""]
    assert (await list_news(shop))[5:] == ["pool_low", "given", "given", "given"]
    await take_in(shop, "D\n")
    assert await find_code(shop, earned[-1][0]) == "D"
    assert await shop.write(giving.fill_waiting, "coffee", 10) == 0
    assert await list_faults(shop) == []


@BOTH_ENGINES
async def test_the_last_coupons_go_to_as_many_as_there_are(shop: Store) -> None:
    """Sixteen earn one at the same moment, and there are three."""
    await take_in(shop, "A\nB\nC\n")
    earned = await asyncio.gather(*(shop.write(earn, ANNA, f"rule-{number}") for number in range(16)))
    codes = sorted([await find_code(shop, grant_id) for grant_id, _ in earned], reverse=True)
    assert codes == ["C", "B", "A"] + [""] * 13
    assert [state for _, state in earned].count(GrantState.AVAILABLE) == 3
    assert await list_faults(shop) == []


async def test_the_team_is_told_once_at_a_tenth_and_once_at_the_end(shop: Store, clock: Clock) -> None:
    """Whoever runs the shop, and again after the next import."""

    async def spend(count: int, start: int) -> None:
        for number in range(count):
            await shop.write(earn, ANNA, f"rule-{start + number}")

    await take_in(shop, "\n".join(f"C{number}" for number in range(20)))
    await spend(17, 0)
    assert "pool_low" not in await list_news(shop)
    await spend(2, 17)
    assert (await list_news(shop)).count("pool_low") == 1
    await spend(3, 19)
    assert (await list_news(shop)).count("pool_low") == 2
    clock.advance(1)
    await take_in(shop, "\n".join(f"D{number}" for number in range(30)))
    await spend(28, 22)
    owed = await shop.read(outbox.list_owed, after=NoticeId(0), limit=1000)
    told = [(row.payload["level"], row.payload["left"]) for row in owed if row.kind == "coupon_pool_low"]
    assert told == [("low", 2), ("empty", 0), ("low", 3), ("empty", 0)]


async def test_what_was_seen_is_worth_nothing_once_it_is_taken_back(shop: Store) -> None:
    """A code that its member never saw goes to the next one."""
    await take_in(shop, "A\nB\n")
    seen, _ = await shop.write(earn, ANNA)
    person = await shop.read(people.find_by_telegram_id, BUDI.telegram_id)
    assert person is not None
    await shop.write(people.set_blocked, person.id, blocked=True)
    unseen, _ = await shop.write(earn, BUDI)
    for grant_id in (seen, unseen):
        await shop.write(grants.set_state, grant_id, GrantState.REVOKED, expected=GrantState.AVAILABLE)
    assert await shop.write(giving.take_coupon_back, seen) == "A"
    assert await shop.write(giving.take_coupon_back, unseen) == ""
    assert await shop.write(giving.take_coupon_back, unseen) == ""
    next_one, _ = await shop.write(earn, BUDI, "another")
    with pytest.raises(MustWrite):
        await shop.read(giving.find_shown, next_one)
    for _ in range(2):
        looked = await shop.write(giving.find_shown, next_one)
        assert looked is not None
        assert looked.code == "B"
    assert (await shop.read(giving.find_shown, next_one)) is not None
    assert await find_code(shop, next_one) == "B"
    assert (await list_news(shop)).count("taken") == 1
    assert await list_faults(shop) == []


async def test_an_expired_coupon_is_replaced(shop: Store, clock: Clock) -> None:
    """By one that is good still; where there is none its member waits, and is told either way."""
    end = datetime.fromtimestamp(clock.now // 1_000_000 + 3 * DAY, UTC).date()
    await take_in(shop, f"OLD-1,{end}\nOLD-2,{end}\nOLD-3,{end}\nNEW-1\n")
    (first, _), (second, _) = [await shop.write(earn, ANNA, rule) for rule in ("a", "b")]
    clock.advance(5 * DAY)
    due = await shop.read(giving.list_due, limit=10)
    assert [row.code for row in due] == ["OLD-1", "OLD-2", "OLD-3"]
    for _ in range(2):
        await shop.write(giving.expire, due)
    assert [await find_code(shop, each) for each in (first, second)] == ["NEW-1", ""]
    assert await list_news(shop) == ["given", "given", "given", "awaited", "pool_low"]
    assert await list_faults(shop) == []
    await take_in(shop, "NEW-2\n")
    assert await find_code(shop, second) == "NEW-2"


async def test_an_expired_coupon_is_not_given_before_it_is_cleared_away(shop: Store, clock: Clock) -> None:
    """Whatever the counts say at that moment."""
    end = datetime.fromtimestamp(clock.now // 1_000_000 + DAY, UTC).date()
    await take_in(shop, f"OLD,{end}\n")
    clock.advance(3 * DAY)
    _, state = await shop.write(earn, ANNA)
    assert state is GrantState.WAITING
    assert await list_faults(shop) == []


@BOTH_ENGINES
async def test_a_coupon_is_used_once_at_the_counter(shop: Store, clock: Clock) -> None:
    """Found however its code is typed; a slip is put right within two minutes; all of it is written down."""
    await take_in(shop, "AB-12\nCD-34\n")
    grant_id, _ = await shop.write(earn, ANNA)
    seen = await shop.read(check_coupon, visitor=STAFF, typed=" ab12 ")
    assert seen.row is not None
    assert (seen.row.code, seen.use, seen.holder) == ("AB-12", Use.READY, "Anna")
    assert (await shop.read(check_coupon, visitor=STAFF, typed="CD-34")).row is None
    number = seen.row.id
    taps = await asyncio.gather(*(shop.write(hand_in, visitor=STAFF, coupon_id=number) for _ in range(8)))
    assert [tap.done for tap in taps].count(True) == 1
    assert (await shop.read(grants.get, grant_id)).state is GrantState.USED
    clock.advance(119)
    assert (await shop.write(hand_again, visitor=STAFF, coupon_id=number)).use is Use.READY
    await shop.write(hand_in, visitor=STAFF, coupon_id=number)
    clock.advance(120)
    assert (await shop.write(hand_again, visitor=STAFF, coupon_id=number)).use is Use.USED
    assert await shop.write(giving.take_coupon_back, grant_id) == ""
    assert (await list_news(shop)).count("used") == 3
    assert [act.act for act in await shop.read(list_acts, most=3)] == [
        Act.HANDED_OUT,
        Act.HANDED_BACK,
        Act.HANDED_OUT,
    ]
    anna, tono = [await shop.read(people.find_by_telegram_id, each.telegram_id) for each in (ANNA, STAFF)]
    assert anna is not None
    assert tono is not None
    assert await shop.read(list_written, Act.HANDED_OUT, Act.HANDED_BACK) == [
        (act, tono.id, "", anna.id, "", "AB-12") for act in (Act.HANDED_OUT, Act.HANDED_BACK, Act.HANDED_OUT)
    ]
    for unit in (hand_in, hand_again):
        with pytest.raises(NotAllowed):
            await shop.write(unit, visitor=ANNA, coupon_id=number)
    with pytest.raises(NotAllowed):
        await shop.read(check_coupon, visitor=ANNA, typed="AB-12")
    assert await list_faults(shop) == []


async def test_only_who_runs_the_shop_brings_coupons(shop: Store) -> None:
    """Also where a role ends in the middle of a list."""
    with pytest.raises(NotAllowed):
        await take_in(shop, "A\n", by=STAFF)
    imported = Imported()
    steps = import_coupons(io.BytesIO("\n".join(map(str, range(1500))).encode()), "coffee", imported, by=OWNER)
    left = iter((True, True, False))

    async def write(unit: object) -> object:
        if not next(left, True):
            await shop.write(roles.clear, OWNER.telegram_id)
        return await shop.write(unit)  # type: ignore[arg-type]

    with pytest.raises(NotAllowed):
        await take_steps(steps, write)
    assert imported.new == 1000


async def test_what_somebody_has_is_theirs_to_read_and_ends_with_them(shop: Store) -> None:
    """Their own codes stand in /mydata, and not those that they took at the counter; nobody waits who was forgotten."""
    await take_in(shop, "A\nB\n")
    mine, _ = await shop.write(earn, ANNA)
    row = await shop.read(coupons.find_by_grant, mine)
    assert row is not None
    await shop.write(hand_in, visitor=STAFF, coupon_id=row.id)
    assert [each["code"] for each in (await shop.read(collect, visitor=ANNA)).rows["coupon"]] == ["A"]
    assert "coupon" not in (await shop.read(collect, visitor=STAFF)).rows
    await shop.write(earn, BUDI)
    waiting, _ = await shop.write(earn, BUDI, "another")
    await shop.write(forget, telegram_id=BUDI.telegram_id)
    await take_in(shop, "C\n")
    assert (await shop.read(grants.get, waiting)).state is GrantState.DECLINED
    assert await find_code(shop, waiting) == ""
    assert await list_faults(shop) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (update(pool).values(ready=pool.c.ready + 1), "pools count other coupons than are free"),
        (update(coupon).where(coupon.c.state == "free").values(state="void", former_grant_id=1), "pools count other"),
        (update(grant).where(grant.c.kind == "coupon").values(state="revoked"), "grants that stand otherwise"),
        (
            update(coupon)
            .where(coupon.c.state == "given")
            .values(state=CouponState.VOID, grant_id=None, former_grant_id=1),
            "grants have no coupon",
        ),
    ],
    ids=["too many", "too few", "grant gone", "coupon gone"],
)
async def test_books_that_do_not_agree_are_found(shop: Store, statement: Executable, words: str) -> None:
    """Whatever changed behind the program's back."""
    await take_in(shop, "A\nB\n")
    await shop.write(earn, ANNA)
    assert await list_faults(shop) == []
    await shop.write(run, statement)
    (fault,) = await list_faults(shop)
    assert words in fault


async def test_the_job_gives_what_an_import_could_not(shop: Store) -> None:
    """A grant that began to wait while the list came is filled without another one."""
    from bot.jobs.coupons import tend

    await shop.write(partial(coupons.add, name="coffee", codes=[("A", "a", None)]))
    grant_id = await shop.write(add_grant, ANNA, "late")
    await tend(shop)
    assert await find_code(shop, grant_id) == "A"


async def test_each_step_of_a_coupon_is_told_with_its_code(shop: Store, clock: Clock) -> None:
    """Awaited, given, given in the place of one that expired, taken at the counter and given back there, taken away, over."""
    ids = [(await shop.read(people.find_by_telegram_id, each.telegram_id)) for each in (ANNA, OWNER)]
    anna, rosa = [each.id for each in ids if each is not None]
    grant_id, _ = await shop.write(earn, ANNA)
    clock.advance(1)
    await take_in(shop, "A-1,2025-10-20\n")
    row = await shop.read(coupons.find_by_grant, grant_id)
    assert row is not None
    ends = row.expires_at
    assert ends is not None
    clock.advance(12 * DAY)
    await shop.write(giving.expire, await shop.read(giving.list_due, limit=9))
    await take_in(shop, "B-2\nC-3\n")
    row = await shop.read(coupons.find_by_grant, grant_id)
    assert row is not None
    await shop.write(hand_in, visitor=STAFF, coupon_id=row.id)
    await shop.write(hand_again, visitor=STAFF, coupon_id=row.id)
    assert await shop.write(giving.take_coupon_back, grant_id) == "B-2"
    assert await shop.write(giving.take_coupon_back, grant_id) == ""
    told = [each for each in await shop.read(list_said) if each[0].startswith("coupon_")]
    bare = {"pool": "coffee", "rule": ""}
    assert told == [
        ("coupon_pool_low", rosa, {"pool": "coffee", "level": "empty", "left": 0}),
        ("coupon_awaited", anna, {**bare, "given": "at_once"}),
        ("coupon_pool_low", rosa, {"pool": "coffee", "level": "empty", "left": 0}),
        ("coupon_given", anna, {**bare, "given": "waited", "code": "A-1", "expires_at": ends}),
        ("coupon_awaited", anna, {**bare, "given": "replaced"}),
        ("coupon_given", anna, {**bare, "given": "waited", "code": "B-2", "expires_at": 0}),
        ("coupon_used", anna, {"pool": "coffee", "code": "B-2", "undone": False}),
        ("coupon_used", anna, {"pool": "coffee", "code": "B-2", "undone": True}),
        ("coupon_taken", anna, {"pool": "coffee", "code": "B-2"}),
    ]


async def test_a_coupon_of_a_rule_that_gives_no_other_is_over(shop: Store, campaign: Campaign, clock: Clock) -> None:
    """With its time; its member is told, and the grant is over; what was given says by which rule it came."""
    give = Give(kind=GrantKind.COUPON, what="coffee")
    rule = Rule(key="gone", when="joined", who=Side.INVITER, give=give, on_expiry="end")
    await shop.write(open_shop, Source(campaign=replace(campaign, rewards=(rule,))))
    await take_in(shop, "A-1,2025-10-20\nB-2\n")
    anna = await shop.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    await arrive(shop, Profile(telegram_id=555, first_name="Mei"), anna.code)
    ((_, to, said),) = await shop.read(list_said, "coupon_given")
    assert (to, said["code"], said["rule"], said["given"]) == (anna.id, "A-1", write_rule(rule), "at_once")
    clock.advance(12 * DAY)
    await shop.write(giving.expire, await shop.read(giving.list_due, limit=9))
    assert await shop.read(list_said, "coupon_over") == [("coupon_over", anna.id, {"pool": "coffee", "code": "A-1"})]
    (row,) = [each for each in await shop.read(grants.list_of, anna.id, limit=9, offset=0) if each.rule == "gone"]
    assert row.state is GrantState.EXPIRED
    assert len(await shop.read(list_said, "coupon_given")) == 1


async def test_who_runs_the_shop_sees_what_is_left_and_who_waits(shop: Store, campaign: Campaign) -> None:
    """Of each pool by its name, also of those that rules give from and nothing was ever taken into."""
    give = Give(kind=GrantKind.COUPON, what="bun")
    rule = Rule(key="bun", when="joined", who=Side.INVITER, give=give)
    await shop.write(open_shop, Source(campaign=replace(campaign, rewards=(rule,))))
    await take_in(shop, "A\nB\n")
    for visitor in (ANNA, BUDI):
        await shop.write(earn, visitor, "x", "cake")
    seen = await shop.read(view_pools, visitor=OWNER)
    assert (seen.member.name, [(each.name, each.ready, each.waiting) for each in seen.pools]) == (
        "Rosa",
        [("bun", 0, 0), ("cake", 0, 2), ("coffee", 2, 0)],
    )
    assert await shop.read(giving.list_fillable) == []
    with pytest.raises(NotAllowed):
        await shop.read(view_pools, visitor=STAFF)


async def test_a_code_is_read_as_it_is_meant(shop: Store) -> None:
    """Written just so rather than alike, in somebody's hands rather than not; one that nobody has is none."""
    await take_in(shop, "AB-12\nab12\nFREE\n")
    first, _ = await shop.write(earn, ANNA)
    second, _ = await shop.write(earn, BUDI)
    rows = [await shop.read(coupons.find_by_grant, each) for each in (first, second)]
    codes = [row.code for row in rows if row is not None]
    assert codes == ["AB-12", "ab12"]
    for typed, code in (("AB-12", "AB-12"), (" ab12 ", "ab12"), ("AB12", "AB-12")):
        found = await shop.read(find_coupon, typed)
        assert found is not None
        assert found.code == code
    for typed in ("FREE", "nothing"):
        assert await shop.read(find_coupon, typed) is None
    assert rows[0] is not None
    await shop.write(hand_in, visitor=STAFF, coupon_id=rows[0].id)
    found = await shop.read(find_coupon, "ab 12")
    assert found is not None
    assert found.code == "ab12", "the other was handed in"


async def test_of_rows_that_are_refused_the_first_are_told(shop: Store) -> None:
    """Each by itself to whoever wants to hear of each, and how many there are in all."""
    imported, heard = Imported(), list[Refused]()
    content = io.BytesIO(b"\n".join([b",2026-01-01"] * (MOST_TOLD + 2) + [b"A"]))
    await take_steps(import_coupons(content, "coffee", imported, by=OWNER, told=heard.append), shop.write)
    assert (imported.new, imported.refused, len(imported.told), len(heard)) == (
        1,
        MOST_TOLD + 2,
        MOST_TOLD,
        MOST_TOLD + 2,
    )
    assert heard[:MOST_TOLD] == imported.told
