"""Until when something counts in a campaign, and what points are worth: kept in its draft."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.core.campaigns.terms_answers import compose_terms
from bot.services.campaigns.editing import EditorView, edit_campaign
from storage.records import CampaignId, Profile
from storage.tx import Tx


def keep_terms(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> EditorView | None:
    """Put a dialogue's answers into the draft; None where there is no such campaign.

    Raises:
        NotAllowed: this is nobody who runs campaigns.
    """
    edit = partial(compose_terms, data)
    return edit_campaign(tx, visitor=visitor, campaign_id=CampaignId(data["campaign"]), edit=edit)
