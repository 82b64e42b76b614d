"""Whether every update had its effect once and every owed notice arrived: judged by the world and the tables alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

from bot.core.campaigns.campaign import Campaign
from bot.core.durations import SECOND
from bot.playground.world import Chat, Message, Sent
from tests.chaos.books import Books, Member
from tests.chaos.crowd import find_link_codes, find_names, name_person
from tests.chaos.expectation import Expectation
from tests.chaos.findings import Findings

_FRIEND_BUTTONS = {"invites:0", "rewards:0"}
_CLAIM_BUTTON = "not_me:"
"""Of all messages that name friends only the notice of a join has these two and no others, that of a claim this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a verdict rests on."""

    expected: Expectation
    campaign: Campaign
    handed: Collection[int]
    """The ids of all updates that Telegram had for the bot."""
    books: Books
    sent: Collection[Sent]
    channel: Chat
    telegram_ids: Mapping[int, int]
    """By the numbers of the plan."""
    unsure: Mapping[int, int]
    """By Telegram id: pictures whose fate the bot never learned; it sends none of them again by itself."""
    deaths: Collection[int] = ()
    """When the process was killed: each time it can have been on the answer to the same update again."""


def judge(evidence: Evidence) -> Findings:
    """Compare what should be with what is."""
    findings = Findings()
    _judge_inbox(evidence, findings)
    _judge_effects(evidence, findings)
    _judge_ledger(evidence, findings)
    _judge_fairness(evidence, findings)
    _judge_people(evidence, findings)
    _judge_outbox(evidence, findings)
    _judge_greetings(evidence, findings)
    _judge_tidings(evidence, findings)
    judge_cards(evidence, findings)
    return findings


def _judge_inbox(evidence: Evidence, findings: Findings) -> None:
    """Every update is there, once by its key, and handled."""
    findings.compare("update", dict.fromkeys(evidence.handed, "done"), evidence.books.updates)


def _judge_effects(evidence: Evidence, findings: Findings) -> None:
    expected, books = evidence.expected, evidence.books
    numbers = _number_people(evidence)
    referrals = Counter((numbers[invitee], numbers[inviter], source) for _, inviter, invitee, source in books.referrals)
    wanted = Counter((invitee, inviter, source) for invitee, (inviter, source) in expected.inviters.items())
    findings.compare_counts("referral", wanted, referrals)
    findings.compare_counts("shares", expected.shares, _count_shares(evidence) + find_unknown_shares(evidence))
    misses = {number: books.misses.get(telegram_id, 0) for number, telegram_id in evidence.telegram_ids.items()}
    findings.compare_counts("misses", expected.misses, {number: count for number, count in misses.items() if count})


def find_unknown_shares(evidence: Evidence) -> Counter[tuple[int, str]]:
    """Shares that are not in the books and need not be: whether their picture arrived is unknown."""
    missing = evidence.expected.shares - _count_shares(evidence)
    left = Counter(evidence.unsure)
    unknown: Counter[tuple[int, str]] = Counter()
    for (number, way), count in sorted(missing.items()):
        excused = min(count, left[evidence.telegram_ids[number]])
        left[evidence.telegram_ids[number]] -= excused
        unknown[number, way] += excused
    return +unknown


def _count_shares(evidence: Evidence) -> Counter[tuple[int, str]]:
    numbers = _number_people(evidence)
    return Counter({(numbers[person_id], way): count for (person_id, way), count in evidence.books.shares.items()})


def _judge_ledger(evidence: Evidence, findings: Findings) -> None:
    """Both sides of each referral were paid, once."""
    points = evidence.campaign
    sides = [
        (referral_id, person_id, amount)
        for referral_id, inviter, invitee, _ in evidence.books.referrals
        for person_id, amount in ((inviter, points.inviter_points), (invitee, points.invitee_points))
    ]
    findings.compare_counts("ledger entries", Counter(sides), evidence.books.ledger)
    findings.compare_counts("rewards", Counter(sides), evidence.books.rewards)


def _judge_fairness(evidence: Evidence, findings: Findings) -> None:
    """The plan's people are no farm: nobody looks at one of them before they count."""
    findings.others += [f"referral {number} is held back: {seen}" for number, seen in evidence.books.held]


def _judge_people(evidence: Evidence, findings: Findings) -> None:
    expected, campaign = evidence.expected, evidence.campaign
    people = _find_people(evidence)
    findings.compare(
        "membership",
        dict.fromkeys(expected.members, True),
        {number: member.started_at is not None for number, member in people.items()},
    )
    friends = expected.count_friends()
    findings.compare_counts("score", friends, {number: each.score for number, each in people.items()})
    balances = Counter({number: count * campaign.inviter_points for number, count in friends.items()})
    balances.update(dict.fromkeys(expected.inviters, campaign.invitee_points))
    findings.compare_counts("balance", balances, {number: each.balance or 0 for number, each in people.items()})
    languages = {number: each.language for number, each in people.items() if each.language}
    findings.compare("language", expected.languages, languages)
    hidden = {number: True for number, each in people.items() if each.anonymous}
    findings.compare("hidden name", dict.fromkeys(expected.hidden, True), hidden)
    blocked = {number: True for number, each in people.items() if each.blocked_at is not None}
    findings.compare("blocking", dict.fromkeys(expected.blocked, True), blocked)


def _judge_outbox(evidence: Evidence, findings: Findings) -> None:
    """Nothing is owed any more, and only who had blocked the bot was given up."""
    leavers = {evidence.telegram_ids[number] for number in evidence.expected.leavers}
    excused = {member.id for telegram_id, member in evidence.books.people.items() if telegram_id in leavers}
    for kind, recipient_id, state, error in evidence.books.notices:
        if state != "sent" and recipient_id not in excused:
            findings.notices_lost.append(f"{kind} to person {recipient_id} is {state}: {error}")


def _judge_greetings(evidence: Evidence, findings: Findings) -> None:
    """Every newcomer was shown their own link, and the name of who invited them."""
    people = _find_people(evidence)
    by_chat = _sort_by_chat(evidence.sent)
    for number in sorted(evidence.expected.members & people.keys()):
        member = people[number]
        words = _find_inviter_name(evidence.expected, number)
        if not any(_greets(each.message, member, words) for each in by_chat.get(member.telegram_id, ())):
            findings.notices_lost.append(f"no greeting for {name_person(number)}, invited by {words or 'nobody'}")


def _find_inviter_name(expected: Expectation, number: int) -> str:
    """Who invited somebody, where their greeting could already say it."""
    known = number in expected.inviters and number not in expected.claimed
    return name_person(expected.inviters[number][0]) if known else ""


def _greets(message: Message, member: Member, inviter: str) -> bool:
    return member.code in find_link_codes(message) and inviter in message.text


def judge_cards(evidence: Evidence, findings: Findings) -> None:
    """Every newcomer was handed their own card, once, behind the greeting; and no picture of it was uploaded twice."""
    by_chat, people = _sort_by_chat(evidence.sent), _find_people(evidence)
    for number in sorted(evidence.expected.members & people.keys()):
        member, name = people[number], name_person(number)
        messages = by_chat.get(member.telegram_id, [])
        handed = [each for each in messages if _is_card(each.message)]
        known, asked = evidence.books.shares.get((member.id, "card"), 0), evidence.expected.shares[number, "card"]
        unsure = member.id in evidence.books.unknown_cards or number in evidence.expected.leavers
        repeated = _count_repeated(handed, evidence.deaths) if asked else 0
        most = 1 + asked + repeated + _count_excused(evidence, number, unsure=unsure)
        if len(handed) < 1 + known and not unsure:
            findings.notices_lost.append(f"{name} has {len(handed)} cards, asked for {known} besides the first")
        if len(handed) > most:
            findings.doubled.append(f"{name} has {len(handed)} cards, {most} at most were to come")
        if (
            handed and messages.index(handed[0]) == 0 and not asked
        ):  # who asks for it has it before a greeting that waits
            findings.others.append(f"{name} got a card before the greeting")
        uploads = len({id(each.message.photo) for each in handed})
        if uploads > _count_versions(evidence, number, most, known):
            findings.doubled.append(f"{uploads} uploads of the card of {name}")


def _count_repeated(handed: Collection[Sent], deaths: Collection[int]) -> int:
    """Answers to /share that a death may have had said once more: those with a death since the card before.

    What was on its way when the process died arrives a moment later.
    """
    moments = sorted(each.at for each in handed)
    return sum(any(earlier - SECOND < death < later for death in deaths) for earlier, later in pairwise(moments))


def _count_excused(evidence: Evidence, number: int, *, unsure: bool) -> int:
    """Cards that may have come beyond those in the books: of unknown fate, or brought anew by /start where none was known."""
    changed = unsure or number in evidence.expected.languages
    unknown = Counter(evidence.unsure)[evidence.telegram_ids[number]]
    return unknown + (evidence.expected.returns[number] if changed else 0)


def _count_versions(evidence: Evidence, number: int, most: int, known: int) -> int:
    """How many pictures there may be: one of each version, and one for each whose fate was unknown."""
    changed = number in evidence.expected.languages
    return most if changed else most - known


def _is_card(message: Message) -> bool:
    return message.photo is not None and any(str(button.value).startswith("story:") for button in message.buttons)


def _judge_tidings(evidence: Evidence, findings: Findings) -> None:
    """Every inviter and the channel read the name of everybody who came."""
    told = {
        chat_id: {name for each in messages if _is_tiding(each.message) for name in find_names(each.message.text)}
        for chat_id, messages in _sort_by_chat(evidence.sent).items()
    }
    for invitee, (inviter, _) in sorted(evidence.expected.inviters.items()):
        name, reader = name_person(invitee), evidence.telegram_ids[inviter]
        if inviter not in evidence.expected.leavers and name not in told.get(reader, ()):
            findings.notices_lost.append(f"{name_person(inviter)} never read that {name} came")
        if name not in told.get(evidence.channel.id, ()):
            findings.notices_lost.append(f"the channel never read that {name} came")


def _is_tiding(message: Message) -> bool:
    data = {button.value for button in message.buttons if button.action == "callback_data"}
    claim = len(data) == 1 and all(each.startswith(_CLAIM_BUTTON) for each in data)
    return not message.chat.is_private or data == _FRIEND_BUTTONS or claim


def _sort_by_chat(sent: Collection[Sent]) -> dict[int, list[Sent]]:
    chats: dict[int, list[Sent]] = {}
    for each in sent:
        chats.setdefault(each.message.chat.id, []).append(each)
    return chats


def _find_people(evidence: Evidence) -> dict[int, Member]:
    known = evidence.books.people
    return {number: known[each] for number, each in evidence.telegram_ids.items() if each in known}


def _number_people(evidence: Evidence) -> dict[int, int]:
    """The numbers of the plan by person id."""
    return {member.id: number for number, member in _find_people(evidence).items()}
