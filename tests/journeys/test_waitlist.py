"""A campaign that is a queue, all the way: a place, a friend who moves it, the owner who lets the first in."""

from __future__ import annotations

from pathlib import Path

from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import find_link, open_shop, sqlite_in
from tests.shipped import SHIPPED, write_campaign

QUEUE = '\n[waitlist]\njump = 2\ngive = { by_hand = "a seat" }\n'


async def test_a_friend_moves_a_member_to_the_front(tmp_path: Path) -> None:
    """Told at the start and with the friend, in /invites, and once when it is their turn; a second tap lets in nobody."""
    settings = {"PASSALONG_CAMPAIGN": str(write_campaign(tmp_path / "own.toml", SHIPPED + QUEUE))}
    async with open_shop(sqlite_in(tmp_path), settings=settings) as shop:
        telegram = shop.telegram
        await shop.join(shop.admin)
        for name in ("Anna", "Budi"):
            await shop.add_member(name)
        cici = await shop.add_member("Cici")
        await telegram.until_message(cici, "You are in line, at number 4.")
        link = find_link(await shop.ask(cici, "/share"))
        await shop.join(shop.add_person("Dora"), link)
        joined = await telegram.until_message(cici, "Dora joined through you")
        assert "In line you are number 2 now." in joined.text
        invites = (await shop.ask(cici, "/invites")).text
        assert "You are number 2 in line of 5. Every friend who joins through you moves you 2 places ahead." in invites
        seen = await shop.ask(shop.admin, "/waitlist")
        assert seen.text == "5 members are in line.\nLet in so far: 0."
        sure = await tap(shop, shop.admin, seen, "Let in 1")
        assert sure.text == "Shall I let the first one in? They are told at once."
        done = await tap(shop, shop.admin, sure, "Yes, let them in")
        assert done.text.startswith("✓ 1 member was let in")
        await telegram.until_message(shop.admin, "lets you in")
        assert "a seat" in (await telegram.until_message(shop.admin, "a seat")).text
        assert "You are first in line of 4." in (await shop.ask(cici, "/invites")).text
