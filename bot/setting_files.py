"""Settings whose value lies in a file of its own, as container engines and service managers hand out secrets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.core.setting import PREFIX, SettingMistake

FILE_SUFFIX = "_FILE"
MOST_BYTES = 65_536


def read_setting_files(given: Mapping[str, str]) -> dict[str, str]:
    """All that is given, with `PASSALONG_NAME` from the file that `PASSALONG_NAME_FILE` names; the line's end does not count.

    Raises:
        SettingMistake: a setting is given both ways, or its file cannot be read as text.
    """
    found = {name: value for name, value in given.items() if not _names_file(name)}
    for name in sorted(given.keys() - found.keys()):
        setting = name.removesuffix(FILE_SUFFIX)
        if not given[name].strip():
            continue
        if given.get(setting, "").strip():
            raise SettingMistake(name.removeprefix(PREFIX), f"is given beside {setting}", "Leave one of them out")
        found[setting] = _read(name.removeprefix(PREFIX), Path(given[name].strip()))
    return found


def _names_file(name: str) -> bool:
    return name.startswith(PREFIX) and name.endswith(FILE_SUFFIX)


def _read(name: str, path: Path) -> str:
    right = "Give the path of a text file with nothing but the value, that the bot's user may read"
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        text = raw.decode("utf-8-sig").strip()
    except OSError as error:
        raise SettingMistake(name, f"names a file that cannot be read ({error.strerror})", right) from None
    except UnicodeDecodeError:
        raise SettingMistake(name, "names a file that is no UTF-8 text", right) from None
    if len(raw) > MOST_BYTES or "\0" in text or "\n" in text:
        raise SettingMistake(name, "names a file that holds more than one line", right)
    return text
