"""An owner changes what a campaign promises, and rests it and goes on, while friends come by its links."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from sqlalchemy import func, select

from bot.playground.world import Person
from bot.services.campaigns import get_terms
from storage import open_store
from storage.checks import list_faults
from storage.schema.messages import inbox, outbox
from storage.schema.people import profile
from storage.schema.referrals import account, ledger, referral
from tests.attack.ground import Ground, Kind, Verdict
from tests.attack.owning import begin_campaign, open_phone
from tests.journeys.test_campaign_from_phone import Phone

SETTLED_SECONDS = 300
_GIFT = re.compile(r"([\d,]+) points")

Promise = tuple[int, int]
"""What inviter and friend get."""


async def change_while_friends_come(ground: Ground, verdict: Verdict) -> None:
    """Each is paid by the version that they came under, is told so, and nobody is lost."""
    owner, (joins, changes) = ground.add_person("Sari"), (ground.size(60, 2000), ground.size(6, 50))
    async with ground.running(ground.furnish(ADMIN_IDS=str(owner.id))) as program:
        anna = await ground.join("Anna")
        phone = await open_phone(ground, owner)
        link = f"{ground.find_link(anna)}-fwd-{await begin_campaign(ground, phone)}"
        friends: list[Person] = []
        for number in range(changes):
            friends += _send(ground, link, -(-joins // changes))
            await _change(phone, number)
        await _until_settled(ground, len(friends))
        await program.stop()
    promised = await _list_promises(ground)
    _compare(ground, verdict, friends, promised)
    versions = len(set(promised.values()))
    verdict.figures |= {"joins": len(friends), "changes": changes, "promises kept": len(promised), "versions": versions}
    verdict.expect(len(promised) == len(friends), f"{len(friends) - len(promised)} friends were lost")
    verdict.expect(versions > changes // 2, "nobody came while the promise changed")


def _send(ground: Ground, link: str, count: int) -> list[Person]:
    """So many open the link, and nobody waits for their answers."""
    friends = [ground.add_person() for _ in range(count)]
    for friend in friends:
        ground.open(friend, link)
    return friends


async def _change(phone: Phone, number: int) -> None:
    """Another number of points for one side, and every third time a rest as well."""
    side = ("Inviter", "Friend")[number % 2]
    await phone.tap(next(each.text for each in phone.screen.buttons if each.text.startswith(f"{side}: ")))
    await phone.type(str(100 + number))
    await phone.tap("What changes")
    await phone.tap("Let the changes hold")
    if number % 3 == 0:
        for label in ("Pause", "Go on"):
            await phone.tap(label)


async def _until_settled(ground: Ground, joins: int) -> None:
    """Wait until everybody is counted, and has been told."""
    wanted = [
        (select(func.count()).select_from(referral), joins),
        (select(func.count()).select_from(inbox).where(inbox.c.state == "open"), 0),
        (select(func.count()).select_from(outbox).where(outbox.c.state == "owed"), 0),
    ]
    async with asyncio.timeout(SETTLED_SECONDS):
        while any(ground.fetch(query)[0][0] != number for query, number in wanted):  # noqa: ASYNC110  # rows tell nobody
            await asyncio.sleep(0.3)


async def _list_promises(ground: Ground) -> dict[int, Promise]:
    """What each friend's own version promises, by their Telegram id; the database is sound besides."""
    query = select(profile.c.telegram_id, referral.c.campaign_version_id).join(
        referral, referral.c.invitee_id == profile.c.person_id
    )
    promised = {}
    async with open_store(ground.url) as store:
        faults = await list_faults(store)
        assert not faults, faults
        for telegram_id, version_id in ground.fetch(query):
            terms = (await store.read(get_terms, version_id)).campaign
            promised[telegram_id] = (terms.inviter_points, terms.invitee_points)
    return promised


def _compare(ground: Ground, verdict: Verdict, friends: Sequence[Person], promised: dict[int, Promise]) -> None:
    """The books and the words of each friend against the promise."""
    paid = _list_paid(ground)
    wrong = [friend.id for friend in friends if paid.get(friend.id) != promised.get(friend.id)]
    verdict.expect(not wrong, f"{len(wrong)} were paid otherwise, such as {wrong[:3]}")
    misled = [
        friend.id for friend in friends if friend.id in promised and not _is_told(ground, friend, promised[friend.id])
    ]
    verdict.expect(not misled, f"{len(misled)} were told otherwise, such as {misled[:3]}")


def _list_paid(ground: Ground) -> dict[int, Promise]:
    """What was given for each friend: to the inviter, and to the friend."""
    query = (
        select(profile.c.telegram_id, account.c.owner_id == referral.c.invitee_id, ledger.c.amount)
        .join(referral, referral.c.invitee_id == profile.c.person_id)
        .join(ledger, ledger.c.referral_id == referral.c.id)
        .join(account, account.c.id == ledger.c.credit_id)
    )
    paid: dict[int, dict[bool, int]] = {}
    for telegram_id, is_friend, amount in ground.fetch(query):
        sides = paid.setdefault(telegram_id, {})
        sides[bool(is_friend)] = sides.get(bool(is_friend), 0) + amount
    return {each: (sides.get(False, 0), sides.get(True, 0)) for each, sides in paid.items()}


def _is_told(ground: Ground, friend: Person, promise: Promise) -> bool:
    """Whether somebody's greeting names what they got."""
    said = " ".join(message.text for message in ground.world.open_chat(friend).list_messages())
    return promise[1] in {int(number.replace(",", "")) for number in _GIFT.findall(said)}


KINDS = [
    Kind(number=16, name="promises change while friends come", run=change_while_friends_come, short_on=("sqlite",))
]
