from __future__ import annotations

from bot.core.broadcasts.counted_links import compose_link_key, compose_reader_key
from bot.services.privacy import forget
from storage.records import BroadcastId, Person
from storage.tables import broadcast_links, broadcasts
from storage.tx import Tx
from tests.web.house import PREVIEW, House

URL = "https://example.org/strawberry-cake?from=us&day=saturday#menu"


def send(tx: Tx, author: Person) -> BroadcastId:
    """A broadcast with two counted links."""
    broadcast = broadcasts.add(tx, author.id)
    broadcast_links.add_each(tx, broadcast.id, {1: URL, 2: "https://example.org/蛋糕"})
    return broadcast.id


def address(house: House, broadcast_id: BroadcastId, person: Person, number: int = 1) -> str:
    """The link in somebody's message."""
    return (
        f"/l/{compose_link_key(broadcast_id, number)}.{compose_reader_key(house.deps.pepper, broadcast_id, person.id)}"
    )


async def test_whoever_opens_a_link_gets_there_and_counts_once(house: House) -> None:
    """However often, and however many of its links; another member counts for themselves."""
    anna, budi = await house.add_member(), await house.add_member("Budi")
    sent = await house.store.write(send, anna)
    for number, target in ((1, URL), (1, URL), (2, "https://example.org/%E8%9B%8B%E7%B3%95")):
        answer = await house.ask(address(house, sent, anna, number))
        assert (answer.status, answer.headers["Location"]) == (302, target)
        assert "no-store" in answer.headers["Cache-Control"]
    assert await house.store.read(broadcast_links.count_opened, sent) == 1
    await house.ask(address(house, sent, budi))
    assert await house.store.read(broadcast_links.count_opened, sent) == 2


async def test_only_people_are_counted(house: House) -> None:
    """Telegram and others fetch a page to show what is behind it; they are led on all the same."""
    anna = await house.add_member()
    path = address(house, await house.store.write(send, anna), anna)
    for asked in ({"agent": PREVIEW}, {"agent": "curl/8"}, {"method": "HEAD"}, {"Purpose": "prefetch"}):
        assert (await house.ask(path, **asked)).status == 302
    assert await house.store.read(broadcast_links.count_opened, BroadcastId(1)) == 0


async def test_it_leads_nowhere_but_where_the_shop_has_said(house: House) -> None:
    """A changed key, a link that was not sent, an address in place of a key: there is no such page."""
    anna = await house.add_member()
    sent = await house.store.write(send, anna)
    good = address(house, sent, anna)
    forged = [good[:-1], good + "x", address(house, sent, anna, 3), address(house, BroadcastId(sent + 1), anna)]
    forged += [
        "/l/",
        "/l/https:%2F%2Fevil.example",
        "/l/%2F%2Fevil.example",
        f"{good}/evil.example",
        "/l/1-1.1-aaaaaaaa",
    ]
    answers = [await house.ask(path) for path in forged]
    assert [answer.status for answer in answers] == [404] * len(forged)
    assert not any("Location" in answer.headers for answer in answers)


async def test_who_was_forgotten_is_not_counted(house: House) -> None:
    """Their old message still leads on."""
    anna = await house.add_member()
    path = address(house, await house.store.write(send, anna), anna)
    await house.ask(path)
    await house.store.write(forget, telegram_id=anna.profile.telegram_id)
    assert (await house.ask(path)).status == 302
    assert await house.store.read(lambda tx: broadcast_links.list_opened_of(tx, anna.id)) == []
