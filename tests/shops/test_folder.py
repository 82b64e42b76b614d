from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.shops.folder import ShopFolder
from bot.shops.folder_watch import FolderWatch
from bot.shops.shop_file import furnish, refuse_name
from tests.shops.files import compose_token, open_folder, write_file, write_shop


def find_mistake(folder: ShopFolder, name: str) -> str:
    """What is wrong with a shop's file."""
    return folder.read().mistakes[folder.find_file(name)]


def test_a_shops_lines_win_over_what_is_common(tmp_path: Path) -> None:
    """What a file does not say is said for all; an empty line takes that back, and the default holds."""
    common = {"SEND_RATE": "5", "TIMEZONE": "Asia/Jakarta", "ADMIN_IDS": "7", "ANNOUNCE_CHAT": "@all"}
    folder = open_folder(tmp_path, common)
    write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41), SEND_RATE="9", ANNOUNCE_CHAT="")
    settings = folder.read().shops["bakery"]
    assert (settings.shop, settings.bot_id, settings.send_rate) == ("bakery", "41", 9.0)
    assert str(settings.timezone) == "Asia/Jakarta"
    assert settings.admin_ids == {7}
    assert settings.announce_chat is None


@pytest.mark.parametrize(
    ("common", "expected"),
    [
        ("", "sqlite:///bakery.db"),
        ("sqlite:////var/lib/shops/", "sqlite:////var/lib/shops/bakery.db"),
        ("sqlite:///{folder}", "sqlite:///{folder}/bakery.db"),
        ("postgresql://me:pw@db/shops", "postgresql://me:pw@db/shops?schema=bakery"),
        ("postgresql://me:pw@db/shops?sslmode=require", "postgresql://me:pw@db/shops?sslmode=require&schema=bakery"),
    ],
)
def test_every_shop_has_a_database_of_its_own(tmp_path: Path, common: str, expected: str) -> None:
    """Of a common place: a file in it by the shop's name, or a schema of that name."""
    folder = open_folder(tmp_path, {"DATABASE_URL": common.format(folder=tmp_path)})
    write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41))
    assert folder.read().shops["bakery"].database_url == expected.format(folder=tmp_path)


def test_a_shops_own_database_wins(tmp_path: Path) -> None:
    """It stands as the line says, whatever holds for the others."""
    write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41), DATABASE_URL="sqlite:////srv/old.db")
    write_shop(tmp_path, "florist", BOT_TOKEN=compose_token(42), DATABASE_URL="postgresql://db/x", DATABASE_SCHEMA="f")
    shops = open_folder(tmp_path).read().shops
    assert shops["bakery"].database_url == "sqlite:////srv/old.db"
    assert shops["florist"].database_url == "postgresql://db/x?schema=f"


@pytest.mark.parametrize("url", ["sqlite:////srv/one.db", "postgresql://db/shops?schema=one", "mysql://db/x"])
def test_a_place_for_one_is_none_for_several(tmp_path: Path, url: str) -> None:
    """A common file or schema is refused: all shops would write into it."""
    write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41))
    assert "PASSALONG_DATABASE_URL" in find_mistake(open_folder(tmp_path, {"DATABASE_URL": url}), "bakery")


def test_backups_and_campaigns_are_found_from_where_they_belong(tmp_path: Path) -> None:
    """A campaign's path begins at the shop's file; common backups have a folder for each shop, made when it is needed."""
    (tmp_path / "backups").mkdir()
    write_file(tmp_path / "bread.toml", "")
    folder = open_folder(tmp_path, {"BACKUP_FOLDER": str(tmp_path / "backups")})
    write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41), CAMPAIGN="bread.toml")
    settings = folder.read().shops["bakery"]
    assert settings.campaign == tmp_path / "bread.toml"
    assert settings.backup_folder == tmp_path / "backups" / "bakery"
    assert not settings.backup_folder.exists()
    furnish(settings)
    assert settings.backup_folder.is_dir()


@pytest.mark.parametrize(
    "name", ["SHOPS", "LISTEN", "TRUSTED_PROXIES", "LOG_LEVEL", "LOG_FORMAT", "METRICS_TOKEN", "HEARTBEAT"]
)
def test_what_is_the_processs_cannot_be_a_shops(tmp_path: Path, name: str) -> None:
    """Such a line is refused in words that name the file and the setting."""
    path = write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41), **{name: "INFO"})
    words = find_mistake(open_folder(tmp_path), "bakery")
    assert words.startswith(f"{path}: PASSALONG_{name} ")
    assert "environment" in words


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ({}, "PASSALONG_BOT_TOKEN is missing"),
        ({"BOT_TOKEN": "41:"}, "PASSALONG_BOT_TOKEN does not look like"),
        ({"BOT_TOKEN": compose_token(41), "CAMPAIGN": "gone.toml"}, "PASSALONG_CAMPAIGN names no file"),
        ({"BOT_TOKEN": compose_token(41), "SEND_RATE": "many"}, "PASSALONG_SEND_RATE is no rate"),
        ({"BOT_TOKEN": compose_token(41), "PUBLIC_URL": "share.example.org"}, "PASSALONG_PUBLIC_URL is no address"),
    ],
)
def test_a_mistake_names_its_file_and_its_setting(tmp_path: Path, lines: dict[str, str], expected: str) -> None:
    """The other shops are read all the same."""
    path = write_shop(tmp_path, "bakery", **lines)
    write_shop(tmp_path, "florist", BOT_TOKEN=compose_token(42))
    contents = open_folder(tmp_path).read()
    assert contents.mistakes[path].startswith(f"{path}: {expected}")
    assert list(contents.shops) == ["florist"]


def test_a_mistake_in_what_is_common_says_so(tmp_path: Path) -> None:
    """Nobody looks for it in the shop's own file."""
    write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41))
    assert find_mistake(open_folder(tmp_path, {"SEND_RATE": "many"}), "bakery").endswith("(it is set for all shops)")


@pytest.mark.parametrize("text", ["what?\n=\n", "\udcff"])
def test_a_file_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    """What is no list of settings is refused with its name."""
    path = tmp_path / "bakery.env"
    path.write_bytes(text.encode(errors="surrogateescape"))
    assert str(path) in find_mistake(open_folder(tmp_path), "bakery")


@pytest.mark.parametrize(
    "name",
    ["Bakery", "1bakery", "bäckerei", "two words", "-x", "a.b", "x" * 42, "pg_shop", "public", "passalong", "metrics"],
)
def test_a_name_fits_a_file_a_schema_and_a_path(tmp_path: Path, name: str) -> None:
    """Any other is refused in words that name the file."""
    path = write_shop(tmp_path, name, BOT_TOKEN=compose_token(41))
    assert open_folder(tmp_path).read().mistakes[path].startswith(f"{path} is no shop's: ")


@pytest.mark.parametrize("name", ["a", "bakery", "bakery-2", "bakery_2", "x" * 41])
def test_plain_names_are_taken(name: str) -> None:
    """Small letters, digits, hyphens and underscores."""
    assert refuse_name(name) == ""


def test_what_is_no_shops_file_is_left_alone(tmp_path: Path) -> None:
    """Hidden files, an editor's copies, folders and whatever else lies there."""
    for name in (".bakery.env", ".#bakery.env", "bakery.env~", "bakery.env.swp", "bread.toml", ".env"):
        write_file(tmp_path / name, "?")
    (tmp_path / "old.env").mkdir()
    assert open_folder(tmp_path).list_files() == {}


@pytest.mark.parametrize(
    ("first", "second", "setting"),
    [
        ({"BOT_TOKEN": "41:one"}, {"BOT_TOKEN": "41:another"}, "BOT_TOKEN"),
        ({"DATABASE_URL": "sqlite:////srv/a.db"}, {"DATABASE_URL": "sqlite:////srv/x/../a.db"}, "DATABASE_URL"),
        (
            {"DATABASE_URL": "postgresql://me@DB/x?schema=one"},
            {"DATABASE_URL": "postgresql://you:pw@db:5432/x?schema=one&sslmode=require"},
            "DATABASE_URL",
        ),
        ({"DATABASE_URL": "postgresql://db/x"}, {"DATABASE_URL": "postgresql://db/x"}, "DATABASE_URL"),
    ],
)
def test_two_shops_share_neither_a_bot_nor_a_database(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], setting: str
) -> None:
    """Neither runs, since nobody can say whose it is; the words name the setting and the other file. The third runs."""
    paths = [
        write_shop(tmp_path, "bakery", **{"BOT_TOKEN": compose_token(41), **first}),
        write_shop(tmp_path, "florist", **{"BOT_TOKEN": compose_token(42), **second}),
    ]
    write_shop(tmp_path, "tailor", BOT_TOKEN=compose_token(43))
    contents = open_folder(tmp_path).read()
    assert list(contents.shops) == ["tailor"]
    for path, other in (paths, paths[::-1]):
        assert contents.mistakes[path].startswith(f"{path}: PASSALONG_{setting} names the same ")
        assert str(other) in contents.mistakes[path]


def test_a_file_counts_once_it_lies_still(tmp_path: Path) -> None:
    """A change is taken up at the second look that finds it, unless somebody says that it is done."""
    watch = FolderWatch(open_folder(tmp_path))
    assert watch.look(settled=False) is None
    write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41))
    assert watch.look() is None
    write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(42))
    assert watch.look() is None
    assert watch.look() == []
    assert watch.in_force["bakery"].bot_id == "42"
    write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(43))
    assert watch.look(settled=False) == []
    assert watch.in_force["bakery"].bot_id == "43"


def test_only_what_has_changed_is_another(tmp_path: Path) -> None:
    """A shop whose file is the same keeps its settings, the very object; one that was touched gets a new one."""
    watch, path = FolderWatch(open_folder(tmp_path)), write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41))
    write_shop(tmp_path, "florist", BOT_TOKEN=compose_token(42))
    watch.look(settled=False)
    before = dict(watch.in_force)
    write_file(path, path.read_text())
    watch.look(settled=False)
    assert watch.in_force["florist"] is before["florist"]
    assert watch.in_force["bakery"] is not before["bakery"]
    assert watch.in_force["bakery"] == before["bakery"]


def test_a_mistake_keeps_what_was_in_force_and_is_told_once(tmp_path: Path) -> None:
    """Half a file, an empty one, one that cannot be read: the shop goes on with what it had, until the file is right."""
    watch, path = FolderWatch(open_folder(tmp_path)), write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41))
    watch.look(settled=False)
    before = watch.in_force["bakery"]
    for text, told in (("", 1), ("PASSALONG_BOT_TOK", 0), ("PASSALONG_BOT_TOKEN=41", 1), ("\0", 1)):
        write_file(path, text)
        assert len(watch.look(settled=False) or []) == told
        assert watch.in_force["bakery"] is before
        assert watch.look(settled=False) is None
    write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41), SEND_RATE="9")
    assert watch.look(settled=False) == []
    assert watch.in_force["bakery"].send_rate == 9


def test_a_line_that_sets_nothing_is_told(tmp_path: Path) -> None:
    """It is ignored, as it is for one shop, and said with its file and what may have been meant."""
    watch, path = (
        FolderWatch(open_folder(tmp_path)),
        write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41), SENDRATE="9"),
    )
    assert watch.look(settled=False) == []
    assert watch.strays == [f"{path}: PASSALONG_SENDRATE is not a setting and is ignored; PASSALONG_SEND_RATE is one"]
    write_shop(tmp_path, "florist", BOT_TOKEN=compose_token(42))
    watch.look(settled=False)
    assert watch.strays == []


def test_a_file_that_is_gone_for_a_moment_stops_nothing(tmp_path: Path) -> None:
    """An editor that puts the old file aside and writes a new one; who removes it means it."""
    watch, path = FolderWatch(open_folder(tmp_path)), write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41))
    watch.look(settled=False)
    path.unlink()
    assert watch.look() is None
    assert list(watch.in_force) == ["bakery"]
    assert watch.look() == []
    assert watch.in_force == {}


def test_a_copy_of_a_shops_file_takes_nothing_from_it(tmp_path: Path) -> None:
    """Whoever has the bot keeps it; the copy runs as soon as it names another, or the first is gone."""
    watch, path = FolderWatch(open_folder(tmp_path)), write_shop(tmp_path, "bakery", BOT_TOKEN=compose_token(41))
    watch.look(settled=False)
    write_shop(tmp_path, "another", BOT_TOKEN=compose_token(41))
    assert [words.partition(": ")[0] for words in watch.look(settled=False) or []] == [str(tmp_path / "another.env")]
    assert list(watch.in_force) == ["bakery"]
    path.unlink()
    assert watch.look(settled=False) == []
    assert list(watch.in_force) == ["another"]


def test_a_folder_that_is_away_changes_nothing(tmp_path: Path) -> None:
    """A disk that is not mounted is no order to stop all shops."""
    path = tmp_path / "shops"
    watch = FolderWatch(open_folder(path))
    write_shop(path, "bakery", BOT_TOKEN=compose_token(41))
    watch.look(settled=False)
    path.rename(tmp_path / "away")
    with pytest.raises(OSError, match="shops"):
        watch.look(settled=False)
    assert list(watch.in_force) == ["bakery"]


async def test_a_look_that_somebody_asks_for_comes_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """And believes what stands there; a folder that is away in between ends no looking."""
    path, hurry, changed = tmp_path / "shops", asyncio.Event(), asyncio.Event()
    watch = FolderWatch(open_folder(path), hurry, look_seconds=3600.0)
    await watch.begin()
    looking = asyncio.create_task(watch.run(changed.set))
    async with asyncio.timeout(60):
        path.rename(tmp_path / "away")
        hurry.set()
        while "cannot be read" not in caplog.text:  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(0.01)
        (tmp_path / "away").rename(path)
        for number in (41, 42):
            write_shop(path, "bakery", BOT_TOKEN=compose_token(number))
            hurry.set()
            await changed.wait()
            changed.clear()
            assert watch.in_force["bakery"].bot_id == str(number)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
