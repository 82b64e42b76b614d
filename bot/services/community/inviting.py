"""A member's personal way into the community chat."""

from __future__ import annotations

from bot.services.campaigns import get_terms
from bot.services.members import MemberView, enter, view_member
from bot.services.rewards.granting import promise_points
from storage.frozen import frozen
from storage.records import PersonId, Profile, ReferralState
from storage.tables import chat_links, referrals
from storage.tx import Tx


@frozen
class CommunityView:
    """A member before the community chat."""

    member: MemberView
    link: str | None
    """The newest link that was made for the member."""
    waits: bool
    """Whether the member counts for a friend only once in the chat."""
    points: int = 0
    """What the member gets then."""


def view_community(tx: Tx, *, visitor: Profile, chat_id: int) -> CommunityView:
    """What is known of the member's link, and whether the member is expected in the chat."""
    member = view_member(tx, enter(tx, visitor))
    referral = referrals.find_by_invitee(tx, member.id)
    waits = referral is not None and referral.state is ReferralState.WAITING
    terms = get_terms(tx, referral.campaign_version_id if referral is not None and waits else None)
    return CommunityView(
        member=member,
        link=chat_links.find(tx, member.id, chat_id),
        waits=waits,
        points=promise_points(tx, referral, terms)[1] if referral is not None else terms.campaign.invitee_points,
    )


def keep_link(tx: Tx, *, person_id: PersonId, chat_id: int, link: str) -> None:
    """Whoever comes by this link came by the member; earlier links go on counting."""
    chat_links.add(tx, person_id, chat_id, link)
