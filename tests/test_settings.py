from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import list_secrets
from bot.settings import DEFAULTS, PREFIX, SettingMistake, list_emptied, list_unknown, read_settings

TOKEN = {"PASSALONG_BOT_TOKEN": "123456:canary_secret"}


def test_a_token_is_all_that_has_to_be_set() -> None:
    """Everything but the token has a default that works."""
    settings = read_settings(TOKEN)
    assert settings.database_url == "sqlite:///passalong.db"
    assert settings.bot_api_url == "https://api.telegram.org"
    assert settings.campaign.name == "welcome.toml"
    assert (settings.send_rate, settings.chat_rate) == (30.0, 1.0)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("BOT_TOKEN", "", "BotFather"),
        ("BOT_TOKEN", "hello", "BotFather"),
        ("BOT_API_URL", "ftp://x", "https://api.telegram.org"),
        ("DATABASE_URL", "mysql://x/y", "sqlite:///"),
        ("ADMIN_IDS", "@me", "numbers"),
        ("ANNOUNCE_CHAT", "my channel", "@my_channel"),
        ("COMMUNITY_CHAT", "t.me/my_channel", "-1001234567890"),
        ("COMMUNITY_CHAT", "0", "@my_channel"),
        ("PUBLIC_URL", "http://share.example.org", "Use https"),
        ("PUBLIC_URL", "http://128.0.0.1:8080", "Use https"),
        ("PUBLIC_URL", "share.example.org", "https://share.example.org"),
        ("PUBLIC_URL", "https://me@share.example.org", "without a path"),
        ("PUBLIC_URL", "https://share.example.org/bot", "without a path"),
        ("PUBLIC_URL", "https://share.example.org/?a=b", "without a path"),
        ("LISTEN", "8080", "127.0.0.1:8080"),
        ("LISTEN", "localhost:99999", "host and port"),
        ("LISTEN", "::1:8080", "[::1]:8080"),
        ("TRUSTED_PROXIES", "my-proxy", "172.18.0.0/16"),
        ("TRUSTED_PROXIES", "10.0.0.1, 0.0.0.0/0", "everybody"),
        ("BACKUP_FOLDER", "/nowhere/at/all", "no folder"),
        ("BACKUP_EVERY", "daily", "1d"),
        ("BACKUP_EVERY", "0d", "1d"),
        ("BACKUP_KEEP", "0", "14"),
        ("BACKUP_RECIPIENT", "AGE-SECRET-KEY-1ABCDEF", "age1"),
        ("TIMEZONE", "Jakarta", "Asia/Jakarta"),
        ("TIMEZONE", "../etc/passwd", "Asia/Jakarta"),
        ("TIMEZONE", "+7", "leave it out for UTC"),
        ("CAMPAIGN", "nowhere.toml", "no file"),
        ("SEND_RATE", "nan", "above 0"),
        ("SEND_RATE", "-1", "above 0"),
        ("CHAT_RATE", "many", "above 0"),
        ("LOG_LEVEL", "loud", "DEBUG"),
        ("LOG_FORMAT", "xml", "json"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(name: str, value: str, expected: str) -> None:
    """One line says which setting, why, and what would be right."""
    with pytest.raises(SettingMistake) as mistake:
        read_settings({**TOKEN, PREFIX + name: value})
    said = str(mistake.value)
    assert said.startswith(PREFIX + name)
    assert expected in said
    assert "\n" not in said


SECRET = "7654321:hunter2-secret-AbCdEfGhIjKl"


@pytest.mark.parametrize(
    "value", [SECRET, f"host=db password={SECRET} dbname=shop", f"postgres://shop:{SECRET}@db/shop"]
)
@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_no_rejected_value_is_echoed(name: str, value: str) -> None:
    """A secret that was put in the wrong place stays out of logs: at most its length and two characters are told."""
    said = ""
    try:
        read_settings({**TOKEN, PREFIX + name: value})
    except SettingMistake as mistake:
        said = str(mistake)
    assert not [part for part in ("hunter2", "7654321", "AbCdEf", "shop:", "db pass") if part in said]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "cp1252"])
def test_a_file_in_another_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    """One sentence says that it is not UTF-8; the BOM of Windows' UTF-8 does no harm."""
    (tmp_path / ".env").write_bytes("# Käse\nPASSALONG_SEND_RATE=5\n".encode(encoding))
    with pytest.raises(SettingMistake, match=r"\.env is not UTF-8 text\. Save it again with the encoding UTF-8"):
        read_settings(TOKEN, env_file=tmp_path / ".env")
    (tmp_path / ".env").write_bytes("# Käse\nPASSALONG_SEND_RATE=5\n".encode("utf-8-sig"))
    assert read_settings(TOKEN, env_file=tmp_path / ".env").send_rate == 5.0


def test_passwords_within_addresses_are_secrets() -> None:
    """The log masks them like the token."""
    given = {
        "PASSALONG_DATABASE_URL": "postgresql://shop:hunter2@db/shop",
        "PASSALONG_BOT_API_URL": "http://a:pa55@127.0.0.1",
    }
    assert list_secrets(read_settings({**TOKEN, **given})) == ["123456:canary_secret", "hunter2", "pa55"]
    assert list_secrets(read_settings(TOKEN)) == ["123456:canary_secret"]


def test_an_empty_variable_hides_nothing(tmp_path: Path) -> None:
    """What the file says holds, and that is told."""
    (tmp_path / ".env").write_text("PASSALONG_SEND_RATE=5\nPASSALONG_SENDRATE=6\nPASSALONG_LISTEN=\n")
    environment = {**TOKEN, "PASSALONG_SEND_RATE": " ", "PASSALONG_LISTEN": ""}
    assert read_settings(environment, env_file=tmp_path / ".env").send_rate == 5.0
    assert list_emptied(environment, env_file=tmp_path / ".env") == ["PASSALONG_SEND_RATE"]
    assert list_unknown(environment, env_file=tmp_path / ".env") == ["PASSALONG_SENDRATE"]


@pytest.mark.parametrize(
    "given",
    ["http://127.0.0.1:8081", "http://127.0.0.1:8081/", "http://127.0.0.1:8081/bot", "http://127.0.0.1:8081/bot/"],
)
def test_the_api_is_found_with_or_without_bot_at_its_end(given: str) -> None:
    """Libraries ask for the address with /bot, people write it without."""
    assert read_settings({**TOKEN, "PASSALONG_BOT_API_URL": given}).bot_api_url == "http://127.0.0.1:8081"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """A value in the environment overrides the same one in .env."""
    (tmp_path / ".env").write_text("PASSALONG_SEND_RATE=5\nPASSALONG_CHAT_RATE=2\n")
    settings = read_settings({**TOKEN, "PASSALONG_SEND_RATE": "7"}, env_file=tmp_path / ".env")
    assert (settings.send_rate, settings.chat_rate) == (7.0, 2.0)


def test_lists_are_read_and_secrets_never_shown() -> None:
    """Ids are separated by commas, and repr shows no value at all."""
    settings = read_settings({**TOKEN, "PASSALONG_ADMIN_IDS": "1, 22,", "PASSALONG_ANNOUNCE_CHAT": "-100123"})
    assert settings.admin_ids == {1, 22}
    assert settings.announce_chat == -100123
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", ""),
        ("https://Share.Example.org/", "https://share.example.org"),
        ("https://share.example.org:8443", "https://share.example.org:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_the_public_address_is_https_or_this_machine(given: str, read: str) -> None:
    """Links are made by adding to it, so it ends without a slash; http stays on this machine."""
    assert read_settings({**TOKEN, "PASSALONG_PUBLIC_URL": given}).public_url == read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", ("127.0.0.1", 8080)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("[::1]:8081", ("::1", 8081)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_the_web_side_listens_to_host_and_port(given: str, read: tuple[str, int]) -> None:
    """Nobody outside this machine reaches it unless that was said."""
    assert read_settings({**TOKEN, "PASSALONG_LISTEN": given}).listen == read


def test_the_community_is_a_chat_or_none() -> None:
    """An id or a name; nothing where nothing is set."""
    chats = [
        read_settings({**TOKEN, "PASSALONG_COMMUNITY_CHAT": given}).community_chat
        for given in ("", "-100123", "@ovens")
    ]
    assert chats == [None, -100123, "@ovens"]


def test_a_slip_in_a_name_is_found() -> None:
    """A name with our prefix that is no setting is listed, so that it can be warned of."""
    assert list_unknown({**TOKEN, "PASSALONG_SENDRATE": "1", "HOME": "/"}) == ["PASSALONG_SENDRATE"]
    assert not list_unknown({PREFIX + name: "" for name in DEFAULTS})


def test_a_schema_is_postgresqls() -> None:
    """It travels in the URL; a file has none."""
    url = {**TOKEN, "PASSALONG_DATABASE_URL": "postgresql://me@host/db", "PASSALONG_DATABASE_SCHEMA": "north"}
    assert read_settings(url).database_url == "postgresql://me@host/db?schema=north"
    with pytest.raises(SettingMistake, match="PostgreSQL"):
        read_settings({**TOKEN, "PASSALONG_DATABASE_SCHEMA": "north"})
