from __future__ import annotations

import random
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from bot.core.links import ALPHABET, CODES, compose_code
from bot.core.throttling import Allowance
from bot.services.campaigns.opening import Source, open_shop
from bot.web.known_codes import KnownCodes
from bot.web.salt import DailySalt
from bot.web.throttle import Throttle
from storage import open_store
from storage.schema.sharing import visit
from storage.tables import clicks, code_keys, people
from storage.tx import Tx
from tests.storage.clock import Clock
from tests.web.house import PHONE, PREVIEW, PUBLIC, UNKNOWN, House, open_house

BOT = "https://t.me/oven_bot"


class Meta(HTMLParser):
    """Collects what a preview reads, and the links a person sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read one tag."""
        found = dict(attrs)
        if tag == "meta" and (name := found.get("property") or found.get("name")):
            self.values[name] = found.get("content") or ""
        if tag == "a":
            self.links.append(found.get("href") or "")


@pytest.mark.parametrize(("path", "payload"), [("", "web"), ("-fwd", "fwd"), ("-window2", "window2"), ("-BAD", "bad")])
async def test_a_person_is_sent_to_the_bot(house: House, path: str, payload: str) -> None:
    """With the member's code and the way the link travelled, and nothing to tap in between."""
    member = await house.add_member()
    answer = await house.ask(f"/r/{member.code}{path}")
    assert answer.status == 302
    assert answer.headers["Location"] == f"{BOT}?start={member.code}-{payload}"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("own", "tail", "source"),
    [
        ("anna", "anna", "web"),
        ("anna", "Anna-window2", "window2"),
        ("安娜老师", "%E5%AE%89%E5%A8%9C%E8%80%81%E5%B8%88-fwd%0A", "fwd"),
    ],
)
async def test_a_code_of_ones_own_leads_to_the_bot_likewise(house: House, own: str, tail: str, source: str) -> None:
    """As it is said, with the code that everybody has behind it; also one that is chosen after somebody has tried it."""
    member = await house.add_member()
    assert (await house.ask(f"/r/{tail}")).headers["Location"] == BOT
    await house.store.write(people.set_spoken, member.id, own, chosen=True)
    assert (await house.ask(f"/r/{tail}")).headers["Location"] == f"{BOT}?start={member.code}-{source}"
    assert await house.read(clicks.count_by_source) == {source: 1}
    assert f"/c/{member.code}" in (await house.ask(f"/s/{tail.partition('-')[0]}")).text


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Rina invites you to Little Oven"),
        ("id", "Rina mengajakmu ke Oven Mungil"),
        ("zh", "Rina 邀请你来小炉面包房"),
    ],
)
async def test_a_link_unfolds_into_the_card(house: House, language: str, title: str) -> None:
    """A preview reads title, description and picture in the member's language, and a person finds a link there."""
    member = await house.add_member(language=language)
    answer = await house.ask(f"/r/{member.code}-fwd", agent=PREVIEW)
    assert answer.status == 200
    meta = Meta(answer.text)
    story = house.deps.shop.story(language)
    assert meta.values["og:title"] == meta.values["twitter:title"] == title
    assert story.headline in meta.values["og:description"]
    assert story.offer in meta.values["og:description"]
    assert meta.values["og:image"] == meta.values["twitter:image"] == f"{PUBLIC}/c/{member.code}.wide.jpg"
    assert meta.values["og:url"] == f"{PUBLIC}/r/{member.code}-fwd"
    assert (meta.values["og:image:width"], meta.values["og:image:height"]) == ("1200", "630")
    assert meta.values["og:image:alt"]
    assert meta.values["og:image:type"] == "image/jpeg"
    assert meta.values["twitter:card"] == "summary_large_image"
    assert f'lang="{language}"' in answer.text
    assert meta.links == [f"{BOT}?start={member.code}-fwd"]


@pytest.mark.parametrize("agent", ["", "curl/8.5.0", "Unheard-of/1.0", "Mozilla/5.0 (compatible; unheard of)"])
async def test_whoever_may_be_either_gets_both(house: House, agent: str) -> None:
    """An unknown fetcher reads the tags, and a browser that it may be is moved on by the page."""
    member = await house.add_member()
    answer = await house.ask(f"/r/{member.code}-fwd", agent=agent, Accept="*/*", Accept_Language="")
    assert answer.status == 200
    assert Meta(answer.text).values["og:image"] == f"{PUBLIC}/c/{member.code}.wide.jpg"
    assert f'<meta http-equiv="refresh" content="0; url={BOT}?start={member.code}-fwd">' in answer.text
    assert "http-equiv" not in (await house.ask(f"/r/{member.code}-fwd", agent=PREVIEW)).text


@pytest.mark.parametrize("agent", ["", "Robotto/3.0 (spider phone)", "Unheard-of/1.0", "okhttp/4.12.0", PHONE])
async def test_who_opens_a_page_is_a_person_whatever_the_browser_is_called(house: House, agent: str) -> None:
    """Browsers say that they navigate; that counts before any list of names."""
    member = await house.add_member()
    answer = await house.ask(f"/r/{member.code}-fwd", agent=agent, Sec_Fetch_Mode="navigate")
    assert answer.headers["Location"] == f"{BOT}?start={member.code}-fwd"
    assert await house.read(clicks.count_by_source) == {"fwd": 1}


@pytest.mark.parametrize(
    "tail",
    [
        "%0a",
        "%0D%0A",
        "%00",
        "-fwd%0ALocation:%20x",
        "%E2%80%A8",
        "%1b[31m",
        "/%0a/",
        "%0a%0a",
        "%2f",
        "%252f",
        "%25",
        "%",
        "%5c",
        "%2e%2e%2f",
        "//evil.example",
        "%c0%af",
        "%c0%8a",
        "%ff",
        "%ed%a0%80",
        "%E2%80%8B",
        "%250d%250aLocation:%20x",
        "%3Cscript%3E",
        ";jsession=1",
        "?x=%0d%0aLocation:%20x",
        "?utm_source=a&fbclid=b",
    ],
)
async def test_what_cannot_be_seen_behind_a_link_does_no_harm(house: House, tail: str) -> None:
    """A chat may have taken a line break along with the link: it leads on all the same, and so does one alone."""
    member = await house.add_member()
    answer = await house.ask(f"/r/{member.code}{tail}")
    assert answer.headers["Location"] in {f"{BOT}?start={member.code}-{source}" for source in ("web", "fwd")}
    assert (await house.ask(f"/r/{tail}")).headers["Location"] == BOT


async def test_a_chosen_language_counts_at_once(house: House) -> None:
    """The page speaks the language that the member speaks now."""
    member = await house.add_member(language="en")
    await house.set_language(member, "id")
    assert 'lang="id"' in (await house.ask(f"/r/{member.code}", agent=PREVIEW)).text


async def test_a_name_cannot_leave_its_place(house: House) -> None:
    """Whatever somebody is called, it stays text."""
    member = await house.add_member('"><script>alert(1)</script>$title')
    page = (await house.ask(f"/r/{member.code}", agent=PREVIEW)).text
    assert "<script" not in page
    assert Meta(page).values["og:title"].replace("\u2060", "").startswith('"><script>alert(1)</script>$title')


@pytest.mark.parametrize("agent", [PHONE, PREVIEW])
async def test_an_unknown_code_looks_like_a_known_one(house: House, agent: str) -> None:
    """Same status, same headers, and a way to the bot that carries no code."""
    member = await house.add_member()
    await house.add_member(code="Strange0001", started=False)
    known = await house.ask(f"/r/{member.code}-fwd", agent=agent)
    for code in (UNKNOWN, "Strange0001", "short", "<b>", ""):
        answer = await house.ask(f"/r/{code}", agent=agent)
        assert answer.status == known.status
        assert answer.headers.keys() == known.headers.keys()
        assert answer.headers.get("Location", BOT) == BOT
        assert Meta(answer.text).links == [BOT]
        assert Meta(answer.text).values["og:image"] == f"{PUBLIC}/c/card.wide.jpg"


async def test_a_click_counts_once_an_hour_for_each_visitor(house: House, clock: Clock) -> None:
    """Another hour, another address or another member's link is another click; another browser is what anybody can say."""
    rina, budi = await house.add_member(), await house.add_member("Budi")
    for _ in range(3):
        await house.ask(f"/r/{rina.code}-fwd")
    for number in range(20):
        await house.ask(f"/r/{rina.code}-fwd", agent=PHONE.replace("Pixel", f"Nokia {number}"))
    assert await house.read(clicks.count_by_source) == {"fwd": 1}
    await house.ask(f"/r/{budi.code}")
    for number in range(20):
        await house.ask(f"/r/{rina.code}-fwd", X_Forwarded_For=f"2001:db8:1:2::{number}")
    assert await house.read(clicks.count_by_source) == {"fwd": 2, "web": 1}
    clock.advance(3600)
    await house.ask(f"/r/{rina.code}-fwd")
    assert await house.read(clicks.count_by_source) == {"fwd": 3, "web": 1}


async def test_nothing_but_a_persons_tap_counts(house: House) -> None:
    """Asking for the head, previews, programs, fetching ahead and unknown codes are no clicks."""
    member = await house.add_member()
    path = f"/r/{member.code}-fwd"
    assert (await house.ask(path, method="HEAD")).status == 302
    await house.ask(path, agent=PREVIEW)
    await house.ask(path, agent="curl/8.5.0")
    await house.ask(path, agent=PHONE, Sec_Fetch_Mode="cors")
    await house.ask(path, Sec_Purpose="prefetch")
    await house.ask(f"/r/{UNKNOWN}")
    assert await house.read(clicks.count_by_source) == {}


def list_visitors(tx: Tx) -> set[str]:
    """Everything the store has of visitors."""
    return {row[0] for row in tx.rows(select(visit.c.visitor))}


async def test_the_store_learns_nothing_of_who_it_was(house: House, clock: Clock) -> None:
    """What is kept of a visitor is a hash that dies with the day: neither address nor browser is in the database."""
    member = await house.add_member()
    await house.ask(f"/r/{member.code}", X_Forwarded_For="198.51.100.77")
    await house.deps.click_writer.settle()
    today = await house.deps.salt.name("198.51.100.77")
    assert await house.store.read(list_visitors) == {today}
    assert len(today) == 32
    clock.advance(24 * 3600)
    assert await house.deps.salt.name("198.51.100.77") != today


async def test_whichever_process_somebody_meets_they_count_once(house: House, clock: Clock) -> None:
    """Both have the same salt, which is another shop's never, and goes with its day: no day's name can be made again."""
    await house.store.write(open_shop, Source(campaign=house.deps.shop.campaign))
    mine, other = (DailySalt(house.store, b"pepper", clock) for _ in range(2))
    stranger = DailySalt(house.store, b"another", clock)
    first = await mine.name("198.51.100.77")
    assert (await other.name("198.51.100.77"), await stranger.name("198.51.100.77") == first) == (first, False)
    clock.advance(24 * 3600)
    second = await other.name("198.51.100.77")
    assert (await mine.name("198.51.100.77"), second == first) == (second, False)
    clock.advance(-24 * 3600)
    assert await DailySalt(house.store, b"pepper", clock).name("198.51.100.77") == second


async def test_who_guesses_is_asked_to_wait_and_members_are_not(sqlite_url: str, clock: Clock) -> None:
    """After too many unknown codes a visitor waits for the next; whatever a member's code shows, it goes on showing."""
    tight = Throttle(Allowance(burst=3, per_second=0.001))
    async with open_store(sqlite_url, clock=clock) as store, open_house(store, clock=clock, guesses=tight) as house:
        member = await house.add_member()
        before = [await house.ask(path, agent=PREVIEW) for path in list_doors(member.code)]
        for number in range(50):
            assert (await house.ask(f"/r/Guess0000{number}")).headers["Location"] == BOT
        after = [await house.ask(path, agent=PREVIEW) for path in list_doors(member.code)]
        assert [(each.status, each.body) for each in after] == [(each.status, each.body) for each in before]
        assert [each.headers["Cache-Control"] for each in after] == [each.headers["Cache-Control"] for each in before]
        assert (await house.ask(f"/r/{member.code}-fwd")).headers["Location"] == f"{BOT}?start={member.code}-fwd"
        assert await house.read(clicks.count_by_source) == {"fwd": 1}
        for path in (f"/s/{UNKNOWN}", f"/c/{UNKNOWN}.jpg"):
            answer = await house.ask(path)
            assert (answer.status, answer.headers["Cache-Control"]) == (429, "no-store")
            assert int(answer.headers["Retry-After"]) > 0
            assert (await house.ask(path, X_Forwarded_For="198.51.100.2")).status == 200


def list_doors(code: str) -> list[str]:
    """Everywhere a member's code shows something."""
    return [f"/r/{code}", f"/c/{code}.jpg", f"/s/{code}"]


async def test_guesses_hardly_ever_reach_the_store(sqlite_url: str, clock: Clock) -> None:
    """The last character of a code gives nearly all of them away, and what nobody has is asked for once."""
    draw = random.Random(5)
    async with open_store(sqlite_url, clock=clock) as store, open_house(store, clock=clock, old_codes=False) as house:
        key = await store.read(code_keys.get)
        member = await house.add_member(code=compose_code(draw.randrange(CODES), key.key))
        codes = house.deps.visitors.codes
        for _ in range(620):
            guess = "".join(draw.choice(ALPHABET) for _ in range(10))
            assert (await codes.find_holder(guess)).host is None
        assert codes.times_asked < 30
        asked, unknown = codes.times_asked, compose_code(draw.randrange(CODES), key.key)
        for _ in range(10):
            await codes.find_holder(unknown)
        assert codes.times_asked == asked + 1
        assert (await house.ask(f"/r/{member.code}")).headers["Location"] == f"{BOT}?start={member.code}-web"


async def test_a_code_that_waits_for_its_owner_is_not_taken_for_nobodys(house: House) -> None:
    """Somebody who was shown to the bot before they started it has a code already: the first tap on START makes it work."""
    strange = await house.add_member(code="Strange001", started=False)
    assert (await house.ask("/r/Strange001")).headers["Location"] == BOT
    await house.store.write(people.set_started, strange.id)
    assert (await house.ask("/r/Strange001")).headers["Location"] == f"{BOT}?start=Strange001-web"


async def test_what_nobody_has_is_remembered_within_bounds(house: House) -> None:
    """However many are tried, memory stays where it is."""
    codes = KnownCodes(house.store, most_unknown=10)
    for number in range(50):
        await codes.find_holder(f"Guess000{number:02}")
    assert codes.times_asked == 50
    await codes.find_holder("Guess00049")
    assert codes.times_asked == 50
    await codes.find_holder("Guess00001")
    assert codes.times_asked == 51


async def test_a_broken_store_sends_people_on(sqlite_url: str, clock: Clock) -> None:
    """With the database gone a link still leads to the bot with its code; whoever wants to show something comes again."""
    async with open_store(sqlite_url, clock=clock) as store, open_house(store, clock=clock) as house:
        member = await house.add_member()
        store.close()
        answer = await house.ask(f"/r/{member.code}-fwd")
        assert (answer.status, answer.headers["Location"]) == (302, f"{BOT}?start={member.code}-fwd")
        for path in list_doors(member.code):
            answer = await house.ask(path, agent=PREVIEW)
            assert (answer.status, answer.headers["Cache-Control"]) == (503, "no-store")
            assert int(answer.headers["Retry-After"]) > 0
        assert (await house.ask("/c/card.jpg")).status == 200


async def test_the_front_door_leads_to_the_bot(house: House) -> None:
    """The bare address opens the bot, and unfolds into the shop's own card."""
    assert (await house.ask("/")).headers["Location"] == BOT
    assert Meta((await house.ask("/", agent=PREVIEW)).text).values["og:url"] == f"{PUBLIC}/"
