"""Whatever is given to the program in the wrong place: nothing it says holds the secret in it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.setting_parsers import DEFAULTS
from tests.attack.ground import Ground, Kind, Verdict
from tests.journeys.program import Home

CANARY = "Kanarienvogel"
TOKEN = f"123456789:{CANARY}AAAAAAAAAAAAAAAAAAAAAA"
AT_ONCE = 3
DATABASES = (
    f"host=127.0.0.1 port=9 dbname=shop user=shop password={CANARY}",
    f"postgresql://shop:{CANARY}@127.0.0.1:9/shop",
    f"postgresql://shop:{CANARY}@{CANARY}@127.0.0.1:9/shop",
    f"postgresql://127.0.0.1:9/shop?user=shop&password={CANARY}",
    f"postgres://shop:{CANARY}/x@127.0.0.1:9/shop",
    f"mysql://shop:{CANARY}@127.0.0.1/shop",
)
COMMANDS = ("run", "doctor", "migrate")


async def paste_secrets(ground: Ground, verdict: Verdict) -> None:
    """A database's password, a token in every other setting, and a password in the address of the Bot API at DEBUG."""
    home = ground.furnish(LOG_LEVEL="DEBUG")
    commands = COMMANDS if ground.full else COMMANDS[:1]
    trials = [(command, "DATABASE_URL", value) for value in DATABASES for command in commands]
    trials += [("migrate", name, TOKEN) for name in DEFAULTS if name not in {"BOT_TOKEN", "DATABASE_URL"}]
    await _try_all(home, trials)
    api = ground.telegram.url.replace("://", f"://shop:{CANARY}@")
    async with home.running(BOT_API_URL=api) as program:
        await program.until_polling(ground.telegram)
        await ground.join("Anna")
        await program.stop()
    said = home.read_everything()
    verdict.figures |= {"trials": len(trials) + 1, "bytes said": len(said), "secrets told": said.count(CANARY)}
    places = [line for line in said.splitlines() if CANARY in line]
    verdict.expect(not places, f"told: {[line[:160] for line in places[:5]]}")
    verdict.expect("DEBUG" in said, "nothing was said at DEBUG: this proves nothing")


async def _try_all(home: Home, trials: Sequence[tuple[str, str, str]]) -> None:
    """A few programs at a time; each ends by itself."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def attempt(command: str, name: str, value: str) -> None:
        async with turns:
            await home.run(command, **{name: value})

    await asyncio.gather(*(attempt(*trial) for trial in trials))


KINDS = [Kind(number=12, name="secrets in wrong places", run=paste_secrets, engines=("sqlite",))]
