"""`passalong move` where there are several shops: where one of them goes."""

from __future__ import annotations

import pytest

from bot.move_command import place_shop


@pytest.mark.parametrize(
    ("shop", "to", "place"),
    [
        ("", "postgresql://me@host/shops", "postgresql://me@host/shops"),
        ("mina-1", "postgresql://me@host/shops", "postgresql://me@host/shops?schema=mina-1"),
        (
            "mina",
            "postgresql://me@host/shops?sslmode=require",
            "postgresql://me@host/shops?sslmode=require&schema=mina",
        ),
        ("mina", "postgresql://me@host/shops?schema=other", "postgresql://me@host/shops?schema=other"),
        ("mina", "sqlite:////var/shops/", "sqlite:////var/shops/mina.db"),
        ("mina", "sqlite:////var/shops/old.db", "sqlite:////var/shops/old.db"),
    ],
)
def test_one_of_several_shops_goes_where_its_name_is(shop: str, to: str, place: str) -> None:
    """Into the schema or the file that a common address means for it, unless the address says more."""
    assert place_shop(shop, to) == place
