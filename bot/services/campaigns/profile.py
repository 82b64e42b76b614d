"""What the shop says of itself, in all its campaigns alike."""

from __future__ import annotations

from collections.abc import Callable, Collection

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.content import compose_content, compute_digest, parse_content
from bot.core.campaigns.profile import Profile, dress, dress_as_spoken, find_profile
from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.campaigns import ShopView, get_shop, get_terms
from bot.services.members import MemberView, demand, enter, view_member
from storage.campaign import CampaignState
from storage.frozen import frozen
from storage.records import CampaignId, PersonId
from storage.records import Profile as Visitor
from storage.tables import audit, campaigns, pictures, shops
from storage.tables.pictures import StoredPicture
from storage.tx import Tx

Dress = Callable[[Campaign, Profile], Campaign]
"""Says what a campaign looks like in a shop."""


@frozen
class ShopSource:
    """A shop's profile as its file has it."""

    profile: Profile
    pictures: Collection[StoredPicture] = ()


def take_profile(tx: Tx, source: ShopSource, *, actor_id: PersonId | None = None, dress: Dress = dress) -> bool:
    """Let every campaign that is not over speak of the shop like this; whether anything is new by it.

    Raises:
        CampaignMistake: a campaign lacks words in a language that the shop is to speak.
    """
    pictures.add(tx, source.pictures)
    profile, news = source.profile, False
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


@frozen
class ShopProfile:
    """What the shop says of itself, and where it is."""

    member: MemberView
    main_id: CampaignId
    main: Campaign
    shop: ShopView
    now: int


def view_shop(tx: Tx, *, visitor: Visitor) -> ShopProfile:
    """All that is the same for every campaign.

    Raises:
        NotAllowed: this is nobody who runs campaigns.
    """
    demand(tx, visitor, MANAGERS)
    member, main = view_member(tx, enter(tx, visitor)), get_terms(tx).campaign
    return ShopProfile(member=member, main_id=shops.get(tx).campaign_id, main=main, shop=get_shop(tx), now=tx.now)


def place_shop(tx: Tx, *, visitor: Visitor, field: str, value: str | None, number: int | None = None) -> bool:
    """Say where joins are announced (`announce`), friends are invited to (`community`), or which `zone` the shop is in.

    None for nowhere, or UTC; `number` is the chat's. False where friends of some campaign count only in the community
    chat, so that there has to be one.

    Raises:
        NotAllowed: this is nobody who runs campaigns.
    """
    demand(tx, visitor, MANAGERS)
    before = shops.get(tx)
    if field == "announce":
        former = before.announce_chat
        shops.set_announce_chat(tx, value)
    elif field == "community":
        former = before.community_chat
        if value is None and _needs_community(tx):
            return False
        shops.set_community_chat(tx, value, number)
    else:
        former = before.zone
        shops.set_zone(tx, value)
    actor = enter(tx, visitor)
    audit.add(tx, actor_id=actor.id, act=Act.PLACE, subject=field, before=former or "", after=value or "")
    return True


def _needs_community(tx: Tx) -> bool:
    running = [row for row in campaigns.list_all(tx) if row.state in {CampaignState.RUNNING, CampaignState.PAUSED}]
    return any(
        get_terms(tx, row.version_id).campaign.rules.join_community for row in running if row.version_id is not None
    )


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
