from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from bot.capabilities import CAPABILITIES
from bot.core.alarms import Trouble
from bot.core.campaigns.reward_blocks import CONDITIONS, GIVES, OPTIONS
from bot.core.campaigns.rewards import TRIGGERS, Limit
from bot.core.setting import PREFIX
from bot.setting_parsers import DEFAULTS
from bot.telemetry import COUNTERS, TIMES
from bot.updates.capability import Registry
from bot.web.metrics import GAUGES
from storage.exports import EXPORTS
from storage.role import Role

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_readme_and_nothing_else() -> None:
    """README's table and the code name the same settings, with the same defaults."""
    rows = dict(re.findall(r"^\| `(PASSALONG_\w+)` \| (.*?) \|", README, re.MULTILINE))
    defaults = DEFAULTS | {setting.name: setting.default for setting in Registry(CAPABILITIES).settings.values()}
    assert rows.keys() == {PREFIX + name for name in defaults}
    for name, default in defaults.items():
        if default:
            assert rows[PREFIX + name] == f"`{default}`"


def test_every_command_stands_in_the_readme_and_nothing_else() -> None:
    """README's tables name what everybody can type, and who may type the rest."""
    registry = Registry(CAPABILITIES)
    rows = re.findall(r"^\| `/(\w+)` \| [^|]+ \|(?: ([a-z, ]+) \|)?$", README, re.MULTILINE)
    told = {name: set(roles.split(", ")) if roles else set(Role) for name, roles in rows}
    assert told == {name: set(bound.roles) for name, bound in registry.commands.items()}


def test_every_field_of_a_rule_stands_in_its_document_and_nothing_else() -> None:
    """docs/rules.md names what can happen, be asked, given and bounded, as the file takes it."""
    told = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    rows = {name for row in re.findall(r"^\| (`.*?`) \|", told, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    tables = {"when", "give", *TRIGGERS, *GIVES, *CONDITIONS, *(field.name for field in fields(Limit))}
    assert rows - OPTIONS.keys() - {"key", "name"} == tables
    assert OPTIONS.keys() | {"key", "name"} <= rows
    assert {trigger.number for trigger in TRIGGERS.values() if trigger.number} <= set(re.findall(r"`(\w+)` \|", told))


def test_every_list_stands_in_its_document_with_its_columns() -> None:
    """docs/exports.md names each list that can be taken out, what it is, and its columns in order."""
    told = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", told, re.MULTILINE)
    assert rows == [(each.name, each.about, ", ".join(each.columns)) for each in EXPORTS.values()]


def test_every_figure_and_trouble_stands_in_its_document_and_nothing_else() -> None:
    """docs/operations.md names what /metrics tells, and what owners are told of."""
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    figures = {f"{name}_total": "counter" for name in COUNTERS} | {f"{name}_seconds": "histogram" for name in TIMES}
    figures |= dict.fromkeys((*GAUGES, "trouble", "up", "info"), "gauge")
    assert dict(re.findall(r"^\| `passalong_(\w+)` \| (\w+) \|", told, re.MULTILINE)) == figures
    assert set(re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE)) == {
        *Trouble,
        *(f"passalong_{name}" for name in figures),
    }


def test_links_between_documents_lead_somewhere() -> None:
    """No document of the project points at a file that is not there."""
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_file_that_documents_name_is_there() -> None:
    """Whoever follows a path in the documents finds something at its end."""
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        (document.name, path)
        for document in documents
        for path in re.findall(
            r"`((?:bot|storage|tests|assets|docs)/[\w./-]*\w/?)`", document.read_text(encoding="utf-8")
        )
    }
    assert not sorted(f"{document}: {path}" for document, path in named if not (ROOT / path).exists())


def test_each_decision_has_a_number_of_its_own() -> None:
    """A decision is spoken of by its number: no two share one."""
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs" / "decisions").glob("*.md"))
    assert len(set(numbers)) == len(numbers)
