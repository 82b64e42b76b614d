"""What is said of a campaign in a dialogue that begins at the look at all of it: kept in its draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.posting_answers import compose_posting
from bot.core.campaigns.terms_answers import compose_terms
from bot.services.campaigns.editing import EditorView, edit_campaign
from storage.records import CampaignId, Profile
from storage.tx import Tx


def keep_terms(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> EditorView | None:
    """Put until when something counts, and what points are worth, into the draft; None where there is no such campaign.

    Raises:
        NotAllowed: this is nobody who runs campaigns.
    """
    return _keep(tx, visitor, data, compose_terms)


def keep_posting(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> EditorView | None:
    """Likewise when the announce chat is posted to, and how often members are written to.

    Raises:
        NotAllowed: likewise.
    """
    return _keep(tx, visitor, data, compose_posting)


def _keep(
    tx: Tx, visitor: Profile, data: Mapping[str, Any], compose: Callable[[Mapping[str, Any], Campaign], Campaign]
) -> EditorView | None:
    edit = partial(compose, data)
    return edit_campaign(tx, visitor=visitor, campaign_id=CampaignId(data["campaign"]), edit=edit)
