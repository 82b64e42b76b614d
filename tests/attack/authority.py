"""Ten thousand forgeries by everybody who runs the shop, runs it no more, or never did: nobody does more than they may."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, func, insert, or_, select

from bot.core.roles import EVERYBODY, decide_allowed
from bot.messages.buttons import HIGHEST_ID, Button, Number
from bot.playground.world import Chat, Message, Person
from storage.role import Role
from storage.schema import everything as schema
from tests.attack.forging import list_wrong_places, push_tap
from tests.attack.ground import Ground, Kind, Verdict
from tests.journeys.program import PATIENCE_SECONDS
from tests.messages.pressing import BUTTONS, REGISTRY, read_data

SEED = 16
EACH = 8
"""Forgeries of one person on the way at once: more would be a flood, and that is tried elsewhere."""
SETTLED_SECONDS = 120

SHOPS: Sequence[Table] = (
    schema.campaign,
    schema.campaign_version,
    schema.shop,
    schema.picture,
    schema.role,
    schema.team_invitation,
    schema.audit,
    schema.broadcast,
    schema.delivery,
    schema.code_key,
    schema.review,
    schema.captcha,
    schema.signal,
    schema.sale,
    schema.conversion,
    schema.receipt,
    schema.customer,
    schema.column_map,
    schema.api_key,
    schema.webhook,
)
"""What nobody but the team may change: whole."""
BOOKS: Sequence[Table] = (schema.referral, schema.event, schema.grant, schema.account, schema.ledger)
"""What no forgery is to move: whole, but for the accounts and leavings of who takes themselves out."""
OWN: Sequence[Table] = (schema.profile, schema.spoken, schema.conversation, schema.share, schema.standing)
"""What is everybody's own: as far as it belongs to the bystanders."""

_KEYS = (
    *("owner", "manager", "staff", "member", "publish", "drop", "start", "pause", "resume", "end", "main"),
    *("cafe", "salon", "unsliced", "loaf", "window", "en", "id", "zh-hans", "brand", "unit", "logo", "photo", "theme"),
    *("headline", "text", "offer", "picture", "preview", "copy", "story", "languages", "campaign", "value", "bread"),
)
_CHANGES_BOOKS = frozenset({"choose_spoken"})
"""Whoever chooses a code by which another forger then says to have come is rewarded for it, as all members are."""
_SPOILT = (":", ":1", ":-1", "\0", " ", "\n", "٣", "x" * 80, ":9" * 30, "é", "/", "\u202e")

Snapshot = dict[str, set[tuple[Any, ...]]]


@dataclass(slots=True, kw_only=True)
class Cast:
    """Who forges, who stands by, and where."""

    owner: Person
    by_role: dict[Role, Person]
    removed: Person
    stranger: Person
    bystanders: Sequence[Person]
    group: Chat
    screens: dict[int, Message] = field(default_factory=dict)
    """A message of the bot's in each one's own chat, by their ids."""
    token: str = ""
    """Of a link into the team that is used up."""
    numbers: Sequence[int] = ()

    @property
    def forgers(self) -> list[tuple[Person, Role]]:
        """Everybody who tries, by what they are."""
        team = [(person, role) for role, person in self.by_role.items()]
        return [(self.owner, Role.OWNER), *team, (self.removed, Role.MEMBER), (self.stranger, Role.MEMBER)]


async def forge_authority(ground: Ground, verdict: Verdict) -> None:
    """Buttons, commands, edits, old messages and made-up data: every table that matters stays as it was."""
    chance, count = random.Random(SEED), ground.size(240, 10_000)
    owner = ground.add_person("Sari")
    async with ground.running(ground.furnish(ADMIN_IDS=str(owner.id))) as program:
        cast = await _gather(ground, owner)
        before, letters = take_snapshot(ground, cast), _count_letters(ground, cast)
        taps = answers = sent = 0
        while sent < count:
            answered = ground.world.journal.counts["answerCallbackQuery"]
            wave = [_forge(ground, cast, chance, person, role) for person, role in cast.forgers for _ in range(EACH)]
            await _until_settled(ground)
            sent, taps = sent + len(wave), taps + sum(wave)
            answers += ground.world.journal.counts["answerCallbackQuery"] - answered
        changed = list_changes(before, take_snapshot(ground, cast))
        heard = _count_letters(ground, cast) - letters
        verdict.expect(program.status is None, program.read_errors()[-500:])
        await _make_link(ground, owner, "staff")
        verdict.expect(list_changes(before, take_snapshot(ground, cast)), "an act of the owner's is not seen either")
    verdict.figures |= {"forgeries": sent, "taps": taps, "taps answered": answers, "acts beyond the role": len(changed)}
    verdict.expect(not changed, "; ".join(changed[:5]))
    verdict.expect(answers == taps, "some taps were left without an answer")
    verdict.expect(not heard, f"bystanders were written to {heard} times")


def take_snapshot(ground: Ground, cast: Cast) -> Snapshot:
    """The rows that no forgery is to touch, by table."""
    ids = select(schema.profile.c.person_id).where(
        schema.profile.c.telegram_id.in_([person.id for person in cast.bystanders])
    )
    kept = {table.name: set(ground.fetch(select(table))) for table in (*SHOPS, *BOOKS)}
    account, mine = schema.account, schema.account.c.owner_id
    kept["account"] = set(ground.fetch(select(account).where(or_(mine.is_(None), mine.in_(ids)))))
    return kept | {table.name: set(ground.fetch(select(table).where(table.c.person_id.in_(ids)))) for table in OWN}


def list_changes(before: Snapshot, after: Snapshot) -> list[str]:
    """What was written or taken away between two moments, in words."""
    return [
        f"{table}: {sign}{str(row)[:160]}"
        for table in before
        for sign, rows in (("-", before[table] - after[table]), ("+", after[table] - before[table]))
        for row in sorted(rows, key=str)
    ]


async def _gather(ground: Ground, owner: Person) -> Cast:
    """The team by its links, one of them removed again, two members who keep to themselves, and a campaign to spoil."""
    await ground.telegram.until_reply(ground.world.press_start(owner))
    member, mina = await ground.join("Karo"), await ground.join("Mina")
    budi = await ground.join("Budi", ground.find_link(mina))
    by_role = {Role.MEMBER: member}
    for role in (Role.MANAGER, Role.STAFF):
        by_role[role], _ = await _invite(ground, owner, role)
    removed, token = await _invite(ground, owner, Role.MANAGER)
    screens = {person.id: await ground.ask(person) for person in (owner, *by_role.values(), mina)}
    screens[removed.id] = await _open_editor(ground, removed)
    await _remove(ground, owner, removed)
    stranger, group = ground.add_person("Mallory"), ground.world.add_group("Us", owner)
    screens[stranger.id] = screens[mina.id]
    ground.world.add_bot(owner, group, rights=("can_invite_users",))
    for person in (*by_role.values(), removed, stranger):
        ground.world.join(person, group)
    _leave_work(ground)
    numbers = [0, 1, 2, 3, *(row[0] for row in ground.fetch(select(schema.person.c.id)))]
    await _until_settled(ground)
    return Cast(
        owner=owner,
        by_role=by_role,
        removed=removed,
        stranger=stranger,
        bystanders=(mina, budi),
        group=group,
        screens=screens,
        token=token,
        numbers=numbers,
    )


def _leave_work(ground: Ground) -> None:
    """Somebody waits to be decided about, for ever; so does an order; a key opens the door, and another system listens."""
    (number, *_) = ground.fetch(select(schema.referral.c.id))[0]
    looked_at = {"state": "open", "risk": 70, "evidence": "[]", "opened_at": 1, "due_at": HIGHEST_ID}
    order = {"order_id": "A-1", "amount": 1000, "currency": "EUR", "occurred_at": 1, "changed_at": 1}
    listens = {"url": "https://crm.example/hook", "kinds": "", "secret": "whsec_none", "state": "on", "created_at": 1}
    with ground.behind() as engine, engine.begin() as connection:
        connection.execute(insert(schema.review).values(referral_id=number, **looked_at))
        connection.execute(insert(schema.sale).values(id=1, state="waiting", reason="no_member", **order))
        connection.execute(
            insert(schema.api_key).values(id=1, name="till", key_hash="none", hint="none", scopes="", made_at=1)
        )
        connection.execute(insert(schema.webhook).values(id=1, **listens))


async def _make_link(ground: Ground, owner: Person, label: str) -> str:
    team = await ground.telegram.until_reply(
        ground.world.send_text(owner, ground.world.open_chat(owner), "/team"), "run the shop"
    )
    ground.world.tap(owner, team, label)
    chat = team.chat

    def find() -> str | None:
        found = re.search(r"start=team-([\w-]+)", chat.messages[team.id].text)
        return found and found[1]

    return await ground.telegram.until(find, what="a link into the team")


async def _invite(ground: Ground, owner: Person, role: Role) -> tuple[Person, str]:
    token = await _make_link(ground, owner, role.value)
    person = await ground.join(f"{role.title()}{token[:2]}")
    said = ground.world.press_start(person, f"team-{token}")
    await ground.telegram.until_reply(said, "Welcome to the team", timeout_seconds=PATIENCE_SECONDS)
    return person, token


async def _open_editor(ground: Ground, manager: Person) -> Message:
    """A screen of a campaign, with a question open behind it."""
    world, chat = ground.world, ground.world.open_chat(manager)
    screen = await ground.telegram.until_reply(world.send_text(manager, chat, "/admin"), "like to look at")
    for label in ("Campaigns", "welcome", "1. "):
        shown = chat.messages[screen.id].text
        world.tap(manager, chat.messages[screen.id], label)
        await ground.telegram.until(lambda: chat.messages[screen.id].text != shown, what=f"a screen after {label}")  # noqa: B023
    world.tap(manager, chat.messages[screen.id], "Headline")
    await ground.telegram.until_message(manager, "The headline in", after=0)
    return chat.messages[screen.id]


async def _remove(ground: Ground, owner: Person, person: Person) -> None:
    chat = ground.world.open_chat(owner)
    team = await ground.telegram.until_reply(ground.world.send_text(owner, chat, "/team"), "run the shop")
    for label in (f"Remove {person.first_name}", "Yes, remove"):
        ground.world.tap(owner, chat.messages[team.id], label)
        await ground.telegram.until(lambda: label not in str(chat.messages[team.id].keyboard), what=label)  # noqa: B023
    await ground.telegram.until_message(person, "Thank you for your work", timeout_seconds=PATIENCE_SECONDS)


def _forge(ground: Ground, cast: Cast, chance: random.Random, person: Person, role: Role) -> bool:
    """One try; whether it was a tap, which must be answered."""
    if chance.random() < 0.7:
        _forge_tap(ground, cast, chance, person, role)
        return True
    _forge_words(ground, cast, chance, person, role)
    return False


def _forge_tap(ground: Ground, cast: Cast, chance: random.Random, person: Person, role: Role) -> None:
    places: dict[str, Mapping[str, Any]] = list_wrong_places(person, cast.screens[cast.bystanders[0].id])
    own = cast.screens[person.id].render() | {"chat": {"id": person.id, "type": "private", "first_name": "X"}}
    places |= {"one's own": {"message": own}, "of long ago": {"message": own | {"date": 1}}}
    place = chance.choice(sorted(places))
    data = _make_data(cast, chance)
    while place in {"one's own", "of long ago"} and _is_open(data, role):
        data = _make_data(cast, chance)
    push_tap(ground, person, places[place], data)


def _is_open(data: str, role: Role) -> bool:
    """Whether this is nothing forged: somebody's own affair as a member, or what their role may."""
    found = read_data(data.replace("\0", ""))  # which the intake takes out of everything
    if found is None:
        return False
    name, roles = found[0].name, REGISTRY.buttons[found[0].name].roles
    return (
        name in _CHANGES_BOOKS
        or (name == "forget_sure" and role is not Role.MEMBER)
        or (roles != EVERYBODY and decide_allowed(role, roles))
    )


def _make_data(cast: Cast, chance: random.Random) -> str:
    """What a button says, with ids and keys there are and such as there are not, now and then spoilt."""
    button: Button = chance.choice(BUTTONS)
    words = [button.name]
    for argument in button.arguments:
        numbers = (*cast.numbers, HIGHEST_ID, HIGHEST_ID + 1, -1)
        words.append(str(chance.choice(numbers if isinstance(argument, Number) else _KEYS)))
    data = ":".join(words)
    if chance.random() < 0.2:
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.choice(_SPOILT) + data[at:]
    return data


def _forge_words(ground: Ground, cast: Cast, chance: random.Random, person: Person, role: Role) -> None:
    """A command, a link, an edit or plain words: in one's own chat, or in the group."""
    world = ground.world
    chat = chance.choice((world.open_chat(person), cast.group))
    said = chance.choice(_list_words(ground, cast, chance, role))
    message = world.send_text(person, chat, said) if chat is not cast.group or person is not cast.owner else None
    if message is not None and chance.random() < 0.3:
        world.edit_text(person, message, chance.choice(_list_words(ground, cast, chance, role)))


def _list_words(ground: Ground, cast: Cast, chance: random.Random, role: Role) -> list[str]:
    """Commands that are not open to a role, links into the team that hold for nobody, and what would be typed into dialogues."""
    closed = [name for name, bound in REGISTRY.commands.items() if not decide_allowed(role, bound.roles)] or ["nothing"]
    command = f"/{chance.choice(closed)}"
    tokens = ("", "x", cast.token, cast.token.swapcase(), "A" * 22, f"{chance.getrandbits(128):032x}")
    links = [f"/start team-{token}" for token in tokens]
    spelled = [
        command,
        f"{command}@{ground.world.bot.username}",
        f"{command} owner",
        f" {command} 1 2",
        command.upper(),
    ]
    return [*spelled, *links, "777", "Kopi Jahat", "2030-01-01 09:00", "#aa0000", "/cancel"]


def _count_letters(ground: Ground, cast: Cast) -> int:
    """What the bot has written to the bystanders."""
    chats = [ground.world.open_chat(person) for person in cast.bystanders]
    return sum(message.sender is ground.world.bot for chat in chats for message in chat.messages.values())


async def _until_settled(ground: Ground) -> None:
    """Wait until everything that was sent has been dealt with."""
    await ground.telegram.until_confirmed(timeout_seconds=PATIENCE_SECONDS)
    open_rows = select(func.count()).select_from(schema.inbox).where(schema.inbox.c.state == "open")
    cards = select(func.count()).select_from(schema.handout).where(schema.handout.c.state != "unknown")
    async with asyncio.timeout(SETTLED_SECONDS):
        while ground.fetch(open_rows)[0][0] or ground.fetch(cards)[0][0]:  # noqa: ASYNC110  # rows tell nobody
            await asyncio.sleep(0.05)


KINDS = [Kind(number=16, name="forged authority", run=forge_authority, short_on=("sqlite",))]
