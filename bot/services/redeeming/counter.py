"""At the counter: whatever is shown there is looked at, handed out once, and a slip is put right within two minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from bot.core.campaigns.rewards import Rule
from bot.core.redeeming import Use, decide_undo
from bot.core.roles import TEAM
from bot.services.audit import Act
from bot.services.campaigns import find_rule
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from bot.services.notices import Notice, owe
from bot.services.pulse.asking import expect_no_pulse, expect_pulse
from bot.services.reminding.offers import offer
from bot.services.rewards.giving import take_back_unfounded
from storage.addresses import MemberAddress
from storage.facts import CouponRow, GrantRow, GrantState, RedemptionRow
from storage.frozen import frozen
from storage.pulse import AskCause, PulseCause
from storage.records import PersonId, Profile
from storage.tables import audit, grants, people
from storage.tx import Tx
from storage.webhook import HookEventKind

Shown = TypeVar("Shown", bound=RedemptionRow | CouponRow)


@frozen
class Check(Generic[Shown]):
    """What the counter sees of something."""

    member: MemberView
    """Who stands behind the counter."""
    row: Shown | None = None
    """None where there is no such thing, or nobody has it."""
    rule: Rule | None = None
    """By which somebody has it, where a rule gave it."""
    use: Use = Use.OVER
    holder: str = ""
    """Whose it is; empty for somebody without a name."""
    can_undo: bool = False
    done: bool = False
    """This tap has handed it out."""


@frozen
class Counter(Generic[Shown]):
    """How things of one kind are looked at and handed out."""

    find: Callable[[Tx, int], Shown | None]
    decide: Callable[[Shown, int], Use]
    """What can be done with it at that moment."""
    set_used: Callable[[Tx, Shown, PersonId], bool]
    """Hand it out; true only for the one call that did."""
    set_unused: Callable[[Tx, Shown], bool]
    call: Callable[[Shown], str]
    """What the audit calls it."""
    publish: Callable[[Tx, HookEventKind, Shown, PersonId], None]
    """Owes other systems a word of whose it is."""
    compose: Callable[[Shown, bool], Notice]
    """What its member hears; whether that it was taken back."""

    def check(self, tx: Tx, visitor: Profile, row: Shown | None) -> Check[Shown]:
        """Whose it is, and whether it can be handed out.

        Raises:
            NotAllowed: this is nobody of the team.
        """
        demand(tx, visitor, TEAM)
        return self._view(tx, view_member(tx, enter(tx, visitor)), row)

    def hand_out(self, tx: Tx, visitor: Profile, number: int) -> Check[Shown]:
        """Hand it out: once, whoever taps how often.

        Raises:
            NotAllowed: this is nobody of the team.
        """
        demand(tx, visitor, TEAM)
        member, grant, row = view_member(tx, enter(tx, visitor)), *self._hold(tx, number)
        done = row is not None and self.decide(row, tx.now) is Use.READY and self.set_used(tx, row, member.id)
        if row is not None and done:
            self._settle(tx, row, grant, member, Act.HANDED_OUT)
        return self._view(tx, member, self.find(tx, number), done=done)

    def take_back(self, tx: Tx, visitor: Profile, number: int) -> Check[Shown]:
        """It was not handed out after all; within two minutes.

        Raises:
            NotAllowed: this is nobody of the team.
        """
        demand(tx, visitor, TEAM)
        member, grant, row = view_member(tx, enter(tx, visitor)), *self._hold(tx, number)
        if row is not None and self._can_undo(row, tx.now) and self.set_unused(tx, row):
            self._settle(tx, row, grant, member, Act.HANDED_BACK)
            if grant is not None:
                take_back_unfounded(tx, grant.id)
        return self._view(tx, member, self.find(tx, number))

    def _hold(self, tx: Tx, number: int) -> tuple[GrantRow | None, Shown | None]:
        """As it is while nobody else moves its grant, which whoever takes back locks first as well."""
        row = self.find(tx, number)
        if row is None or row.grant_id is None:
            return None, row
        return grants.lock(tx, row.grant_id), self.find(tx, number)

    def _settle(self, tx: Tx, row: Shown, grant: GrantRow | None, member: MemberView, act: Act) -> None:
        """What was given stands as it stands at the counter; its member hears of it, and whoever reads later what was done."""
        person_id = self._find_holder(row, grant)
        assert person_id is not None
        if grant is not None:
            state = GrantState.USED if act is Act.HANDED_OUT else GrantState.AVAILABLE
            grants.set_state(tx, grant.id, state, expected=grant.state)
        self.publish(tx, HookEventKind.USED if act is Act.HANDED_OUT else HookEventKind.UNUSED, row, person_id)
        audit.add(tx, actor_id=member.id, act=act, subject="", person_id=person_id, after=self.call(row))
        if people.get(tx, person_id).is_member:
            notice = self.compose(row, act is Act.HANDED_BACK)
            owe(tx, MemberAddress(person_id), notice, key=f"{row.id}:{act}:{tx.now}")
            _follow(tx, person_id, act)

    def _view(self, tx: Tx, member: MemberView, row: Shown | None, *, done: bool = False) -> Check[Shown]:
        if row is None:
            return Check(member=member)
        grant = grants.get(tx, row.grant_id) if row.grant_id is not None else None
        person_id = self._find_holder(row, grant)
        return Check(
            member=member,
            row=row,
            rule=find_rule(tx, grant.campaign_version_id, grant.rule) if grant is not None else None,
            use=self.decide(row, tx.now),
            holder=compose_name(people.get(tx, person_id).profile) if person_id is not None else "",
            can_undo=self._can_undo(row, tx.now),
            done=done,
        )

    def _can_undo(self, row: Shown, now: int) -> bool:
        return self.decide(row, now) is Use.USED and decide_undo(row.used_at, now)

    @staticmethod
    def _find_holder(row: Shown, grant: GrantRow | None) -> PersonId | None:
        """Who has a coupon is known by its grant alone."""
        if grant is not None:
            return grant.person_id
        return row.person_id if isinstance(row, RedemptionRow) else None


def _follow(tx: Tx, person_id: PersonId, act: Act) -> None:
    """Something in one's hand is a good moment, and in a while one can say how it was; a slip is no such thing."""
    if act is Act.HANDED_OUT:
        offer(tx, person_id, AskCause.REDEEMED)
        expect_pulse(tx, person_id, PulseCause.REDEEMED)
    else:
        expect_no_pulse(tx, person_id, PulseCause.REDEEMED)
