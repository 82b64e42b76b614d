from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from sqlalchemy import delete, select, text

from storage import RuleBroken, Store, open_store
from storage.addresses import ANNOUNCE, MemberAddress
from storage.campaign import CampaignState
from storage.checks import list_faults
from storage.facts import EventKind, GrantId, GrantKind, GrantState, RedemptionState
from storage.migrations.upgrade import compose_config
from storage.records import BroadcastId, BroadcastState, NoticeId, PersonId, Profile, RankLine, ReferralId
from storage.schema.referrals import ledger
from storage.schema.rewards import event
from storage.tables import (
    boards,
    broadcasts,
    campaigns,
    code_keys,
    conversations,
    coupons,
    directory,
    events,
    funnel,
    gifts,
    grants,
    honours,
    inviter_sums,
    ledgers,
    outbox,
    people,
    redemptions,
    referrals,
    scores,
    shares,
    shops,
    watches,
)
from storage.tables.inviter_sums import InviterSum
from storage.tx import Row, Tx
from tests.storage.cast import run
from tests.storage.clock import NOON, Clock
from tests.storage.test_migrations import connect
from tests.thinning import EMPTY_LONG_ON_POSTGRES

FIRST_DAYS = [
    "INSERT INTO person (id, code, started_at, score, created_at) VALUES (1, 'Code000001', 5, 1, 5)",
    "INSERT INTO person (id, code, started_at, created_at) VALUES (2, 'Code000002', 6, 6)",
    "INSERT INTO person (id, code, created_at) VALUES (3, 'Code000003', 7)",
    (
        "INSERT INTO profile (person_id, telegram_id, first_name, last_name, username)"
        " VALUES (1, 11, 'Zoë', 'Müller', 'Zoe_M'), (2, 12, 'Ben', '', ''), (3, 13, 'Cleo', '', '')"
    ),
    "INSERT INTO share (person_id, way, shared_at) VALUES (1, 'card', 8), (1, 'qr', 9)",
    (
        "INSERT INTO referral (id, inviter_id, invitee_id, campaign, state, joined_at)"
        " VALUES (1, 1, 2, 'welcome', 'qualified', 6), (2, 1, 3, 'welcome', 'revoked', 7), (3, 2, 1, 'summer', 'waiting', 8)"
    ),
    "INSERT INTO account (id, owner_id, balance) VALUES (7, 1, 50)",
    (
        "INSERT INTO ledger (debit_id, credit_id, amount, key, reason, referral_id, posted_at)"
        " VALUES (1, 7, 50, 'k', 'invited_friend', 1, 6), (1, 7, 50, 'l', 'invited_friend', 2, 7),"
        " (7, 1, 50, 'revoke:l', 'invited_friend', 2, 9)"
    ),
    (
        "INSERT INTO reward (referral_id, side, rule, person_id, points, ledger_id)"
        " VALUES (1, 'inviter', 'join', 1, 50, 1), (2, 'inviter', 'join', 1, 50, 2)"
    ),
    "INSERT INTO score (score, members) VALUES (1, 1)",
    (
        "INSERT INTO outbox (recipient_id, kind, payload, key, created_at) VALUES"
        """ (1, 'friend_joined', '{"friend": 2, "points": 50}', 'a', 8), (NULL, 'join_announced', '{}', 'b', 8)"""
    ),
]


WAITING = [
    "INSERT INTO expectation (person_id, kind, argument, expires_at) VALUES (1, 'claim', '7 2', 9000000000000000)",
    "INSERT INTO expectation (person_id, kind, argument, expires_at) VALUES (2, 'words', 'mina', 9000000000000000)",
    "INSERT INTO words_draft (person_id, text, created_at) VALUES (2, 'Seen before', 5), (3, 'Best bread', 8999999999999999)",
    "INSERT INTO profile (person_id, telegram_id, first_name) VALUES (4, 14, 'Dora')",
    "INSERT INTO broadcast (id, author_id, state, created_at) VALUES (7, 4, 'composing', 8999999999999999)",
    "INSERT INTO broadcast (id, author_id, state, created_at) VALUES (8, 1, 'draft', 6)",
]
"""What people had been asked when the shop was brought up to date."""


def find_top(tx: Tx, board_id: int) -> list[RankLine]:
    """Who leads on a board."""
    return scores.list_top(tx, 5, board_id=board_id)


def begin_at_first_revision(url: str) -> None:
    """Make a database as the first version made it, with rows in it."""
    with connect(url) as connection:
        config = compose_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in FIRST_DAYS:
            connection.execute(text(statement))
        connection.commit()


def begin_at_dialogues(url: str) -> None:
    """Make a database as it was before dialogues had one table."""
    begin_at_first_revision(url)
    with connect(url) as connection:
        config = compose_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        connection.execute(text("INSERT INTO person (id, code, started_at, created_at) VALUES (4, 'Code000004', 8, 8)"))
        for statement in WAITING:
            connection.execute(text(statement))
        connection.commit()


@EMPTY_LONG_ON_POSTGRES
async def test_whoever_was_asked_something_can_still_answer(empty_store_url: str) -> None:
    """Each waits in one flow at the step they stood at; no broadcast waits for its text, and ids go on growing."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(begin_at_dialogues, empty_store_url).result()
    async with open_store(empty_store_url, clock=Clock()) as store:
        asked = [await store.read(conversations.find, PersonId(number)) for number in (1, 2, 3, 4)]
        assert [(each.flow, each.step, each.data) for each in asked if each] == [
            ("claim", "name", {"offer": "7 2"}),
            ("words", "line", {"story": "mina"}),
            ("words", "keep", {"words": "Best bread"}),
            ("broadcast", "content", {}),
        ]
        states = [(await store.read(broadcasts.get, BroadcastId(number))).state for number in (7, 8)]
        assert states == [BroadcastState.CANCELLED, BroadcastState.DRAFT]
        if empty_store_url.startswith("sqlite"):  # PostgreSQL counts only what it numbered itself
            assert (await store.write(broadcasts.add, PersonId(1))).id > 8
        assert await list_faults(store) == []


async def assert_counted(store: Store) -> None:
    """The funnel is as if it had been kept from the first day on."""
    assert await store.read(shares.count_by_way) == {"card": 1, "qr": 1}
    assert await store.read(referrals.count_all) == 3
    counted = await store.read(funnel.sum_all)
    assert (counted.members, counted.reached, counted.prepared, counted.sent) == (2, 1, 2, 0)
    assert await store.read(shops.find_desk) == (None, 24), "an answer is promised within a day"
    assert (counted.clicked, counted.started, counted.qualified) == (3, 3, 1)
    assert await store.read(inviter_sums.find, PersonId(1)) == InviterSum(friends=2, points=50)
    assert await store.read(funnel.list_cycles) == {0: 3}


def list_events(tx: Tx) -> list[Row]:
    """Everything that happened: key, to whom, and when."""
    return tx.rows(select(event.c.key, event.c.person_id, event.c.happened_at).order_by(event.c.key))


async def test_a_database_of_the_first_version_is_brought_up_to_date(empty_store_url: str) -> None:
    """Everything in it stays, names become searchable, and quiet is counted from what was known."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(begin_at_first_revision, empty_store_url).result()
    async with open_store(empty_store_url, clock=Clock()) as store:
        zoe = await store.read(people.get, PersonId(1))
        assert zoe.profile == Profile(telegram_id=11, first_name="Zoë", last_name="Müller", username="Zoe_M")
        assert (zoe.findable, zoe.nudges, zoe.spoken_code, zoe.shared_at, zoe.face) == (True, True, None, 9, "")
        assert [each.id for each in await store.read(directory.list_by_name, "zoe muller", limit=5)] == [1]
        assert [each.id for each in await store.read(directory.list_by_name, "ZOE_M", limit=5)] == [1]
        before = dict.fromkeys(("shared_before", "nudged_before", "displeased_before"), NOON)
        due = await store.read(directory.list_to_nudge, **before, limit=5)
        assert [each.id for each in due] == [2, 1]
        await assert_counted(store)
        watch = await store.read(watches.get)  # looking at friends begins with the next
        assert (watch.looked_upto, watch.settled_upto, zoe.watched, zoe.seen_at) == (3, 3, False, 9)
        came = await store.read(referrals.get, ReferralId(1))
        assert (came.inviter_id, came.invitee_id, came.source, came.joined_at) == (1, 2, "", 6)
        assert await store.read(campaigns.get_digest, came.campaign_version_id) == ""
        former = {each.slug: (each.state, each.digest) for each in await store.read(campaigns.list_all)}
        assert former == dict.fromkeys(("welcome", "summer"), (CampaignState.ENDED, ""))
        now = await store.write(campaigns.add_version, slug="welcome", content="{}", digest="d")
        assert await store.read(campaigns.get_first) == (now, "d")
        assert await store.read(ledgers.get_balance, zoe.id) == 50
        owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=5)
        assert [(row.address, row.kind, row.payload) for row in owed] == [
            (MemberAddress(zoe.id), "friend_joined", {"friend": 2, "points": 50}),
            (ANNOUNCE, "join_announced", {}),
        ]
        (kept,), (back,), none = [await store.read(grants.list_by_referral, ReferralId(number)) for number in (1, 2, 3)]
        assert (kept.person_id, kept.rule, kept.points, kept.ledger_id) == (1, "join", 50, 1)
        assert (kept.threshold, kept.what, kept.matures_at, kept.changed_at) == (None, "", None, kept.granted_at)
        assert (kept.state, back.state, none) == (GrantState.AVAILABLE, GrantState.REVOKED, [])
        assert await store.read(scores.find_rank, zoe.id) == 1
        assert [line.score for line in await store.read(scores.list_top, 5)] == [1]
        welcome = {each.slug: each.id for each in await store.read(campaigns.list_all)}["welcome"]
        _, own = await store.read(boards.list_open, welcome, 0)
        assert [(line.person_id, line.score) for line in await store.read(find_top, own.id)] == [(1, 1)]
        happened = await store.read(list_events)
        assert happened == [
            ("joined:1", 2, 6),
            ("joined:2", 3, 7),
            ("joined:3", 1, 8),
            ("qualified:1", 2, 6),
            ("qualified:2", 3, 7),
            ("revoked:2", 3, 9),
        ]
        key = await store.read(code_keys.get)
        assert (len(key.key), key.unchecked_upto) == (16, 3)
        assert await list_faults(store) == []
        with pytest.raises(RuleBroken, match="append-only"):
            await store.write(run, delete(ledger))


MAIN_AND_FORMER = [
    "INSERT INTO campaign (id, slug, version_number, created_at) VALUES (11, 'spring', 1, 5), (12, 'winter', 1, 6)",
    (
        "INSERT INTO campaign_version (id, campaign_id, number, content, digest, created_at)"
        " VALUES (21, 11, 1, '{}', 'a', 5), (22, 12, 1, '{}', 'b', 6)"
    ),
    "INSERT INTO shop (id, campaign_id) VALUES (1, 11)",
]


def begin_at_one_campaign(url: str) -> None:
    """Make a database as it was when the shop had one campaign at a time, the file's."""
    begin_at_first_revision(url)
    with connect(url) as connection:
        config = compose_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0014")
        for statement in MAIN_AND_FORMER:
            connection.execute(text(statement))
        connection.commit()


@EMPTY_LONG_ON_POSTGRES
async def test_the_files_campaign_is_the_main_one_and_the_former_have_ended(empty_store_url: str) -> None:
    """Every referral keeps its campaign, and what was promised holds."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(begin_at_one_campaign, empty_store_url).result()
    async with open_store(empty_store_url, clock=Clock()) as store:
        states = {each.slug: each.state for each in await store.read(campaigns.list_all)}
        assert states.pop("spring") is CampaignState.RUNNING
        assert set(states) == {"winter", "welcome", "summer"}
        assert set(states.values()) == {CampaignState.ENDED}
        shop = await store.read(shops.get)
        assert (shop.campaign_id, shop.digest, shop.file_digest) == (11, "a", None)
        came = await store.read(referrals.get, ReferralId(1))
        assert await store.read(campaigns.get_digest, came.campaign_version_id) == ""
        assert await list_faults(store) == []


HAD_AND_EARNED = [
    "UPDATE account SET balance = 10 WHERE id = 7",
    (
        "INSERT INTO ledger (id, debit_id, credit_id, amount, key, reason, posted_at)"
        " VALUES (9, 7, 1, 40, 'redemption:5', 'item:latte', 1000000)"
    ),
    (
        "INSERT INTO redemption (id, reference, person_id, campaign_version_id, item, price, state, reserved_at, expires_at,"
        " paid_id) SELECT 5, 'K7F39QXM', 1, campaign_version_id, 'latte', 40, 'redeemed', 5, 86401000000, 9"
        " FROM referral WHERE id = 1"
    ),
    (
        "INSERT INTO stock (campaign_id, item, taken) SELECT campaign_id, 'latte', 1 FROM campaign_version"
        " WHERE id = (SELECT campaign_version_id FROM referral WHERE id = 1)"
    ),
]
"""A latte that was had for points, before rules gave anything else."""


def begin_before_rules(url: str) -> None:
    """Make a database as it was when points were all that could be earned."""
    begin_at_first_revision(url)
    with connect(url) as connection:
        config = compose_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0031")
        for statement in HAD_AND_EARNED:
            connection.execute(text(statement))
        connection.commit()


@EMPTY_LONG_ON_POSTGRES
async def test_what_was_had_and_earned_stays_when_rules_come(empty_store_url: str) -> None:
    """Each grant keeps points, key and state, what waits at the counter its reference; ids go on growing, the books agree."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(begin_before_rules, empty_store_url).result()
    async with open_store(empty_store_url, clock=Clock()) as store:
        (kept,) = await store.read(grants.list_by_referral, ReferralId(1))
        assert (kept.rule, kept.points, kept.ledger_id, kept.state) == ("join", 50, 1, GrantState.AVAILABLE)
        assert (kept.threshold, kept.week, kept.reason, kept.matures_at) == (None, "", "", None)
        waiting = await store.read(redemptions.find_by_reference, "K7F39QXM")
        assert waiting is not None
        assert (waiting.id, waiting.price, waiting.state, waiting.grant_id) == (5, 40, RedemptionState.REDEEMED, None)
        assert await list_faults(store) == []
        referral = await store.read(referrals.get, ReferralId(1))
        event_id = await store.write(events.add, EventKind.STAYED, referral)
        assert event_id is not None
        assert event_id > kept.event_id


GIVEN_BY_RULES = [
    (
        """INSERT INTO "grant" (id, rule, person_id, event_id, side, state, kind, what, granted_at, threshold, changed_at) VALUES"""
        " (11, 'third', 1, 4, 'inviter', 'available', 'coupon', 'coffee', 6, NULL, 6),"
        " (12, 'gift', 1, 4, 'inviter', 'waiting', 'gift', '5170', 6, 1, 6),"
        " (13, 'table', 2, 4, 'invitee', 'available', 'privilege', 'A table', 6, NULL, 6)"
    ),
    "INSERT INTO pool (name, ready, stocked, warned, stocked_at) VALUES ('coffee', 1, 2, 'full', 5)",
    (
        "INSERT INTO coupon (id, pool, code, folded, state, grant_id, given_at, imported_at)"
        " VALUES (1, 'coffee', 'C-1', 'c-1', 'given', 11, 6, 5), (2, 'coffee', 'C-2', 'c-2', 'free', NULL, NULL, 5)"
    ),
    "INSERT INTO gift (grant_id, state, tried_at) VALUES (12, 'unknown', 7)",
    "INSERT INTO honour (person_id, tier, reached_at) VALUES (1, 'star', 6)",
    (
        "INSERT INTO redemption (id, reference, person_id, campaign_version_id, item, price, state, reserved_at, expires_at,"
        " grant_id) VALUES (6, 'M4RD7QXC', 2, 2, 'rule\\:table', 0, 'redeemed', 6, 86400000006, 13)"
    ),
]
"""A coupon, a gift of which nobody knows whether it arrived, a tier, and a table that waits at the counter."""


def begin_with_rewards(url: str) -> None:
    """Make a database as it was when rules gave all this, before what was had for points was given by the same way."""
    begin_before_rules(url)
    with connect(url) as connection:
        config = compose_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0039")
        for statement in GIVEN_BY_RULES:
            connection.execute(text(statement))
        connection.commit()


@EMPTY_LONG_ON_POSTGRES
async def test_what_rules_gave_stays_as_it_was_given(empty_store_url: str) -> None:
    """Each with its state and its code, under its number; nothing is given again, and the books agree."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(begin_with_rewards, empty_store_url).result()
    async with open_store(empty_store_url, clock=Clock()) as store:
        given = [await store.read(grants.get, GrantId(number)) for number in (11, 12, 13)]
        assert [(each.rule, each.kind, each.state, each.what) for each in given] == [
            ("third", GrantKind.COUPON, GrantState.AVAILABLE, "coffee"),
            ("gift", GrantKind.GIFT, GrantState.WAITING, "5170"),
            ("table", GrantKind.PRIVILEGE, GrantState.AVAILABLE, "A table"),
        ]
        coupon = await store.read(coupons.find_by_grant, GrantId(11))
        assert coupon is not None
        assert (coupon.code, coupon.state) == ("C-1", "given")
        assert [each.grant_id for each in await store.read(gifts.list_open, limit=5)] == [12]
        assert (await store.read(honours.find, PersonId(1)))[0] == "star"
        waiting = await store.read(redemptions.find_by_reference, "M4RD7QXC")
        assert waiting is not None
        assert (waiting.grant_id, waiting.state, waiting.price) == (13, RedemptionState.REDEEMED, 0)
        assert await list_faults(store) == []
