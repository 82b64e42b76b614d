"""Which shops are in force by their folder: what a file says holds from when it lies still, and a mistake changes nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from bot.core.setting import SettingMistake
from bot.env_file import EnvFileMistake
from bot.settings import Settings, list_secrets
from bot.shops.folder import Mark, ShopFolder, list_crossed, list_strays
from bot.telemetry import note_secrets
from bot.wire.signal import wait_set

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Between two looks at the folder."""


class FolderWatch:
    """Looks at the folder again and again.

    Args:
        folder: What is looked at.
        hurry: Set by whoever says that all is written: the folder is looked at at once, and what stands there is believed.
        look_seconds: Between two looks that nobody asked for.
    """

    def __init__(
        self, folder: ShopFolder, hurry: asyncio.Event | None = None, *, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self.folder = folder
        self.look_seconds = look_seconds
        self._hurry = hurry or asyncio.Event()
        self.in_force: dict[str, Settings] = {}
        """Shops to be run, by name; another object as soon as the file has changed."""
        self.strays: list[str] = []
        """Lines of the files read last that set nothing, as sentences."""
        self.refused: set[str] = set()
        """Shops whose file is there and cannot be run, and never could."""
        self._seen: dict[Path, Mark] = {}
        self._read: dict[Path, Mark] = {}
        self._crossed: dict[str, Settings] = {}
        self._told: set[str] = set()

    async def begin(self) -> None:
        """Look for the first time: files that were there before nobody is writing.

        Raises:
            OSError: the folder cannot be read.
        """
        await self.renew(settled=False)

    async def run(self, on_change: Callable[[], None]) -> None:
        """Look for ever, and call `on_change` after each look that has found something else in force, or a mistake."""
        readable = True
        while True:
            settled = not await wait_set(self._hurry, self.look_seconds)
            self._hurry.clear()
            try:
                if await self.renew(settled=settled):
                    on_change()
                readable = True
            except OSError as error:
                if readable:
                    logger.error("The folder of shops cannot be read, and all stays as it is: %s", error)  # noqa: TRY400 -- expected
                readable = False

    async def renew(self, *, settled: bool = True) -> bool:
        """As `look`, on a thread, with what is wrong in the log and no secret in it; whether anything has changed."""
        mistakes = await asyncio.to_thread(self.look, settled=settled)
        for words in mistakes or ():
            logger.error("%s. Until then this file changes nothing", words)
        if mistakes is None:
            return False
        for words in self.strays:
            logger.warning("%s", words)
        note_secrets([secret for settings in self.in_force.values() for secret in list_secrets(settings)])
        return True

    def look(self, *, settled: bool = True) -> list[str] | None:
        """Take up what has changed, and return the mistakes that are new; None where nothing has.

        With `settled` a file counts once it was the same at two looks: nobody wants one that is half written, or that an
        editor has put aside for a moment.

        Raises:
            OSError: the folder cannot be read; what was in force stays so.
        """
        found = self.folder.list_files()
        changed = [
            path
            for path in {**self._read, **found}
            if found.get(path) != self._read.get(path) and (not settled or found.get(path) == self._seen.get(path))
        ]
        self._seen = found
        return self._take_up(changed, found) if changed else None

    def _take_up(self, changed: list[Path], found: dict[Path, Mark]) -> list[str]:
        mistakes, fresh = list[str](), dict(self._crossed)
        self.strays = [words for path in changed if path in found for words in list_strays(path)]
        for path in changed:
            fresh.pop(path.stem, None)
            if path not in found:
                del self._read[path]
                self.in_force.pop(path.stem, None)
                continue
            self._read[path] = found[path]
            try:
                fresh[path.stem] = self.folder.read_file(path)
            except (SettingMistake, EnvFileMistake) as mistake:
                mistakes.append(self.folder.explain(path, mistake))
        told = self._tell([*mistakes, *self._sort_out(fresh)])
        self.refused = {path.stem for path in self._read} - self.in_force.keys()
        return told

    def _sort_out(self, fresh: dict[str, Settings]) -> list[str]:
        """Put in force what takes nothing of another shop's; the rest waits until that has changed."""
        kept = self.in_force.keys() - fresh.keys()
        crossed = dict(list_crossed(self.folder, {**self.in_force, **fresh}, kept))
        self._crossed = {name: settings for name, settings in fresh.items() if name in crossed}
        self.in_force.update((name, settings) for name, settings in fresh.items() if name not in crossed)
        return list(crossed.values())

    def _tell(self, mistakes: list[str]) -> list[str]:
        """Those that were not told at the look before."""
        new = [words for words in mistakes if words not in self._told]
        self._told = set(mistakes)
        return new
