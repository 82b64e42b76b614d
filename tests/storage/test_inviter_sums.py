from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from sqlalchemy import text, update

from storage import Store, Tx, open_store
from storage.checks import find_faults, list_faults
from storage.migrations.upgrade import compose_config
from storage.records import FOR_FRIEND, Person, PersonId, ReferralState, Transfer
from storage.schema.referrals import inviter_sum
from storage.tables import inviter_sums, ledgers, referrals
from storage.tables.inviter_sums import InviterSum
from tests.storage.cast import add_member, add_members, add_version
from tests.storage.test_migrations import connect

WRITTEN = [
    "INSERT INTO person (id, code, started_at, score, created_at) SELECT {0}, 'Code{0}00000', 5, {1}, 5",
    "INSERT INTO profile (person_id, telegram_id, first_name) VALUES ({0}, 1{0}, 'Member {0}')",
]
BY_PROGRAMS = [
    "INSERT INTO account (id, owner_id, balance) VALUES (11, 1, 50), (12, 2, 20)",
    "INSERT INTO campaign (id, slug, created_at) VALUES (1, 'welcome', 1)",
    "INSERT INTO campaign_version (id, campaign_id, number, content, digest, created_at) VALUES (1, 1, 0, '', '', 1)",
    "INSERT INTO referral (id, inviter_id, invitee_id, state, joined_at, campaign_version_id) VALUES (1, 1, 2, 'qualified', 6, 1)",
    "INSERT INTO referral (id, inviter_id, invitee_id, state, joined_at, campaign_version_id) VALUES (2, 1, 3, 'revoked', 6, 1)",
    "INSERT INTO ledger (debit_id, credit_id, amount, key, reason, posted_at) VALUES (1, 11, 50, 'a', 'invited_friend', 6)",
    "INSERT INTO ledger (debit_id, credit_id, amount, key, reason, posted_at) VALUES (1, 11, 40, 'b', 'invited_friend', 7)",
    "INSERT INTO ledger (debit_id, credit_id, amount, key, reason, posted_at) VALUES (11, 1, 40, 'revoke:b', 'invited_friend', 8)",
    "INSERT INTO ledger (debit_id, credit_id, amount, key, reason, posted_at) VALUES (1, 12, 20, 'c', 'welcome', 6)",
]
"""What programs have written that know no sums: two friends, one of whom was taken back, and a welcome."""


def bring(tx: Tx, inviter: Person, invitee: Person) -> None:
    """Let one person have come by another, without points."""
    referrals.add(
        tx,
        inviter_id=inviter.id,
        invitee_id=invitee.id,
        version_id=add_version(tx),
        source="qr",
        state=ReferralState.QUALIFIED,
    )


def pay(tx: Tx, person: Person, points: int, *, key: str, reason: str = FOR_FRIEND) -> int:
    """Give somebody points; the number of the line."""
    account = ledgers.open_account(tx, person.id)
    return ledgers.post(
        tx,
        Transfer(debit=ledgers.HOUSE_ACCOUNT, credit=account, amount=points, key=key, reason=reason, referral_id=None),
    )


async def test_friends_and_what_they_brought_are_summed(store: Store) -> None:
    """Each friend once, whatever becomes of them, and points for friends alone, less those taken back."""
    anna, ben, cleo = await store.write(add_members, 3)
    for inviter, invitee in ((anna, ben), (anna, cleo), (anna, cleo), (ben, cleo)):
        await store.write(bring, inviter, invitee)
    lines = [await store.write(pay, anna, points, key=f"k{points}") for points in (50, 20)]
    await store.write(pay, anna, 50, key="k50")
    await store.write(pay, anna, 7, key="by hand", reason="by_hand")
    await store.write(pay, ben, 25, key="welcome", reason="welcome")
    assert await store.read(inviter_sums.find, anna.id) == InviterSum(friends=2, points=70)
    await store.write(ledgers.post_back, lines[0])
    assert await store.read(inviter_sums.find, anna.id) == InviterSum(friends=2, points=20)
    assert await store.read(inviter_sums.find, ben.id) == InviterSum()
    assert await store.read(inviter_sums.count_apart) == 0


async def test_what_was_spent_was_earned_all_the_same(store: Store) -> None:
    """Points that a member has something for stay in the sum of what friends brought."""
    anna = await store.write(add_member, 1)
    await store.write(pay, anna, 50, key="k")
    assert await store.write(ledgers.spend, anna.id, 30, key="mug", reason="item:mug") is not None
    assert await store.read(inviter_sums.find, anna.id) == InviterSum(points=50)
    assert await store.read(ledgers.get_balance, anna.id) == 20


@pytest.mark.parametrize("wrong", ["friends", "points"])
async def test_a_sum_that_is_wrong_is_a_fault(store: Store, wrong: str) -> None:
    """It is named, and so is one of somebody who brought nobody."""
    anna, ben = await store.write(add_members, 2)
    await store.write(bring, anna, ben)
    assert await store.read(find_faults) == []
    more = {wrong: inviter_sum.c[wrong] + 1}
    await store.write(lambda tx: tx.run(update(inviter_sum).values(**more)))
    assert await store.read(find_faults) == ["1 inviters have other sums than their friends and lines come to"]
    await store.write(lambda tx: tx.run(update(inviter_sum).values(person_id=ben.id)))
    assert await store.read(inviter_sums.count_apart) == 2


async def test_a_shop_is_summed_up_once_and_kept_while_older_programs_write(empty_store_url: str) -> None:
    """What was there when the table came, and what is written without a thought of it afterwards."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(begin_before, empty_store_url).result()
    async with open_store(empty_store_url) as store:
        assert await store.read(inviter_sums.find, PersonId(1)) == InviterSum(friends=2, points=50)
        assert await store.read(inviter_sums.find, PersonId(2)) == InviterSum()
        with ThreadPoolExecutor(1) as thread:
            thread.submit(write_beside, empty_store_url).result()
        assert await store.read(inviter_sums.find, PersonId(1)) == InviterSum(friends=2, points=59)
        assert await store.read(inviter_sums.find, PersonId(2)) == InviterSum(friends=1)
        assert [each for each in await list_faults(store) if "sums" in each] == []


def begin_before(url: str) -> None:
    """A database of the version before, with rows in it."""
    with connect(url) as connection:
        config = compose_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0063")
        for number in (1, 2, 3, 4):
            for statement in WRITTEN:
                connection.execute(text(statement.format(number, int(number == 1))))
        for statement in BY_PROGRAMS:
            connection.execute(text(statement))
        connection.commit()


def write_beside(url: str) -> None:
    """A friend and points, by a program of the version before."""
    with connect(url) as connection:
        for statement in (
            "INSERT INTO referral (id, inviter_id, invitee_id, state, joined_at, campaign_version_id) VALUES (3, 2, 4, 'waiting', 9, 1)",
            "INSERT INTO ledger (debit_id, credit_id, amount, key, reason, posted_at) VALUES (1, 11, 9, 'd', 'invited_friend', 9)",
        ):
            connection.execute(text(statement))
        connection.commit()
