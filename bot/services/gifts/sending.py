"""Sending Telegram gifts: each claimed durably before it leaves, so that none is sent twice."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.gifts import compute_due
from bot.core.roles import MANAGERS
from bot.services.gifts.notices import GiftDelayed, GiftDoubtful, GiftTroubled
from bot.services.members import compute_language, list_chats
from bot.services.notices import Notice, owe
from bot.services.redeeming.granted import refuse
from bot.services.rewards.giving import take_back_unfounded
from storage.addresses import MemberAddress
from storage.facts import GrantId, GrantState
from storage.gift import DueGift, GiftState, Trouble
from storage.tables import gifts, grants, people
from storage.tx import Tx

_TOLD = {Trouble.DECLINED, Trouble.BALANCE, Trouble.GONE, Trouble.REFUSED}
"""What a member hears of; who cannot be reached does not."""

_OWN = {Trouble.DECLINED, Trouble.UNREACHABLE}
"""What is one member's alone, so that the team hears of each."""

_HOPELESS = {Trouble.DECLINED, Trouble.GONE, Trouble.REFUSED, Trouble.UNREACHABLE}
"""Why nobody shall wait for what they have paid points for."""


def is_interrupted(tx: Tx) -> bool:
    """Whether something is claimed: nothing is on its way between two runs, so an earlier one was cut off."""
    return bool(gifts.list_sending(tx))


def give_up(tx: Tx) -> None:
    """Note that nobody knows what became of gifts that were on their way when a run was cut off; the team is told."""
    claimed = gifts.list_sending(tx)
    states = [gifts.set_state(tx, each, GiftState.UNKNOWN, expected=GiftState.SENDING) for each in claimed]
    if any(states):
        _tell_doubt(tx, claimed)


def list_due(tx: Tx, *, limit: int) -> list[DueGift]:
    """Gifts that can be tried now, the oldest first."""
    return gifts.list_due(tx, limit)


def choose_language(tx: Tx, due: DueGift) -> str:
    """What whoever gets it reads."""
    return compute_language(tx, people.get(tx, due.person_id))


def claim(tx: Tx, due: DueGift, *, stars: int) -> bool:
    """Take a gift in hand, durably; False where it is not to be sent any more, or is on its way already."""
    grant = grants.lock(tx, due.grant_id)
    return grant.state is GrantState.WAITING and gifts.claim(tx, due.grant_id, stars=stars)


def note_sent(tx: Tx, grant_id: GrantId) -> None:
    """It has arrived."""
    grant = grants.lock(tx, grant_id)
    if gifts.set_state(tx, grant_id, GiftState.SENT, expected=GiftState.SENDING):
        grants.set_state(tx, grant_id, GrantState.USED, expected=grant.state)


def note_doubt(tx: Tx, grant_id: GrantId, *, error: str) -> None:
    """The answer was lost: it may have arrived; the team is told."""
    if gifts.set_state(tx, grant_id, GiftState.UNKNOWN, expected=GiftState.SENDING, error=error):
        _tell_doubt(tx, [grant_id])


def note_trouble(tx: Tx, due: DueGift, trouble: Trouble, *, error: str = "", stars: int = 0) -> None:
    """It was surely not sent, and why; it is tried again later, if it is still earned. Told where that is new."""
    if grants.lock(tx, due.grant_id).state is not GrantState.WAITING:
        return
    before, due_at = gifts.find(tx, due.grant_id), compute_due(trouble, tx.now)
    if trouble is Trouble.NONE and before is not None:
        trouble = before.trouble
    others = gifts.count_troubled(tx, trouble, due.gift)
    gifts.set_stuck(tx, due.grant_id, trouble=trouble, error=error, stars=stars, due_at=due_at)
    if trouble in _HOPELESS and refuse(tx, due.grant_id, trouble):
        if trouble not in _OWN:
            _tell_team(tx, GiftTroubled(trouble=trouble, gift=due.gift, stars=stars, error=error), key=due.grant_id)
        return
    if (
        take_back_unfounded(tx, due.grant_id)
        or trouble is Trouble.NONE
        or (before is not None and before.trouble is trouble)
    ):
        return
    if trouble in _TOLD and people.get(tx, due.person_id).is_member:
        owe(tx, MemberAddress(due.person_id), GiftDelayed(trouble=trouble), key=f"{due.grant_id}:{trouble}:{tx.now}")
    if trouble in _OWN or not others:
        _tell_team(tx, GiftTroubled(trouble=trouble, gift=due.gift, stars=stars, error=error), key=due.grant_id)


def _tell_doubt(tx: Tx, claimed: Sequence[GrantId]) -> None:
    _tell_team(tx, GiftDoubtful(count=len(claimed)), key=claimed[0])


def _tell_team(tx: Tx, notice: Notice, *, key: str | int) -> None:
    for address in list_chats(tx, MANAGERS):
        owe(tx, address, notice, key=f"{key}:{address.person_id}:{tx.now}")
