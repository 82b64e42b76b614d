"""The shop's campaigns, one by one."""

from __future__ import annotations

from collections.abc import Collection

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.pictures import list_pictures
from bot.services.campaigns import get_terms
from storage.campaign import CampaignState
from storage.errors import RowMissing
from storage.frozen import frozen
from storage.records import CampaignId
from storage.tables import campaigns, pictures, shops
from storage.tables.campaigns import CampaignRow
from storage.tables.pictures import StoredPicture
from storage.tx import Tx


@frozen
class CampaignLine:
    """A campaign in a list."""

    id: CampaignId
    slug: str
    name: str
    """The shop's name in it, in its first language; empty for one that was never written down."""
    state: CampaignState
    main: bool


@frozen
class Export:
    """A campaign on its way into a file."""

    campaign: Campaign
    former: str
    """The file it was last applied from; empty where there was none."""
    pictures: Collection[StoredPicture]


def list_lines(tx: Tx) -> list[CampaignLine]:
    """All campaigns, oldest first."""
    shop = shops.find(tx)
    main = shop.campaign_id if shop is not None else None
    return [
        CampaignLine(id=row.id, slug=row.slug, name=_find_name(tx, row), state=row.state, main=row.id == main)
        for row in campaigns.list_all(tx)
    ]


def export_campaign(tx: Tx, slug: str) -> Export:
    """A campaign as it holds now.

    Raises:
        RowMissing: there is none of this name, or nothing was ever promised by it.
    """
    row = campaigns.find_by_slug(tx, slug)
    if row is None:
        known = ", ".join(each.slug for each in campaigns.list_all(tx))
        raise RowMissing(f"There is no campaign {slug}. There are: {known or 'none yet'}.")
    if row.version_id is None or not row.digest:
        raise RowMissing(f"The campaign {slug} was never started, so there is nothing to write down.")
    return _make_export(tx, get_terms(tx, row.version_id).campaign, row.file or "")


def export_shop(tx: Tx) -> Export:
    """The main campaign, for what the shop says of itself.

    Raises:
        RowMissing: the shop was never opened.
    """
    return _make_export(tx, get_terms(tx).campaign, "")


def _make_export(tx: Tx, campaign: Campaign, former: str) -> Export:
    found = [pictures.get(tx, each) for each in list_pictures(campaign)]
    return Export(campaign=campaign, former=former, pictures=found)


def _find_name(tx: Tx, row: CampaignRow) -> str:
    if row.version_id is None or not row.digest:
        return ""
    campaign = get_terms(tx, row.version_id).campaign
    return campaign.brand[campaign.languages[0]]
