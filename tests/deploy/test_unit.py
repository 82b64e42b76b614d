"""The unit for systemd: what systemd itself says of it."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.complaint import WRONG_SETTING
from bot.setting_parsers import DEFAULTS

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "passalong.service"
SHOPS = ROOT / "deploy" / "shops.conf"
ANALYZE = shutil.which("systemd-analyze")

pytestmark = pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze")


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask systemd without one that runs."""
    return subprocess.run([str(ANALYZE), *arguments], check=False, capture_output=True, text=True)


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    """No unknown line, no value that cannot be; the program itself is not installed here, so another one stands in."""
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text(), flags=re.MULTILINE))
    assert _verify(unit) == (0, "")
    added = tmp_path / f"{UNIT.name}.d"
    added.mkdir()
    (added / SHOPS.name).write_text(SHOPS.read_text())
    assert _verify(unit) == (0, "")
    (added / SHOPS.name).write_text(SHOPS.read_text().replace("ExecReload", "ExecRelaod"))
    assert "ExecRelaod" in _verify(unit)[1], "the file for many shops is not looked at"


def _verify(unit: Path) -> tuple[int, str]:
    found = analyze("verify", "--man=no", str(unit))
    return found.returncode, found.stderr


def test_the_unit_is_exposed_to_little() -> None:
    """At most 2.0 of 10, as systemd counts what a service may do."""
    said = analyze("security", "--offline=true", str(UNIT)).stdout
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert exposure, said
    assert float(exposure[1]) <= 2.0


def test_the_unit_says_what_the_bot_does() -> None:
    """Its settings are settings, it waits for READY=1, and what a mistaken setting ends is not begun again."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNIT.read_text())
    service = parser["Service"]
    assert service["Type"] == "notify"
    assert service["RestartPreventExitStatus"] == str(WRONG_SETTING)
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    assert int(service["TimeoutStopSec"].removesuffix("s")) >= 20
    named = re.findall(r"^Environment=PASSALONG_(\w+)=", SHOPS.read_text(), re.MULTILINE)
    assert set(named) == {"SHOPS", "DATABASE_URL"}
    assert set(named) <= DEFAULTS.keys()
