"""A Dockerfile as the engine reads it, so that the recipe and whatever replays it cannot drift apart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Instruction:
    """One of a stage: its word in capitals, and what stands behind it."""

    word: str
    rest: str

    @property
    def arguments(self) -> list[str] | None:
        """Of the exec form; None for the shell's."""
        return json.loads(self.rest) if self.rest.startswith("[") else None


@dataclass(slots=True)
class Stage:
    """What is made of an image or of a stage before."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def list(self, word: str) -> list[str]:
        """What stands behind each instruction of a kind."""
        return [each.rest for each in self.instructions if each.word == word]

    def find(self, word: str) -> str:
        """The last of a kind, which holds; empty where there is none."""
        return (["", *self.list(word)])[-1]

    def get_environment(self) -> dict[str, str]:
        """All that ENV sets."""
        return {name: value for rest in self.list("ENV") for name, value in _split_pairs(rest)}


def parse_dockerfile(text: str) -> list[Stage]:
    """Its stages, with the arguments before the first filled in by their defaults."""
    defaults: dict[str, str] = {}
    stages: list[Stage] = []
    for instruction in _list_instructions(text):
        if instruction.word == "ARG" and not stages:
            name, _, value = instruction.rest.partition("=")
            defaults[name] = value
        elif instruction.word == "FROM":
            base, *named = re.split(r"\s+AS\s+", instruction.rest, flags=re.IGNORECASE)
            filled = re.sub(r"\$\{(\w+)\}", lambda match: defaults[match[1]], base)
            stages.append(Stage(filled, named[0] if named else ""))
        else:
            stages[-1].instructions.append(instruction)
    return stages


def _list_instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if not re.match(r"\s*#", line)]
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield Instruction(word.upper(), rest.strip())


def _split_pairs(rest: str) -> list[tuple[str, str]]:
    return [(name, value.strip('"')) for name, value in re.findall(r'([\w.]+)=("[^"]*"|\S*)', rest)]


def list_context(folder: Path) -> list[Path]:
    """The files that the engine is sent of a folder, which `.dockerignore` decides line by line: the last that fits holds."""
    lines = (folder / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    tops = {rule[1:].split("/")[0] for rule in rules if rule.startswith("!")}
    found = [path for top in sorted(tops) for path in _list_below(folder / top)]
    return [path for path in found if not _is_left_out(path.relative_to(folder).as_posix(), rules)]


def _list_below(path: Path) -> list[Path]:
    return sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]


def _is_left_out(name: str, rules: list[str]) -> bool:
    left_out = False
    for rule in rules:
        if _fits(name, rule.lstrip("!")):
            left_out = not rule.startswith("!")
    return left_out


def _fits(name: str, pattern: str) -> bool:
    """Whether a pattern names a file, or a folder above it."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?|\[[^]]*\])", pattern)
    regex = "".join(parts.get(each) or (each if each.startswith("[") else re.escape(each)) for each in pieces)
    return re.fullmatch(f"{regex}(?:/.*)?", name) is not None
