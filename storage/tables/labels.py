"""What members are called: table `label`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, literal_column, select

from storage.facts import GrantKind, GrantState
from storage.records import PersonId
from storage.schema.people import label
from storage.schema.rewards import grant
from storage.tx import Conflicting, Tx

_ADD = Conflicting(
    lambda insert: (
        insert(label)
        .values(
            person_id=bindparam("of"),
            label=bindparam("label"),
            given_at=bindparam("at"),
            by_rule=literal_column("false"),
        )
        .on_conflict_do_update(
            index_elements=["person_id", "label"],
            set_={"by_rule": literal_column("false")},
            where=label.c.by_rule,
        )
    )
)
_ADD_BY_RULE = Conflicting(
    lambda insert: (
        insert(label)
        .values(
            person_id=bindparam("of"),
            label=bindparam("label"),
            given_at=bindparam("at"),
            by_rule=literal_column("true"),
        )
        .on_conflict_do_nothing(index_elements=["person_id", "label"])
    )
)
_REMOVE = delete(label).where(label.c.person_id == bindparam("of"), label.c.label == bindparam("label"))
_REMOVE_BY_RULE = _REMOVE.where(label.c.by_rule)
_COUNT_GRANTS = select(func.count()).where(
    grant.c.person_id == bindparam("of"),
    grant.c.kind == literal_column(f"'{GrantKind.LABEL}'"),
    grant.c.state == literal_column(f"'{GrantState.AVAILABLE}'"),
    grant.c.what == bindparam("label"),
)
_DELETE_OF = delete(label).where(label.c.person_id == bindparam("of"))
_LIST_OF = select(label.c.label).where(label.c.person_id == bindparam("of")).order_by(label.c.label)
_COUNT = select(label.c.label, func.count()).group_by(label.c.label).order_by(label.c.label).limit(bindparam("limit"))
_LIST_WITH = (
    select(label.c.person_id)
    .where(label.c.label == bindparam("label"))
    .order_by(label.c.person_id)
    .limit(bindparam("limit"))
)


def add(tx: Tx, person_id: PersonId, name: str) -> bool:
    """Give somebody a label; False where they have it. What a rule gave is the team's from then on."""
    return tx.run(_ADD, of=person_id, label=name, at=tx.now) == 1


def add_by_rule(tx: Tx, person_id: PersonId, name: str) -> bool:
    """Give somebody a label because of a rule; False where they have it."""
    return tx.run(_ADD_BY_RULE, of=person_id, label=name, at=tx.now) == 1


def remove_by_rule(tx: Tx, person_id: PersonId, name: str) -> bool:
    """Take a label from somebody who has it by rules alone; False for anybody else."""
    return tx.run(_REMOVE_BY_RULE, of=person_id, label=name) == 1


def remove(tx: Tx, person_id: PersonId, name: str) -> bool:
    """Take a label from somebody; False where they have it not."""
    return tx.run(_REMOVE, of=person_id, label=name) == 1


def list_of(tx: Tx, person_id: PersonId) -> list[str]:
    """Return the labels of somebody, by name."""
    return [name for (name,) in tx.rows(_LIST_OF, of=person_id)]


def count_each(tx: Tx, *, limit: int) -> dict[str, int]:
    """Return how many have each label, by name."""
    return {name: int(count) for name, count in tx.rows(_COUNT, limit=limit)}


def list_with(tx: Tx, name: str, *, limit: int) -> list[PersonId]:
    """Return who has a label, who came first before others."""
    return [PersonId(number) for (number,) in tx.rows(_LIST_WITH, label=name, limit=limit)]


def count_grants(tx: Tx, person_id: PersonId, name: str) -> int:
    """Count what rules have given somebody by which they are called so."""
    return int(tx.scalar(_COUNT_GRANTS, of=person_id, label=name))


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Call somebody nothing."""
    tx.run(_DELETE_OF, of=person_id)
