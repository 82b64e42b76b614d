"""`passalong draw verify`: a draw is drawn again, by anybody, offline."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bot.core.drawing import ALGORITHM, Entry, compute_commitment, draw_winners


def add_draw_parser(draw: argparse.ArgumentParser) -> None:
    """`verify FILE`; needs no settings and no database."""
    actions = draw.add_subparsers(required=True, metavar="verify")
    verify = actions.add_parser("verify", help="whether the winners follow from the seed and the tickets")
    verify.add_argument("file", type=Path, help="the proof, as the bot hands it out")
    verify.add_argument("--seal", metavar="HEX", help="the hash of the seed as it was told when the contest began")
    verify.set_defaults(command=lambda chosen: verify_draw(chosen.file, seal=chosen.seal))


def verify_draw(path: Path, *, seal: str | None = None) -> int:
    """Say in one line whether a proof is right; 0 where it is."""
    try:
        fault = find_fault(json.loads(path.read_text("utf-8")), seal=seal)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"passalong: {path} is no proof of a draw: {error!r}\n")
        return 1
    if fault:
        sys.stdout.write(f"Not right: {fault}\n")
        return 1
    told = "" if seal else " Compare its seal with the one that was told when the contest began, or give it by --seal."
    sys.stdout.write(f"The winners follow from the seed and the tickets.{told}\n")
    return 0


def find_fault(told: dict[str, Any], *, seal: str | None = None) -> str:
    """What is wrong with a proof; empty for nothing.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    seed = bytes.fromhex(told["seed"])
    entries = [Entry(number=int(each["number"]), tickets=int(each["tickets"])) for each in told["entries"]]
    commitment = compute_commitment(seed)
    if told["algorithm"] != ALGORITHM:
        return f"it was drawn by {told['algorithm']!r}, which this program does not know"
    if commitment != str(told["seed_sha256"]).lower() or (seal is not None and commitment != seal.strip().lower()):
        return f"the seed is not the one that was sealed; its hash is {commitment}"
    if len({entry.number for entry in entries}) != len(entries):
        return "somebody stands in the list twice"
    winners = draw_winners(seed, entries, int(told["prizes"]))
    if winners != told["winners"]:
        return f"the winners would be {winners}"
    return ""
