"""Campaigns written in the chat: begun, changed as drafts, looked at, and let hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.content import compose_content, compute_digest, parse_content
from bot.core.campaigns.drafting import Gap, choose_slug, compose_draft, list_gaps
from bot.core.campaigns.running import Change, ChangeRefusal
from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.campaigns import get_terms
from bot.services.campaigns.opening import note_written
from bot.services.campaigns.running import change_campaign
from bot.services.members import MemberView, demand, enter, view_member
from storage.campaign import CampaignState
from storage.frozen import frozen
from storage.records import CampaignId, PersonId, Profile
from storage.tables import audit, campaigns, pictures, shops
from storage.tables.campaigns import CampaignRow
from storage.tables.pictures import StoredPicture
from storage.tx import Tx


@frozen
class PanelCampaign:
    """A campaign in the panel."""

    id: CampaignId
    slug: str
    state: CampaignState
    main: bool
    changed: bool
    """There is a draft that does not hold yet."""
    starts_at: int | None = None
    ends_at: int | None = None


@frozen
class PanelView:
    """Everything there is."""

    member: MemberView
    campaigns: Sequence[PanelCampaign]


@frozen
class EditorView:
    """One campaign as it is being written."""

    member: MemberView
    entry: PanelCampaign
    draft: Campaign
    """What it will say; what holds, where nothing was changed."""
    holds: Campaign | None
    """What it promises now."""
    gaps: Sequence[Gap]
    refusal: ChangeRefusal | None = None


Edit = Callable[[Campaign], Campaign]


def view_panel(tx: Tx, *, visitor: Profile) -> PanelView:
    """All campaigns.

    Raises:
        NotAllowed: this is nobody who runs campaigns.
    """
    demand(tx, visitor, MANAGERS)
    main = shops.get(tx).campaign_id
    entries = [_view_entry(row, main) for row in campaigns.list_all(tx)]
    return PanelView(member=view_member(tx, enter(tx, visitor)), campaigns=entries)


def view_editor(tx: Tx, *, visitor: Profile, campaign_id: CampaignId) -> EditorView | None:
    """One campaign; None where there is none of this number, or nothing of it was ever written."""
    demand(tx, visitor, MANAGERS)
    row = campaigns.find(tx, campaign_id)
    return None if row is None else _view(tx, visitor, row)


def begin_campaign(tx: Tx, *, visitor: Profile, template: Campaign, wished: str) -> EditorView:
    """Begin a campaign from a template or another one; it is a draft until somebody lets it hold.

    A second tap finds the draft that the first one has begun, as long as nobody has touched it.
    """
    demand(tx, visitor, MANAGERS)
    rows, main = campaigns.list_all(tx), get_terms(tx).campaign
    slug = choose_slug(wished, {row.slug for row in rows})
    untouched = next((row for row in rows if _is_untouched(row, compose_draft(template, main, row.slug))), None)
    if untouched is not None:
        view = _view(tx, visitor, untouched)
        assert view is not None
        return view
    row = campaigns.add(tx, slug)
    campaigns.set_state(tx, row.id, CampaignState.DRAFT)
    campaigns.set_draft(tx, row.id, compose_content(compose_draft(template, main, slug)))
    _note_state(tx, visitor, slug, "", CampaignState.DRAFT)
    view = _view(tx, visitor, campaigns.get(tx, row.id))
    assert view is not None
    return view


def edit_campaign(
    tx: Tx, *, visitor: Profile, campaign_id: CampaignId, edit: Edit, picture: StoredPicture | None = None
) -> EditorView | None:
    """Change a draft; what holds stays as it is. None where there is no such campaign."""
    demand(tx, visitor, MANAGERS)
    row = campaigns.find(tx, campaign_id)
    found = None if row is None else _find_draft(tx, row)
    if row is None or found is None:
        return None
    if picture is not None:
        pictures.add(tx, [picture])
    changed = compose_content(edit(found))
    holds = compute_digest(changed) == row.digest
    campaigns.set_draft(tx, row.id, None if holds else changed)
    return _view(tx, visitor, campaigns.get(tx, row.id))


def drop_changes(tx: Tx, *, visitor: Profile, campaign_id: CampaignId) -> EditorView | None:
    """Go back to what holds; a campaign of which nothing holds keeps its draft."""
    demand(tx, visitor, MANAGERS)
    row = campaigns.find(tx, campaign_id)
    if row is not None and row.digest:
        campaigns.set_draft(tx, row.id, None)
    return view_editor(tx, visitor=visitor, campaign_id=campaign_id)


def publish_campaign(tx: Tx, *, visitor: Profile, campaign_id: CampaignId) -> EditorView | None:
    """Let a draft hold from now on; who came before keeps what they were promised. A draft with gaps stays a draft."""
    demand(tx, visitor, MANAGERS)
    row = campaigns.find(tx, campaign_id)
    draft = None if row is None or row.draft is None else parse_content(row.draft)
    if row is not None and draft is not None and not list_gaps(draft):
        content = compose_content(draft)
        version_id = campaigns.add_version(tx, slug=row.slug, content=content, digest=compute_digest(content))
        campaigns.set_draft(tx, row.id, None)
        note_written(tx, enter(tx, visitor).id, row.slug, row.version_id if row.digest else None, version_id)
    return view_editor(tx, visitor=visitor, campaign_id=campaign_id)


def move_campaign(tx: Tx, *, visitor: Profile, campaign_id: CampaignId, change: Change) -> EditorView | None:
    """Start, pause, resume or end a campaign, or make it the main one; a start lets its draft hold first."""
    demand(tx, visitor, MANAGERS)
    row = campaigns.find(tx, campaign_id)
    if row is None:
        return None
    if change is Change.START:
        publish_campaign(tx, visitor=visitor, campaign_id=campaign_id)
    refusal = change_campaign(tx, campaign_id, change)
    if refusal is None and change is Change.MAKE_MAIN:
        audit.add(tx, actor_id=enter(tx, visitor).id, act=Act.CAMPAIGN_MAIN, subject=row.slug)
    elif refusal is None:
        _note_state(tx, visitor, row.slug, row.state, campaigns.get(tx, campaign_id).state)
    view = _view(tx, visitor, campaigns.get(tx, campaign_id))
    return None if view is None else _refuse(view, refusal)


def schedule_campaign(
    tx: Tx, *, visitor: Profile, campaign_id: CampaignId, field: str, value: int | None
) -> EditorView | None:
    """Say when a campaign begins (`starts_at`) or ends (`ends_at`, `budget`); None for at once, or never.

    The main one has no end: it is refused. A beginning lets the draft hold; nobody is handed anything before it.
    """
    demand(tx, visitor, MANAGERS)
    row, main = campaigns.find(tx, campaign_id), shops.get(tx).campaign_id
    if row is None:
        return None
    if row.id == main:
        view = _view(tx, visitor, row)
        return None if view is None else _refuse(view, ChangeRefusal.MAIN)
    if field == "starts_at":
        view = publish_campaign(tx, visitor=visitor, campaign_id=campaign_id)
        if view is None or view.holds is None:
            return None if view is None else _refuse(view, ChangeRefusal.UNWRITTEN)
        campaigns.set_start(tx, row.id, value)
        campaigns.set_state(tx, row.id, CampaignState.RUNNING)
    else:
        ends_at = value if field == "ends_at" else row.ends_at
        campaigns.set_end(tx, row.id, ends_at, value if field == "budget" else row.budget_points)
    shops.note_changed(tx)
    _note_state(tx, visitor, row.slug, "", field)
    return _view(tx, visitor, campaigns.get(tx, row.id))


def _is_untouched(row: CampaignRow, begun: Campaign) -> bool:
    return row.state is CampaignState.DRAFT and row.draft == compose_content(begun)


def _refuse(view: EditorView, refusal: ChangeRefusal | None) -> EditorView:
    return EditorView(
        member=view.member, entry=view.entry, draft=view.draft, holds=view.holds, gaps=view.gaps, refusal=refusal
    )


def _note_state(tx: Tx, visitor: Profile, slug: str, before: str, after: str) -> None:
    actor_id: PersonId = enter(tx, visitor).id
    audit.add(tx, actor_id=actor_id, act=Act.CAMPAIGN_STATE, subject=slug, before=before, after=after)


def _find_draft(tx: Tx, row: CampaignRow) -> Campaign | None:
    if row.draft is not None:
        return parse_content(row.draft)
    return get_terms(tx, row.version_id).campaign if row.version_id is not None and row.digest else None


def _view(tx: Tx, visitor: Profile, row: CampaignRow) -> EditorView | None:
    draft = _find_draft(tx, row)
    if draft is None:
        return None
    holds = get_terms(tx, row.version_id).campaign if row.version_id is not None and row.digest else None
    return EditorView(
        member=view_member(tx, enter(tx, visitor)),
        entry=_view_entry(row, shops.get(tx).campaign_id),
        draft=draft,
        holds=holds,
        gaps=list_gaps(draft),
    )


def _view_entry(row: CampaignRow, main: CampaignId) -> PanelCampaign:
    return PanelCampaign(
        id=row.id,
        slug=row.slug,
        state=row.state,
        main=row.id == main,
        changed=row.draft is not None,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
