"""The alerts that ship for Prometheus."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from bot.core.alarms import LEAST_FREE_BYTES, LEAST_FREE_SHARE, STANDSTILLS, Trouble
from bot.telemetry import COUNTERS, TIMES
from bot.web.metrics import GAUGES, PREFIX

ROOT = Path(__file__).parents[2]
FILE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = FILE["groups"][0]["rules"]


def test_each_alert_asks_for_a_figure_that_is_told() -> None:
    """By its name, and by the values of its labels."""
    told = {f"{PREFIX}{name}_total" for name in COUNTERS} | {f"{PREFIX}{name}" for name in (*GAUGES, "up", "trouble")}
    told |= {f"{PREFIX}{name}_seconds_bucket" for name in TIMES}
    named = {name for rule in RULES for name in re.findall(r"passalong_\w+", rule["expr"])}
    assert named <= told
    watched = {
        name
        for rule in RULES
        for label in re.findall(r'trouble=~"([\w|]+)"', rule["expr"])
        for name in label.split("|")
    }
    assert watched == set(STANDSTILLS) - {Trouble.DISK}


def test_each_alert_says_what_is_wrong_and_what_to_do() -> None:
    """How urgent, in a line, and at more length; by a name of its own."""
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "warn"}
        assert {"summary", "description"} == rule["annotations"].keys()


def test_a_full_disk_is_the_same_to_the_bot_and_to_prometheus() -> None:
    """Both say it at the same figure."""
    (rule,) = [rule for rule in RULES if rule["alert"] == "PassalongDiskFull"]
    assert f"< {LEAST_FREE_BYTES} " in rule["expr"]
    assert rule["expr"].endswith(f"< {LEAST_FREE_SHARE}")


def test_each_alert_stands_in_the_page_that_says_when_to_worry() -> None:
    """docs/operations.md names every one."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [rule["alert"] for rule in RULES if f"`{rule['alert']}`" not in page] == []
