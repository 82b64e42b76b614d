"""How many points the shop may promise its members at most, and who hears how near that is."""

from __future__ import annotations

from typing import ClassVar

from bot.core.liability import decide_forgotten, decide_level, decide_told
from bot.core.roles import OWNERS
from bot.services.campaigns import get_terms
from bot.services.members import list_chats
from bot.services.notices import Notice, owe
from storage.facts import LiabilityLevel
from storage.frozen import frozen
from storage.tables import liability
from storage.tx import Tx

BOUND = "liability"
"""The kind of the bound that left no room."""


@frozen
class LiabilityNear(Notice):
    """To owners: nearly all that may be promised is promised, or all of it."""

    kind: ClassVar[str] = "liability_near"
    nearness: LiabilityLevel
    points: int
    """Promised now."""
    most: int
    """That may be."""


def find_most(tx: Tx) -> int:
    """The points that may be promised in all, as the shop says now; 0 for no bound."""
    return get_terms(tx).campaign.most_promised


def has_room(tx: Tx, points: int, most: int | None = None) -> bool:
    """Whether so many points more may be promised; until this transaction ends nobody else promises any.

    What comes back to members, like points for what nobody came for, was promised before and is not asked for.

    Args:
        tx: The transaction.
        points: More than are promised.
        most: That may be promised in all, as the shop says now, 0 for no bound; None where the caller does not know it.
    """
    if most is None:
        most = find_most(tx)
    if not most:
        return True
    told, told_most = liability.lock_bound(tx)
    promised = liability.get(tx).points
    fits = promised + points <= most
    level = decide_level(promised + points, most) if fits else LiabilityLevel.FULL
    if decide_told(level, told, same_bound=told_most == most):
        _tell(tx, level, promised + points if fits else promised, most)
    elif told is not LiabilityLevel.CALM and decide_forgotten(promised + points, most):
        liability.set_told(tx, LiabilityLevel.CALM, most)
    return fits


def _tell(tx: Tx, level: LiabilityLevel, points: int, most: int) -> None:
    owners = list_chats(tx, OWNERS)
    if owners:  # else it is told once there is somebody to tell
        liability.set_told(tx, level, most)
    for address in owners:
        notice = LiabilityNear(nearness=level, points=points, most=most)
        owe(tx, address, notice, key=f"{level}:{most}:{address.person_id}:{tx.now}")
