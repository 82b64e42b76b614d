"""How my invitations stand: the friends, the rewards, the ranking."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.by_hand import REASON as BY_HAND
from bot.core.campaigns.catalogue import FOR_ITEM
from bot.core.community import SOURCE as COMMUNITY
from bot.core.periods import BoardKind
from bot.core.reminding import Missing, Reminding
from bot.core.rewards.rules import FOR_RULE
from bot.messages.buttons import INVITES, MENU, REWARDS, TOP_OF, WHY_LIST
from bot.messages.honours import say_badge, say_honour, say_privileges
from bot.messages.keyboards import Row, appear_row, make_button, page_row, say_page, send_row, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.redeeming import counter_rows, name_item, say_counter, say_had
from bot.messages.reminding import again_row, remind_rows
from bot.messages.rewards import say_rule, say_steps, say_when
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_listed_name, show_name
from bot.messages.waiting import queue_row, say_queue
from bot.messages.why import had_rows, live_rows, say_live, say_own_way, say_stages
from bot.services.reminding.reminders import WaitingView
from bot.services.standing import InvitesView, RewardsView, TopView
from storage.facts import LedgerLine, RedemptionRow
from storage.records import FOR_FRIEND, Invitation, RankLine, ReferralId, ReferralState

_LINE_NAME_LIMIT = 32
_STATUS = {
    ReferralState.WAITING: "invites.waiting",
    ReferralState.QUALIFIED: "invites.joined",
    ReferralState.REVOKED: "invites.revoked",
}
_MISSING = {
    Missing.BOT: "remind.missing.bot",
    Missing.COMMUNITY: "remind.missing.community",
    Missing.CHECKED: "remind.missing.checked",
}
_LEFT_ALONE = {Reminding.TOO_SOON, Reminding.DECLINED, Reminding.OVER}
_ABOUT = {
    BoardKind.WEEK: "top.about.week",
    BoardKind.MONTH: "top.about.month",
    BoardKind.CAMPAIGN: "top.about.campaign",
    BoardKind.ALL: "top.about.all",
}
_TABS = {
    BoardKind.WEEK: "top.tab.week",
    BoardKind.MONTH: "top.tab.month",
    BoardKind.CAMPAIGN: "top.tab.campaign",
    BoardKind.ALL: "top.tab.all",
}
_PLACES = {
    BoardKind.WEEK: "top.place.week",
    BoardKind.MONTH: "top.place.month",
    BoardKind.CAMPAIGN: "top.place.campaign",
    BoardKind.ALL: "top.place.all",
}
_REASONS = {"welcome": "rewards.welcome", BY_HAND: "rewards.by_hand"}
_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}


def render_invites(texts: Texts, shop: Shop, view: InvitesView, *, note: Html | None = None) -> OutgoingMessage:
    """Who came through me, with status, date and what it brought; a note on top says what a tap here has done."""
    if not view.total:
        none = texts.say("invites.none", brand=shop.brand(texts.language))
        blocks = [none, *_stack_block(say_honour(texts, shop, view.honour)), *_say_ahead(texts, shop, view)]
        return _compose(texts, shop, view.member.code, blocks, queue_row(texts, view.queue))
    title = texts.say("invites.title", count=view.total)
    earned = texts.say("invites.earned", points=shop.points(view.earned, texts.language))
    numbers = {referral_id: number for number, referral_id in enumerate(view.waiting, start=1)}
    lines = _stack_lines(_say_friend(texts, shop, view, line, numbers) for line in view.lines)
    head = _stack_lines([title, earned, *say_honour(texts, shop, view.honour)])
    blocks = [head, lines, *_say_ahead(texts, shop, view)]
    blocks += say_page(texts, view.page, view.pages, is_cut=view.is_cut)
    return OutgoingMessage(
        text="\n\n".join([note, *blocks] if note else blocks),
        keyboard=stack(
            page_row(texts, INVITES, view.page, view.pages),
            *remind_rows(texts, _list_remindable(view, numbers), view.page),
            queue_row(texts, view.queue),
            send_row(texts, shop, view.member.code),
            again_row(texts),
        ),
    )


def _say_ahead(texts: Texts, shop: Shop, view: InvitesView) -> list[Html]:
    """What is agreed with this member alone, or with few; how far the next steps are; and their own way."""
    lines = [say_rule(texts, shop, rule) for rule in view.own_rules]
    agreed = [_stack_lines([texts.say("labels.yours"), *lines])] if lines else []
    return [
        *say_queue(texts, view.queue),
        *agreed,
        *say_steps(texts, shop, view.steps),
        *say_own_way(texts, view.own_way),
    ]


def render_rewards(texts: Texts, shop: Shop, view: RewardsView) -> OutgoingMessage:
    """The balance and the ledger lines behind it."""
    balance = texts.say("rewards.title", balance=shop.points(view.balance, texts.language))
    honour = [*say_honour(texts, shop, view.honour), *say_privileges(texts, shop, view.honour)]
    title = _stack_lines([balance, *honour])
    counter = [*say_live(texts, shop, view.live), *say_counter(texts, shop, view.counter)]
    counter += say_steps(texts, shop, view.steps)
    whys = had_rows(texts, shop, [*view.counter.waiting, *view.had.values()])
    rows = [*live_rows(texts, view.live), *counter_rows(texts, shop, view.counter), *whys]
    if not view.lines:
        gain = shop.told(texts.language).inviter_points
        blocks = [title, texts.say("rewards.none", points=gain), *counter]
        return _compose(texts, shop, view.member.code, blocks, *rows)
    lines = _stack_lines(_say_ledger_line(texts, shop, line, view.had.get(line.id)) for line in view.lines)
    blocks = [title, *counter, lines, *say_page(texts, view.page, view.pages, is_cut=view.is_cut)]
    rows += [page_row(texts, REWARDS, view.page, view.pages), tap_row(texts, WHY_LIST)]
    return _compose(texts, shop, view.member.code, blocks, *rows)


def render_top(texts: Texts, shop: Shop, view: TopView) -> OutgoingMessage:
    """The ranking, with my own place whatever it is."""
    lines = _stack_lines(_say_rank(texts, shop, line) for line in view.lines) or texts.say("top.none")
    title = [texts.say("top.title"), texts.say(_ABOUT[view.kind])]
    if view.ends_at is not None and view.lines:
        title.append(texts.say("top.ends", until=texts.countdown(view.ends_at, shop.zone)))
    blocks = [_stack_lines(title), lines, _say_my_place(texts, view)]
    rows = (_period_row(texts, view), appear_row(texts, anonymous=view.anonymous))
    return _compose(texts, shop, view.member.code, blocks, *rows)


def _period_row(texts: Texts, view: TopView) -> Row:
    """The other rankings."""
    return [make_button(texts, TOP_OF, kind, label=texts.plain(_TABS[kind])) for kind in BoardKind if kind != view.kind]


def _list_remindable(view: InvitesView, numbers: dict[ReferralId, int]) -> dict[int, ReferralId]:
    """Who has a button, by number; the line itself says of whom a reminder is of no use now."""
    return {
        number: referral_id
        for referral_id, number in numbers.items()
        if view.waiting[referral_id].reminding not in _LEFT_ALONE
    }


def _say_friend(texts: Texts, shop: Shop, view: InvitesView, line: Invitation, numbers: dict[ReferralId, int]) -> Html:
    waiting = view.waiting.get(line.referral_id)
    if waiting is None:
        said = _say_invitation(texts, shop, line)
        stages = view.stages.get(line.referral_id)
        return texts.say("why.friend", line=said, more=say_stages(texts, stages)) if stages else said
    name = show_listed_name(texts, line.name, limit=_LINE_NAME_LIMIT)
    missing = texts.say(_MISSING[waiting.missing], until=texts.date(waiting.checked_until, shop.zone))
    date = texts.date(line.joined_at, shop.zone)
    said = texts.say("remind.line", number=numbers[line.referral_id], name=name, missing=missing, date=date)
    extra = _say_left_alone(texts, shop, waiting)
    return texts.say("remind.more", line=said, more=extra) if extra else said


def _say_left_alone(texts: Texts, shop: Shop, waiting: WaitingView) -> Html | None:
    """Why there is no button."""
    if waiting.reminding is Reminding.DECLINED:
        return texts.say("remind.declines")
    if waiting.reminding is Reminding.TOO_SOON and waiting.reminded_at is not None:
        return texts.say("remind.reminded", date=texts.date(waiting.reminded_at, shop.zone))
    return None


def _say_invitation(texts: Texts, shop: Shop, line: Invitation) -> Html:
    return texts.say(
        "invites.line",
        name=show_listed_name(texts, line.name, limit=_LINE_NAME_LIMIT),
        status=texts.say(_choose_status(line)),
        date=texts.date(line.joined_at, shop.zone),
        points=_sign(texts, shop, line.earned),
    )


def _choose_status(line: Invitation) -> str:
    """What became of the friend; who counted by being in the community chat came to it, or left it again."""
    if line.state is ReferralState.REVOKED and (line.left_at is not None or line.source == COMMUNITY):
        return "community.status.left"
    if line.state is ReferralState.QUALIFIED and line.source == COMMUNITY:
        return "community.status.joined"
    return _STATUS[line.state]


def _say_ledger_line(texts: Texts, shop: Shop, line: LedgerLine, had: RedemptionRow | None) -> Html:
    return texts.say(
        "rewards.line",
        points=_sign(texts, shop, line.amount),
        reason=_say_movement(texts, shop, line) if had is None else say_had(texts, shop, had),
        date=texts.date(line.posted_at, shop.zone),
    )


def _say_movement(texts: Texts, shop: Shop, line: LedgerLine) -> Html:
    if line.reason.startswith(FOR_ITEM):
        item = name_item(texts, shop, line.reason.removeprefix(FOR_ITEM))
        return texts.say("redeem.returned", item=item) if line.amount > 0 else escape(item)
    if line.reason.startswith(FOR_RULE):
        what = _name_reward(texts, shop, line)
        return what if line.amount > 0 else texts.say("rewards.taken_back", reason=what)
    return _say_reason(texts, line) if line.amount > 0 else _say_taken_back(texts, line)


def _name_reward(texts: Texts, shop: Shop, line: LedgerLine) -> Html:
    """By the sentence of the rule, where it still stands in the campaign."""
    rule = shop.campaign.find_rule(line.reason.removeprefix(FOR_RULE))
    return texts.say("rewards.by_rule") if rule is None else say_when(texts, rule)


def _say_reason(texts: Texts, line: LedgerLine) -> Html:
    if line.reason == FOR_FRIEND:
        name = show_listed_name(texts, line.other_name, limit=_LINE_NAME_LIMIT)
        return texts.say("rewards.invited_friend", name=name)
    return texts.say(_REASONS.get(line.reason, "rewards.correction"))


def _say_taken_back(texts: Texts, line: LedgerLine) -> Html:
    return texts.say("rewards.taken_back", reason=_say_reason(texts, line))


def _sign(texts: Texts, shop: Shop, points: int) -> str:
    return ("+" if points > 0 else "") + shop.points(points, texts.language)


def _say_rank(texts: Texts, shop: Shop, line: RankLine) -> Html:
    name = show_name(texts, line.name, first=True, limit=_LINE_NAME_LIMIT)
    badge = say_badge(texts, shop, line.tier)
    return texts.say(
        "top.line",
        place=_MEDALS.get(line.rank) or texts.say("top.rank", rank=line.rank),
        name=texts.say("top.honoured", name=name, badge=badge) if badge else name,
        score=line.score,
    )


def _say_my_place(texts: Texts, view: TopView) -> Html:
    seen = texts.say("top.anonymous" if view.anonymous else "top.named")
    elsewhere = _say_elsewhere(texts, view)
    if view.my_rank is not None:
        return _stack_lines([texts.say("top.mine", rank=view.my_rank, count=view.my_score), *elsewhere, seen])
    none = texts.say("top.my_none" if view.kind is BoardKind.ALL else "top.not_here")
    return _stack_lines([none, *elsewhere, *([seen] if view.anonymous else [])])


def _say_elsewhere(texts: Texts, view: TopView) -> list[Html]:
    """The member's places in the other rankings, on one line."""
    said = [
        texts.say(_PLACES[kind], rank=place.rank)
        for kind, place in view.places.items()
        if kind != view.kind and place.rank is not None
    ]
    return [texts.say("top.elsewhere", places=Html(" · ".join(said)))] if said else []


def _stack_block(lines: list[Html]) -> list[Html]:
    """Lines as one block; no block of none."""
    return [_stack_lines(lines)] if lines else []


def _stack_lines(lines: Iterable[Html]) -> Html:
    return Html("\n".join(lines))


def _compose(texts: Texts, shop: Shop, code: str, blocks: list[Html], *rows: Row) -> OutgoingMessage:
    keyboard = stack(*rows, send_row(texts, shop, code), tap_row(texts, MENU))
    return OutgoingMessage(text="\n\n".join(blocks), keyboard=keyboard)
