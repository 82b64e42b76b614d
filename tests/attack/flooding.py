"""Floods in full, as kinds; their short form has tests of its own."""

from __future__ import annotations

from functools import partial

from tests.attack.floods import Attack, Flood
from tests.attack.ground import Ground, Kind, Verdict

SORTS = ("messages", "commands", "taps", "inline", "links", "odds")
FULL = [
    *(Flood(kind=sort, senders=1, each=10_000) for sort in SORTS),
    *(Flood(kind=sort, senders=20, each=1_000) for sort in SORTS),
    *(
        Flood(kind=sort, senders=1, each=10_000, restart=True)
        for sort in ("messages", "taps", "inline", "links", "odds")
    ),
]
OTHERS_WAIT_SECONDS = 1.0
DRAINED_SECONDS = 60.0
GROWN_MEBIBYTES = 20.0


async def flood(ground: Ground, verdict: Verdict, *, of: Flood) -> None:
    """Everybody else is answered in a second, memory stays, nothing is left or lost."""
    outcome = await Attack(ground.telegram, ground.folder, ground.url, of).run()
    verdict.figures |= {"others' p99 s": outcome.compute_p99(), "answered": len(outcome.answers)}
    verdict.figures |= {"answers to flooders": outcome.answers_to_flooders, "links": outcome.credited}
    verdict.figures |= {"memory MiB": outcome.grown_mebibytes, "drained s": outcome.drained_seconds}
    if of.restart:
        verdict.figures["while it was dead, s"] = outcome.compute_p99(dead=True)
    verdict.expect(outcome.compute_p99() <= OTHERS_WAIT_SECONDS, "others wait for longer than a second")
    verdict.expect(outcome.unanswered <= 1, f"{outcome.unanswered} are not answered")
    verdict.expect(not outcome.left_open, f"{outcome.left_open} updates are left")
    verdict.expect(outcome.grown_mebibytes <= GROWN_MEBIBYTES, "memory grows")
    verdict.expect(outcome.drained_seconds <= DRAINED_SECONDS, "it takes long to pass")
    verdict.expect(outcome.credited == (of.senders if of.kind == "links" else 0), "links are lost in it")


KINDS = [Kind(number=1, name=f"flood of {each}", run=partial(flood, of=each)) for each in FULL]
