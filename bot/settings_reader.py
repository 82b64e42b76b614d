"""Whose settings a command reads: the one shop's, or those of a shop that the command line names."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.core.setting import SettingMistake, mask_secrets
from bot.settings import CommonSettings, Settings, find_shops, read_settings
from bot.shops.folder import ShopFolder, list_strays
from bot.shops.shop_file import furnish, furnish_database, place_database, refuse_name
from bot.stray_settings import list_emptied, list_unknown
from storage.errors import StoreUnavailable

ENV_FILE = Path(".env")

NAMES_SHOWN = 20


class SettingsReader:
    """Reads settings when a command needs them, and says on standard error what is none and is ignored.

    Args:
        environment: The process's.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self.shop = ""
        """As the command line names it; empty: it names none."""
        self._said: set[str] = set()

    def read(self) -> Settings:
        """The settings of the one shop, or of the one that is named.

        Raises:
            SettingMistake: a value cannot be, or no shop is named where there are several.
            EnvFileMistake: a file cannot be read.
        """
        common = self.find_shops()
        if common is None and self.shop:
            raise SettingMistake("SHOPS", "is not set, so there is no shop to choose", "Leave --shop out")
        if common is None:
            return read_settings(self._environment, env_file=ENV_FILE)
        return self._choose(ShopFolder(common.shops, common.given))

    def read_url(self) -> str:
        """Where the database is; raises likewise."""
        return self.read().database_url

    def find_place(self) -> str:
        """Where the database is or, of a shop whose file is not there, would be by what holds for all.

        Raises:
            StoreUnavailable: its folder cannot be made; else likewise.
        """
        common = self.find_shops()
        path = ShopFolder(common.shops, common.given).find_file(self.shop) if common and self.shop else None
        if common is None or path is None or refuse_name(self.shop) or path.exists() or path.is_symlink():
            return self.read_url()
        url = place_database(self.shop, common.given)
        furnish_database(url)
        self._say(f"There is no {path} now: the shop starts once it is there, if it names no other database.")
        return url

    def find_shops(self) -> CommonSettings | None:
        """What holds for many shops; None where there is one. Raises likewise."""
        for name, meant in list_unknown(self._environment, env_file=ENV_FILE).items():
            self._say(f"{name} is not a setting and is ignored{meant and f'; {meant} is one'}")
        for name in list_emptied(self._environment, env_file=ENV_FILE):
            self._say(f"{name} is set to nothing in the environment; what {ENV_FILE} says holds")
        return find_shops(self._environment, env_file=ENV_FILE)

    def _say(self, words: str) -> None:
        if words not in self._said:
            sys.stderr.write(f"{mask_secrets(words)}\n")
        self._said.add(words)

    def _choose(self, folder: ShopFolder) -> Settings:
        names = sorted(path.stem for path in folder.list_files())
        if self.shop not in names:
            there = ", ".join(names[:NAMES_SHOWN]) + (" …" if len(names) > NAMES_SHOWN else "")
            what = f"{folder.path} has no shop {self.shop!r}" if self.shop else "There are several shops"
            raise ShopNotChosen(f"{what}: name one by --shop NAME. There are: {there or 'none'}")
        path = folder.find_file(self.shop)
        try:
            settings = folder.read_file(path)
        except SettingMistake as mistake:
            raise ShopNotChosen(folder.explain(path, mistake)) from None
        for words in list_strays(path):
            self._say(words)
        try:
            furnish(settings)
        except StoreUnavailable as error:
            raise ShopNotChosen(str(error)) from None
        return settings


class ShopNotChosen(Exception):
    """The command line names no shop whose settings can be read; the text says what would be right."""
