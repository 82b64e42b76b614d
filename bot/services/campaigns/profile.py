"""What the shop says of itself, in all its campaigns alike."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.content import compose_content, compute_digest, parse_content
from bot.core.campaigns.profile import Profile, dress, dress_as_spoken, find_profile
from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.campaigns import get_terms
from bot.services.members import MemberView, demand, enter, view_member
from storage.campaign import CampaignState
from storage.records import PersonId
from storage.records import Profile as Visitor
from storage.tables import audit, campaigns, pictures
from storage.tables.pictures import StoredPicture
from storage.tx import Tx

Dress = Callable[[Campaign, Profile], Campaign]
"""Says what a campaign looks like in a shop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSource:
    """A shop's profile as its file has it."""

    profile: Profile
    pictures: Collection[StoredPicture] = ()


def take_profile(tx: Tx, source: ShopSource, *, actor_id: PersonId | None = None, dress: Dress = dress) -> bool:
    """Let every campaign that is not over speak of the shop like this; whether anything is new by it.

    Raises:
        CampaignMistake: a campaign lacks words in a language that the shop is to speak.
    """
    kept = pictures.add(tx, source.pictures)
    profile = replace(source.profile, logo=kept.get(source.profile.logo, source.profile.logo))
    news = False
    for row in campaigns.list_all(tx):
        if row.state is CampaignState.ENDED or row.version_id is None or not row.digest:
            continue
        content = compose_content(dress(get_terms(tx, row.version_id).campaign, profile))
        digest = compute_digest(content)
        if digest != row.digest:
            campaigns.add_version(tx, slug=row.slug, content=content, digest=digest)
            news = True
    if news:
        audit.add(tx, actor_id=actor_id, act=Act.PROFILE, subject="")
    return news


def view_shop(tx: Tx, *, visitor: Visitor) -> tuple[MemberView, Campaign]:
    """The main campaign, for what the shop says of itself.

    Raises:
        NotAllowed: this is nobody who runs campaigns.
    """
    demand(tx, visitor, MANAGERS)
    return view_member(tx, enter(tx, visitor)), get_terms(tx).campaign


def edit_profile(
    tx: Tx, *, visitor: Visitor, edit: Callable[[Profile], Profile], picture: StoredPicture | None = None
) -> tuple[MemberView, Campaign]:
    """Let the shop speak of itself otherwise, in every campaign and draft, each in its own languages; returns the main one.

    Raises:
        NotAllowed: this is nobody who runs campaigns.
    """
    demand(tx, visitor, MANAGERS)
    person, main = enter(tx, visitor), get_terms(tx).campaign
    profile = edit(find_profile(main))
    source = ShopSource(profile=profile, pictures=[picture] if picture is not None else [])
    take_profile(tx, source, actor_id=person.id, dress=dress_as_spoken)
    for row in campaigns.list_all(tx):
        if row.draft is not None:
            changed = dress_as_spoken(parse_content(row.draft), profile)
            campaigns.set_draft(tx, row.id, compose_content(changed))
    return view_member(tx, person), get_terms(tx).campaign
