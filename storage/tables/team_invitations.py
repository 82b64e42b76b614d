"""Who is invited into the team: table `team_invitation`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, select

from storage.columns import pair_names
from storage.records import PersonId
from storage.role import Role
from storage.schema.team import team_invitation
from storage.tx import Tx

_COLUMNS = ("token_hash", "role", "made_by_id", "expires_at")

_ADD = insert(team_invitation).values({name: bindparam(name) for name in _COLUMNS})
_FIND = select(team_invitation.c.role, team_invitation.c.made_by_id).where(
    team_invitation.c.token_hash == bindparam("token_hash"), team_invitation.c.expires_at > bindparam("now")
)
_DELETE = delete(team_invitation).where(team_invitation.c.token_hash == bindparam("token_hash"))
_DELETE_OVER = delete(team_invitation).where(team_invitation.c.expires_at <= bindparam("now"))
_DELETE_OF = delete(team_invitation).where(team_invitation.c.made_by_id == bindparam("of"))


def add(tx: Tx, token_hash: str, *, role: Role, made_by_id: PersonId, expires_at: int) -> None:
    """Let a link be used until then."""
    values = (token_hash, role, made_by_id, expires_at)
    tx.run(_ADD, **dict(pair_names(_COLUMNS, values)))


def find(tx: Tx, token_hash: str) -> tuple[Role, PersonId] | None:
    """Return what a link makes of somebody, and who made it; None for one that was used, has expired, or never was."""
    found = tx.row(_FIND, token_hash=token_hash, now=tx.now)
    return None if found is None else (Role(found[0]), PersonId(found[1]))


def take(tx: Tx, token_hash: str) -> bool:
    """Use a link up; False where somebody was quicker."""
    return tx.run(_DELETE, token_hash=token_hash) == 1


def delete_over(tx: Tx) -> int:
    """Forget links that have expired, and return how many."""
    return tx.run(_DELETE_OVER, now=tx.now)


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Forget the links that somebody has made."""
    tx.run(_DELETE_OF, of=person_id)
