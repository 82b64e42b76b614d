from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journeys.program import ROOT, furnish_new
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [built] = folder.glob("passalong-*.whl")
    return built


def test_the_wheel_carries_assets_and_migrations(wheel: Path) -> None:
    """Everything the program reads at run time is inside, and nothing of the tests."""
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {
        path.relative_to(ROOT / "assets")
        for path in (ROOT / "assets").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {f"bot/_assets/{path.as_posix()}" for path in shipped} <= names
    assert "storage/migrations/versions/v0001_first_tables.py" in names
    assert "storage/migrations/env.py" in names
    assert not [name for name in names if name.startswith("tests/")]


async def test_from_the_wheel_an_empty_folder_is_enough(wheel: Path, telegram: LocalTelegram, tmp_path: Path) -> None:
    """Unpacked anywhere and started in an empty folder, the bot migrates by itself and answers."""
    site, empty = tmp_path / "site", tmp_path / "empty"
    zipfile.ZipFile(wheel).extractall(site)
    empty.mkdir()
    person = telegram.world.add_person("Anna")
    home = replace(furnish_new(empty, telegram), code=site)
    async with home.running(DATABASE_URL="") as program:
        await program.until_polling(telegram)
        said = telegram.world.press_start(person)
        card = telegram.world.send_text(person, said.chat, "/share")
        assert (await telegram.until_reply(said)).text
        assert (
            await telegram.until_message(
                person, lambda message: message.photo is not None, after=card, timeout_seconds=20
            )
        ).photo
        assert await program.stop() == 0
    assert (empty / "passalong.db").is_file()
