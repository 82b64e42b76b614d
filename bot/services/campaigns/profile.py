"""What the shop says of itself, in all its campaigns alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.core.campaigns.content import compose_content, compute_digest
from bot.core.campaigns.profile import Profile, dress
from bot.services.audit import Act
from bot.services.campaigns import get_terms
from storage.campaign import CampaignState
from storage.tables import audit, campaigns, pictures
from storage.tables.pictures import StoredPicture
from storage.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSource:
    """A shop's profile as its file has it."""

    profile: Profile
    pictures: Collection[StoredPicture] = ()


def take_profile(tx: Tx, source: ShopSource) -> bool:
    """Let every campaign that is not over speak of the shop like this; whether anything is new by it.

    Raises:
        CampaignMistake: a campaign lacks words in a language that the shop is to speak.
    """
    pictures.add(tx, source.pictures)
    news = False
    for row in campaigns.list_all(tx):
        if row.state is CampaignState.ENDED or row.version_id is None or not row.digest:
            continue
        content = compose_content(dress(get_terms(tx, row.version_id).campaign, source.profile))
        digest = compute_digest(content)
        if digest != row.digest:
            campaigns.add_version(tx, slug=row.slug, content=content, digest=digest)
            news = True
    if news:
        audit.add(tx, actor_id=None, act=Act.PROFILE, subject="")
    return news
