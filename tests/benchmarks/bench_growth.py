"""What a join, the rankings, one's places, invitations and rewards cost with a thousand and with a million members."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, parse_campaign
from bot.core.campaigns.contests import Contest, Prize
from bot.core.campaigns.rewards import Give
from bot.core.dashboard import BoardPage
from bot.core.periods import BoardKind
from bot.services.broadcasts.results import list_results
from bot.services.campaigns.opening import Source, open_shop
from bot.services.contests.contests import turn_contests, view_contests
from bot.services.dashboard.entering import make_link, use_link
from bot.services.dashboard.viewing import compute_mark, view_page
from bot.services.joining.joining import start
from bot.services.members import enter
from bot.services.standing import list_invites, list_rewards, rank
from bot.services.stats import count
from storage import Store, open_store
from storage.facts import GrantKind
from storage.records import Profile
from storage.tables import roles
from tests.benchmarks.rows import Row, row

SMALL, LARGE = 1_000, 1_000_000
FRIENDS_EACH = 4
"""One member in five has invited four others."""

RACE = Contest(
    key="race",
    name={"en": "Race"},
    begins="2020-01-01",
    ends="2099-01-01",
    prizes=(Prize(place=1, give=Give(kind=GrantKind.POINTS, amount=1)),),
)

ROUNDS = 400
OWNER = Profile(telegram_id=90_000_000, first_name="Owner", telegram_language="en")


def measure() -> list[Row]:
    """The ratio large to small of each, measured in turns."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Row]:
    for members in (SMALL, LARGE):
        async with open_store(f"sqlite:///{folder}/{members}.db"):
            pass
        fill(folder / f"{members}.db", members)
    async with (
        open_store(f"sqlite:///{folder}/{SMALL}.db") as small,
        open_store(f"sqlite:///{folder}/{LARGE}.db") as large,
    ):
        costs = await _measure_in_turns({SMALL: small, LARGE: large})
        broadcasts = await _measure_broadcasts(folder, large)
    return [
        broadcasts,
        *(
            row(
                f"{what}, a million members against a thousand ({costs[LARGE][what] * 1000:.2f} ms)",
                costs[LARGE][what] / costs[SMALL][what],
                "x",
                at_most=1.5,
            )
            for what in costs[SMALL]
        ),
    ]


async def _measure_broadcasts(folder: Path, store: Store) -> Row:
    """Every recipient of a broadcast is counted when its page is looked at: the only one that takes longer for more of them."""
    with sqlite3.connect(folder / f"{LARGE}.db") as connection:
        connection.execute(
            "INSERT INTO broadcast (id, author_id, state, content, created_at, started_at) VALUES (1, 1, 'done', '{\"text\": \"x\"}', 1, 1)"
        )
        connection.execute("INSERT INTO delivery (broadcast_id, person_id, state) SELECT 1, id, 'sent' FROM person")
    connection.close()
    times = []
    for _ in range(5):
        began = time.perf_counter()
        await store.read(list_results)
        times.append(time.perf_counter() - began)
    return row("dashboard, broadcasts, one of them to a million", statistics.median(times) * 1000, "ms", at_most=1000)


async def _measure_in_turns(stores: dict[int, Store]) -> dict[int, dict[str, float]]:
    sessions: dict[int, str] = {}
    for size, store in stores.items():
        campaign = replace(load_campaign(), contests=(RACE,))
        await store.write(open_shop, Source(campaign=campaign), announce_chat="@news")
        await store.write(turn_contests)
        await store.write(roles.set_owners, [OWNER.telegram_id])
        await store.write(enter, OWNER)
        sessions[size] = await store.write(
            use_link, token=(await store.write(make_link, visitor=OWNER)).token, former=""
        )
    times: dict[int, dict[str, list[float]]] = {size: {} for size in stores}
    for number in range(ROUNDS):
        for size, store in stores.items():
            await store.write(enter, _find_known(size, number))  # who has been here today, as most who ask have
            for what, ask in _list_questions(store, size, number, sessions[size]).items():
                began = time.perf_counter()
                await ask()
                times[size].setdefault(what, []).append(time.perf_counter() - began)
    return {size: {what: statistics.median(each) for what, each in by.items()} for size, by in times.items()}


def _list_questions(
    store: Store, members: int, number: int, session: str
) -> dict[str, Callable[[], Awaitable[object]]]:
    known = _find_known(members, number)
    newcomer = Profile(telegram_id=10_000_000 + number, first_name="New", telegram_language="en")

    def join() -> Awaitable[object]:
        return store.write(start, visitor=newcomer, payload=code_of(known.telegram_id))

    return {
        "join": join,
        "/top and my place in all four": lambda: store.read(rank, visitor=known, kind=BoardKind.WEEK),
        "/contests": lambda: store.read(view_contests, visitor=known),
        "/invites": lambda: store.read(list_invites, visitor=known),
        "/rewards": lambda: store.read(list_rewards, visitor=known),
        "/stats": lambda: store.read(count, visitor=OWNER),
        "dashboard, whether something has changed": lambda: store.read(compute_mark, session=session),
        **{
            f"dashboard, {page}": partial(store.read, view_page, session=session, page=page)
            for page in BoardPage
            if page is not BoardPage.BROADCASTS
        },
    }


def _find_known(members: int, number: int) -> Profile:
    member = (number * 7919) % (members // (FRIENDS_EACH + 1)) + 1
    return Profile(telegram_id=member, first_name=f"Member {member}", telegram_language="en")


def code_of(member: int) -> str:
    """A member's code."""
    return f"{member:010d}"


def load_campaign() -> Campaign:
    """The campaign that ships."""
    themes = sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
    return parse_campaign(
        (ASSETS / "campaigns" / "welcome.toml").read_bytes(), themes=themes, find_picture=lambda _: ""
    )


def fill(database: Path, members: int) -> None:
    """Write members, referrals and rewards straight into the tables, consistent as the services would leave them."""
    inviters = members // (FRIENDS_EACH + 1)
    pairs = [(1 + (friend - inviters - 1) // FRIENDS_EACH, friend) for friend in range(inviters + 1, members + 1)]
    everybody = range(1, members + 1)
    with sqlite3.connect(database, isolation_level=None) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO person (id, code, started_at, score, created_at) VALUES (?, ?, 1, ?, 1)",
            ((each, code_of(each), FRIENDS_EACH if each <= inviters else 0) for each in everybody),
        )
        connection.executemany(
            "INSERT INTO profile (person_id, telegram_id, first_name, telegram_language) VALUES (?, ?, ?, 'en')",
            ((each, each, f"Member {each}") for each in everybody),
        )
        connection.executemany(
            "INSERT INTO account (id, owner_id, balance) VALUES (?, ?, ?)",
            ((each + 1, each, 50 * FRIENDS_EACH if each <= inviters else 25) for each in everybody),
        )
        _fill_referrals(connection, pairs)
        connection.execute("INSERT INTO board (campaign_id, period) VALUES (1, 'all'), (1, 'contest:race')")
        connection.execute(
            "INSERT INTO contest (campaign_id, key, campaign_version_id, board_id, starts_at, ends_at, seed)"
            " SELECT 1, 'race', 1, id, 0, ends_at, x'00' FROM board WHERE period = 'contest:race'"
        )
        connection.execute(
            "INSERT INTO standing (board_id, person_id, score) SELECT board.id, person.id, score FROM board, person"
            " WHERE score > 0 ORDER BY 1, 2"
        )
        connection.execute("INSERT INTO score SELECT id, ?, ? FROM board", (FRIENDS_EACH, inviters))
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
    connection.close()


def _fill_referrals(connection: sqlite3.Connection, pairs: list[tuple[int, int]]) -> None:
    numbered = list(enumerate(pairs, 1))
    connection.execute("INSERT INTO campaign (id, slug, created_at) VALUES (1, 'welcome', 1)")
    connection.execute(
        "INSERT INTO campaign_version (id, campaign_id, number, content, digest, created_at) VALUES (1, 1, 0, '', '', 1)"
    )
    connection.executemany(
        "INSERT INTO referral (id, inviter_id, invitee_id, campaign_version_id, source, state, joined_at)"
        " VALUES (?, ?, ?, 1, 'fwd', 'qualified', 1)",
        ((number, inviter, friend) for number, (inviter, friend) in numbered),
    )
    connection.executemany(
        "INSERT INTO ledger (debit_id, credit_id, amount, key, reason, referral_id, posted_at) VALUES (1, ?, ?, ?, ?, ?, 1)",
        (
            line
            for number, (inviter, friend) in numbered
            for line in (
                (inviter + 1, 50, f"referral:{number}:inviter:join", "invited_friend", number),
                (friend + 1, 25, f"referral:{number}:invitee:join", "welcome", number),
            )
        ),
    )
    connection.executemany(
        "INSERT INTO event (kind, person_id, referral_id, campaign_version_id, key, happened_at) VALUES (?, ?, ?, 1, ?, 1)",
        (
            (kind, friend, number, f"{kind}:{number}")
            for number, (_, friend) in numbered
            for kind in ("joined", "qualified")
        ),
    )
    connection.executemany(
        'INSERT INTO "grant" (event_id, side, rule, person_id, state, kind, points, ledger_id, granted_at)'
        " VALUES (?, ?, 'join', ?, 'available', 'points', ?, ?, 1)",
        (
            line
            for number, (inviter, friend) in numbered
            for line in (
                (2 * number, "inviter", inviter, 50, 2 * number - 1),
                (2 * number, "invitee", friend, 25, 2 * number),
            )
        ),
    )
