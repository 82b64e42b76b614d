"""Ten thousand honest members and ten thousand accounts of a farm: who comes by whom, when, and what they do then."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

MINUTE, HOUR, DAY = 60, 3600, 86_400
DAYS = 40
"""For so long the honest ones come; the farm begins when the shop is ten days old."""

NEWEST = 8_300_000_000
"""About the highest id that Telegram has given out."""

NAMES = (
    *("Budi", "Siti", "Agus", "Dewi", "Rina", "Joko", "Wati", "Eko", "Sari", "Andi", "Putri", "Rudi", "Maya", "Hadi"),
    *("Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hugo", "Ida", "Jonas", "Klara", "Leo", "Mia", "Noah"),
    *(
        "王伟",
        "李娜",
        "张敏",
        "刘洋",
        "陈静",
        "杨帆",
        "赵磊",
        "黄丽",
        "Ahmed",
        "Fatima",
        "Omar",
        "Layla",
        "Olga",
        "Ivan",
    ),
)
SURNAMES = (
    "Santoso",
    "Wijaya",
    "Halim",
    "Kusuma",
    "Lim",
    "Tan",
    "Müller",
    "Novak",
    "Silva",
    "Rossi",
    "Khan",
    "Ito",
    "",
)
LANGUAGES = ("id", "id", "id", "id", "id", "id", "en", "en", "zh", "ar")


@dataclass(slots=True)
class Guest:
    """Somebody who comes."""

    number: int
    """Telegram's."""
    at: int
    """Seconds since the shop opened."""
    first_name: str
    last_name: str = ""
    username: str = ""
    language: str = "id"
    by: int | None = None
    """The place of whoever brought them in the list; None for whoever comes by themselves."""
    kind: str = "alone"
    """Which of the honest or which pattern of a farm they belong to."""
    acts_at: int | None = None
    """When they come back and do something."""
    blocks_at: int | None = None
    """When they block the bot."""
    claims_from: int | None = None
    """Whose link they open later, having been brought by nobody."""

    @property
    def is_honest(self) -> bool:
        """Whether they are a person who means it."""
        return not self.kind.startswith("farm")


@dataclass(slots=True)
class Crowd:
    """Everybody, in a list; places in it are names."""

    chance: random.Random
    guests: list[Guest] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def draw_number(self, low: int = 100_000_000, high: int = NEWEST) -> int:
        """An id that nobody has."""
        while (number := self.chance.randint(low, high)) in self.taken:
            pass
        self.taken.add(number)
        return number

    def add(self, guest: Guest) -> int:
        """Somebody more; returns their place."""
        self.guests.append(guest)
        self.taken.add(guest.number)
        return len(self.guests) - 1

    def add_person(self, *, at: int, by: int | None, kind: str, active: float = 0.45, language: str = "") -> int:
        """A person with a name, an account of any age, and a life."""
        chance = self.chance
        name, language = chance.choice(NAMES), language or chance.choice(LANGUAGES)
        acts = at + chance.randint(15 * MINUTE, 18 * HOUR) if chance.random() < active else None
        number = self.draw_number()
        username = f"{name.lower()}{chance.randint(1, 9999)}" if name.isascii() and chance.random() < 0.4 else ""
        return self.add(
            Guest(
                number=number,
                at=at,
                first_name=name,
                last_name=chance.choice(SURNAMES) if chance.random() < 0.6 else "",
                username=username,
                language=language,
                by=by,
                kind=kind,
                acts_at=acts,
                blocks_at=at + chance.randint(HOUR, 20 * DAY) if chance.random() < 0.04 else None,
            )
        )


def daytime(chance: random.Random, day: int) -> int:
    """A moment between eight and eleven at night."""
    return day * DAY + chance.randint(8 * HOUR, 23 * HOUR)


def gather(seed: int, *, honest: int = 10_000, farm: int = 10_000) -> list[Guest]:
    """Everybody; whoever is brought comes after whoever brings them."""
    crowd = Crowd(random.Random(seed))
    add_honest(crowd, honest)
    patterns = (add_burst, add_drip, add_chain, add_ring, add_bought, add_hit_and_run, add_mules)
    for place, pattern in enumerate(patterns):
        pattern(crowd, farm // len(patterns) + (place < farm % len(patterns)))
    return crowd.guests


def add_honest(crowd: Crowd, count: int) -> None:
    """Members who bring a few friends, families on one evening, offices over lunch, and a day on which one went viral."""
    chance, start = crowd.chance, len(crowd.guests)
    viral_day, went_viral = DAYS // 2, False
    while len(crowd.guests) - start < count:
        draw, day = chance.random(), chance.randrange(DAYS)
        if draw < 0.12:
            add_family(crowd, day)
        elif draw < 0.16:
            add_office(crowd, day)
        else:
            add_circle(crowd, day)
        if not went_viral and len(crowd.guests) - start > count * 0.8:
            went_viral = True
            add_viral(crowd, viral_day, count // 8)


def add_circle(crowd: Crowd, day: int) -> None:
    """Somebody comes, and brings a few friends over the weeks, some of whom do likewise."""
    chance = crowd.chance
    host = crowd.add_person(at=daytime(chance, day), by=None, kind="alone")
    for _ in range(min(12, int(chance.expovariate(0.6)))):
        later = min(DAYS - 1, day + int(chance.expovariate(0.25)))
        at = max(crowd.guests[host].at + 5 * MINUTE, daytime(chance, later))
        friend = crowd.add_person(at=at, by=host, kind="friend")
        if chance.random() < 0.3:
            crowd.add_person(at=at + chance.randint(MINUTE, 3 * DAY), by=friend, kind="friend")


def add_family(crowd: Crowd, day: int) -> None:
    """Up to six by one of them on one evening: one phone passed on, one language, one name; sometimes new accounts."""
    chance = crowd.chance
    at = day * DAY + chance.randint(18 * HOUR, 21 * HOUR)
    host = crowd.add_person(at=at, by=None, kind="family")
    crowd.guests[host].last_name = name = chance.choice(SURNAMES[:-1])
    fresh = crowd.draw_number(NEWEST - 5_000_000) if chance.random() < 0.3 else None
    for _ in range(chance.randint(1, 5)):
        at += chance.randint(MINUTE, 25 * MINUTE)
        place = crowd.add_person(at=at, by=host, kind="family", active=0.3, language=crowd.guests[host].language)
        member = crowd.guests[place]
        member.last_name, member.username = name, ""
        if fresh is not None:
            fresh += chance.randint(1_000, 9_000)
            member.number = fresh


def add_office(crowd: Crowd, day: int) -> None:
    """Eight to twenty-five colleagues by one of them within an hour over lunch."""
    chance = crowd.chance
    at = day * DAY + 12 * HOUR
    host = crowd.add_person(at=at - HOUR, by=None, kind="office", active=0.9)
    language = crowd.guests[host].language
    for _ in range(chance.randint(8, 25)):
        crowd.add_person(at=at + chance.randint(0, HOUR), by=host, kind="office", active=0.35, language=language)


def add_viral(crowd: Crowd, day: int, count: int) -> None:
    """One post, and a crowd comes by one link within a day, most of it in the first hours."""
    chance = crowd.chance
    host = crowd.add_person(at=day * DAY + 9 * HOUR, by=None, kind="viral", active=1.0)
    for _ in range(count):
        at = day * DAY + 10 * HOUR + min(13 * HOUR, int(chance.expovariate(1 / (2 * HOUR))))
        place = crowd.add_person(at=at, by=host, kind="viral", active=0.35)
        if chance.random() < 0.1:
            crowd.add_person(at=at + chance.randint(5 * MINUTE, 6 * HOUR), by=place, kind="viral", active=0.35)


def open_day(crowd: Crowd) -> int:
    """A day on which a farm works."""
    return crowd.chance.randint(10, DAYS - 3)


def add_account(crowd: Crowd, *, at: int, by: int | None, kind: str, number: int, name: str, **more: str | int) -> int:
    """An account that nobody lives behind; one in thirty is tapped at once more."""
    acts = at + crowd.chance.randint(HOUR, 12 * HOUR) if crowd.chance.random() < 0.03 else None
    guest = Guest(number=number, at=at, first_name=name, by=by, kind=kind, acts_at=acts)
    for field_name, value in more.items():
        setattr(guest, field_name, value)
    return crowd.add(guest)


def add_burst(crowd: Crowd, count: int) -> None:
    """Bulk registration: accounts made one after the other come within an hour by one member, two hundred at a time."""
    chance = crowd.chance
    while count > 0:
        at, number = daytime(chance, open_day(crowd)), crowd.draw_number(NEWEST - 900_000_000)
        host = crowd.add_person(at=at - DAY, by=None, kind="alone")
        for _ in range(min(count, 200)):
            at += chance.randint(5, 30)
            number += chance.randint(1, 400)
            add_account(crowd, at=at, by=host, kind="farm: burst", number=number, name=chance.choice(NAMES))
        count -= 200


def add_drip(crowd: Crowd, count: int) -> None:
    """Drip: one account every half hour or so, by a clock, a day long, by one member."""
    chance = crowd.chance
    while count > 0:
        at, pause = daytime(chance, open_day(crowd)), chance.randint(20, 50) * MINUTE
        host = crowd.add_person(at=at - DAY, by=None, kind="alone")
        for _ in range(min(count, 48)):
            at += int(pause * chance.uniform(0.85, 1.15))
            number = crowd.draw_number(NEWEST - 1_500_000_000)
            add_account(crowd, at=at, by=host, kind="farm: drip", number=number, name=chance.choice(NAMES))
        count -= 48


def add_chain(crowd: Crowd, count: int) -> None:
    """Chain: each account brings the next a few minutes after it came, so that no member has more than one friend."""
    chance = crowd.chance
    while count > 0:
        at = daytime(chance, open_day(crowd))
        host = crowd.add_person(at=at - DAY, by=None, kind="alone")
        number = crowd.draw_number(NEWEST - 900_000_000)
        for _ in range(min(count, 40)):
            at += chance.randint(2 * MINUTE, 20 * MINUTE)
            number += chance.randint(100, 200_000)
            host = add_account(crowd, at=at, by=host, kind="farm: chain", number=number, name=chance.choice(NAMES))
        count -= 40


def add_ring(crowd: Crowd, count: int) -> None:
    """Rings: three to five accounts that bring each other in a round, by numbered names, a hundred rings an evening."""
    chance, serial = crowd.chance, chance_serial(crowd)
    while count > 0:
        at = daytime(chance, open_day(crowd))
        size = min(count, chance.randint(3, 5))
        first = host = add_account(
            crowd, at=at, by=None, kind="farm: ring", number=crowd.draw_number(), name=f"happy{next(serial)}"
        )
        for _ in range(size - 1):
            at += chance.randint(MINUTE, 10 * MINUTE)
            host = add_account(
                crowd, at=at, by=host, kind="farm: ring", number=crowd.draw_number(), name=f"happy{next(serial)}"
            )
        crowd.guests[first].claims_from = host
        count -= size


def chance_serial(crowd: Crowd) -> _Serial:
    """Numbers that count on from somewhere."""
    return _Serial(crowd.chance.randint(100, 5_000))


class _Serial:
    def __init__(self, begin: int) -> None:
        self._next = begin

    def __next__(self) -> int:
        self._next += 1
        return self._next


def add_bought(crowd: Crowd, count: int) -> None:
    """Bought accounts of any age with people's names, of a language that is rare here, sixty at a time by one member in a night."""
    chance = crowd.chance
    while count > 0:
        at = open_day(crowd) * DAY + 23 * HOUR
        host, language = crowd.add_person(at=at - DAY, by=None, kind="alone"), chance.choice(("ru", "vi", "fa"))
        for _ in range(min(count, 60)):
            at += chance.randint(20, 8 * MINUTE)
            add_account(
                crowd, at=at, by=host, kind="farm: bought", number=crowd.draw_number(), name=chance.choice(NAMES),
                language=language,
            )  # fmt: skip
        count -= 60


def add_hit_and_run(crowd: Crowd, count: int) -> None:
    """Hit and run: thirty by one member in an afternoon, each of which blocks the bot once the points are there."""
    chance = crowd.chance
    while count > 0:
        at = open_day(crowd) * DAY + 14 * HOUR
        host = crowd.add_person(at=at - DAY, by=None, kind="alone")
        for _ in range(min(count, 30)):
            at += chance.randint(MINUTE, 12 * MINUTE)
            number = crowd.draw_number(NEWEST - 2_000_000_000)
            add_account(
                crowd, at=at, by=host, kind="farm: hit and run", number=number, name=chance.choice(NAMES),
                blocks_at=at + chance.randint(5 * MINUTE, 90 * MINUTE),
            )  # fmt: skip
        count -= 30


def add_mules(crowd: Crowd, count: int) -> None:
    """Mules: fifty members bring three to seven numbered accounts each within the same two hours."""
    chance, serial = crowd.chance, chance_serial(crowd)
    while count > 0:
        at = daytime(chance, open_day(crowd))
        for _ in range(50):
            host = crowd.add_person(at=at - DAY - chance.randint(0, DAY), by=None, kind="alone")
            for _ in range(min(count, chance.randint(3, 7))):
                joined, number = at + chance.randint(0, 2 * HOUR), crowd.draw_number(NEWEST - 900_000_000)
                name = f"Lucky {next(serial)}"
                add_account(crowd, at=joined, by=host, kind="farm: mules", number=number, name=name)
                count -= 1
