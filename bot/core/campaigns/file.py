"""Taking checked values out of a campaign file; whatever is wrong is named by line and field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from bot.core.campaigns.mistakes import CampaignMistake, decode_file, explain_syntax, gather_mistakes
from bot.core.names import clean_text
from bot.late import late

if TYPE_CHECKING:
    import difflib
else:
    difflib = late("difflib")

Path = tuple[str | int, ...]
"""Keys from the root of the file; a number counts the `[[…]]` blocks, or the words of a list, from 0."""

P = ParamSpec("P")
T = TypeVar("T")

SLUG_LIMIT = 32
MOST_BROKEN_LINES = 20
"""Lines that cannot be read and are told one by one; in a file with more nothing is where it seems to be."""
_NAME = re.compile(r"\s*[\w.-]+\s*=")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


class CampaignFile:
    """The parsed file, and the text it came from to find lines in.

    Every `take_` raises CampaignMistake. `attempt` goes on after one, so that whoever reads a whole file hears of all that is
    wrong in it; `check` raises them in the end.
    """

    def __init__(self, text: str | bytes) -> None:
        self._text = (
            (decode_file(text) if isinstance(text, bytes) else text).removeprefix("\ufeff").replace("\r\n", "\n")
        )
        self._broken: list[CampaignMistake] = []
        """Lines that cannot be read at all."""
        self._mistakes: list[CampaignMistake] = []
        self._root = self._read()

    def attempt(self, otherwise: T, take: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What is taken; where that is a mistake, it is kept for `check`, and the file is read on."""
        try:
            return take(*args, **kwargs)
        except CampaignMistake as mistake:
            self._mistakes.extend(mistake.all)
            return otherwise

    def note(self, path: Path, problem: str) -> None:
        """Keep a mistake for `check`, and read on."""
        self._mistakes.append(self.mistake(path, problem))

    def check(self) -> None:
        """Go on only if everything so far was right.

        Raises:
            CampaignMistake: the first of all, which knows the others.
        """
        unread = {each.line for each in self._broken}
        told = [*self._broken, *(each for each in self._mistakes if each.line not in unread)]
        if told:
            raise gather_mistakes(told)

    def mistake(self, path: Path, problem: str) -> CampaignMistake:
        """A mistake at `path`; where that is missing, on the line of the block it should stand in."""
        return CampaignMistake(self._find_line(path), _name_field(path), problem)

    def take(self, path: Path, example: str) -> Any:
        """Whatever stands at `path`."""
        node: Any = self._root
        for depth, part in enumerate(path):
            if isinstance(node, dict) and part not in node:
                raise self.mistake(path, f"this is missing. Write {example}")
            if isinstance(node, str) or not hasattr(node, "__getitem__"):
                raise self.mistake(path[:depth], "this must be a block of fields.")
            node = node[part]
        return node

    def find(self, path: Path) -> Any:
        """Whatever stands at `path`; None for nothing."""
        return self.take(path, "") if self.holds(path) else None

    def holds(self, path: Path) -> bool:
        """Whether anything stands at `path`, for what may be left out."""
        return _contains(self._root, path)

    def take_table(self, path: Path, known: Collection[str]) -> dict[str, Any]:
        """A block that holds nothing but `known` fields; of each unknown one, `check` says which was probably meant."""
        value = self.take(path, f"a block that begins with [{_name_field(path)}]") if path else self._root
        if not isinstance(value, dict):
            raise self.mistake(path, f"this must be a block of fields: {', '.join(known)}.")
        for name in value:
            if name not in known:
                free = [field for field in known if field not in value]
                near = difflib.get_close_matches(name.lower(), free, n=1)
                meant = f"Did you mean {near[0]}?" if near else f"What can stand here: {', '.join(known)}."
                self.note((*path, name), f"this field is not known. {meant}")
        return value

    def take_text(self, path: Path, limit: int, example: str = '"…"') -> str:
        """A text of 1 to `limit` code points, cleaned, on one line."""
        value = self.take(path, f"{path[-1]} = {example}")
        if not isinstance(value, str):
            raise self.mistake(path, f"this must be a text between quotes, like {example}")
        clean = clean_text(value, limit=len(value))
        if not clean:
            raise self.mistake(path, "this text is empty. Write at least a word.")
        if len(clean) > limit:
            raise self.mistake(path, f"this text has {len(clean)} characters; {limit} fit. Make it shorter.")
        return clean

    def take_slug(self, path: Path, limit: int = SLUG_LIMIT) -> str:
        """A short name for machines."""
        slug = self.take_text(path, limit, '"welcome"')
        if not _SLUG.fullmatch(slug):
            raise self.mistake(
                path, f'"{slug}" cannot be. Use small letters a-z, digits and hyphens between them, like "summer-2026".'
            )
        return slug

    def take_choice(self, path: Path, choices: Iterable[str]) -> str:
        """One of `choices`."""
        quoted = [f'"{choice}"' for choice in choices]
        value = self.take_text(path, 64, next(iter(quoted), '"…"'))
        if f'"{value}"' not in quoted:
            raise self.mistake(path, f'"{value}" does not exist. Choose one of: {", ".join(quoted)}.')
        return value

    def take_whole_number(self, path: Path, highest: int) -> int:
        """A whole number from 1 to `highest`."""
        value = self.take(path, f"{path[-1]} = 50")
        if type(value) is not int:
            raise self.mistake(path, f"this must be a whole number without quotes, like {path[-1]} = 50")
        if not 1 <= value <= highest:
            raise self.mistake(path, f"{value} is out of range. Write a number from 1 to {highest}.")
        return value

    def take_yes_no(self, path: Path) -> bool:
        """True or false."""
        value = self.take(path, f"{path[-1]} = true")
        if not isinstance(value, bool):
            raise self.mistake(path, f"this must be true or false without quotes, like {path[-1]} = true")
        return value

    def _read(self) -> dict[str, Any]:
        """Read what can be read: a line that cannot is kept as a mistake, and stands for an empty text, or for nothing."""
        lines, broken = self._text.split("\n"), dict[int, CampaignMistake]()
        while len(broken) < MOST_BROKEN_LINES:
            try:
                root = tomllib.loads(self._text)
            except tomllib.TOMLDecodeError as error:
                mistake = explain_syntax(self._text, str(error))
            else:
                self._broken = list(broken.values())
                return root
            name, again = _NAME.match(lines[mistake.line - 1]), mistake.line in broken
            broken.setdefault(mistake.line, mistake)
            if name is None:
                break
            lines[mistake.line - 1] = "" if again else f'{name[0]} ""'
            self._text = "\n".join(lines)
        raise gather_mistakes([*broken.values()]) from None

    def _find_line(self, path: Path) -> int:
        """The line on which the thing at `path` begins: the first whose reading brings it, or its nearest block."""
        while not _contains(self._root, path):
            path = path[:-1]
        lines, complete = self._text.split("\n"), 0
        for count in range(1, len(lines) + 1 if path else 0):
            try:
                so_far = tomllib.loads("\n".join(lines[:count]))
            except tomllib.TOMLDecodeError:
                continue  # within a value of several lines
            if _contains(so_far, path):
                break
            complete = count
        return complete + 1


def _name_field(path: Path) -> str:
    """The field as a person would say it: `stories.headline.en`."""
    return ".".join(part for part in path if isinstance(part, str))


def _contains(node: Any, path: Path) -> bool:
    for part in path:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True
