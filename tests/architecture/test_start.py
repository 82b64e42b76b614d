"""What a start loads: it is what every shop uses, and it only becomes less."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import _COMMANDS as COMMANDS
from bot.__main__ import _make_parser as make_parser
from bot.settings_reader import SettingsReader

LOADED = """
import json, sys
from bot.run_command import import_bot
import_bot()
print(json.dumps(sorted(sys.modules)))
"""

DEAR = re.compile(
    r"^\s*@dataclass\([^)]*frozen=True[^)]*slots=True|^\s*@dataclass\([^)]*slots=True[^)]*frozen=True", re.MULTILINE
)
"""How a frozen dataclass with slots is declared by the standard library."""

MODULES = 480
"""Of ours, at most; whoever loads fewer lowers it."""

LATER = {
    "httpx": "python-telegram-bot's own way to Telegram, which is not ours",
    "PIL": "cards are drawn once somebody shares",
    "qrcode": "likewise",
    "babel": "conventions of languages are tables of ours",
    "alembic": "a database is brought up to date by another process",
    "sqlalchemy.dialects.postgresql": "conditions of indexes are said apart from their tables, in storage.schema.complete",
    "psycopg": "most shops keep their database in a file",
    "statistics": "medians are for whoever is looked over, or looks at tickets",
    "difflib": "a word that is nearly right stands only in a file with a mistake",
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
    "storage.tables.people": "a table is asked once somebody is there",
    "storage.schema.contests": "few shops race",
    "storage.schema.everything": "what must leave no table out is a command's, or one member's",
    "storage.checks": "books are looked over once a day",
    "storage.books": "likewise",
    "bot.services.cleaning": "jobs begin when the bot is at work",
    "bot.services.conversions.payments": "few shops are paid in Stars",
    "bot.wire.gifts": "few shops give Telegram's gifts",
    "bot.messages.broadcasts.screens": "broadcasts are written for an hour a month",
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


def test_values_are_made_cheaply() -> None:
    """`dataclass` compiles five methods of a frozen class at every start, used or not; `frozen` compiles what is used."""
    ours = [*Path("bot").rglob("*.py"), *Path("storage").rglob("*.py")]
    dear = [str(each) for each in ours if DEAR.search(each.read_text()) and not each.is_relative_to("bot/playground")]

    assert len(ours) > 600
    assert dear == [], "say @frozen, or @frozen(kw_only=False)"


def test_the_command_line_waits_for_no_command() -> None:
    """Whoever asks for help, or has made a mistake in a setting, waits neither for a database nor for what a command does."""
    program = "import json, sys, bot.__main__; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    loaded = set(json.loads(done.stdout))

    assert loaded & {"sqlalchemy", "aiohttp", "telegram", "asyncio"} == set()
    assert [name for name in loaded if name.startswith("bot.") and name.endswith(("_command", "_commands"))] == []


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_says_what_it_takes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is loaded and asked once it is typed."""
    with pytest.raises(SystemExit) as ended:
        make_parser(SettingsReader({})).parse_args([name, "--help"])

    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: passalong {name} ")


def test_a_start_loads_few_of_our_modules(loaded: set[str]) -> None:
    """The bound only falls: a new capability is loaded at its first use."""
    ours = [name for name in loaded if name.split(".")[0] in {"bot", "storage"}]

    assert len(ours) <= MODULES, f"{len(ours)} modules"
