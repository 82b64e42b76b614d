"""Settings that lie in files of their own, as secrets are handed out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.setting import SettingMistake
from bot.settings import read_settings
from bot.stray_settings import list_unknown

TOKEN = "12345:" + "a" * 35


def test_a_setting_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    """Whatever the setting, without the line's end and a mark of the encoding; the environment wins over `.env` either way."""
    token, level = tmp_path / "token", tmp_path / "level"
    token.write_bytes(b"\xef\xbb\xbf" + TOKEN.encode() + b"\r\n")
    level.write_text("DEBUG")
    (tmp_path / ".env").write_text(f"PASSALONG_BOT_TOKEN=1:x\nPASSALONG_LOG_LEVEL_FILE={level}\n")
    settings = read_settings({"PASSALONG_BOT_TOKEN_FILE": str(token)}, env_file=tmp_path / ".env")
    assert (settings.bot_token, settings.log_level) == (TOKEN, "DEBUG")
    assert "BOT_TOKEN_FILE" not in settings.given


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "names a file that cannot be read"),
        (b"a\nb", "holds more than one line"),
        (b"x" * 70_000, "holds more than one line"),
        (b"\xff\xfe", "is no UTF-8 text"),
    ],
)
def test_a_file_that_holds_no_value_is_refused(tmp_path: Path, content: bytes | None, why: str) -> None:
    """In words that name the setting and never say what stands in it."""
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(SettingMistake, match=f"^PASSALONG_BOT_TOKEN_FILE .*{why}"):
        read_settings({"PASSALONG_BOT_TOKEN_FILE": str(tmp_path / "token")})


def test_a_setting_given_both_ways_is_refused(tmp_path: Path) -> None:
    """Nobody could say which of the two was meant."""
    (tmp_path / "token").write_text(TOKEN)
    both = {"PASSALONG_BOT_TOKEN": TOKEN, "PASSALONG_BOT_TOKEN_FILE": str(tmp_path / "token")}
    with pytest.raises(SettingMistake, match="is given beside PASSALONG_BOT_TOKEN"):
        read_settings(both)


def test_the_file_of_no_setting_is_named() -> None:
    """A setting's file is no stray, nor is that of a capability's setting; a word that is none is."""
    given = ("PASSALONG_BOT_TOKEN_FILE", "PASSALONG_METRICS_TOKEN_FILE", "PASSALONG_PASTRY_FILE")
    assert list_unknown(dict.fromkeys(given, "/x")) == {"PASSALONG_PASTRY_FILE": ""}
