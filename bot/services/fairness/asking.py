"""Asking a friend who came to show that they are a person, and what their answer does."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from enum import Enum, auto

from bot.core.fairness.asking import TRIES, CaptchaKind, compose_captcha
from bot.services.fairness.deciding import count_in, look_at
from bot.services.members import MemberView, enter, view_member
from storage.frozen import frozen
from storage.records import Profile, Referral, ReferralId
from storage.review import Captcha, ReviewRow, ReviewState
from storage.tables import captchas, people, referrals, reviews
from storage.tx import Tx


class Answering(Enum):
    """What came of it."""

    ASKED = auto()
    WRONG = auto()
    """Another question is asked."""
    RIGHT = auto()
    SPENT = auto()
    """No try is left: somebody of the team looks."""
    OVER = auto()
    """There is nothing to answer here."""


@frozen
class CaptchaView:
    """A question, or that there is none (any more)."""

    member: MemberView
    answering: Answering
    captcha: Captcha | None = None


def ask(tx: Tx, *, visitor: Profile, referral_id: ReferralId, kind: CaptchaKind) -> CaptchaView:
    """Ask whoever came by this referral, in this way; tries that were used stay used."""
    person, found = enter(tx, visitor), _find_asked(tx, visitor, referral_id)
    if found is None:
        return CaptchaView(member=view_member(tx, person), answering=Answering.OVER)
    former = captchas.find(tx, referral_id)
    tries = former.tries if former is not None else TRIES
    return CaptchaView(
        member=view_member(tx, person), answering=Answering.ASKED, captcha=_ask(tx, referral_id, kind, tries)
    )


def answer(tx: Tx, *, visitor: Profile, referral_id: ReferralId, choice: int) -> CaptchaView:
    """Take an answer: right, and the friend counts; wrong, and another question follows while there are tries."""
    person, found = enter(tx, visitor), _find_asked(tx, visitor, referral_id)
    member = view_member(tx, person)
    if found is None:
        return CaptchaView(member=member, answering=Answering.OVER)
    asked = captchas.find(tx, referral_id)
    left = captchas.take_try(tx, referral_id) if asked is not None else None
    if asked is None or (left is None and asked.tries):  # it came too late: nothing is lost
        kind = CaptchaKind(asked.kind) if asked is not None else CaptchaKind.PICTURE
        tries = asked.tries if asked is not None else TRIES
        return CaptchaView(member=member, answering=Answering.ASKED, captcha=_ask(tx, referral_id, kind, tries))
    if left is not None and choice == asked.answer:
        captchas.delete_question(tx, referral_id)
        count_in(tx, found, by_itself=True)
        return CaptchaView(member=view_member(tx, people.get(tx, person.id)), answering=Answering.RIGHT)
    if not left:
        look_at(tx, found)
        return CaptchaView(member=member, answering=Answering.SPENT)
    again = _ask(tx, referral_id, CaptchaKind(asked.kind), left)
    return CaptchaView(member=member, answering=Answering.WRONG, captcha=again)


def _ask(tx: Tx, referral_id: ReferralId, kind: CaptchaKind, tries: int) -> Captcha:
    question = compose_captcha(referral_id, kind, shuffle=_shuffle, tries=tries, now=tx.now)
    captchas.set_question(tx, question)
    return question


def _find_asked(tx: Tx, visitor: Profile, referral_id: ReferralId) -> ReviewRow | None:
    """The row of whoever asks, while they are asked."""
    person = people.find_by_telegram_id(tx, visitor.telegram_id)
    referral: Referral | None = referrals.list_by_ids(tx, [referral_id]).get(referral_id)
    if person is None or referral is None or referral.invitee_id != person.id:
        return None
    row = reviews.lock(tx, referral_id)
    return row if row is not None and row.state is ReviewState.ASKED and row.due_at > tx.now else None


def _shuffle(choices: Sequence[str]) -> list[str]:
    shuffled = list(choices)
    secrets.SystemRandom().shuffle(shuffled)
    return shuffled
