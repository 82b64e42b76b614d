"""The folder of shops: a file `<name>.env` each, and what is wrong with those that cannot be."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import NamedTuple

from bot.core.setting import PREFIX, SettingMistake
from bot.env_file import EnvFileMistake, read_env_file
from bot.settings import Settings
from bot.shops.shop_file import SUFFIX, Owned, list_owned, read_shop, refuse_name
from bot.stray_settings import list_unknown
from storage.frozen import frozen


class Mark(NamedTuple):
    """What tells a file from what it was before."""

    changed_at: int
    size: int
    number: int


@frozen(kw_only=False)
class Contents:
    """What stands in the folder."""

    shops: dict[str, Settings] = field(default_factory=dict)
    """Those that can be run, by name."""
    mistakes: dict[Path, str] = field(default_factory=dict)
    """Why a file is no shop's that can be run, as a sentence that names the file."""
    crossed: dict[str, Settings] = field(default_factory=dict)
    """Of these the shops that want what another has, by name."""


class ShopFolder:
    """Reads the files of all shops.

    Args:
        path: The folder.
        common: What holds for all shops, each setting by its full name.
        only: The one of them that is looked at; empty: all.
    """

    def __init__(self, path: Path, common: Mapping[str, str], *, only: str = "") -> None:
        self.path = path
        self._only = only
        self.common = common

    def find_file(self, name: str) -> Path:
        """Where a shop of this name has its file."""
        return self.path / f"{name}{SUFFIX}"

    def list_files(self) -> dict[Path, Mark]:
        """All that are meant as a shop's file; a hidden one is an editor's.

        Raises:
            OSError: the folder cannot be read.
        """
        with os.scandir(self.path) as entries:
            meant = [each for each in entries if each.name.endswith(SUFFIX) and not each.name.startswith(".")]
        if self._only:
            meant = [each for each in meant if each.name == f"{self._only}{SUFFIX}"]
        return {Path(each.path): mark for each in sorted(meant, key=lambda each: each.name) if (mark := _mark(each))}

    def read(self) -> Contents:
        """Read all files. Of two that want the same bot or database neither can be run.

        Raises:
            OSError: the folder cannot be read.
        """
        contents = Contents()
        for path in self.list_files():
            try:
                contents.shops[path.stem] = self.read_file(path)
            except (SettingMistake, EnvFileMistake) as mistake:
                contents.mistakes[path] = self.explain(path, mistake)
        for name, words in list(list_crossed(self, contents.shops)):
            contents.mistakes[self.find_file(name)] = words
            if name in contents.shops:  # it may cross others by more than one thing
                contents.crossed[name] = contents.shops.pop(name)
        return contents

    def read_file(self, path: Path) -> Settings:
        """The settings of the shop whose file this is.

        Raises:
            SettingMistake: a value cannot be.
            EnvFileMistake: the file cannot be read, or its name is none of a shop.
        """
        if why := refuse_name(path.stem):
            raise EnvFileMistake(path, f"is no shop's: {why}", "Give it another name")
        return read_shop(path, self.common)

    def explain(self, path: Path, mistake: SettingMistake | EnvFileMistake) -> str:
        """A mistake as a sentence that names the file, also where it was made in what holds for all."""
        if isinstance(mistake, EnvFileMistake):
            return str(mistake)
        common = mistake.name in self.common and mistake.name not in read_env_file(path)
        return f"{path}: {mistake}{' (it is set for all shops)' if common else ''}"


_OWNED = {"BOT_TOKEN": "bot", "DATABASE_URL": "database", "PUBLIC_URL": "address"}


def _mark(entry: os.DirEntry[str]) -> Mark | None:
    try:
        found = entry.stat()
    except OSError:  # a link that leads nowhere is told when it is read, one that has just gone is gone
        return Mark(0, 0, 0) if entry.is_symlink() else None
    return None if entry.is_dir() else Mark(found.st_mtime_ns, found.st_size, found.st_ino)


def list_crossed(
    folder: ShopFolder, shops: Mapping[str, Settings], kept: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Shops that want what another has, each with the words for it; one that is `kept` has it."""
    wanted: dict[Owned, list[str]] = {}
    for name, settings in shops.items():
        for owned in list_owned(settings):
            wanted.setdefault(owned, []).append(name)
    for owned, names in wanted.items():
        if len(names) == 1:
            continue
        keeper = next((name for name in names if name in kept), None)
        for name in names:
            if name != keeper:
                others = " and ".join(str(folder.find_file(each)) for each in names if each != name)
                yield (
                    name,
                    f"{folder.find_file(name)}: {PREFIX}{owned.setting} names the same {_OWNED[owned.setting]} as {others}. Correct one of them",
                )


def list_strays(path: Path) -> list[str]:
    """What a shop's file says that is no setting, as sentences; nothing where it cannot be read."""
    try:
        unknown = list_unknown({}, env_file=path).items()
    except EnvFileMistake:
        return []
    return [f"{path}: {name} is not a setting and is ignored{meant and f'; {meant} is one'}" for name, meant in unknown]
