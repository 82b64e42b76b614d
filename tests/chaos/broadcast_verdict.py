"""Whether a broadcast reached everybody once, or says of whom nobody can know: judged by the world and the tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bot.playground.world import World
from tests.chaos.audience import AMBIGUOUS, Audience, list_unanswered
from tests.chaos.author import BOTH, list_read
from tests.chaos.books import BroadcastBooks
from tests.chaos.findings import Findings

LISTED_AT_MOST = 50
"""More than so many unknown are counted, but not named, in the chat."""

_FINAL = {"sent", "blocked", "failed", "unknown"}
_SETTLED = {"sent", "blocked", "failed", "skipped"}
"""Of an edit or a deletion: done twice it is the same, so that nobody needs to be unknown."""
_UNSENT = {"blocked", "failed", "queued"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that a verdict rests on."""

    audience: Audience
    books: BroadcastBooks | None
    world: World
    listed: str
    """What the admin read behind the button that lists the unknown."""
    kills: int
    in_flight: int
    """How many messages are on their way at most."""
    edit: BroadcastBooks | None = None
    deletion: BroadcastBooks | None = None

    def get_states(self) -> dict[int, str]:
        """Return the state of each recipient by Telegram id."""
        return dict(self.books.deliveries) if self.books else {}

    def count(self, state: str) -> int:
        """Count the recipients in a state."""
        return Counter(self.get_states().values())[state]

    def list_unknown(self) -> list[int]:
        """Return the Telegram ids of those of whom nobody can say whether they got it."""
        return [telegram_id for telegram_id, state in self.get_states().items() if state == "unknown"]

    def count_unknown_by_deaths(self) -> int:
        """Count the unknown that no fault explains: they were on their way when the bot died."""
        sends = self.world.journal.list_calls("sendMessage")
        met = {call.params["chat_id"] for call in sends if call.fault.startswith(AMBIGUOUS)}
        return sum(telegram_id not in met for telegram_id in self.list_unknown())

    def count_unknown_received(self) -> int:
        """Count the unknown who got it all the same."""
        received = self.count_received()
        return sum(telegram_id in received for telegram_id in self.list_unknown())

    def count_received(self) -> Counter[int]:
        """Count by Telegram id how often the broadcast arrived; the admin's look at it came before."""
        since = self.audience.confirmed_at
        return Counter(
            sent.message.chat.id for sent in self.world.sent if sent.at >= since and sent.message.text in BOTH
        )


def judge_broadcast(outcome: Outcome) -> Findings:
    """Compare what should be with what is."""
    findings = Findings()
    state = outcome.books.state if outcome.books else "nowhere"
    if state != "done" and (outcome.deletion is None or state != "cancelled"):
        findings.others.append(f"the broadcast is {state} at last")
    _judge_states(outcome, findings)
    _judge_echoes(outcome, findings)
    _judge_arrivals(outcome, findings)
    _judge_unknown(outcome, findings)
    for message in list_unanswered(outcome.world, outcome.audience):
        findings.lost.append(f"no answer to message {message.id} of person {message.chat.id}")
    return findings


def _judge_states(outcome: Outcome, findings: Findings) -> None:
    """Everybody has exactly one row, in a state that is the last; of one that was taken back, whoever it has reached."""
    rows = Counter(telegram_id for telegram_id, _ in outcome.books.deliveries) if outcome.books else Counter[int]()
    everybody = Counter(person.id for person in outcome.audience.everybody)
    is_cut = outcome.deletion is not None
    findings.compare_counts("delivery", everybody & rows if is_cut else everybody, rows)
    for telegram_id, state in outcome.get_states().items():
        if state not in _FINAL and not (is_cut and state == "queued"):
            findings.lost.append(f"delivery to {telegram_id} is still {state}")


def _judge_echoes(outcome: Outcome, findings: Findings) -> None:
    """An edit and a deletion have one row for each, nobody of them is unknown, and what is listed as deleted is gone."""
    for echo in (outcome.edit, outcome.deletion):
        if echo is not None:
            rows = Counter(telegram_id for telegram_id, _ in echo.deliveries)
            findings.doubled += [
                f"{echo.action} for {person} has {count} rows" for person, count in rows.items() if count > 1
            ]
            final = _SETTLED | ({"queued"} if echo.state == "cancelled" else set())
            findings.lost += [
                f"{echo.action} for {person} is {state}" for person, state in echo.deliveries if state not in final
            ]
    if outcome.deletion is None:
        return
    if outcome.deletion.state != "done":
        findings.others.append(f"the deletion is {outcome.deletion.state} at last")
    deleted = {person for person, state in outcome.deletion.deliveries if state == "sent"}
    reached = {person for person, state in outcome.get_states().items() if state == "sent"}
    missed = reached - {person for person, _ in outcome.deletion.deliveries}
    findings.lost += [f"{person} has it, and was left out of the deletion" for person in missed]
    for member in outcome.audience.members:
        if member.id in deleted and list_read(outcome.world, member):
            findings.others.append(f"person {member.id} still reads what was deleted")


def _judge_arrivals(outcome: Outcome, findings: Findings) -> None:
    """Nobody got it twice, and what the tables say of somebody is what happened to them."""
    received = outcome.count_received()
    states = outcome.get_states()
    judged = (
        outcome.audience.everybody if outcome.edit is None else outcome.audience.members
    )  # its author looks at it too
    for person in judged:
        count, state = received[person.id], states.get(person.id, "without a row")
        blocked = outcome.world.open_chat(person).blocked
        if count > 1:
            findings.doubled.append(f"person {person.id} got the broadcast {count} times")
        if state == "sent" and not count:
            findings.lost.append(f"person {person.id} is listed as sent and got nothing")
        if state in _UNSENT and (count or not (blocked or state == "queued")):
            findings.others.append(f"person {person.id} is listed as {state} (got it {count} times)")


def _judge_unknown(outcome: Outcome, findings: Findings) -> None:
    """No more than were on their way at each death, besides those who met a fault; the admin can read who they are."""
    unknown, most = outcome.list_unknown(), outcome.kills * outcome.in_flight
    if outcome.count_unknown_by_deaths() > most:
        words = f"{outcome.count_unknown_by_deaths()} are unknown without a fault, {most} are explained by deaths"
        findings.others.append(words)
    if len(unknown) <= LISTED_AT_MOST:
        hidden = [telegram_id for telegram_id in unknown if str(telegram_id) not in outcome.listed]
        findings.others += [f"person {telegram_id} is unknown and not listed" for telegram_id in hidden]
