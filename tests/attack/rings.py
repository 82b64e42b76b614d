"""Friends who open each other's links in a ring, all at the same moment."""

from __future__ import annotations

from sqlalchemy import func, select

from storage.schema.referrals import ledger, referral
from tests.attack.ground import Ground, Kind, Verdict

LENGTHS = (2, 3, 4, 5, 7)


async def close_rings(ground: Ground, verdict: Verdict) -> None:
    """Nobody becomes an ancestor's invitee, in however many steps and however fast: every ring stays open somewhere."""
    async with ground.running(ground.furnish()):
        rings = [
            [ground.add_person() for _ in range(LENGTHS[number % len(LENGTHS)])] for number in range(ground.size(8, 80))
        ]
        everybody = [person for ring in rings for person in ring]
        for person in everybody:
            await ground.greet(person)
        for _ in range(2):
            for step in range(max(LENGTHS)):
                for ring in rings:
                    if step < len(ring):
                        ground.open(ring[step], ground.find_link(ring[step - 1]))
            await ground.telegram.until_confirmed()
        for person in everybody:
            await ground.ask(person)
    came_by = dict(ground.fetch(select(referral.c.invitee_id, referral.c.inviter_id)))
    closed = sum(_is_in_ring(came_by, person_id) for person_id in came_by)
    [(given,)] = ground.fetch(select(func.count()).select_from(ledger))
    most = sum(len(ring) - 1 for ring in rings)
    verdict.figures |= {"rings": len(rings), "people": len(everybody), "credited": len(came_by), "in a ring": closed}
    verdict.figures["transfers"] = given
    verdict.expect(not closed, "a ring is closed")
    verdict.expect(len(came_by) == most, f"{len(came_by)} are credited, where {most} can be")
    verdict.expect(given == 2 * len(came_by), "somebody is paid twice or not at all")


def _is_in_ring(came_by: dict[object, object], person_id: object) -> bool:
    above, seen = came_by.get(person_id), set[object]()
    while above is not None and above != person_id and above not in seen:
        seen.add(above)
        above = came_by.get(above)
    return above == person_id


KINDS = [Kind(number=11, name="rings at the same moment", run=close_rings)]
