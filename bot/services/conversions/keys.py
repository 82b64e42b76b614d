"""Who may report: keys are made, shown once, and revoked."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.conversions.keys import (
    EVERY_SCOPE,
    HINT_LETTERS,
    KEY_BYTES,
    Scope,
    Unmade,
    compose_key,
    compute_hash,
    decide_makeable,
)
from bot.core.roles import OWNERS
from bot.services.audit import Act
from bot.services.members import MemberView, demand, enter, view_member
from storage.frozen import frozen
from storage.records import PersonId, Profile
from storage.tables import api_keys, audit
from storage.tables.api_keys import ApiKey, KeyId
from storage.tx import Tx


@frozen
class MadeKey:
    """A key: the one time that it is told."""

    name: str
    key: str
    key_hash: str


@frozen
class KeysView:
    """The keys that open something, for an owner."""

    member: MemberView
    live: Sequence[ApiKey]
    made: MadeKey | None = None
    unmade: Unmade | None = None


def make_key(
    tx: Tx, *, name: str, scopes: Sequence[Scope] = EVERY_SCOPE, made_by_id: PersonId | None = None
) -> MadeKey | Unmade:
    """Make a key beside those there are, at most two of a name."""
    live = list_live(tx)
    unmade = decide_makeable(name, dict(Counter(each.name for each in live)))
    if unmade is not None:
        return unmade
    key = compose_key(secrets.token_bytes(KEY_BYTES))
    made = MadeKey(name=name, key=key, key_hash=compute_hash(key))
    api_keys.add(
        tx,
        name=name,
        key_hash=made.key_hash,
        hint=key[-HINT_LETTERS:],
        scopes=" ".join(scopes),
        made_by_id=made_by_id,
    )
    return made


def list_live(tx: Tx) -> list[ApiKey]:
    """The keys that open something."""
    return [each for each in api_keys.list_all(tx) if each.revoked_at is None]


def revoke_named(tx: Tx, said: str) -> int:
    """Revoke all keys of a name, or the one with these last letters; returns how many."""
    found = [each for each in list_live(tx) if said in {each.name, each.hint}]
    return sum(api_keys.revoke(tx, each.id) for each in found)


def view_keys(tx: Tx, *, visitor: Profile) -> KeysView:
    """The keys there are.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    return KeysView(member=view_member(tx, enter(tx, visitor)), live=list_live(tx))


def make_own_key(tx: Tx, *, visitor: Profile, name: str) -> KeysView:
    """An owner makes a key.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    me = enter(tx, visitor)
    made = make_key(tx, name=name, made_by_id=me.id)
    if isinstance(made, Unmade):
        return KeysView(member=view_member(tx, me), live=list_live(tx), unmade=made)
    audit.add(tx, actor_id=me.id, act=Act.KEY_MADE, subject=name)
    return KeysView(member=view_member(tx, me), live=list_live(tx), made=made)


def revoke_key(tx: Tx, *, visitor: Profile, key_id: KeyId) -> KeysView:
    """An owner revokes a key.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    me = enter(tx, visitor)
    named = next((each.name for each in list_live(tx) if each.id == key_id), None)
    if named is not None and api_keys.revoke(tx, key_id):
        audit.add(tx, actor_id=me.id, act=Act.KEY_REVOKED, subject=named)
    return KeysView(member=view_member(tx, me), live=list_live(tx))


def make_asked(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> KeysView:
    """Make what a dialogue has come to.

    Raises:
        NotAllowed: this is no owner.
    """
    return make_own_key(tx, visitor=visitor, name=str(data["name"]))
