"""What was promised when: tables `campaign` and `campaign_version`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any

from sqlalchemy import Select, bindparam, insert, literal_column, select, update

from storage.campaign import CampaignState
from storage.errors import RowMissing
from storage.frozen import frozen
from storage.records import CampaignId, VersionId
from storage.schema.campaigns import campaign, campaign_version
from storage.tables import shops
from storage.tx import Conflicting, Tx

_ADD_CAMPAIGN = Conflicting(
    lambda insert: (
        insert(campaign)
        .values(slug=bindparam("slug"), created_at=bindparam("now"))
        .on_conflict_do_nothing(index_elements=["slug"])
    )
)
_LOCK_BY_SLUG = (
    select(campaign.c.id, campaign.c.version_number).where(campaign.c.slug == bindparam("slug")).with_for_update()
)
_ADD_VERSION = (
    insert(campaign_version)
    .values(
        {name: bindparam(name) for name in ("campaign_id", "number", "content", "digest")}
        | {"created_at": bindparam("now")}
    )
    .returning(campaign_version.c.id)
)
_SET_NUMBER = update(campaign).where(campaign.c.id == bindparam("of")).values(version_number=bindparam("number"))
_FIND_SAME = (
    select(campaign_version.c.id)
    .join(campaign, campaign.c.id == campaign_version.c.campaign_id)
    .where(
        campaign.c.slug == bindparam("slug"),
        campaign_version.c.number == campaign.c.version_number,
        campaign_version.c.digest == bindparam("digest"),
    )
)
_CAMPAIGN = (
    select(
        *(campaign.c[name] for name in ("id", "slug", "state", "starts_at", "ends_at", "ended_at", "budget_points")),
        campaign.c.draft,
        campaign.c.file,
        campaign_version.c.id,
        campaign_version.c.digest,
    )
    .select_from(campaign)
    .outerjoin(
        campaign_version,
        (campaign_version.c.campaign_id == campaign.c.id) & (campaign_version.c.number == campaign.c.version_number),
    )
)
_FIND = _CAMPAIGN.where(campaign.c.id == bindparam("of"))
_FIND_BY_SLUG = _CAMPAIGN.where(campaign.c.slug == bindparam("slug"))
_LIST = _CAMPAIGN.order_by(campaign.c.id).limit(bindparam("most"))
_CHANGES = {
    name: update(campaign).where(campaign.c.id == bindparam("of")).values({name: bindparam("value")})
    for name in ("draft", "file", "starts_at", "ends_at", "budget_points")
}
_SET_STATE = (
    update(campaign)
    .where(campaign.c.id == bindparam("of"))
    .values(state=bindparam("state"), ended_at=bindparam("ended_at"))
)
_DIGEST = select(campaign_version.c.digest).where(campaign_version.c.id == bindparam("id"))
_CONTENT = select(campaign_version.c.content).where(campaign_version.c.id == bindparam("id"))
_NAMED: Select[Any] = (
    select(literal_column("1"))
    .where(campaign_version.c.campaign_id == bindparam("of"), campaign_version.c.content.contains(bindparam("said")))
    .limit(1)
)
_VERSIONS = (
    select(campaign_version.c.id, campaign_version.c.digest, campaign_version.c.created_at)
    .where(campaign_version.c.campaign_id == bindparam("of"), campaign_version.c.number > literal_column("0"))
    .order_by(campaign_version.c.number.desc())
    .limit(bindparam("most"))
)
_FIRST = (
    select(campaign_version.c.id, campaign_version.c.digest)
    .where(campaign_version.c.number > literal_column("0"))
    .order_by(campaign_version.c.id)
    .limit(1)
)

MOST = 200
"""Campaigns that are listed; a shop has a few."""


@frozen
class CampaignRow:
    """A promotion: how it stands, and which version of it holds."""

    id: CampaignId
    slug: str
    state: CampaignState
    starts_at: int | None
    """Not before; None for at once."""
    ends_at: int | None
    ended_at: int | None
    """Since when it has ended; None while it has not."""
    budget_points: int | None
    """It ends once it has given so many; None for no bound."""
    draft: str | None = field(repr=False)
    file: str | None = field(repr=False)
    version_id: VersionId | None
    """None where nothing was ever promised."""
    digest: str
    """Of the content of that version; empty without one, and for what held before there were versions."""


def find(tx: Tx, campaign_id: CampaignId) -> CampaignRow | None:
    """Return a campaign; None where there is none of this number."""
    row = tx.row(_FIND, of=campaign_id)
    return None if row is None else _make_row(row)


def get(tx: Tx, campaign_id: CampaignId) -> CampaignRow:
    """Return a campaign.

    Raises:
        RowMissing: there is none of this number.
    """
    found = find(tx, campaign_id)
    if found is None:
        raise RowMissing(f"There is no campaign {campaign_id}.")
    return found


def find_by_slug(tx: Tx, slug: str) -> CampaignRow | None:
    """Return the campaign of this name; None where there is none."""
    row = tx.row(_FIND_BY_SLUG, slug=slug)
    return None if row is None else _make_row(row)


def list_all(tx: Tx) -> list[CampaignRow]:
    """Return the campaigns, oldest first."""
    return [_make_row(row) for row in tx.rows(_LIST, most=MOST)]


def add(tx: Tx, slug: str) -> CampaignRow:
    """Begin a campaign that has promised nothing yet; return the one there is of this name."""
    tx.run(_ADD_CAMPAIGN, slug=slug, now=tx.now)
    found = find_by_slug(tx, slug)
    assert found is not None
    return found


def set_state(tx: Tx, campaign_id: CampaignId, state: CampaignState) -> None:
    """Say how a campaign stands from now on."""
    ended_at = tx.now if state is CampaignState.ENDED else None
    tx.run(_SET_STATE, of=campaign_id, state=state, ended_at=ended_at)
    shops.note_changed(tx)


def set_draft(tx: Tx, campaign_id: CampaignId, content: str | None) -> None:
    """Keep what is being written; None where nothing is."""
    tx.run(_CHANGES["draft"], of=campaign_id, value=content)


def set_file(tx: Tx, campaign_id: CampaignId, text: str) -> None:
    """Keep the text of the file that was applied."""
    tx.run(_CHANGES["file"], of=campaign_id, value=text)


def set_start(tx: Tx, campaign_id: CampaignId, starts_at: int | None) -> None:
    """Say when a campaign begins; None for at once."""
    tx.run(_CHANGES["starts_at"], of=campaign_id, value=starts_at)


def set_end(tx: Tx, campaign_id: CampaignId, ends_at: int | None, budget_points: int | None) -> None:
    """Say when a campaign ends, and after how many points; None for never."""
    tx.run(_CHANGES["ends_at"], of=campaign_id, value=ends_at)
    tx.run(_CHANGES["budget_points"], of=campaign_id, value=budget_points)


def _make_row(row: Iterable[Any]) -> CampaignRow:
    number, slug, state, starts_at, ends_at, ended_at, budget_points, draft, file, version_id, digest = row
    return CampaignRow(
        id=CampaignId(number),
        slug=slug,
        state=CampaignState(state),
        starts_at=starts_at,
        ends_at=ends_at,
        ended_at=ended_at,
        budget_points=budget_points,
        draft=draft,
        file=file,
        version_id=None if version_id is None else VersionId(version_id),
        digest=digest or "",
    )


def add_version(tx: Tx, *, slug: str, content: str, digest: str) -> VersionId:
    """Write what a campaign promises from now on; where it promises that already, nothing is written.

    The campaign itself is made where there is none with this slug; two that write at once get one number after the other.
    """
    tx.run(_ADD_CAMPAIGN, slug=slug, now=tx.now)
    campaign_id, last = tx.rows(_LOCK_BY_SLUG, slug=slug)[0]
    same = tx.scalar(_FIND_SAME, slug=slug, digest=digest)
    if same is not None:
        return VersionId(same)
    row = {"campaign_id": campaign_id, "number": last + 1, "content": content, "digest": digest}
    version_id = tx.scalar(_ADD_VERSION, **row, now=tx.now)
    tx.run(_SET_NUMBER, of=campaign_id, number=last + 1)
    shops.note_changed(tx)
    return VersionId(version_id)


def get_digest(tx: Tx, version_id: VersionId) -> str:
    """Return by what a version's content is known; empty for what held before there were versions.

    Raises:
        RowMissing: there is no such version.
    """
    digest = tx.scalar(_DIGEST, id=version_id)
    if digest is None:
        raise RowMissing(f"There is no campaign version {version_id}.")
    return str(digest)


def get_content(tx: Tx, version_id: VersionId) -> str:
    """Return what a version says.

    Raises:
        RowMissing: there is no such version.
    """
    content = tx.scalar(_CONTENT, id=version_id)
    if content is None:
        raise RowMissing(f"There is no campaign version {version_id}.")
    return str(content)


def get_first(tx: Tx) -> tuple[VersionId, str]:
    """Return the oldest version that has content, and its digest.

    Raises:
        RowMissing: there is none yet.
    """
    row = tx.row(_FIRST)
    if row is None:
        raise RowMissing("There is no campaign version yet.")
    return VersionId(row[0]), str(row[1])


def list_versions(tx: Tx, campaign_id: CampaignId) -> list[tuple[VersionId, str, int]]:
    """Return the latest versions of a campaign, newest first: each one's id, digest, and since when it holds."""
    rows = tx.rows(_VERSIONS, of=campaign_id, most=MOST)
    return [(VersionId(number), str(digest), int(created_at)) for number, digest, created_at in rows]


def is_named(tx: Tx, campaign_id: CampaignId, key: str) -> bool:
    """Whether a version of a campaign, be it long past, knows something by this key, of `[a-z0-9-]`."""
    return tx.scalar(_NAMED, of=campaign_id, said=f'"key":"{key}"') is not None
