"""What friends are asked to show that they are people: table `captcha`."""

from __future__ import annotations

import json

from sqlalchemy import bindparam, delete, literal_column, select, update

from storage.columns import pair_names
from storage.records import ReferralId
from storage.review import Captcha
from storage.schema.fairness import captcha
from storage.tx import Conflicting, Tx

_COLUMNS = ("kind", "question", "choices", "answer", "tries", "expires_at")
_THIS = captcha.c.referral_id == bindparam("of")
_SET = Conflicting(
    lambda insert: (
        insert(captcha)
        .values({name: bindparam(name) for name in ("referral_id", *_COLUMNS)})
        .on_conflict_do_update(index_elements=["referral_id"], set_={name: bindparam(name) for name in _COLUMNS})
    )
)
_FIND = select(captcha.c.referral_id, *(captcha.c[name] for name in _COLUMNS)).where(_THIS)
_TAKE_TRY = (
    update(captcha)
    .where(_THIS, captcha.c.tries > literal_column("0"), captcha.c.expires_at > bindparam("now"))
    .values(tries=captcha.c.tries - literal_column("1"))
    .returning(captcha.c.tries)
)
_DELETE = delete(captcha).where(_THIS)
_DELETE_OVER = delete(captcha).where(captcha.c.expires_at <= bindparam("now"))


def set_question(tx: Tx, question: Captcha) -> None:
    """Ask this from now on, instead of what was asked before."""
    values = (question.kind, question.question, json.dumps(question.choices), question.answer, question.tries)
    tx.run(
        _SET,
        referral_id=question.referral_id,
        **dict(pair_names(_COLUMNS, (*values, question.expires_at))),
    )


def find(tx: Tx, referral_id: ReferralId) -> Captcha | None:
    """Return what a friend is asked."""
    row = tx.row(_FIND, of=referral_id)
    if row is None:
        return None
    values = dict(pair_names(("referral_id", *_COLUMNS), row))
    return Captcha(**values | {"choices": tuple(json.loads(values["choices"]))})


def take_try(tx: Tx, referral_id: ReferralId) -> int | None:
    """Use up a try, and return how many are left; None where there is none, or it is too late."""
    left: int | None = tx.scalar(_TAKE_TRY, of=referral_id, now=tx.now)
    return left


def delete_question(tx: Tx, referral_id: ReferralId) -> None:
    """Ask nothing any more."""
    tx.run(_DELETE, of=referral_id)


def delete_over(tx: Tx) -> int:
    """Delete what can be answered no more."""
    return tx.run(_DELETE_OVER, now=tx.now)
