"""Starting, resting and ending campaigns: said by somebody, or come about by time and budget."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.checking import Finding, compose_findings
from bot.core.campaigns.running import Change, ChangeRefusal, decide_change
from bot.services.audit import Act
from bot.services.campaigns import get_terms, view_standing
from bot.services.campaigns.notices import StartHeld
from bot.services.campaigns.opening import list_owners
from bot.services.notices import owe
from storage.campaign import CampaignState
from storage.records import CampaignId
from storage.tables import audit, campaigns, grants, shops
from storage.tables.campaigns import CampaignRow
from storage.tx import Tx

STATES = {
    Change.START: CampaignState.RUNNING,
    Change.RESUME: CampaignState.RUNNING,
    Change.PAUSE: CampaignState.PAUSED,
    Change.END: CampaignState.ENDED,
}


def change_campaign(tx: Tx, campaign_id: CampaignId, change: Change) -> ChangeRefusal | None:
    """Change how a campaign stands; why that cannot be, if it cannot.

    Raises:
        RowMissing: there is no such campaign.
    """
    row = campaigns.get(tx, campaign_id)
    main = shops.get(tx).campaign_id == campaign_id
    written = row.version_id is not None and bool(row.digest)
    refusal = decide_change(view_standing(row), change, main=main, written=written, now=tx.now)
    if refusal is not None:
        return refusal
    if change is Change.MAKE_MAIN:
        shops.set_main(tx, campaign_id)
        return None
    if change in {Change.START, Change.RESUME} and row.ends_at is not None and row.ends_at <= tx.now:
        campaigns.set_end(tx, campaign_id, None, row.budget_points)
    if change is Change.START:
        campaigns.set_start(tx, campaign_id, None)
    campaigns.set_state(tx, campaign_id, STATES[change])
    return None


def list_due(tx: Tx) -> list[CampaignId]:
    """Campaigns whose time has come, or whose points are given; the main one has neither."""
    main = shops.get(tx).campaign_id
    return [row.id for row in campaigns.list_all(tx) if row.id != main and _is_due(tx, row)]


def find_next_turn(tx: Tx) -> int | None:
    """The next moment at which a campaign begins or ends, UTC microseconds; its points end with what somebody does."""
    rows = (row for row in campaigns.list_all(tx) if row.state in {CampaignState.RUNNING, CampaignState.PAUSED})
    moments = (moment for row in rows for moment in (row.starts_at, row.ends_at) if moment is not None)
    return min((moment for moment in moments if moment > tx.now), default=None)


def list_starting(tx: Tx) -> dict[CampaignId, Campaign]:
    """What campaigns say whose time to begin has come."""
    due = (row for row in map(partial(campaigns.get, tx), list_due(tx)) if _has_come(row.starts_at, tx.now))
    return {row.id: get_terms(tx, row.version_id).campaign for row in due if row.version_id is not None}


def hold_back(tx: Tx, campaign_id: CampaignId, findings: Sequence[Finding]) -> None:
    """Make a draft again of a campaign that would begin now, and tell the owners why; unless it was changed meanwhile."""
    row = campaigns.get(tx, campaign_id)
    if row.state is not CampaignState.RUNNING or not _has_come(row.starts_at, tx.now):
        return
    campaigns.set_start(tx, row.id, None)
    campaigns.set_state(tx, row.id, CampaignState.DRAFT)
    audit.add(tx, actor_id=None, act=Act.CAMPAIGN_STATE, subject=row.slug, before=row.state, after=CampaignState.DRAFT)
    told = StartHeld(slug=row.slug, findings=compose_findings(findings))
    for address in list_owners(tx):
        owe(tx, address, told, key=f"{row.id}:{tx.now}:{address.person_id}")


def turn_campaigns(tx: Tx, due: Sequence[CampaignId]) -> None:
    """Begin and end what is due; what was changed since it was found so is left alone."""
    for row in map(partial(campaigns.get, tx), due):
        if not _is_due(tx, row):
            continue
        if _has_come(row.starts_at, tx.now):
            campaigns.set_start(tx, row.id, None)
            shops.note_changed(tx)
        else:
            campaigns.set_state(tx, row.id, CampaignState.ENDED)


def _is_due(tx: Tx, row: CampaignRow) -> bool:
    if row.state not in {CampaignState.RUNNING, CampaignState.PAUSED}:
        return False
    if _has_come(row.starts_at, tx.now) or _has_come(row.ends_at, tx.now):
        return True
    return row.budget_points is not None and grants.sum_by_campaign(tx, row.id) >= row.budget_points


def _has_come(moment: int | None, now: int) -> bool:
    return moment is not None and moment <= now
