"""Kills while a broadcast goes out at a high rate: of how many nobody can say whether they got it."""

from __future__ import annotations

from tests.attack.ground import Ground, Kind, Verdict
from tests.chaos.broadcast import run_broadcast
from tests.chaos.order import Order

SEND_RATE = 1000
SEED = 14
MOST_UNSENT = 3
"""Of those claimed at a death: whose message had left the program, and not reached Telegram."""

MOST_UNSENT_BESIDE = 40
"""The same where other tests run beside it, and the local Telegram reads late what was sent."""

ELSEWHERE = ("no answer to message", "second")
"""Findings that `make chaos` judges: a fault may eat an answer, and a loaded machine the pace."""


async def kill_while_sending(ground: Ground, verdict: Verdict) -> None:
    """Nobody gets it twice, and no more are claimed than are about to be sent: what left and was not answered is unknown."""
    size, kills = ground.size(200, 1125), ground.size(3, 30)
    order = Order(
        part="broadcast",
        engine=ground.engine,
        seed=SEED,
        size=size,
        kills=kills,
        folder=ground.folder,
        send_rate=SEND_RATE,
        forks=not ground.full,
    )
    report = await run_broadcast(order, interrupted=False)
    figures = report.figures
    verdict.figures |= {"members": size, "kills": report.kills, "sent": figures["sent"], "unknown": report.unknown}
    verdict.figures |= {"of them received": figures["unknown_and_received"], "doubled": len(report.findings.doubled)}
    verdict.wrong += [words for words in report.findings.list_all() if not any(each in words for each in ELSEWHERE)][:5]
    unsent = report.unknown - figures["unknown_and_received"]
    verdict.figures["claimed and never sent, a death"] = unsent / max(1, report.kills)
    verdict.expect(
        unsent <= ground.size(MOST_UNSENT_BESIDE, MOST_UNSENT) * report.kills,
        "more are claimed than are about to be sent",
    )


KINDS = [
    Kind(number=14, name=f"kills while {SEND_RATE} a second are sent", run=kill_while_sending, short_on=("sqlite",))
]
