from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.proxies import Proxy
from bot.core.setting import PREFIX, SettingMistake
from bot.env_file import EnvFileMistake
from bot.setting_parsers import DEFAULTS
from bot.settings import list_secrets, read_settings
from bot.stray_settings import list_emptied, list_unknown

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
        ("BOT_API_URL", "https://x:99999", "https://api.telegram.org"),
        ("BOT_API_URL", "http://[::1", "https://api.telegram.org"),
        ("BOT_API_URL", "http://a b", "https://api.telegram.org"),
        ("BOT_API_URL", "http://x\\bot", "https://api.telegram.org"),
        ("BOT_API_URL", "//x", "https://api.telegram.org"),
        ("PROXY", "ftp://10.0.0.1", "socks5://"),
        ("PROXY", "http://", "socks5://"),
        ("PROXY", "http://10.0.0.1:port", "socks5://"),
        ("PROXY", "http://10.0.0.1:3128/path", "socks5://"),
        ("PROXY", "10.0.0.1:3128:user:pass", "socks5://"),
        ("PROXY", "socks5://shop:%E5%A5%BD@10.0.0.1", "in ASCII"),
        ("DATABASE_URL", "mysql://x/y", "sqlite:///"),
        ("ADMIN_IDS", "@me", "numbers"),
        ("ANNOUNCE_CHAT", "my channel", "@my_channel"),
        ("COMMUNITY_CHAT", "t.me/my_channel", "-1001234567890"),
        ("COMMUNITY_CHAT", "0", "@my_channel"),
        ("PUBLIC_URL", "http://share.example.org", "Use https"),
        ("PUBLIC_URL", "http://128.0.0.1:8080", "Use https"),
        ("PUBLIC_URL", "share.example.org", "https://share.example.org"),
        ("PUBLIC_URL", "https://me@share.example.org", "share.example.org/bakery"),
        ("PUBLIC_URL", "https://share.example.org/?a=b", "share.example.org/bakery"),
        ("PUBLIC_URL", "https://share.example.org//bakery", "share.example.org/bakery"),
        ("PUBLIC_URL", "https://share.example.org/ba..ry", "share.example.org/bakery"),
        ("PUBLIC_URL", "https://share.example.org/s/bakery", "the shop's name"),
        ("PUBLIC_URL", "https://share.example.org/Telegram", "the shop's name"),
        ("LISTEN", "8080", "127.0.0.1:8080"),
        ("LISTEN", "localhost:99999", "host and port"),
        ("LISTEN", "::1:8080", "[::1]:8080"),
        ("TRUSTED_PROXIES", "my-proxy", "172.18.0.0/16"),
        ("TRUSTED_PROXIES", "10.0.0.1, 0.0.0.0/0", "everybody"),
        ("TRUSTED_PROXIES", "::/0", "everybody"),
        ("TRUSTED_PROXIES", "::ffff:0:0/96", "everybody"),
        ("TRUSTED_PROXIES", "10.0.0.0/33", "172.18.0.0/16"),
        ("BACKUP_FOLDER", "/nowhere/at/all", "no folder"),
        ("BACKUP_EVERY", "daily", "1d"),
        ("BACKUP_EVERY", "0d", "1d"),
        ("BACKUP_KEEP", "0", "14"),
        ("BACKUP_RECIPIENT", "AGE-SECRET-KEY-1ABCDEF", "age1"),
        ("TIMEZONE", "Jakarta", "Asia/Jakarta"),
        ("TIMEZONE", "../etc/passwd", "Asia/Jakarta"),
        ("TIMEZONE", "+7", "leave it out for UTC"),
        ("TIMEZONE", "UTC+7", "leave it out for UTC"),
        ("TIMEZONE", "localtime", "Asia/Jakarta"),
        ("TIMEZONE", "Factory", "Asia/Jakarta"),
        ("TIMEZONE", "Asia", "Asia/Jakarta"),
        ("TIMEZONE", "Asia/Jakarta\0", "Asia/Jakarta"),
        ("TIMEZONE", "x" * 300, "Asia/Jakarta"),
        ("CAMPAIGN", "nowhere.toml", "no file"),
        ("SEND_RATE", "nan", "above 0"),
        ("SEND_RATE", "-1", "above 0"),
        ("CHAT_RATE", "many", "above 0"),
        ("LOG_LEVEL", "loud", "DEBUG"),
        ("LOG_FORMAT", "xml", "json"),
        ("WEBHOOK", "yes", "Leave it out to have updates fetched"),
        ("WEBHOOK", "true", "Set PASSALONG_PUBLIC_URL"),
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


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"])
def test_a_file_in_another_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    """One sentence says that it is not UTF-8; the BOM of Windows' UTF-8 does no harm."""
    (tmp_path / ".env").write_bytes("# Käse\nPASSALONG_SEND_RATE=5\n".encode(encoding))
    with pytest.raises(EnvFileMistake, match=r"\.env is not UTF-8 text\. Save it again with the encoding UTF-8"):
        read_settings(TOKEN, env_file=tmp_path / ".env")
    (tmp_path / ".env").write_bytes("# Käse\nPASSALONG_SEND_RATE=5\n".encode("utf-8-sig"))
    assert read_settings(TOKEN, env_file=tmp_path / ".env").send_rate == 5.0


@pytest.mark.parametrize(
    "written",
    [
        "\ufeffPASSALONG_SEND_RATE=5\n",
        "PASSALONG_SEND_RATE=5\r\n",
        "PASSALONG_SEND_RATE=5\r",
        "PASSALONG_SEND_RATE=5",
        "export PASSALONG_SEND_RATE=5\n",
        "PASSALONG_SEND_RATE = 5\n",
        "  PASSALONG_SEND_RATE='5'\n",
        'PASSALONG_SEND_RATE="5" # ours\n',
        "PASSALONG_SEND_RATE=5 # ours\n",
        "PASSALONG_SEND_RATE=4\nPASSALONG_SEND_RATE=5\n",
        "PASSALONG_SEND_RATE=5\u00a0\n",
    ],
)
def test_a_file_is_read_however_it_was_typed(tmp_path: Path, written: str) -> None:
    """With the line ends of any system, with or without quotes and spaces; the last of two lines counts."""
    (tmp_path / ".env").write_bytes(written.encode())
    assert read_settings(TOKEN, env_file=tmp_path / ".env").send_rate == 5.0


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    """An empty folder, which docker makes where it is to hand on a file that is not there; a link that leads nowhere.

    What else is called like this, such as a virtual environment, is left alone.
    """
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name, words in (("folder", "is an empty folder"), ("link", "leads to a file that is not there")):
        with pytest.raises(EnvFileMistake, match=words):
            read_settings(TOKEN, env_file=tmp_path / name)
    (tmp_path / "folder" / "pyvenv.cfg").touch()
    for name in ("folder", "nowhere"):
        assert read_settings(TOKEN, env_file=tmp_path / name).send_rate == 30.0


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://shop:{}@db/shop",
        "postgresql://shop:{}@[::1/shop",
        "postgresql://shop:{}@db:99999/shop",
        "postgresql:///shop?host=/run&password={}",
    ],
)
@pytest.mark.parametrize("password", ["hunter2", "hu#nter2", "hu/nter?2", "hu]nter2", "hu@nter2"])
def test_a_password_is_a_secret_however_wrong_the_address_is(address: str, password: str) -> None:
    """What a server or a library says of an address that it cannot read shows no password."""
    settings = read_settings({**TOKEN, "PASSALONG_DATABASE_URL": address.format(password)})
    assert password in list_secrets(settings)


def test_passwords_within_addresses_are_secrets() -> None:
    """The log masks them like the token."""
    given = {
        "PASSALONG_DATABASE_URL": "postgresql://shop:hunter2@db/shop",
        "PASSALONG_BOT_API_URL": "http://a:pa55@127.0.0.1",
        "PASSALONG_PROXY": "socks5://a:pr0xy@127.0.0.1",
    }
    settings = read_settings({**TOKEN, **given})
    assert list_secrets(settings) == ["123456:canary_secret", "hunter2", "pa55", "pr0xy"]
    assert "pr0xy" not in f"{settings.proxy} {settings.proxy!r}"
    assert list_secrets(read_settings(TOKEN)) == ["123456:canary_secret"]


def test_an_empty_variable_hides_nothing(tmp_path: Path) -> None:
    """What the file says holds, and that is told."""
    (tmp_path / ".env").write_text("PASSALONG_SEND_RATE=5\nPASSALONG_SENDRATE=6\nPASSALONG_LISTEN=\n")
    environment = {**TOKEN, "PASSALONG_SEND_RATE": " ", "PASSALONG_LISTEN": ""}
    assert read_settings(environment, env_file=tmp_path / ".env").send_rate == 5.0
    assert list_emptied(environment, env_file=tmp_path / ".env") == ["PASSALONG_SEND_RATE"]
    assert list_unknown(environment, env_file=tmp_path / ".env") == {"PASSALONG_SENDRATE": "PASSALONG_SEND_RATE"}


@pytest.mark.parametrize(
    "given",
    [
        "http://127.0.0.1:8081",
        "http://127.0.0.1:8081/",
        "http://127.0.0.1:8081//",
        "http://127.0.0.1:8081/bot",
        "http://127.0.0.1:8081/bot/",
        "http://127.0.0.1:8081/bot123456:canary_secret",
        "http://127.0.0.1:8081/bot123456:canary_secret/",
        "http://127.0.0.1:8081/file/bot",
        "http://127.0.0.1:8081//bot",
        "http://127.0.0.1:8081/BOT",
        "http://127.0.0.1:8081/bot123456",
        "http://127.0.0.1:8081/bot123456:canary_secret/getMe",
        "http://127.0.0.1:8081/bot/getMe",
        "http://127.0.0.1:8081/bot<token>",
        "http://127.0.0.1:8081/bot<token>/METHOD_NAME",
        "http://127.0.0.1:8081/bot{token}/{method}",
        "http://127.0.0.1:8081/bot%s/%s",
        "http://127.0.0.1:8081/bot{0}/{1}",
        "http://127.0.0.1:8081/bot$TOKEN",
        "http://127.0.0.1:8081/botTOKEN",
    ],
)
def test_the_api_is_found_with_or_without_bot_at_its_end(given: str) -> None:
    """Libraries ask for the address with /bot, people write it without, or copy it from a browser with the token."""
    assert read_settings({**TOKEN, "PASSALONG_BOT_API_URL": given}).bot_api_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize("quote", ['"', "'"])
def test_quotes_around_a_value_are_not_part_of_it(quote: str) -> None:
    """Docker hands them on from the same file in which a shell takes them off; one alone stays what it is."""
    given = {name: f"{quote}{value}{quote}\r" for name, value in {**TOKEN, "PASSALONG_SEND_RATE": "5"}.items()}
    settings = read_settings(given)
    assert (settings.bot_token, settings.send_rate) == (TOKEN["PASSALONG_BOT_TOKEN"], 5.0)
    with pytest.raises(SettingMistake):
        read_settings({**TOKEN, "PASSALONG_SEND_RATE": quote + "5"})


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("PASALONG_BOT_TOKEN=x", "PASSALONG_BOT_TOKEN"),
        ("PASSALONG_TOKEN=x", "PASSALONG_BOT_TOKEN"),
        ("BOT_TOKEN=x", "PASSALONG_BOT_TOKEN"),
        ("passalong_admin_ids=1", "PASSALONG_ADMIN_IDS"),
        ("PASSALONG-ADMIN-ID=1", "PASSALONG_ADMIN_IDS"),
        ("export PASSALONG_DATABSE_URL=x", "PASSALONG_DATABASE_URL"),
        ("PASSALONG_COLOUR=red", ""),
        ("TOKEN=x", "PASSALONG_BOT_TOKEN"),
        ("TELEGRAM_TOKEN=x", "PASSALONG_BOT_TOKEN"),
        ("TELEGRAM_BOT_TOKEN=x", "PASSALONG_BOT_TOKEN"),
        ("TG_BOT_TOKEN=x", "PASSALONG_BOT_TOKEN"),
        ("$env:PASSALONG_BOT_TOKEN='x'", "PASSALONG_BOT_TOKEN"),
        ("\u200bPASSALONG_BOT_TOKEN=x", "PASSALONG_BOT_TOKEN"),
        ("Passalong.Bot.Token=x", "PASSALONG_BOT_TOKEN"),
    ],
)
def test_a_slip_in_the_file_is_found_with_what_may_be_meant(tmp_path: Path, line: str, meant: str) -> None:
    """Without the prefix, in small letters, with a letter too few: each is told with the setting's right name."""
    (tmp_path / ".env").write_text(f"{line}\nHTTPS_PROXY=http://x\nNO_PROXY=y\nall_proxy=z\nEDITOR=vi\nPASSWORD=p\n")
    assert list(list_unknown({}, env_file=tmp_path / ".env").values()) == [meant]


@pytest.mark.parametrize("line", ["PASSALONG_BOT_TOKEN: 123456:abc", "PASSALONG_BOT_TOKEN 123456:abc", "='1'", "A='1"])
def test_a_line_of_the_file_that_sets_nothing_is_named(tmp_path: Path, line: str) -> None:
    """By its number, and without what stands there."""
    (tmp_path / ".env").write_text(f"# ours\n\n\n{line}\n")
    with pytest.raises(EnvFileMistake, match=r"\.env has no NAME=value on line 4") as mistake:
        read_settings(TOKEN, env_file=tmp_path / ".env")
    assert "123456" not in str(mistake.value)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"PASSALONG_PROXY": "http://10.0.0.1:3128"}, Proxy("http", "10.0.0.1", 3128)),
        ({"PASSALONG_PROXY": "10.0.0.1:3128/"}, Proxy("http", "10.0.0.1", 3128)),
        ({"PASSALONG_PROXY": "HTTPS://proxy.example.org"}, Proxy("https", "proxy.example.org", 443)),
        ({"PASSALONG_PROXY": "socks5://a%40b:p%3Aw@[::1]"}, Proxy("socks5", "::1", 1080, "a@b", "p:w")),
        ({"PASSALONG_PROXY": "socks5h://a"}, Proxy("socks5", "a", 1080)),
        ({"HTTPS_PROXY": "http://a:1"}, Proxy("http", "a", 1)),
        ({"https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:1"}, Proxy("http", "a", 1)),
        ({"ALL_PROXY": "socks://a:1/"}, Proxy("socks5", "a", 1)),
        ({"all_proxy": "socks5://a:1", "HTTP_PROXY": "http://b:1"}, Proxy("socks5", "a", 1)),
        ({"HTTPS_PROXY": "http://a:1", "ALL_PROXY": "http://b:1"}, Proxy("http", "a", 1)),
        ({"HTTPS_PROXY": "", "ALL_PROXY": "http://b:1"}, Proxy("http", "b", 1)),
        ({"PASSALONG_PROXY": "http://a:1", "HTTPS_PROXY": "http://b:1", "NO_PROXY": "*"}, Proxy("http", "a", 1)),
        ({"HTTPS_PROXY": "http://a:1", "NO_PROXY": "example.org, .telegram.org"}, None),
        ({"HTTPS_PROXY": "http://a:1", "no_proxy": "*.telegram.org"}, None),
        ({"HTTPS_PROXY": "http://a:1", "no_proxy": "TELEGRAM.org:443"}, None),
        ({"HTTPS_PROXY": "http://a:1", "no_proxy": "telegram.org:80,gram.org,,"}, Proxy("http", "a", 1)),
        ({"HTTP_PROXY": "http://a:1"}, None),
        ({}, None),
    ],
)
def test_the_proxy_is_found_as_other_programs_find_it(given: dict[str, str], read: Proxy | None) -> None:
    """Our own setting first, whatever NO_PROXY says; then by the scheme of the Bot API's address, then for all."""
    assert read_settings({**TOKEN, **given}).proxy == read


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("127.0.0.0/8", "http://127.0.0.1:8081"),
        ("127.0.0.1:8081", "http://127.0.0.1:8081"),
        ("[::1]:8081", "http://[::1]:8081"),
        ("fe80::1,::1", "http://[::1]:8081"),
        ("localhost", "http://localhost:8081"),
    ],
)
def test_a_server_of_our_own_is_reached_straight(no_proxy: str, url: str) -> None:
    """NO_PROXY may name an address, a network and a port."""
    given = {**TOKEN, "PASSALONG_BOT_API_URL": url, "HTTP_PROXY": "http://a:1"}
    assert read_settings({**given, "NO_PROXY": no_proxy}).proxy is None
    assert read_settings({**given, "NO_PROXY": "10.0.0.0/8,::2,localhost:1,127.0.0.1:1"}).proxy is not None


def test_a_variable_that_names_no_proxy_is_named_itself() -> None:
    """Without what it holds: there may be a password in it."""
    with pytest.raises(SettingMistake, match=r"^ALL_PROXY is no address of a proxy") as mistake:
        read_settings({**TOKEN, "ALL_PROXY": "ftp://me:hunter2@a"})
    assert "hunter2" not in str(mistake.value)


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
        ("https://share.example.org/Bakery/", "https://share.example.org/bakery"),
        ("https://share.example.org/shops/bakery-2", "https://share.example.org/shops/bakery-2"),
    ],
)
def test_the_public_address_is_https_or_this_machine(given: str, read: str) -> None:
    """Links are made by adding to it, so it ends without a slash; http stays on this machine."""
    assert read_settings({**TOKEN, "PASSALONG_PUBLIC_URL": given}).public_url == read


def test_telegram_brings_updates_to_some_ports_alone() -> None:
    """Of addresses that it reaches from outside; a server of one's own beside the bot brings them wherever it is told."""
    webhook = {**TOKEN, "PASSALONG_WEBHOOK": "True"}
    for address in ("https://share.example.org", "https://share.example.org:8443", "http://127.0.0.1:8080"):
        assert read_settings({**webhook, "PASSALONG_PUBLIC_URL": address}).webhook
    with pytest.raises(SettingMistake, match=r"8081.*443, 80, 88 and 8443 alone"):
        read_settings({**webhook, "PASSALONG_PUBLIC_URL": "https://share.example.org:8081"})


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
    given = {**TOKEN, "PASSALONG_SENDRATE": "1", "PASSALONG_COLOUR": "red", "HOME": "/", "DATABASE_URL": "another's"}
    assert list_unknown(given) == {"PASSALONG_SENDRATE": "PASSALONG_SEND_RATE", "PASSALONG_COLOUR": ""}
    assert not list_unknown({PREFIX + name: "" for name in DEFAULTS})


def test_a_schema_is_postgresqls() -> None:
    """It travels in the URL; a file has none."""
    url = {**TOKEN, "PASSALONG_DATABASE_URL": "postgresql://me@host/db", "PASSALONG_DATABASE_SCHEMA": "north"}
    assert read_settings(url).database_url == "postgresql://me@host/db?schema=north"
    with pytest.raises(SettingMistake, match="PostgreSQL"):
        read_settings({**TOKEN, "PASSALONG_DATABASE_SCHEMA": "north"})
