"""A secret that was pasted in the wrong place is shown to nobody who reads what the program said."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import main
from bot.core.setting import mask_secrets
from bot.stray_settings import list_unknown

CANARY = "Kanarienvogel"
TOKEN = f"123456789:{CANARY}AAAAAAAAAAAAAAAAAAAAAA"
DSN = f"postgresql://shop:{CANARY}@127.0.0.1/shop"


@pytest.mark.parametrize(
    "line",
    [
        f"PASSALONG_BOT_TOKEN:{TOKEN}",
        f"PASSALONG_BOT_TOKEN{TOKEN}",
        f"export PASSALONG_BOT_TOKEN:{TOKEN}",
        f"PASSALONG_DATABASE_URL:{DSN}",
        f"PASSALONG_TOKEN={TOKEN}",
    ],
)
def test_a_line_without_its_sign_is_named_by_how_it_begins(line: str, tmp_path: Path) -> None:
    """What follows may be the value."""
    (tmp_path / ".env").write_text(line)
    (named,) = list_unknown({}, env_file=tmp_path / ".env")
    assert named.startswith(("PASSALONG_BOT_TOKEN", "PASSALONG_DATABASE_URL", "PASSALONG_TOKEN"))
    assert CANARY not in named


@pytest.mark.parametrize(
    "arguments",
    [
        [TOKEN],
        ["run", TOKEN],
        ["forget", TOKEN],
        ["doctor", f"--url={DSN}"],
        ["migrate", f"host=127.0.0.1 password={CANARY}"],
        ["backup", "file", "--key", f"AGE-SECRET-KEY-1{CANARY}"],
        ["campaign", "apply", TOKEN],
        ["restore", TOKEN],
    ],
    ids=lambda words: " ".join(words)[:20],
)
def test_a_mistaken_command_line_is_not_quoted_whole(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends up in a log, or in a question to somebody."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PASSALONG_BOT_TOKEN", "123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    try:
        status: object = main(arguments)
    except SystemExit as left:
        status = left.code
    said = "".join(capsys.readouterr())
    assert status in {1, 2}
    assert said
    assert CANARY not in said


def test_what_is_no_secret_stays() -> None:
    """Moments, addresses without passwords, files."""
    words = "12:30:45 https://example.com:8443/a sqlite:////srv/shop.db 123456789 user@example.com"
    assert mask_secrets(words) == words
