"""Settings that somebody meant and did not set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.proxies import VARIABLES
from bot.core.setting import PREFIX, mask_name
from bot.env_file import read_env_file
from bot.late import late
from bot.setting_files import FILE_SUFFIX
from bot.setting_parsers import DEFAULTS

if TYPE_CHECKING:
    import difflib
else:
    difflib = late("difflib")

_NAMES = frozenset(PREFIX + name for name in DEFAULTS)
_RESEMBLANCE = 0.88
"""As difflib counts it: one wrong letter in ten, or the middle word left out."""


def list_unknown(environment: Mapping[str, str], *, env_file: Path | None = None) -> dict[str, str]:
    """Names that are no setting, as far as they may be shown, each with the setting that may be meant by it; empty where nobody knows.

    The environment is full of other programs' names: there it is those with our prefix, in the file also what resembles one
    of ours.
    """
    written = [name for name in read_env_file(env_file) if _has_prefix(name) or _guess(name)]
    named = [name for name in environment if _has_prefix(name)]
    strange = {name for name in {*named, *written} if name.removesuffix(FILE_SUFFIX) not in _NAMES}
    return {mask_name(name): _guess(name) for name in _drop_declared(strange)}


def list_emptied(environment: Mapping[str, str], *, env_file: Path | None = None) -> list[str]:
    """Settings of the file that an empty variable of the same name stands over: the file's value holds."""
    filled = {name for name, value in read_env_file(env_file).items() if value.strip()}
    return sorted(name for name in filled if name.startswith(PREFIX) and environment.get(name, "x").strip() == "")


def _drop_declared(names: set[str]) -> list[str]:
    """Without the settings of capabilities, which are asked only where there is something to ask: it takes a second."""
    if not names:
        return []
    from bot.capabilities import list_setting_names  # noqa: PLC0415 -- see above

    declared = {PREFIX + name for name in list_setting_names()}
    return sorted(name for name in names if name.removesuffix(FILE_SUFFIX) not in declared)


def _has_prefix(name: str) -> bool:
    return name.upper().startswith(PREFIX)


def _guess(name: str) -> str:
    """The setting that a name stands for, with or without the prefix, in whatever letters."""
    plain = re.sub(r"[\W_]+", "_", name.upper()).strip("_")
    plain = PREFIX + plain.partition(PREFIX)[2] if PREFIX in plain else re.sub("^(TELEGRAM|TG)_", "", plain)
    if plain in VARIABLES:
        return ""
    whole = plain if plain[:3] == PREFIX[:3] else PREFIX + plain
    return next(iter(difflib.get_close_matches(whole, _NAMES, 1, _RESEMBLANCE)), "")
