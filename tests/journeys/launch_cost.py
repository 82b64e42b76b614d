"""Every way to pass a card on, walked in the local Telegram; what each costs makes the table of docs/launch-cost.md.

`python -m tests.journeys.launch_cost` writes the table anew.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import unquote

from bot.playground.world import Message
from tests.journeys.counting import Hand
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop, sqlite_in
from tests.messages.samples import CAMPAIGN

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "launch-cost.md"
SECOND = CAMPAIGN.stories[1].headline["en"]
BEGIN, END = "<!-- {part}: begin -->", "<!-- {part}: end -->"
INSIDE, BEYOND = "walked", "walked beyond"

S = TypeVar("S", bound=ShopAtWork)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way(Generic[S]):
    """One way, and how it is walked."""

    name: str
    start: str
    """What the person has before their eyes."""
    walk: Callable[[S], Awaitable[Hand]]
    """Walks it to the end, checks that the friend has the right link, and returns the hand that did it."""
    remark: str = ""


async def _begin(shop: ShopAtWork) -> tuple[Hand, Message]:
    """Somebody with their card before them."""
    anna = await shop.add_member()
    return Hand(shop, anna), await shop.ask(anna, "/share")


async def _until_kept(hand: Hand) -> None:
    """One's updates are handled in order: behind an answer, what came before it is written down."""
    await hand.shop.ask(hand.person, "/help")


def _check(got: Message, own: Message) -> None:
    """The friend got the link of the card's owner, whatever way it says it came."""
    assert find_link(got).partition("-")[0] == find_link(own).partition("-")[0]


async def _send_card(shop: ShopAtWork) -> Hand:
    hand, card = await _begin(shop)
    await _until_kept(hand)
    friend = shop.world.open_chat(hand.person, shop.add_person())
    got = await hand.choose(hand.pick_chat(hand.tap(card, "Send to a friend"), friend))
    assert got.photo is not None
    _check(got, card)
    return hand


async def _send_at_once(shop: ShopAtWork) -> Hand:
    anna = shop.add_person()
    greeting, hand = await shop.join(anna), Hand(shop, anna)
    await _until_kept(hand)
    friend = shop.world.open_chat(anna, shop.add_person())
    got = await hand.choose(hand.pick_chat(hand.tap(greeting, "Send to a friend"), friend))
    assert got.photo is not None
    _check(got, greeting)
    return hand


async def _send_other_story(shop: ShopAtWork) -> Hand:
    hand, card = await _begin(shop)
    await hand.tap_and_wait(card, "▶")
    await shop.until_edited(card, SECOND)
    await _until_kept(hand)
    friend = shop.world.open_chat(hand.person, shop.add_person())
    got = await hand.choose(hand.pick_chat(hand.tap(card, "Send to a friend"), friend))
    assert got.photo is not None
    assert SECOND in got.text
    _check(got, card)
    return hand


async def _forward(shop: ShopAtWork) -> Hand:
    hand, card = await _begin(shop)
    got = hand.forward(card, shop.world.open_chat(hand.person, shop.add_person()))
    _check(got, card)
    return hand


async def _share_sheet(shop: ShopAtWork) -> Hand:
    hand, card = await _begin(shop)
    code = await shop.ask(hand.person, "/qr")
    got = hand.share_draft(hand.follow(code, "Share the link"), shop.world.open_chat(hand.person, shop.add_person()))
    _check(got, card)
    return hand


async def _after_reward(shop: ShopAtWork) -> Hand:
    hand, card = await _begin(shop)
    await shop.join(shop.add_person("Budi"), find_link(card))
    notice = await shop.telegram.until_message(hand.person, "Budi")
    friend = shop.world.open_chat(hand.person, shop.add_person())
    _check(await hand.choose(hand.pick_chat(hand.tap(notice, "Send to a friend"), friend)), card)
    return hand


async def _from_a_list(shop: ShopAtWork) -> Hand:
    hand, card = await _begin(shop)
    ranking = await shop.ask(hand.person, "/top")
    friend = shop.world.open_chat(hand.person, shop.add_person())
    _check(await hand.choose(hand.pick_chat(hand.tap(ranking, "Send to a friend"), friend)), card)
    return hand


async def _type_name(shop: ShopAtWork) -> Hand:
    hand, card = await _begin(shop)
    friend = shop.world.open_chat(hand.person, shop.add_person())
    _check(await hand.choose(hand.write_inline(friend)), card)
    return hand


async def _call_guest(shop: ShopAtWork) -> Hand:
    hand, card = await _begin(shop)
    group = shop.world.add_group("Book club", hand.person)
    words = f"@{shop.world.bot.username}"
    hand.typed, hand.taps = len(words), 1
    call = shop.world.call_guest(hand.person, group, words)
    _check(await shop.telegram.until(lambda: call.reply, what="the guest's answer"), card)
    return hand


async def _show_code(shop: ShopAtWork) -> Hand:
    anna = await shop.add_member()
    hand, menu = Hand(shop, anna), await shop.ask(anna, "/start")
    hand.tap(menu, "QR code")
    shown = await shop.telegram.until_message(anna, lambda message: message.photo is not None, after=menu)
    _check(shown, menu)
    return hand


async def _copy(shop: ShopAtWork) -> Hand:
    hand, card = await _begin(shop)
    copied = hand.tap(await shop.ask(hand.person, "/qr"), "Copy the link")
    _check(hand.paste(copied.text, shop.world.open_chat(hand.person, shop.add_person())), card)
    return hand


async def _own_words(shop: ShopAtWork) -> Hand:
    hand, card = await _begin(shop)
    await hand.tap_and_wait(card, "My words")
    await shop.telegram.until_message(hand.person, "one line", after=card)
    said = hand.write(shop.world.open_chat(hand.person), "Best bread in town!")
    preview = await shop.telegram.until_reply(said)
    await hand.tap_and_wait(preview, "Keep it")
    await shop.telegram.until(
        lambda: any("Send" in button.text for button in preview.chat.messages[preview.id].buttons)
    )
    friend = shop.world.open_chat(hand.person, shop.add_person())
    got = await hand.choose(hand.pick_chat(hand.tap(preview, "Send to a friend"), friend))
    assert "“Best bread in town!”" in got.text
    _check(got, card)
    return hand


async def _send_by_network(shop: ShopAtWork) -> Hand:
    hand, card = await _begin(shop)
    hand.tap(card, "More ways")
    offered = await shop.telegram.until_message(hand.person, "Where shall it go", after=card)
    opened = hand.follow(offered, "WhatsApp")
    assert opened.kind == "web"
    assert find_link(card).partition("-")[0] in unquote(opened.url)
    return hand


_CARD, _ANYWHERE = "the card", "any chat"

INSIDE_TELEGRAM = (
    Way(
        name="Send the first card, right after START",
        start="the greeting",
        walk=_send_at_once,
        remark="With the picture: it follows the greeting.",
    ),
    Way(name="Send the card", start=_CARD, walk=_send_card, remark="Button, chat, card."),
    Way(name="Send it again after a reward", start="the news that a friend joined", walk=_after_reward),
    Way(name="Send it from a list", start="/top, /invites or /rewards", walk=_from_a_list),
    Way(
        name="Forward the card", start=_CARD, walk=_forward, remark="Arrow, chat, send. Story, link and way in survive."
    ),
    Way(
        name="Send the link by Telegram's share sheet",
        start="the QR code",
        walk=_share_sheet,
        remark="Without inline mode too.",
    ),
    Way(name="Send another story", start=_CARD, walk=_send_other_story, remark="One tap more for each ◀ or ▶."),
    Way(name="Show the QR code", start="the menu", walk=_show_code, remark="The friend's camera does the rest."),
    Way(
        name="Call the bot by its name",
        start=_ANYWHERE,
        walk=_type_name,
        remark="Apps complete a name after a few letters.",
    ),
    Way(name="Call it as a guest", start="a group it is not in", walk=_call_guest, remark="Likewise."),
    Way(name="Copy the link and paste it", start="the QR code", walk=_copy, remark="For any place outside Telegram."),
    Way(name="Another network, without a web side", start=_CARD, walk=_send_by_network, remark="Then its own steps."),
    Way(
        name="Say it in one's own words",
        start=_CARD,
        walk=_own_words,
        remark="Once; afterwards it is three taps as ever.",
    ),
)


async def compose_table(shop: S, ways: Sequence[Way[S]]) -> str:
    """Walk these ways and write down what each costs."""
    rows = ["| way | begins at | taps | typed | |", "|---|---|---:|---:|---|"]
    for way in ways:
        taps, typed = (await way.walk(shop)).cost
        rows.append(f"| {way.name} | {way.start} | {taps} | {typed} | {way.remark} |".replace("|  |", "| |"))
    return "\n".join(rows)


def read_table(part: str = INSIDE) -> str:
    """A table as it stands in the document."""
    _, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN.format(part=part))
    return rest.partition(END.format(part=part))[0].strip()


def write_table(table: str, part: str = INSIDE) -> None:
    """Put a table in the place of the one in the document."""
    begin, end = BEGIN.format(part=part), END.format(part=part)
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(begin)
    DOCUMENT.write_text(f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


async def _write_all() -> None:
    from tests.journeys.beyond_telegram import BEYOND_TELEGRAM, open_street  # which imports this one

    with tempfile.TemporaryDirectory() as folder:
        async with open_shop(sqlite_in(Path(folder))) as shop:
            write_table(await compose_table(shop, INSIDE_TELEGRAM))
    with tempfile.TemporaryDirectory() as folder:
        async with open_street(Path(folder)) as street:
            write_table(await compose_table(street, BEYOND_TELEGRAM), BEYOND)


if __name__ == "__main__":
    asyncio.run(_write_all())
