from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Executable, delete, update

from storage import KeyReused, RuleBroken, Store, Tx
from storage.records import Person, Transfer
from storage.schema.referrals import ledger
from storage.tables import ledgers, people
from tests.storage.cast import add_member, add_members, refer, run
from tests.storage.clock import NOON


def reward(account_id: int, key: str = "k1", amount: int = 50) -> Transfer:
    """A transfer from the house."""
    return Transfer(
        debit=ledgers.HOUSE_ACCOUNT, credit=account_id, amount=amount, key=key, reason="join", referral_id=None
    )


async def open_one(store: Store) -> tuple[Person, int]:
    """Return a member and its account."""
    anna = await store.write(add_member, 1)
    return anna, await store.write(ledgers.open_account, anna.id)


async def test_an_account_is_opened_once(store: Store) -> None:
    """Opening again returns the same account, which is never the house's."""
    anna, account_id = await open_one(store)
    assert await store.write(ledgers.open_account, anna.id) == account_id
    assert account_id != ledgers.HOUSE_ACCOUNT


async def test_posting_moves_the_balance(store: Store) -> None:
    """Every transfer is in the balance of both people at its ends."""
    anna, ben = await store.write(add_members, 2)

    def post(tx: Tx) -> tuple[int, int]:
        to_anna, to_ben = ledgers.open_account(tx, anna.id), ledgers.open_account(tx, ben.id)
        ledgers.post(tx, reward(to_anna, amount=50))
        gift = replace(reward(to_ben, key="gift", amount=20), debit=to_anna)
        ledgers.post(tx, gift)
        return ledgers.get_balance(tx, anna.id), ledgers.get_balance(tx, ben.id)

    assert await store.write(post) == (30, 20)
    assert await store.read(ledgers.compute_imbalance) == 0
    lines = await store.read(ledgers.list_lines, anna.id, limit=5, offset=0)
    assert [line.amount for line in lines] == [-20, 50]


async def test_nobody_without_an_account_has_points(store: Store) -> None:
    """The balance of somebody who never earned is 0, with no lines."""
    anna = await store.write(add_member, 1)
    assert await store.read(ledgers.get_balance, anna.id) == 0
    assert await store.read(ledgers.list_lines, anna.id, limit=5, offset=0) == []
    assert await store.read(ledgers.count_lines, anna.id, most=100) == 0


async def test_a_key_is_posted_once(store: Store) -> None:
    """Repeating a transfer returns its line and moves nothing; another content under its key is refused."""
    anna, account_id = await open_one(store)
    for earlier in range(3):  # so that no line has the number of an account
        await store.write(ledgers.post, reward(account_id, key=f"earlier {earlier}"))
    first = await store.write(ledgers.post, reward(account_id))
    assert await store.write(ledgers.post, reward(account_id)) == first
    with pytest.raises(KeyReused):
        await store.write(ledgers.post, reward(account_id, amount=51))
    assert await store.read(ledgers.get_balance, anna.id) == 4 * 50


@pytest.mark.parametrize("amount", [0, -5])
async def test_an_amount_is_above_zero(store: Store, amount: int) -> None:
    """The database refuses a transfer of nothing or less."""
    _, account_id = await open_one(store)
    with pytest.raises(RuleBroken):
        await store.write(ledgers.post, reward(account_id, amount=amount))


async def test_a_transfer_has_two_ends(store: Store) -> None:
    """The database refuses a transfer from an account to itself, and one to nowhere."""
    _, account_id = await open_one(store)
    with pytest.raises(RuleBroken):
        await store.write(ledgers.post, replace(reward(account_id), debit=account_id))
    with pytest.raises(RuleBroken):
        await store.write(ledgers.post, reward(999))


@pytest.mark.parametrize("change", [update(ledger).values(amount=1), delete(ledger)], ids=["update", "delete"])
async def test_what_was_posted_stays(store: Store, change: Executable) -> None:
    """The database itself refuses to change or delete ledger lines."""
    anna, account_id = await open_one(store)
    await store.write(ledgers.post, reward(account_id))
    with pytest.raises(RuleBroken, match="append-only"):
        await store.write(run, change)
    assert await store.read(ledgers.get_balance, anna.id) == 50
    assert await store.read(ledgers.count_lines, anna.id, most=100) == 1


async def test_lines_are_paged_newest_first_and_name_the_friend(store: Store) -> None:
    """Each side of a referral reads the other's first name on its line."""

    def fill(tx: Tx) -> tuple[Person, Person]:
        anna, ben, cleo = (add_member(tx, number, name) for number, name in enumerate(("Anna", "Ben", "Cleo")))
        refer(tx, anna, ben, 10)
        refer(tx, anna, cleo, 20)
        return anna, cleo

    anna, cleo = await store.write(fill)
    lines = await store.read(ledgers.list_lines, anna.id, limit=1, offset=0)
    lines += await store.read(ledgers.list_lines, anna.id, limit=5, offset=1)
    assert [(line.amount, line.other_name, line.reason) for line in lines] == [
        (20, "Cleo", "join_inviter"),
        (10, "Ben", "join_inviter"),
    ]
    (own,) = await store.read(ledgers.list_lines, cleo.id, limit=5, offset=0)
    assert (own.amount, own.other_name, own.posted_at) == (20, "Anna", NOON)
    assert await store.read(ledgers.count_lines, anna.id, most=100) == 2


async def test_an_account_belongs_to_somebody_known(store: Store) -> None:
    """The database refuses an account for a person that does not exist."""
    anna = await store.write(add_member, 1)
    assert await store.read(people.find_by_code, anna.code) is not None
    with pytest.raises(RuleBroken):
        await store.write(ledgers.open_account, type(anna.id)(999))


async def test_points_taken_back_leave_the_balance(store: Store) -> None:
    """A transfer the other way round counts against it, and may leave it below zero; lines are counted as far as is asked."""
    anna, ben = await store.write(add_members, 2)

    def take_back(tx: Tx) -> None:
        account = ledgers.open_account(tx, anna.id)
        for number, (debit, credit, amount) in enumerate([(1, account, 50), (account, 1, 50), (account, 1, 20)]):
            ledgers.post(
                tx,
                Transfer(
                    debit=debit, credit=credit, amount=amount, key=f"k{number}", reason="friend", referral_id=None
                ),
            )

    await store.write(take_back)
    assert await store.read(ledgers.get_balance, anna.id) == -20
    assert await store.read(ledgers.count_lines, anna.id, most=100) == 3
    assert await store.read(ledgers.count_lines, anna.id, most=2) == 2
    assert [line.amount for line in await store.read(ledgers.list_lines, anna.id, limit=2, offset=1)] == [-50, 50]
    assert await store.read(ledgers.get_balance, ben.id) == 0
    assert await store.read(ledgers.compute_imbalance) == 0
