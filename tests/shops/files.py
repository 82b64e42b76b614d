"""Folders with files of shops, for tests."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import count
from pathlib import Path

from bot.shops.folder import ShopFolder

_MOMENTS = count(1_700_000_000)
"""Each write of a test is later than the one before, however coarse the disk's clock is."""


def compose_token(number: int) -> str:
    """The token of a bot with this number."""
    return f"{number}:{'s' * 35}"


def write_shop(folder: Path, name: str, **settings: str) -> Path:
    """Write a shop's file, by settings without the prefix."""
    return write_file(folder / f"{name}.env", "".join(f"PASSALONG_{key}={value}\n" for key, value in settings.items()))


def write_file(path: Path, text: str) -> Path:
    """Write a file at a moment of its own."""
    path.write_text(text, encoding="utf-8")
    moment = next(_MOMENTS)
    os.utime(path, (moment, moment))
    return path


def open_folder(path: Path, common: Mapping[str, str] | None = None) -> ShopFolder:
    """The folder with what is common, by settings without the prefix; databases lie in it unless told otherwise."""
    path.mkdir(exist_ok=True)
    given = {"DATABASE_URL": f"sqlite:///{path}/", **(common or {})}
    return ShopFolder(path, {f"PASSALONG_{name}": value for name, value in given.items()})
