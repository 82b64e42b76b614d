"""The reading order of mixed lines: levels after the Unicode Bidirectional Algorithm (UAX #9), without its control characters.

Controls never reach a picture: they are taken out of names and texts before.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

_STRONG = {"L": 0, "R": 1, "AL": 1}
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_NUMBERS = {"EN", "AN"}
_OPENING, _CLOSING = "([{（「", ")]}）」"  # noqa: RUF001 - full-width brackets are meant
_PAIRS = dict(zip(_OPENING, _CLOSING, strict=True))
_MIRRORED = str.maketrans(_OPENING + "<«‹" + _CLOSING + ">»›", _CLOSING + ">»›" + _OPENING + "<«‹")  # noqa: RUF001
"""Quotation marks and signs of comparison are turned as well, but are no pairs to the algorithm."""


def is_rtl(text: str) -> bool:
    """Whether a text is read from right to left: as its first letter is."""
    return next((bool(_STRONG[kind]) for kind in map(unicodedata.bidirectional, text) if kind in _STRONG), False)


def mirror(cluster: str) -> str:
    """A bracket as it looks where it is read from right to left."""
    return cluster.translate(_MIRRORED)


def compute_levels(clusters: Sequence[str], *, rtl: bool | None = None) -> list[int]:
    """The level of each character with its marks: odd ones are read from right to left.

    Args:
        clusters: a paragraph.
        rtl: in which direction the whole is read; as its first letter if not said.
    """
    kinds = [unicodedata.bidirectional(cluster[0]) for cluster in clusters]
    base = int(is_rtl("".join(clusters)) if rtl is None else rtl)
    if not base and not _RIGHT_TO_LEFT & set(kinds):
        return [0] * len(clusters)
    kinds = _resolve_neutrals(_resolve_brackets(clusters, _resolve_numbers(kinds, base), base), base)
    return [base + _rise(kind, base) for kind in kinds]


def order_levels(levels: Sequence[int]) -> list[int]:
    """The places of a line from left to right (rule L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[at:end] = order[at:end][::-1]
            at = end + 1
    return order


def _rise(kind: str, base: int) -> int:
    """Rules I1 and I2."""
    if base:
        return 0 if kind == "R" else 1
    return {"R": 1, "L": 0}.get(kind, 2)


def _resolve_numbers(kinds: list[str], base: int) -> list[str]:
    """Rules W2 to W7: what digits and the signs beside them are."""
    kinds = list(_resolve_separators(list(_follow_letters(kinds, base))))
    _join_terminators(kinds)
    strong = "LR"[base]
    for at, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[at] = "L"
        elif kind not in _NUMBERS:
            kinds[at] = "ON"
    return kinds


def _follow_letters(kinds: Sequence[str], base: int) -> Iterator[str]:
    """W2 and W3: digits behind an Arabic letter are Arabic ones."""
    strong = "LR"[base]
    for kind in kinds:
        strong = kind if kind in _STRONG else strong
        yield "AN" if kind == "EN" and strong == "AL" else "R" if kind == "AL" else kind


def _resolve_separators(kinds: Sequence[str]) -> Iterator[str]:
    """W4: one separator between two numbers of a kind belongs to them."""
    before = ""
    for at, kind in enumerate(kinds):
        after = kinds[at + 1] if at + 1 < len(kinds) else ""
        joins = before == after and ((kind == "CS" and before in _NUMBERS) or (kind == "ES" and before == "EN"))
        before = before if joins else kind
        yield before


def _join_terminators(kinds: list[str]) -> None:
    """W5: signs such as % and $ beside European digits belong to them."""
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] == "ET":
            end += 1
        if end > at and ("EN" in kinds[end : end + 1] or (at and kinds[at - 1] == "EN")):
            kinds[at:end] = ["EN"] * (end - at)
        at = max(end, at + 1)


def _resolve_brackets(clusters: Sequence[str], kinds: list[str], base: int) -> list[str]:
    """N0: a pair of brackets goes with what it holds, or with what stands before it."""
    for start, end in _list_pairs(clusters, kinds):
        inside = {_say_direction(kind) for kind in kinds[start + 1 : end]} - {""}
        own, other = "LR"[base], "RL"[base]
        if own in inside:
            kinds[start] = kinds[end] = own
        elif inside:
            before = next((_say_direction(kind) for kind in reversed(kinds[:start]) if _say_direction(kind)), own)
            kinds[start] = kinds[end] = other if before == other else own
    return kinds


def _list_pairs(clusters: Sequence[str], kinds: Sequence[str]) -> list[tuple[int, int]]:
    open_ones: list[tuple[str, int]] = []
    pairs = []
    for at, cluster in enumerate(clusters):
        if kinds[at] != "ON":
            continue
        if cluster in _PAIRS:
            open_ones.append((_PAIRS[cluster], at))
        for place in range(len(open_ones) - 1, -1, -1):
            if open_ones[place][0] == cluster:
                pairs.append((open_ones[place][1], at))
                del open_ones[place:]
                break
    return sorted(pairs)


def _resolve_neutrals(kinds: list[str], base: int) -> list[str]:
    """N1 and N2: blanks and signs between letters of one direction go with them, others with the whole."""
    strong = [at for at, kind in enumerate(kinds) if kind != "ON"]
    for before, after in pairwise([-1, *strong, len(kinds)]):
        sides = {_say_direction(kinds[at]) if 0 <= at < len(kinds) else "LR"[base] for at in (before, after)}
        kinds[before + 1 : after] = [sides.pop() if len(sides) == 1 else "LR"[base]] * (after - before - 1)
    return kinds


def _say_direction(kind: str) -> str:
    return "R" if kind in _NUMBERS else kind if kind in ("L", "R") else ""
