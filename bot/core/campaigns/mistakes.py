"""Mistakes in a campaign file, told in words a shop owner understands."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CURLY = "\u201c\u201d\u201e\u2018\u2019\u00ab\uff02\u300c"
"""Quotes that phone keyboards and word processors put where TOML wants straight ones."""

_CAUSES = (
    ("Illegal character", 'a text that begins with " must end with " on the same line.'),
    ("Unterminated string", "a text that was begun is never closed: a quote is missing."),
    ("Cannot overwrite", "this stands twice in its block. Keep one of them."),
    ("Cannot declare", "this block stands twice. Keep one of them."),
    (
        "Expected '=' after a key",
        "a field is written as: name = value. The = is missing, or the [ ] around a block's name.",
    ),
    ("Expected ']'", "a ] is missing."),
    ("Invalid statement", "a line begins with a field's name, with [ for a block, or with # for a remark."),
    (
        "Invalid value",
        'the value cannot be read. A text stands between straight quotes, like "this"; a number without.',
    ),
    ("Unescaped '\\'", "a \\ inside a text must be written twice: \\\\"),
    ("Expected newline", 'something follows the end of the value. A quote inside a text must be written as \\".'),
)
"""How the parser's messages begin, and what they mean for somebody who has never heard of TOML."""


class CampaignMistake(Exception):
    """The campaign file says something that cannot be: where, and what would be right."""

    def __init__(self, line: int, field: str, problem: str) -> None:
        super().__init__(f"line {line}, {field}: {problem}" if field else f"line {line}: {problem}")
        self.line = line
        self.field = field
        self.problem = problem
        self.all: Sequence[CampaignMistake] = (self,)
        """Every mistake of the file as far as it could be read, by line; this one among them."""


def gather_mistakes(mistakes: Sequence[CampaignMistake]) -> CampaignMistake:
    """The first of several mistakes, which knows the others; what is said twice is said once."""
    said = {(each.line, each.field, each.problem): each for each in mistakes}
    mistakes[0].all = sorted(said.values(), key=lambda each: each.line)
    return mistakes[0]


def decode_file(data: bytes) -> str:
    """The text of a file.

    Raises:
        CampaignMistake: at the first byte that is not UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CampaignMistake(
            line, "", "this is not UTF-8 text. Save the file again with the encoding UTF-8."
        ) from None


def explain_syntax(text: str, message: str) -> CampaignMistake:
    """Turn the parser's message about `text` into a mistake with line and, where it can be seen, field."""
    lines = text.split("\n")
    found = re.search(r"at line (\d+)", message)
    number = int(found[1]) if found else len(text.rstrip().split("\n"))
    if re.search(rf"=[\s\[]*[{_CURLY}]", lines[number - 1]):
        problem = 'the quotes are curly. Use straight ones, like "this" (on a phone, hold the quote key to find them).'
    else:
        problem = next((words for start, words in _CAUSES if message.startswith(start)), f"{message}.")
    return CampaignMistake(number, _guess_field(lines[:number]), problem)


def _guess_field(lines: list[str]) -> str:
    """What stands left of the = on the last line, under the last block's name; empty if neither can be seen."""
    blocks = (match[1] for line in reversed(lines) if (match := re.match(r"\s*\[\[?([\w.-]+)\]", line)))
    key = re.match(r"\s*([\w.-]+)\s*=", lines[-1])
    return ".".join(part for part in (next(blocks, ""), key[1] if key else "") if part)
