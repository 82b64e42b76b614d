"""Which story's card brought a friend, where that matters: table `told_story`."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select

from storage.records import ReferralId
from storage.schema.referrals import told_story
from storage.tx import Tx

_ADD = insert(told_story).values(referral_id=bindparam("of"), story=bindparam("story"))
_FIND = select(told_story.c.story).where(told_story.c.referral_id == bindparam("of"))


def add(tx: Tx, referral_id: ReferralId, story: str) -> None:
    """Note the story of a new referral."""
    tx.run(_ADD, of=referral_id, story=story)


def find(tx: Tx, referral_id: ReferralId) -> str:
    """Return the key of the story; empty where none is known."""
    return str(tx.scalar(_FIND, of=referral_id) or "")
