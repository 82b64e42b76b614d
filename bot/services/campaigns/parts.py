"""What a campaign gives, offers for points and honours, as it is being written: looked at, kept and taken out one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.contest_answers import compose_contest
from bot.core.campaigns.item_answers import compose_item
from bot.core.campaigns.parts import Part, Piece, choose_key, drop_part, find_clash, find_part, list_parts, set_part
from bot.core.campaigns.reward_answers import compose_reward
from bot.core.campaigns.tier_answers import compose_tier
from bot.core.roles import MANAGERS
from bot.services.campaigns.editing import EditorView, edit_campaign, view_editor
from bot.services.members import demand
from storage.frozen import frozen
from storage.records import CampaignId, Profile
from storage.tables import campaigns, coupons, labels, pictures, redemptions
from storage.tables.pictures import StoredPicture
from storage.tx import Tx

MOST_LABELS = 20
"""That are offered; any other can be typed."""

COMPOSE: Mapping[Part, Callable[[Mapping[str, Any], Any], Piece]] = MappingProxyType(
    {Part.REWARD: compose_reward, Part.ITEM: compose_item, Part.TIER: compose_tier, Part.CONTEST: compose_contest}
)
"""Answers and what was there before, to what they say."""


@frozen
class PartsView:
    """Everything of one kind in a campaign as it is being written."""

    editor: EditorView
    part: Part
    taken: Mapping[str, int]
    """How many of an item are put aside, waiting or handed out, by its key."""
    pools: Sequence[str]
    """The pools of coupons there are."""
    labels: Sequence[str] = ()
    """What the team calls members."""
    full: bool = False
    """There was no room for one more."""
    clash: int = 0
    """So many friends another tier has come to take meanwhile; 0 for none."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """In their order."""
        return list_parts(self.editor.draft, self.part)


def view_parts(tx: Tx, *, visitor: Profile, campaign_id: CampaignId, part: Part) -> PartsView | None:
    """What there is of a kind; None where there is no such campaign.

    Raises:
        NotAllowed: this is nobody who runs campaigns.
    """
    return _view(tx, campaign_id, part, view_editor(tx, visitor=visitor, campaign_id=campaign_id))


def remove_part(tx: Tx, *, visitor: Profile, campaign_id: CampaignId, part: Part, key: str) -> PartsView | None:
    """Take one out of the draft; what was promised by what holds stays promised."""

    def edit(draft: Campaign) -> Campaign:
        return drop_part(draft, part, key)

    return _view(tx, campaign_id, part, edit_campaign(tx, visitor=visitor, campaign_id=campaign_id, edit=edit))


def keep_part(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> PartsView | None:
    """Put what a dialogue's answers say into the draft, in the place of the one it is about, else behind the others."""
    part, campaign_id = Part(data["part"]), CampaignId(data["campaign"])
    full, clash = [], []

    def edit(draft: Campaign) -> Campaign:
        former = find_part(draft, part, data["key"])
        made = _compose(tx, data, draft, former)
        full.append(former is None and len(list_parts(draft, part)) >= part.most)
        clash.append(find_clash(draft, made))
        return draft if clash[0] else set_part(draft, part, made)

    view = _view(tx, campaign_id, part, edit_campaign(tx, visitor=visitor, campaign_id=campaign_id, edit=edit))
    return None if view is None else replace(view, full=any(full), clash=sum(clash))


def keep_picture(tx: Tx, *, visitor: Profile, picture: StoredPicture) -> None:
    """Keep a picture that a dialogue was answered with.

    Raises:
        NotAllowed: this is nobody who runs campaigns.
    """
    demand(tx, visitor, MANAGERS)
    pictures.add(tx, [picture])


def _compose(tx: Tx, data: Mapping[str, Any], draft: Campaign, former: Piece | None) -> Piece:
    """A new one gets a key that no version of the campaign has had: what members have had goes by it."""
    part, campaign_id = Part(data["part"]), CampaignId(data["campaign"])
    made = COMPOSE[part](data, former)
    if data["key"]:
        return made
    key = choose_key(
        made.key, lambda key: find_part(draft, part, key) is not None or campaigns.is_named(tx, campaign_id, key)
    )
    return replace(made, key=key)


def _view(tx: Tx, campaign_id: CampaignId, part: Part, editor: EditorView | None) -> PartsView | None:
    if editor is None:
        return None
    taken = redemptions.list_taken(tx, campaign_id) if part is Part.ITEM else {}
    pools = [pool.name for pool in coupons.list_pools(tx)]
    named = [*labels.count_each(tx, limit=MOST_LABELS)] if part is Part.REWARD else []
    return PartsView(editor=editor, part=part, taken=taken, pools=pools, labels=named)
