"""A second ledger that knows nothing of the first: lists and dicts, and the rules as an owner would say them.

Nothing is kept that can be counted: how much of a limit is gone, who has which tier and who leads in a contest is counted
anew each time, from all that ever happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.chaos.money_till import DAY, UNDO, Till
from tests.chaos.money_words import (
    Contest,
    Coupon,
    Friend,
    Got,
    Order,
    Plan,
    Promise,
    Says,
    Tier,
    compute_share,
)

YEAR_DAYS = 365
PATIENCE = 6 * 3_600_000_000
"""Until a gift is tried again that could not be sent."""

OPEN = ("pending", "held", "waiting", "available")
"""What can still be taken back."""

COUNTER = ("code", "privilege", "by_hand")


@dataclass(slots=True, kw_only=True)
class Model(Till):
    """Who has what, by numbers of members."""

    promise: Promise
    friends: dict[int, Friend] = field(default_factory=dict)
    seen_at: dict[int, int] = field(default_factory=dict)
    """When somebody first came into the chat; 0 for who was there before the bot."""
    inside: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    gots: list[Got] = field(default_factory=list)
    stays: dict[tuple[int, int], int | None] = field(default_factory=dict)
    """Until when a friend has to stay for so many days; None while they are out."""
    coupons: list[Coupon] = field(default_factory=list)
    contests: dict[str, Contest] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    labelled: set[int] = field(default_factory=set)
    cards: list[tuple[int, int]] = field(default_factory=list)
    """Who has given one, and when."""
    days: set[tuple[int, int]] = field(default_factory=set)
    """Who was seen on which day."""
    visits: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Of a friend who has to be here on so many days: on how many they were, and on which one last."""

    # -- who comes and goes ------------------------------------------------------------------------------------------

    def join(self, number: int, by: int) -> None:
        """Somebody presses START, perhaps behind a member's link."""
        self.blocked.discard(number)
        if number in self.order:
            return
        self.order[number] = len(self.order)
        if by == number or by not in self.order:
            return
        friend = self.friends[number] = Friend(inviter=by, promise=self.promise, joined_at=self.now)
        if not self.promise.in_chat:
            self._count(number, friend)
        elif number in self.inside:
            friend.by_chat = True
            self._count(number, friend)

    def come(self, number: int) -> None:
        """Somebody is in the chat now."""
        self.seen_at.setdefault(number, self.now)
        self.inside.add(number)
        friend = self.friends.get(number)
        if friend is None:
            return
        if friend.state == "waiting":
            if self._is_late(friend):
                self.revoke(number)
            else:
                friend.by_chat = True
                self._count(number, friend)
        for stay, due in self.stays.items():
            if stay[0] == number and due is None:
                self.stays[stay] = self.now + stay[1] * DAY

    def leave(self, number: int) -> None:
        """Somebody is not there any more."""
        self.seen_at.setdefault(number, 0)
        for stay in self.stays:
            if stay[0] == number:
                self.stays[stay] = None
        friend = self.friends.get(number)
        if number in self.inside and friend is not None and friend.by_chat:
            since = max(self.seen_at[number], friend.joined_at)
            if self.now < since + friend.promise.hold_days * DAY:
                self.revoke(number)
        self.inside.discard(number)

    def lapse(self) -> None:
        """Who has taken too long to count counts no more."""
        for number, friend in self.friends.items():
            if friend.state == "waiting" and self._is_late(friend):
                self.revoke(number)

    def revoke(self, number: int) -> None:
        """It does not count any more."""
        friend = self.friends.get(number)
        if friend is None or friend.state == "revoked":
            return
        counted, friend.state = friend.state == "counts", "revoked"
        for order in self.orders.values():
            if order.buyer == number and order.state in {"noted", "counted"}:
                order.state = "ended"
        self.stays = {stay: due for stay, due in self.stays.items() if stay[0] != number}
        self.visits = {visit: been for visit, been in self.visits.items() if visit[0] != number}
        came = [got for got in self.gots if got.friend == number and got.threshold is None]
        for got in sorted(came, key=lambda got: self.order[got.to]):
            self._take_back(got)
        if counted:
            self._take_back_above(friend.inviter)

    def arrive(self) -> None:
        """Who has stayed for long enough."""
        due = [(at, *stay) for stay, at in self.stays.items() if at is not None and at <= self.now]
        for _, number, days in sorted(due, key=lambda each: (each[0], self._place(each[1]), each[2])):
            del self.stays[number, days]
            self._happen("stayed", number, ("stayed", number, days), amount=days)

    def count_days(self) -> None:
        """On how many days who was here: yesterday, and today."""
        today = self.now // DAY
        for day in (today - 1, today):
            for number, days in sorted(self.visits, key=lambda each: (self._place(each[0]), each[1])):
                count, last = self.visits[number, days]
                if (number, day) in self.days and last < day:
                    self.visits[number, days] = (count + 1, day)
                    if count + 1 >= days:
                        del self.visits[number, days]
                        self._happen("active", number, ("active", number, days), amount=days)

    def give_card(self, number: int) -> None:
        """Somebody hands one on: what holds now is looked at."""
        self.cards.append((number, self.now))
        monday = self._find_monday() - 7 * DAY
        count = sum(who == number and at >= monday for who, at in self.cards)
        for says in self.promise.rules:
            if says.when == "cards_given" and says.number == count:
                year, week = self._find_week()
                self._give(says, number, ("cards_given", number, f"{year}-W{week:02}:{count}"), None)

    def buy(self, number: int, amount: int, key: str) -> None:
        """Somebody pays for something, and it is said once or twice."""
        if key not in self.orders:
            self.orders[key] = Order(key=key, buyer=number, amount=amount)
            self._look_at(self.orders[key], 0)

    def refund(self, order: Order, amount: int, part: str) -> None:
        """Somebody gets money back, and it is said once or twice."""
        if part not in order.refunds:
            before = order.left
            order.refunds[part] = amount
            self._look_at(order, before)

    def settle_orders(self) -> None:
        """What was bought before somebody came to count, counts then: whoever was here first comes first."""
        for order in sorted(self.orders.values(), key=lambda each: self.order[each.buyer]):
            friend = self.friends.get(order.buyer)
            if order.state == "noted" and friend is not None and friend.state == "counts":
                self._look_at(order, order.left)

    def count_friends(self, number: int) -> int:
        """How many count for somebody."""
        return sum(each.inviter == number and each.state == "counts" for each in self.friends.values())

    # -- what rules give ---------------------------------------------------------------------------------------------

    def free(self) -> None:
        """What was held for long enough, and who waited for a new week."""
        due = [got for got in self.gots if got.state in {"held", "pending"} and 0 < got.matures_at <= self.now]
        for got in sorted(due, key=lambda got: got.matures_at):
            if got.state == "held":
                got.matures_at = 0
                self._settle(got)
            elif got.state == "pending" and 0 < got.matures_at <= self.now:
                self._try_again(got)

    def hand_over(self, got: Got) -> bool:
        """Whether the counter has handed over what a rule gave."""
        if got.state != "available" or got.until <= self.now:
            return False
        got.state, got.used_at = "used", self.now
        return True

    def hand_over_again(self, got: Got) -> None:
        """It was not handed over after all; what no longer counts meanwhile goes."""
        if got.state == "used" and self.now < got.used_at + UNDO:
            got.state = "available"
            self._drop_unfounded(got)

    def claim_gift(self) -> Got | None:
        """Take the gift in hand whose turn it is; which one that is."""
        self.give_up()
        got = next((each for each in self.gots if self._is_sendable(each)), None)
        if got is not None:
            got.sending = "sending"
        return got

    def end_gift(self, got: Got, outcome: str) -> None:
        """What came of the one in hand; what surely did not leave, and no longer counts, is not sent."""
        got.sending = {"sent": "sent", "lost": "unknown"}.get(outcome, "stuck")
        if outcome == "sent":
            got.state = "used"
        elif got.sending == "stuck":
            got.due_at = self.now + (60_000_000 if outcome == "unsent" else PATIENCE)
            self._drop_unfounded(got)

    def give_up(self) -> None:
        """What was on its way when everything stopped has perhaps arrived."""
        for got in self.gots:
            if got.sending == "sending":
                got.sending = "unknown"

    def say_arrived(self, got: Got) -> None:
        """Somebody has asked."""
        if got.state == "waiting" and got.sending in {"unknown", "stuck"}:
            got.sending, got.state = "sent", "used"

    def say_again(self, got: Got) -> None:
        """Somebody has asked, and it is not there; what no longer counts meanwhile is not sent."""
        if got.state == "waiting" and got.sending == "unknown":
            got.sending, got.due_at = "stuck", self.now
            self._drop_unfounded(got)

    # -- coupons -----------------------------------------------------------------------------------------------------

    def bring(self, codes: list[str], until: int) -> None:
        """A list comes, perhaps with codes that are there; who waits is served."""
        known = {coupon.code for coupon in self.coupons}
        self.coupons += [Coupon(code=code, until=until) for code in codes if code not in known]
        self.fill()

    def fill(self) -> None:
        """Who waits for one, the oldest first."""
        for got in self.gots:
            if got.says.kind == "coupon" and got.state == "waiting":
                self._give_coupon(got)

    def end_coupons(self) -> None:
        """Those that are good no longer."""
        due = [each for each in self.coupons if each.state in {"free", "given"} and 0 < each.until <= self.now]
        for coupon in sorted(due, key=lambda each: each.until):
            holder = next((got for got in self.gots if got.coupon is coupon), None)
            coupon.state = "expired"
            if holder is not None:
                holder.coupon = None
                if holder.says.on_expiry == "replace":
                    self._give_coupon(holder)
                else:
                    holder.state = "expired"

    def hand_in(self, got: Got) -> bool:
        """Whether the counter has taken a coupon."""
        coupon = got.coupon
        if coupon is None or coupon.state != "given" or 0 < coupon.until <= self.now:
            return False
        coupon.state, coupon.used_at, got.state = "used", self.now, "used"
        return True

    def hand_again(self, got: Got) -> None:
        """It was not taken after all."""
        coupon = got.coupon
        if coupon is not None and coupon.state == "used" and self.now < coupon.used_at + UNDO:
            coupon.state, got.state = "given", "available"
            self._drop_unfounded(got)

    # -- contests and tiers ------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Contests begin, change and end as the campaign says now."""
        said = {each.key: each for each in self.promise.contests}
        for contest in self.contests.values():
            if contest.state == "running" and contest.promise is not self.promise and contest.plan.key not in said:
                contest.state = "cancelled"
        for plan in (each for each in said.values() if each.ends_at > self.now):
            contest = self.contests.setdefault(plan.key, self._begin(plan))
            if contest.state in {"running", "cancelled"} and contest.promise is not self.promise:
                if contest.starts_at > self.now:
                    contest.starts_at = plan.starts_at
                contest.ends_at, contest.plan, contest.promise = plan.ends_at, plan, self.promise
            if contest.state == "cancelled":
                contest.state = "running"
        for contest in self.contests.values():
            if contest.state == "running" and contest.ends_at <= self.now:
                contest.state = "review"

    def _begin(self, plan: Plan) -> Contest:
        return Contest(plan=plan, promise=self.promise, starts_at=plan.starts_at, ends_at=plan.ends_at)

    def count_between(self, since: int, until: int) -> dict[int, int]:
        """How many friends came to count for whom in that time, and still do."""
        counting = (each for each in self.friends.values() if each.state == "counts")
        return Counter(each.inviter for each in counting if since <= each.counted_at < until)

    def list_leading(self, contest: Contest) -> list[int]:
        """Who stands in a contest, the first one first: by friends, then by who got there first, then by who was here first."""
        counting = [
            each for each in self.friends.values() if each.state == "counts" and contest.covers(each.counted_at)
        ]
        stands = Counter(each.inviter for each in counting)
        reached = {number: max(each.counted_at for each in counting if each.inviter == number) for number in stands}
        return sorted(
            (number for number in stands if number not in contest.struck),
            key=lambda number: (-stands[number], reached[number], self.order[number]),
        )

    def release(self, contest: Contest, winners: list[int]) -> None:
        """The results are told, and prizes are given."""
        contest.state, contest.winners = "released", winners
        for place, number in enumerate(winners, start=1):
            prize = next((says for each, says in contest.plan.prizes if each == place), None)
            if prize is not None:
                self._give(prize, number, ("placed", contest.plan.key, place), None)

    def find_tier(self, number: int) -> str:
        """Which tier somebody is owed at this moment, counted anew."""
        came = [each for each in self.friends.values() if each.inviter == number and each.state == "counts"]
        came.reverse()
        fitting = [tier for tier in self.promise.tiers if len(came) >= tier.friends and self._lasts(tier, came)]
        return max(fitting, key=lambda tier: tier.friends).key if fitting else ""

    def _lasts(self, tier: Tier, came: list[Friend]) -> bool:
        return tier.days is None or came[tier.friends - 1].joined_at + tier.days * DAY > self.now

    def expire(self) -> None:
        """What nobody said yes to, or came for, goes back."""
        self.expire_things()
        for got in self.gots:
            if got.says.kind in COUNTER and got.state == "available" and got.until <= self.now:
                got.state = "expired"

    # -- what is bought ----------------------------------------------------------------------------------------------

    def _look_at(self, order: Order, before: int) -> None:
        """Something is new of an order: what it counts for is given, what it no longer counts for is taken."""
        friend = self.friends.get(order.buyer)
        order.state = self._decide_order(order, friend)
        known = order.counted or order.shared is not None
        if order.state == "counted" and not order.counted:
            others = [each for each in self.orders.values() if each.buyer == order.buyer and each is not order]
            nth, order.counted = 1 + sum(each.state == "counted" for each in others), True
            self._happen("purchased", order.buyer, ("purchased", order.buyer, order.key), amount=order.left, nth=nth)
        if not known and order.state in {"counted", "noted"}:
            promised = next((got for got in self.gots if got.to == order.buyer and got.is_share), None)
            order.shared = promised if promised is not None and self._pay_share(promised, order.left) else None
        elif known and order.left < before:
            self._shrink(order)

    def _decide_order(self, order: Order, friend: Friend | None) -> str:
        if order.refunds and order.left == 0:
            return "refunded"
        if friend is not None and friend.state == "revoked":
            return "ended"
        return "noted" if friend is None or friend.state == "waiting" else "counted"

    def _shrink(self, order: Order) -> None:
        """What would not come of what is left goes back; a share becomes a smaller one."""
        cause = ("refunded", order.key, order.left)
        friend = order.buyer if order.counted else None
        for got in [each for each in self.gots if order.key in each.cause and each.says.when == "purchased"]:
            share = got.says.percent
            points = compute_share(order.left, share) if share else got.points or 0
            gone = order.left == 0 or order.left < got.says.number
            if (gone or (share and points != got.points)) and got.state in OPEN:
                before = got.state
                self._take_back(got, lets_in=gone or not points)
                if not gone and points:
                    less = Got(says=got.says, to=got.to, cause=cause, friend=friend, points=points, week=got.week)
                    self.gots.append(less)
                    less.state, less.matures_at = before, got.matures_at
                    if before == "available":
                        self._settle(less)
                    if before != "pending" and got.says.at_limit == "queue":
                        self._let_in(got.says.key)
        if order.shared is not None:
            self._shrink_share(order, order.shared, cause, friend)

    def _shrink_share(
        self, order: Order, got: Got, cause: tuple[str, int | str, int | str], friend: int | None
    ) -> None:
        """The promise is for the next purchase again, where nothing is left of this one, and it counts still."""
        points = compute_share(order.left, got.says.amount)
        if got.state != "used" or points == got.points:
            return
        got.state, order.shared = "revoked", None
        self._charge(got.to, got.points or 0)
        if points == 0 and got.friend is not None and self.friends[got.friend].state != "counts":
            return
        again = Got(says=got.says, to=got.to, cause=cause, friend=friend, state="available")
        self.gots.append(again)
        if self._pay_share(again, order.left):
            order.shared = again

    def _pay_share(self, got: Got, amount: int) -> bool:
        points = compute_share(amount, got.says.amount)
        if points:
            got.points, got.state, got.posted = points, "used", True
            self.points[got.to] += points
        return points > 0

    # -- the rules themselves ----------------------------------------------------------------------------------------

    def _count(self, number: int, friend: Friend) -> None:
        friend.tier_before = self.find_tier(friend.inviter)
        friend.state, friend.counted_at = "counts", self.now
        usual = [
            Says(key="join", when="joined", who="inviter", kind="points", amount=friend.promise.inviter),
            Says(key="join", when="joined", who="friend", kind="points", amount=friend.promise.friend),
        ]
        self._happen("joined", number, ("qualified", number, 0), usual=usual)
        for days in {says.number for says in friend.promise.rules if says.when == "stayed"}:
            self.stays[number, days] = self.now + days * DAY if number in self.inside else None
        for days in {says.number for says in friend.promise.rules if says.when == "active"}:
            self.visits[number, days] = (0, 0)
        score = self.count_friends(friend.inviter)
        self._happen("milestone", number, ("qualified", number, 0), amount=score)

    def _happen(
        self,
        when: str,
        number: int,
        cause: tuple[str, int | str, int | str],
        *,
        amount: int = 0,
        nth: int = 1,
        usual: list[Says] | None = None,
    ) -> None:
        """Something has happened to a friend who counts: both sides get what the promise says of it."""
        friend = self.friends[number]
        if friend.state != "counts":
            return
        sides = {"inviter": friend.inviter, "friend": number}
        tier = friend.tier_before if cause[0] == "qualified" else self.find_tier(friend.inviter)
        wanted = [
            (sides[says.who], says)
            for says in (*(usual or ()), *friend.promise.rules)
            if says.when == when and says.fits(amount, nth, tier)
            if not says.label or friend.inviter in self.labelled
        ]
        replaced = {(to, says.instead) for to, says in wanted if says.instead}
        wanted = [(to, says) for to, says in wanted if (to, says.key) not in replaced]
        for to, says in sorted(wanted, key=lambda each: self.order[each[0]]):
            self._give(says.of(amount), to, cause, number)

    def _give(self, says: Says, to: int, cause: tuple[str, int | str, int | str], friend: int | None) -> None:
        got = Got(says=says, to=to, cause=cause, friend=friend)
        got.week = self._find_week()
        if says.kind == "points":
            got.points = says.amount
            if says.amount == 0:
                return  # half a point is none
        full = self._find_full(got)
        if full and says.at_limit == "stop":
            return
        self.gots.append(got)
        if full:
            got.state = "pending" if says.at_limit == "queue" else "declined"
            got.matures_at = self._find_monday() if full == "week" and got.state == "pending" else 0
        elif says.hold_days:
            got.state, got.matures_at = "held", self.now + says.hold_days * DAY
        else:
            self._settle(got)

    def _find_full(self, got: Got) -> str:
        """Which limit leaves no room, the member's own first; counted over all that stands."""
        says = got.says
        belongs: dict[str, Callable[[Got], bool]] = {
            "member": lambda other: other.to == got.to,
            "week": lambda other: other.to == got.to and other.week == got.week,
            "budget": lambda _: True,
            "first": lambda _: True,
        }
        for limit, counts in belongs.items():
            most = says.find_most(limit)
            if most is None:
                continue
            gone = [each for each in self._list_standing(says.key, limit) if counts(each)]
            if sum(_count_pieces(each, limit) for each in [*gone, got]) > most:
                return limit
        return ""

    def _list_standing(self, key: str, limit: str) -> Iterator[Got]:
        """What was given by a rule that had this limit then, and stands."""
        gone = {"pending", "declined", "revoked", ""}
        mine = (each for each in self.gots if each.says.key == key and each.state not in gone)
        return (each for each in mine if each.says.find_most(limit) is not None)

    def _settle(self, got: Got) -> None:
        """It is theirs."""
        got.state = "waiting" if got.says.kind in {"coupon", "gift"} else "available"
        if got.says.kind == "points":
            got.posted = True
            self.points[got.to] += got.points or 0
        elif got.says.kind == "coupon":
            self._give_coupon(got)
        elif got.says.kind in COUNTER:
            got.until = self.now + (got.says.valid_days or YEAR_DAYS) * DAY

    def _give_coupon(self, got: Got) -> None:
        free = (each for each in self.coupons if each.state == "free" and not 0 < each.until <= self.now)
        coupon = got.coupon = next(free, None)
        got.state = "waiting"
        if coupon is not None:
            got.state, coupon.state, coupon.seen = "available", "given", got.to not in self.blocked

    def _take_back(self, got: Got, *, lets_in: bool = True) -> None:
        if got.state not in OPEN or got.sending in {"sending", "unknown"}:
            return
        before, got.state = got.state, "revoked"
        if got.posted:
            self._charge(got.to, got.points or 0)
        if got.coupon is not None:
            got.coupon.state = "void" if got.coupon.seen else "free"
            got.coupon = None
        if lets_in and before != "pending" and got.says.at_limit == "queue":
            self._let_in(got.says.key)

    def _take_back_above(self, number: int) -> None:
        score = self.count_friends(number)
        for got in [each for each in self.gots if each.to == number and (each.threshold or 0) > score]:
            self._take_back(got)

    def _let_in(self, key: str) -> None:
        """There is room: for who has waited longest, but for those whose own limit is reached."""
        for got in [each for each in self.gots if each.says.key == key and each.state == "pending"]:
            if self._try_again(got) not in {"", "member", "week"}:
                return

    def _try_again(self, got: Got) -> str:
        got.week = self._find_week()
        full = self._find_full(got)
        if full:
            got.matures_at = self._find_monday() if full == "week" else 0
        elif got.says.hold_days:
            got.state, got.matures_at = "held", self.now + got.says.hold_days * DAY
        else:
            got.matures_at = 0
            self._settle(got)
        return full

    def _drop_unfounded(self, got: Got) -> None:
        """Nobody has a reward without its referral."""
        if got.friend is None:
            return
        enough = got.threshold is None or self.count_friends(got.to) >= got.threshold
        if not enough or (got.threshold is None and self.friends[got.friend].state != "counts"):
            self._take_back(got)

    def _is_sendable(self, got: Got) -> bool:
        ready = got.sending == "" or (got.sending == "stuck" and got.due_at <= self.now)
        return got.says.kind == "gift" and got.state == "waiting" and ready and got.to not in self.blocked

    def _is_late(self, friend: Friend) -> bool:
        days = friend.promise.credit_days
        return days is not None and self.now >= friend.joined_at + days * DAY

    def _place(self, number: int) -> int:
        return list(self.friends).index(number)

    def _find_week(self) -> tuple[int, int]:
        year, week, _ = datetime.fromtimestamp(self.now / 1e6, UTC).isocalendar()
        return year, week

    def _find_monday(self) -> int:
        today = datetime.fromtimestamp(self.now / 1e6, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return int((today + timedelta(days=7 - today.weekday())).timestamp()) * 1_000_000


def _count_pieces(got: Got, limit: str) -> int:
    """How much of a limit is gone with it: a budget of points is counted in points."""
    return got.points or 0 if limit == "budget" and got.says.kind == "points" else 1
