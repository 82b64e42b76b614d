"""Whatever people do with points and rewards, in whatever order: the books stay those of a second ledger beside them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from functools import cache
from inspect import signature
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from bot.core.by_hand import Outcome
from bot.services.community.membership import come, leave
from bot.services.contests import contests
from bot.services.conversions.settling import list_due as list_due_orders
from bot.services.conversions.settling import settle_due
from bot.services.coupons import counter, giving
from bot.services.coupons.importing import Imported, import_coupons
from bot.services.gifts import sending, settling
from bot.services.guide import note_blocked
from bot.services.honours.honours import end_tiers, is_swept, list_ending, sweep
from bot.services.joining.joining import start
from bot.services.joining.lapsing import lapse, list_lapsed
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.labels import set_label
from bot.services.redeeming import redeeming
from bot.services.rewards import awaiting
from bot.services.rewards.by_hand import grant_by_hand, return_given
from bot.services.rewards.giving import free, list_due
from bot.services.rewards.viewing import explain
from bot.services.sharing.cards import note_chosen
from storage.checks import find_faults
from storage.contest import ContestId
from storage.facts import GrantId, RedemptionId
from storage.gift import DueGift, Trouble
from storage.records import PersonId, ShareWay
from storage.role import Role
from storage.tables import coupons, inbox, people, redemptions, referrals, roles
from tests.chaos.money_books import Books, Held, list_balances
from tests.chaos.money_model import COUNTER, Model
from tests.chaos.money_shop import (
    CHAT,
    LABEL,
    LIMITS,
    POOL,
    PROMISES,
    STAFF,
    WARES,
    Desk,
    Open,
    compose_visitor,
    promise,
    say_day,
)
from tests.chaos.money_words import Contest, Gift, Got
from tests.services.selling import sell

SECONDS = (1, 50, 119, 121, 599, 601, 3_600, 86_400, 3 * 86_400, 8 * 86_400)
PEOPLE = 12
DAY = 86_400_000_000
MOST = 1000

AMOUNTS = (4, 99, 100, 450, 1_000)
ACTS = {
    "join": 5,
    "come": 3,
    "leave": 1,
    "revoke": 1,
    "block": 1,
    "buy": 3,
    "refund": 2,
    "settle_orders": 1,
    "wait": 4,
    "promise": 2,
    "compare": 1,
    "lapse": 1,
    "arrive": 1,
    "free": 1,
    "be_here": 3,
    "count_days": 2,
    "give_card": 3,
    "label": 1,
    "expire": 1,
    "fill": 1,
    "end_coupons": 1,
    "turn": 2,
    "bring": 2,
    "look": 1,
    "reserve": 3,
    "confirm": 3,
    "decline": 1,
    "hand_out": 2,
    "take_back": 1,
    "give": 1,
    "return_gift": 1,
    "hand_over": 2,
    "hand_over_again": 1,
    "hand_in": 2,
    "hand_again": 1,
    "claim_gift": 2,
    "end_gift": 2,
    "settle_gift": 1,
    "strike": 1,
    "release": 1,
}
"""What can be done, and how often of each other; each is a method of the machine that may want a number or two."""

PACK, SIZE = 10, 3
"""So many acts are drawn and done together, and so many bytes each: the books are looked at after each pack."""

_LOTS = [name for name, often in ACTS.items() for _ in range(often)]
_PACKS = st.binary(min_size=PACK * SIZE, max_size=PACK * SIZE)
"""One byte says which act it is, and two are what it may want to know: to draw each by itself costs as much as to do it."""


class Money(RuleBasedStateMachine):
    """Everything that moves points and rewards; after each step everybody has the points that the model says."""

    open_desk: ClassVar[Open]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.desk: Desk = type(self).open_desk()
        self.model = Model(now=self.desk.now, promise=PROMISES[0], wares=WARES)
        self.codes: dict[int, str] = {}
        self._people: dict[int, PersonId] = {}
        self.updates = 0
        self.in_hand: DueGift
        self._promise(0)
        self.desk.do(start, visitor=STAFF, payload="")
        for each in (STAFF, compose_visitor(0)):
            self.desk.do(roles.set, each.telegram_id, Role.OWNER)
        for number in range(3):
            self.join(number, 0)

    @rule(pack=_PACKS)
    def act(self, pack: bytes) -> None:
        """Do some of all these; then everybody has what the model says, and owes only what was taken back."""
        for place in range(0, len(pack), SIZE):
            which, *numbers = pack[place : place + SIZE]
            name = _LOTS[which % len(_LOTS)]
            getattr(self, name)(*numbers[: count_numbers(name)])
        type(self).steps += PACK
        balances = self.desk.do(list_balances)
        for number in self.codes:
            points = balances.get(number, 0)
            assert points == self.model.points[number], number
            assert points >= 0 or number in self.model.charged, f"{number} owes points that nothing took back"

    def teardown(self) -> None:
        """In the end nothing is wrong anywhere."""
        try:
            self._compare_all()
            assert self.desk.do(find_faults) == []
        finally:
            self.desk.clear()

    # -- who comes and goes ------------------------------------------------------------------------------------------

    def join(self, one: int, two: int) -> None:
        """START, behind somebody's link or by oneself, perhaps once more."""
        number, by = one % PEOPLE, self._choose_member(two)
        newcomer = number not in self.codes
        payload = self.codes.get(by, "") if newcomer and by != number else ""
        arrival = self.desk.do(start, visitor=compose_visitor(number), payload=payload)
        self.codes[number] = arrival.member.code
        self.model.join(number, by)

    def come(self, one: int) -> None:
        """Into the community chat."""
        number = one % PEOPLE
        self.desk.do(come, chat_id=CHAT, newcomer=compose_visitor(number), link="")
        self.model.come(number)

    def leave(self, one: int) -> None:
        """Out of it."""
        number = one % PEOPLE
        self.desk.do(leave, chat_id=CHAT, telegram_id=compose_visitor(number).telegram_id)
        self.model.leave(number)

    def revoke(self, one: int) -> None:
        """By whatever reason."""
        number = one % PEOPLE
        person_id = self._find_person(number)
        referral = self.desk.do(referrals.find_by_invitee, person_id) if person_id else None
        if referral is not None:
            self.desk.do(revoke, referral.id, reason=RevokeReason.LEFT)
        self.model.revoke(number)

    def block(self, one: int) -> None:
        """The bot, which then cannot tell them anything; whatever they do next ends that."""
        number = self._choose_member(one)
        self.desk.do(note_blocked, visitor=compose_visitor(number), blocked=True)
        self.model.blocked.add(number)

    def buy(self, one: int, two: int) -> None:
        """Pay at the till, which perhaps says it twice."""
        number, amount = self._choose_member(one), AMOUNTS[two % len(AMOUNTS)]
        key, known = f"bill {len(self.model.orders)}", [*self.model.orders.values()]
        if known and two % 7 == 0:
            number, amount, key = known[-1].buyer, known[-1].amount, known[-1].key
        self.desk.do(sell, self._find_person(number), amount=amount, order_id=key)
        self.model.buy(number, amount, key)

    def refund(self, one: int, two: int) -> None:
        """Get the half of it back, or all that is left, and perhaps it is said twice."""
        known = [*reversed(self.model.orders.values())]
        if known:
            order = known[one % len(known)]
            amount = order.left if two % 3 == 0 else (order.left + 1) // 2
            part = f"part {len(order.refunds)}"
            if order.refunds and two % 7 == 0:
                part, amount = [*order.refunds.items()][-1]
            if amount:
                person_id = self._find_person(order.buyer)
                self.desk.do(sell, person_id, amount=amount, order_id=order.key, refund=part)
                self.model.refund(order, amount, part)

    def settle_orders(self) -> None:
        """What waited for somebody to count."""
        self.desk.do(settle_due, self.desk.do(list_due_orders, limit=MOST))
        self.model.settle_orders()

    # -- what comes by time ------------------------------------------------------------------------------------------

    def wait(self, one: int) -> None:
        """Time goes by; tiers that lasted until now are gone."""
        self.desk.now += SECONDS[one % len(SECONDS)] * 1_000_000
        self.model.now = self.desk.now
        self.desk.do(end_tiers, self.desk.do(list_ending, MOST))

    def lapse(self) -> None:
        """Who waited for too long."""
        self.desk.do(lapse, self.desk.do(list_lapsed, limit=MOST))
        self.model.lapse()

    def arrive(self) -> None:
        """Who has stayed for long enough."""
        self.desk.do(awaiting.arrive, self.desk.do(awaiting.list_due, limit=MOST))
        self.model.arrive()

    def be_here(self, one: int) -> None:
        """Say something to the bot."""
        number = self._choose_member(one)
        self.updates += 1
        self.desk.do(inbox.add_batch, [(self.updates, compose_visitor(number).telegram_id, b"{}")])
        self.model.days.add((number, self.desk.now // DAY))

    def count_days(self) -> None:
        """Who was here yesterday, and today."""
        while seen := self.desk.do(awaiting.list_seen, limit=MOST):
            self.desk.do(awaiting.note_seen, seen)
        self.model.count_days()

    def give_card(self, one: int) -> None:
        """Send a card to a friend."""
        number = self._choose_member(one)
        telegram_id = compose_visitor(number).telegram_id
        self.desk.do(note_chosen, telegram_id=telegram_id, way=ShareWay.CARD, story="")
        self.model.give_card(number)

    def label(self, one: int, two: int) -> None:
        """The team calls somebody a partner, or no longer."""
        number, given = self._choose_member(one), two % 2 == 0
        self.desk.do(set_label, visitor=STAFF, person_id=self._find_person(number), label=LABEL, given=given)
        (self.model.labelled.add if given else self.model.labelled.discard)(number)

    def free(self) -> None:
        """What was held for long enough."""
        self.desk.do(free, self.desk.do(list_due, limit=MOST))
        self.model.free()

    def expire(self) -> None:
        """What nobody came for."""
        self.desk.do(redeeming.expire, self.desk.do(redeeming.list_due, limit=MOST))
        self.model.expire()

    def promise(self, one: int) -> None:
        """The owner says something else from now on."""
        self._promise(one % len(PROMISES))

    # -- for points, and by hand -------------------------------------------------------------------------------------

    def reserve(self, one: int, two: int) -> None:
        """Put something aside."""
        number, item = self._choose_member(one), sorted(WARES)[two % len(WARES)]
        self._stir(number)
        expected = self.model.reserve(number, item)
        view = self.desk.do(redeeming.reserve, visitor=compose_visitor(number), item=item)
        assert (view.row is not None) == expected, (number, item, view)
        if view.row is not None:
            self.model.put_aside(number, item, view.row.id)

    def confirm(self, place: int) -> None:
        """Yes."""
        self._touch(place, redeeming.confirm, self.model.confirm)

    def decline(self, place: int) -> None:
        """No."""
        self._touch(place, redeeming.decline, self.model.decline)

    def hand_out(self, place: int) -> None:
        """At the counter."""
        thing_id = self._find_thing(place)
        if thing_id is not None:
            view = self.desk.do(redeeming.hand_out, visitor=STAFF, redemption_id=RedemptionId(thing_id))
            assert view.done == self.model.hand_out(thing_id)
            self._compare_thing(thing_id)

    def take_back(self, place: int) -> None:
        """A slip at the counter."""
        thing_id = self._find_thing(place)
        if thing_id is not None:
            self.desk.do(redeeming.take_back, visitor=STAFF, redemption_id=RedemptionId(thing_id))
            self.model.take_back(thing_id)
            self._compare_thing(thing_id)

    def give(self, one: int, two: int) -> None:
        """Points by hand, from one of the team or the first member, who is one of it too."""
        number, by, points = one % PEOPLE, two % 2, (1, 20, 33, 100)[two % 4]
        giver = (STAFF, compose_visitor(0))[by]
        person_id = self._find_person(number) or PersonId(10**9)
        view = self.desk.do(
            grant_by_hand, visitor=giver, person_id=person_id, points=points, reason="Thanks", limits=LIMITS
        )
        self._stir(by - 1)
        given = self.model.give(by - 1, number, points, limit=LIMITS[Role.OWNER])
        assert (view.outcome is Outcome.GIVEN) == given, (number, by, points, view)
        if view.grant_id is not None:
            self.model.gifts[view.grant_id] = Gift(giver=by - 1, to=number, points=points, at=self.desk.now)

    def return_gift(self, place: int) -> None:
        """A mistake is taken back."""
        known = sorted(self.model.gifts, reverse=True)
        if known:
            gift_id = known[place % len(known)]
            _, row = self.desk.do(return_given, visitor=STAFF, grant_id=GrantId(gift_id))
            assert (row is not None) == self.model.return_gift(gift_id)

    # -- what rules gave ---------------------------------------------------------------------------------------------

    def hand_over(self, place: int) -> None:
        """What a rule gave, at the counter."""
        got = self._find_got(place, *COUNTER)
        number = self._read().find_counter(got) if got else 0
        if got is not None and number:
            view = self.desk.do(redeeming.hand_out, visitor=STAFF, redemption_id=RedemptionId(number))
            assert view.done == self.model.hand_over(got)

    def hand_over_again(self, place: int) -> None:
        """That was a slip."""
        got = self._find_got(place, *COUNTER)
        number = self._read().find_counter(got) if got else 0
        if got is not None and number:
            self.desk.do(redeeming.take_back, visitor=STAFF, redemption_id=RedemptionId(number))
            self.model.hand_over_again(got)

    def look(self, place: int) -> None:
        """Somebody asks why they have something, and sees a code by that."""
        got = self._find_got(place, "coupon")
        if got is not None:
            answer = self.desk.do(explain, visitor=compose_visitor(got.to), grant_id=self._read().find_grant(got))
            assert answer.grant is not None
            self._stir(got.to)
            if got.coupon is not None:
                got.coupon.seen = True

    def bring(self, one: int, two: int) -> None:
        """A list of coupons, some of which may be there already."""
        days, codes = (0, 0, 2, 6)[two % 4], [f"C-{number}" for number in range(one, one + 1 + two % 3)]
        day = say_day(self.desk.now + days * DAY) if days else ""
        until = self.desk.now - self.desk.now % DAY + (days + 1) * DAY if days else 0
        self._import("".join(f"{code},{day}\n" for code in codes), len(codes))
        self.model.bring(codes, until)

    def fill(self) -> None:
        """Whoever waits for one that has come back."""
        for pool in self.desk.do(giving.list_fillable):
            self.desk.do(giving.fill_waiting, pool, MOST)
        self.model.fill()

    def end_coupons(self) -> None:
        """Those that are good no longer."""
        self.desk.do(giving.expire, self.desk.do(giving.list_due, limit=MOST))
        self.model.end_coupons()

    def hand_in(self, place: int) -> None:
        """A coupon at the counter."""
        self._at_counter(place, counter.hand_in, self.model.hand_in)

    def hand_again(self, place: int) -> None:
        """That was a slip."""
        self._at_counter(place, counter.hand_again, self.model.hand_again)

    def claim_gift(self) -> None:
        """A run begins, and takes the first gift in hand; an earlier one was cut off, if anything is in hand still."""
        if self.desk.do(sending.is_interrupted):
            self.desk.do(sending.give_up)
        due = self.desk.do(sending.list_due, limit=1)
        got = self.model.claim_gift()
        assert bool(due) == (got is not None)
        if got is not None:
            assert due[0].grant_id == self._read().find_grant(got)
            self.in_hand = due[0]
            assert self.desk.do(sending.claim, self.in_hand, stars=15)

    def end_gift(self, one: int) -> None:
        """What came of the one that is in hand."""
        outcome = ("sent", "lost", "unsent", "declined")[one % 4]
        got = next((each for each in self.model.gots if each.sending == "sending"), None)
        if got is not None:
            self._note_gift(self._read().find_grant(got), outcome)
            self.model.end_gift(got, outcome)

    def settle_gift(self, one: int, two: int) -> None:
        """Somebody of the team has asked whether it is there."""
        got, arrived = self._find_got(one, "gift"), two % 2 == 0
        if got is not None:
            grant_id = self._read().find_grant(got)
            self.desk.do(settling.note_arrived if arrived else settling.send_again, visitor=STAFF, grant_id=grant_id)
            (self.model.say_arrived if arrived else self.model.say_again)(got)

    # -- contests ----------------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Contests begin and end."""
        if self.desk.do(contests.is_due):
            self.desk.do(contests.turn_contests)
        self.model.turn()

    def strike(self, one: int, two: int) -> None:
        """Somebody is taken out before the results."""
        contest, number = self._find_contest(one), self._choose_member(two)
        person_id = self._find_person(number)
        if contest is not None and person_id is not None:
            view = self.desk.do(
                contests.strike,
                visitor=STAFF,
                contest_id=self._get_contest(contest),
                person_id=person_id,
                reason="They are one",
            )
            before = number in contest.struck
            if contest.state in {"running", "review"}:
                contest.struck.add(number)
            assert view.done == (number in contest.struck and not before)

    def release(self, place: int) -> None:
        """The results are told: once, and only of what is over."""
        contest = self._find_contest(place)
        if contest is not None:
            leading = self.model.list_leading(contest)
            view = self.desk.do(contests.release, visitor=STAFF, contest_id=self._get_contest(contest))
            assert view.done == (contest.state == "review")
            if view.done:
                self.model.release(contest, self._check_winners(contest, leading))

    def compare(self) -> None:
        """Everything, not only points."""
        self._compare_all()

    # -- how it is done ----------------------------------------------------------------------------------------------

    def _promise(self, number: int) -> None:
        self.model.promise = PROMISES[number]
        self.desk.do(promise, PROMISES[number])
        while not self.desk.do(is_swept):
            self.desk.do(sweep, MOST)

    def _import(self, content: str, count: int) -> None:
        imported = Imported()
        steps = import_coupons(io.BytesIO(content.encode()), POOL, imported, by=None)
        unit = next(steps, None)
        while unit is not None:
            try:
                unit = steps.send(self.desk.do(unit))
            except StopIteration:
                break
        assert imported.new + imported.known == count, imported

    def _note_gift(self, grant_id: GrantId, outcome: str) -> None:
        if outcome == "sent":
            self.desk.do(sending.note_sent, grant_id)
        elif outcome == "lost":
            self.desk.do(sending.note_doubt, grant_id, error="gone")
        else:
            trouble = Trouble.NONE if outcome == "unsent" else Trouble.DECLINED
            self.desk.do(sending.note_trouble, self.in_hand, trouble)

    def _at_counter(self, place: int, unit: Callable[..., Any], change: Callable[[Got], object]) -> None:
        got = self._find_got(place, "coupon")
        row = self.desk.do(coupons.find_by_grant, self._read().find_grant(got)) if got else None
        if got is not None and row is not None:
            done = self.desk.do(unit, visitor=STAFF, coupon_id=row.id).done
            assert change(got) in {done, None}

    def _check_winners(self, contest: Contest, leading: list[int]) -> list[int]:
        """Friends decide it by themselves; of a draw we see that nobody has won twice who had no ticket."""
        won = self._read().list_winners().get(contest.plan.key, [])
        if contest.plan.by == "friends":
            assert won == leading[: contest.plan.places], (won, leading)
        assert len(set(won)) == len(won) == min(contest.plan.places, len(leading)), (won, leading)
        assert set(won) <= set(leading)
        return won

    def _touch(self, place: int, unit: Callable[..., Any], change: Callable[[int], None]) -> None:
        thing_id = self._find_thing(place)
        if thing_id is None:
            return
        owner = self.model.things[thing_id].owner
        self.desk.do(unit, visitor=compose_visitor(owner), redemption_id=RedemptionId(thing_id))
        self._stir(owner)
        change(thing_id)
        self._compare_thing(thing_id)

    def _read(self) -> Books:
        return self.desk.do(Books)

    def _stir(self, number: int) -> None:
        """Whoever does something has not blocked the bot."""
        self.model.blocked.discard(number)

    def _choose_member(self, number: int) -> int:
        known = [*self.codes] or [0]
        return known[number % len(known)]

    def _find_thing(self, place: int) -> int | None:
        known = sorted(self.model.things, reverse=True)
        return known[place % len(known)] if known else None

    def _find_got(self, place: int, *kinds: str) -> Got | None:
        known = [got for got in reversed(self.model.gots) if got.says.kind in kinds]
        return known[place % len(known)] if known else None

    def _find_contest(self, place: int) -> Contest | None:
        known = [*self.model.contests.values()]
        return known[place % len(known)] if known else None

    def _get_contest(self, contest: Contest) -> ContestId:
        return ContestId(self._read().get_contest(contest.plan.key))

    def _find_person(self, number: int) -> Any:
        if number not in self._people:
            person = self.desk.do(people.find_by_telegram_id, compose_visitor(number).telegram_id)
            if person is None:
                return None
            self._people[number] = person.id
        return self._people[number]

    def _compare_thing(self, thing_id: int) -> None:
        assert self.desk.do(redemptions.get, RedemptionId(thing_id)).state == self.model.things[thing_id].state

    def _compare_all(self) -> None:
        """Each thing that is known of anybody; nothing that is counted anywhere is other than counted anew."""
        model, books = self.model, self._read()
        scores = {number: model.count_friends(number) for number in self.codes}
        assert books.list_scores() == {number: score for number, score in scores.items() if score}
        assert books.list_grants() == Counter(self._describe(books, got) for got in model.gots)
        assert books.list_coupons() == {each.code: each.state for each in model.coupons}
        assert books.list_contests() == {
            key: (each.state, each.starts_at, each.ends_at) for key, each in model.contests.items()
        }
        assert books.list_winners() == {key: each.winners for key, each in model.contests.items() if each.winners}
        assert books.list_tiers() == {number: tier for number in self.codes if (tier := model.find_tier(number))}
        for (_, since, until), stands in books.list_boards().items():
            assert stands == model.count_between(since, until)
        for thing_id in model.things:
            self._compare_thing(thing_id)

    def _describe(self, books: Books, got: Got) -> Held:
        return Held(
            rule=got.says.key,
            to=got.to,
            cause=books.compose_cause(got),
            state=got.state,
            points=got.points,
            posted=got.posted,
            code=got.coupon.code if got.coupon is not None else "",
            sending=got.sending,
        )


@cache
def count_numbers(name: str) -> int:
    """How many numbers an act wants."""
    return len(signature(getattr(Money, name)).parameters) - 1
