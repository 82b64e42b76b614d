"""What was promised when: tables `campaign` and `campaign_version`."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, literal_column, select, update

from storage.errors import RowMissing
from storage.records import VersionId
from storage.schema import campaign, campaign_version
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
_DIGEST = select(campaign_version.c.digest).where(campaign_version.c.id == bindparam("id"))
_CONTENT = select(campaign_version.c.content).where(campaign_version.c.id == bindparam("id"))
_FIRST = (
    select(campaign_version.c.id, campaign_version.c.digest)
    .where(campaign_version.c.number > literal_column("0"))
    .order_by(campaign_version.c.id)
    .limit(1)
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
