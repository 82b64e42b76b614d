"""`passalong move` where there are several shops: where one of them goes."""

from __future__ import annotations

import pytest

from bot.core.setting import SettingMistake
from bot.move_command import move_shop, place_shop
from bot.settings_reader import SettingsReader
from tests.shops.files import compose_token


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


@pytest.mark.parametrize(
    "to", ["postgres://me:hidden@host/shops", "mysql://me@host/shops", "shop.db", "sqlite:///", ""]
)
def test_a_shop_goes_nowhere_that_it_could_not_be_started_at(to: str) -> None:
    """What DATABASE_URL would refuse afterwards is refused before; no password is said."""
    reader = SettingsReader({"PASSALONG_BOT_TOKEN": compose_token(41), "PASSALONG_DATABASE_URL": "sqlite:///shop.db"})
    with pytest.raises(SettingMistake, match=r"^--to is no address of a database") as refused:
        move_shop(reader, to)
    assert "hidden" not in str(refused.value)
