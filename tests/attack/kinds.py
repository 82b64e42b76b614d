"""All kinds of attacks, by the family that they are of."""

from __future__ import annotations

from tests.attack import (
    authority,
    broadcast_kills,
    broken_pictures,
    changed_books,
    changing_points,
    clocks,
    damage,
    dashboard,
    drop_kills,
    flooding,
    forged_reports,
    forging,
    installation,
    last_coupons,
    last_items,
    last_places,
    last_promises,
    leftovers,
    malformed,
    privacy,
    rings,
    secrets_told,
    shops_apart,
    store_trouble,
    waiting_line,
    web_side,
)

_FAMILIES = (
    forging,
    store_trouble,
    damage,
    waiting_line,
    web_side,
    dashboard,
    privacy,
    malformed,
    clocks,
    rings,
    secrets_told,
    installation,
    broadcast_kills,
    leftovers,
    changing_points,
    broken_pictures,
    authority,
    changed_books,
    last_coupons,
    drop_kills,
    last_items,
    last_places,
    last_promises,
    forged_reports,
    shops_apart,
)
SHORT = sorted((kind for family in _FAMILIES for kind in family.KINDS), key=lambda kind: kind.number)
"""Whose short form is tried by the tests."""

ALL = (*flooding.KINDS, *SHORT)
