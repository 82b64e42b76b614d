"""What people say among each other in the community chat, where the bot as an administrator hears it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from storage.schema.messages import inbox
from storage.schema.people import profile
from tests.attack.ground import Ground, Kind, Verdict

CANARY = "Kanarienvogel"


async def chatter(ground: Ground, verdict: Verdict) -> None:
    """Texts, names and biographies of people who never started the bot are nowhere, while it goes on working."""
    owner = ground.add_person("Sari")
    group = ground.world.add_group("Oven Friends", owner)
    ground.world.add_bot(owner, group, rights=("can_invite_users",))
    async with ground.running(ground.furnish(COMMUNITY_CHAT=str(group.id), LOG_LEVEL="DEBUG")) as program:
        await ground.join("Anna")
        strangers = [ground.add_person(f"{CANARY}{number}") for number in range(5)]
        for person in strangers:
            ground.world.join(person, group)
        said = ground.size(100, 2000)
        for number in range(said):
            ground.world.send_text(strangers[number % 5], group, f"{CANARY} said {number}")
        await ground.telegram.until_confirmed(timeout_seconds=60)
        await ground.join("Budi")
        log = program.read_errors().count(CANARY)
        verdict.expect(await program.stop() == 0, "the process does not end well")
    [(rows,)] = ground.fetch(
        select(func.count()).select_from(inbox).where(inbox.c.sender_id.in_([p.id for p in strangers]))
    )
    [(names,)] = ground.fetch(select(func.count()).select_from(profile).where(profile.c.first_name.contains(CANARY)))
    found = _count_bytes(ground)
    verdict.figures |= {"said": said, "of them stored": found, "rows of strangers": rows, "names": names}
    verdict.figures["in the log"] = log
    verdict.expect(not found, "what strangers said or are called lies in the database")
    verdict.expect(not names, "strangers have profiles")
    verdict.expect(not log, "what strangers said stands in the log")


def _count_bytes(ground: Ground) -> int:
    """How often the word lies in the database: in its files, or in the updates kept."""
    if ground.engine == "sqlite":
        return sum(path.read_bytes().count(CANARY.encode()) for path in _list_files(ground.path))
    rows = ground.fetch(select(inbox.c.raw))
    return sum(bytes(raw).count(CANARY.encode()) for (raw,) in rows if isinstance(raw, bytes | memoryview))


def _list_files(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}*"))


KINDS = [Kind(number=7, name="chatter in the community chat", run=chatter)]
