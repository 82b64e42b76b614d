"""What a start loads: it is what every shop uses, and it only becomes less."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LOADED = """
import json, sys
from bot.run_command import import_bot
import_bot()
print(json.dumps(sorted(sys.modules)))
"""

MODULES = 640
"""Of ours, at most; whoever loads fewer lowers it."""

LATER = {
    "httpx": "python-telegram-bot's own way to Telegram, which is not ours",
    "PIL": "cards are drawn once somebody shares",
    "qrcode": "likewise",
    "babel": "conventions of languages are tables of ours",
    "alembic": "a database is brought up to date by another process",
    "sqlalchemy.dialects.postgresql": "conditions of indexes are said apart from their tables, in storage.schema.complete",
    "psycopg": "most shops keep their database in a file",
    "matplotlib": "charts are drawn in a process of their own",
    "starlette": "most shops have no web side",
    "uvicorn": "likewise",
    "jinja2": "likewise",
    "bot.web.site": "likewise",
    "bot.cards.studio": "cards are drawn once somebody shares",
    "bot.handlers.campaigns": "owners change campaigns for an hour a month",
    "bot.handlers.broadcasts": "likewise",
    "bot.handlers.segments": "likewise",
    "bot.handlers.stats": "likewise",
    "bot.handlers.contests": "few shops race",
    "bot.handlers.club": "few shops have a club",
    "bot.messages.contests": "likewise",
    "bot.messages.campaign_editor": "owners change campaigns for an hour a month",
    "bot.services.dashboard": "few owners look at it in a process's life",
}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules of a process that has imported all that a running bot needs."""
    done = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout))


def test_a_start_loads_nothing_that_few_need(loaded: set[str]) -> None:
    """Each of these costs every start and every process, and is used by some shops, or late."""
    assert {name: why for name, why in LATER.items() if name in loaded} == {}


def test_a_start_loads_few_of_our_modules(loaded: set[str]) -> None:
    """The bound only falls: a new capability is loaded at its first use."""
    ours = [name for name in loaded if name.split(".")[0] in {"bot", "storage"}]

    assert len(ours) <= MODULES, f"{len(ours)} modules"
