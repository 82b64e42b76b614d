"""How much of the bounds of rules is gone: table `allowance`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, tuple_, update

from storage.columns import pair_names
from storage.records import CampaignId, VersionId
from storage.schema.campaigns import campaign_version
from storage.schema.rewards import allowance
from storage.tx import Conflicting, Tx

_KEY = ("campaign_id", "rule", "scope")
_OF = tuple(allowance.c[name] == bindparam(f"of_{name}") for name in _KEY)

_TAKE = Conflicting(
    lambda insert: (
        insert(allowance)
        .values({name: bindparam(name) for name in (*_KEY, "taken", "changed_at")})
        .on_conflict_do_update(
            index_elements=[*_KEY],
            set_={"taken": allowance.c.taken + bindparam("taken"), "changed_at": bindparam("changed_at")},
            where=allowance.c.taken <= bindparam("room"),
        )
        .returning(allowance.c.taken)
    )
)
_PUT_BACK = (
    update(allowance)
    .where(*_OF, allowance.c.taken >= bindparam("pieces"))
    .values(taken=allowance.c.taken - bindparam("pieces"), changed_at=bindparam("now"))
)
_CAMPAIGN = select(campaign_version.c.campaign_id).where(campaign_version.c.id == bindparam("version_id"))
_DELETE_WEEKS = delete(allowance).where(
    tuple_(*(allowance.c[name] for name in _KEY)).in_(
        select(*(allowance.c[name] for name in _KEY))
        .where(allowance.c.changed_at < bindparam("before"), allowance.c.scope.startswith("week:"))
        .limit(bindparam("limit"))
    )
)


def take(tx: Tx, campaign_id: CampaignId, rule: str, scope: str, *, pieces: int, most: int) -> bool:
    """Take so many pieces of `most` in all; False where there are not so many left. One statement decides it."""
    if pieces > most:
        return False
    key = dict(pair_names(_KEY, (campaign_id, rule, scope)))
    return tx.scalar(_TAKE, **key, taken=pieces, room=most - pieces, changed_at=tx.now) is not None


def put_back(tx: Tx, campaign_id: CampaignId, rule: str, scope: str, *, pieces: int) -> None:
    """Let somebody else have them."""
    tx.run(_PUT_BACK, of_campaign_id=campaign_id, of_rule=rule, of_scope=scope, pieces=pieces, now=tx.now)


def get_campaign(tx: Tx, version_id: VersionId) -> CampaignId:
    """Return whose version it is: bounds hold for a campaign, whatever its versions."""
    return CampaignId(tx.scalar(_CAMPAIGN, version_id=version_id))


def delete_weeks(tx: Tx, *, before: int, limit: int) -> int:
    """Forget the counts of weeks that nothing has been taken in since a moment, and return how many."""
    return tx.run(_DELETE_WEEKS, before=before, limit=limit)
