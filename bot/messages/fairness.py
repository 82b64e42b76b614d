"""Friends who are looked at: the queue for the team, what both sides hear, and what a friend is asked."""

from __future__ import annotations

from bot.core.fairness.asking import CaptchaKind
from bot.messages.buttons import (
    APPEAL,
    CAPTCHA,
    CAPTCHA_ANSWER,
    INVITES,
    MENU,
    REVIEW,
    REVIEW_APPROVE,
    REVIEW_NEXT,
    REVIEW_REFUSE,
    REVIEW_UNDO,
    REVIEW_WHY,
)
from bot.messages.fairness_words import NUMBERS, PICTURES, REASON_BUTTONS, REASONS, SIGNALS
from bot.messages.joining.notices import say_deal
from bot.messages.keyboards import compose_send_keyboard, make_button, send_row, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_name, show_plain_name
from bot.messages.tickets.buttons import support_row
from bot.services.fairness.asking import Answering, CaptchaView
from bot.services.fairness.deciding import BY_ITSELF, Deciding, ReviewView
from bot.services.fairness.notices import CaptchaAsked, FriendHeld, FriendRefused, ReviewWaiting, WelcomeHeld
from bot.services.fairness.picturing import Line
from bot.services.members import MemberView
from storage.frozen import frozen
from storage.records import ReferralState
from storage.review import ReviewRow, ReviewState

_NAME_LIMIT = 32
_DONE = {
    Deciding.APPROVED: "fairness.approved",
    Deciding.REFUSED: "fairness.refused",
    Deciding.UNDONE: "fairness.undone",
}
_STATES = {
    ReferralState.QUALIFIED: "fairness.tree.counts",
    ReferralState.WAITING: "fairness.tree.waits",
    ReferralState.REVOKED: "fairness.tree.revoked",
}


@frozen
class TreeTexts:
    """Everything that is written on the picture of who brought whom."""

    title: str
    nameless: str
    lines: list[tuple[str, int, str, str, bool, str]]
    """Name, level, state, the state in words, whether it is this one, and how many more there are in words."""


def render_review(texts: Texts, shop: Shop, view: ReviewView, photo: Photo | None = None) -> OutgoingMessage:
    """Somebody to decide about: what was noticed, as sentences, and three buttons."""
    row = view.row
    if row is None or view.referral is None:
        return OutgoingMessage(text=_say_empty(texts, view), keyboard=stack(tap_row(texts, MENU)))
    if view.deciding in {Deciding.APPROVED, Deciding.REFUSED}:
        done = texts.say(_DONE[view.deciding], friend=_show(texts, view.friend, first=True))
        undo = make_button(texts, REVIEW_UNDO, row.referral_id)
        following = make_button(texts, REVIEW_NEXT, row.referral_id)
        left = [] if not view.waiting else [texts.say("fairness.waiting", count=view.waiting)]
        return OutgoingMessage(text="\n\n".join([done, *left]), keyboard=stack([undo, following]))
    head = (
        [texts.say(_DONE[view.deciding], friend=_show(texts, view.friend, first=True))]
        if view.deciding in _DONE
        else []
    )
    gone = [texts.say("fairness.gone")] if view.deciding is Deciding.GONE else []
    blocks = [*head, *gone, *_say_case(texts, shop, view, row)]
    buttons = [
        make_button(texts, REVIEW_APPROVE, row.referral_id),
        make_button(texts, REVIEW_REFUSE, row.referral_id),
        make_button(texts, REVIEW_NEXT, row.referral_id),
    ]
    return OutgoingMessage(text="\n\n".join(blocks), keyboard=stack(buttons), photo=photo)


def render_refuse(texts: Texts, view: ReviewView) -> OutgoingMessage:
    """Why: one of the reasons there are, or not at all."""
    row = view.row
    if row is None:
        return OutgoingMessage(text=_say_empty(texts, view), keyboard=stack(tap_row(texts, MENU)))
    why = [
        [make_button(texts, REVIEW_WHY, row.referral_id, reason, label=texts.plain(REASON_BUTTONS[reason]))]
        for reason in REASON_BUTTONS
    ]
    back = [make_button(texts, REVIEW_NEXT, 0, label=texts.plain("button.back"))]
    text = texts.say(
        "fairness.why_refuse", friend=_show(texts, view.friend), inviter=_show(texts, view.inviter, first=True)
    )
    return OutgoingMessage(text=text, keyboard=stack(*why, back))


def compose_tree(texts: Texts, view: ReviewView) -> TreeTexts:
    """The picture's words."""
    return TreeTexts(
        title=texts.plain("fairness.tree.title"),
        nameless=texts.plain("name.nobody_first"),
        lines=[_write_line(texts, each) for each in view.lines],
    )


def render_captcha(texts: Texts, shop: Shop, view: CaptchaView, picture: bytes | None) -> OutgoingMessage:
    """A question with its answers as buttons, or what came of the last one."""
    captcha = view.captcha
    if captcha is None:
        key = {Answering.RIGHT: "fairness.thanks", Answering.SPENT: "fairness.spent"}.get(
            view.answering, "fairness.over"
        )
        keyboard = compose_send_keyboard(texts, shop, view.member.code)
        return OutgoingMessage(text=texts.say(key), keyboard=keyboard)
    wrong = [texts.say("fairness.wrong")] if view.answering is Answering.WRONG else []
    in_words = captcha.kind == CaptchaKind.WORDS
    question = _say_sum(texts, captcha.question) if in_words else _say_picture(texts, captcha.question)
    labels = [
        texts.plain(NUMBERS[each]) if in_words else texts.number(place)
        for place, each in enumerate(captcha.choices, start=1)
    ]
    taps = [
        make_button(texts, CAPTCHA_ANSWER, captcha.referral_id, place, label=label)
        for place, label in enumerate(labels)
    ]
    width = 2 if in_words else 3
    rows = [taps[first : first + width] for first in range(0, len(taps), width)]
    other = CaptchaKind.PICTURE if in_words else CaptchaKind.WORDS
    other_way = make_button(texts, CAPTCHA, captcha.referral_id, other, label=texts.plain(_WAYS[other]))
    photo = Photo(image=picture) if picture is not None and not in_words else None
    return OutgoingMessage(text="\n\n".join([*wrong, question]), keyboard=stack(*rows, [other_way]), photo=photo)


_WAYS = {CaptchaKind.PICTURE: "fairness.ask_picture", CaptchaKind.WORDS: "fairness.ask_words"}


def render_appeal_ask(texts: Texts, shop: Shop) -> OutgoingMessage:
    """Asks for a few words."""
    return OutgoingMessage(text=texts.say("fairness.object_ask", brand=shop.brand(texts.language)))


def render_appealed(texts: Texts, shop: Shop, member: MemberView, *, taken: bool) -> OutgoingMessage:
    """The words are kept for a person to read, or there is nothing to say any more."""
    key = "fairness.object_taken" if taken else "fairness.object_gone"
    return OutgoingMessage(text=texts.say(key), keyboard=compose_send_keyboard(texts, shop, member.code))


def _say_empty(texts: Texts, view: ReviewView) -> Html:
    gone = [texts.say("fairness.gone")] if view.deciding is Deciding.GONE else []
    return Html("\n\n".join([*gone, texts.say("fairness.nobody")]))


def _say_case(texts: Texts, shop: Shop, view: ReviewView, row: ReviewRow) -> list[Html]:
    """Who it is about, what was noticed, what was said to it, and what comes by itself."""
    assert view.referral is not None
    title = texts.say(
        "fairness.title",
        friend=_show(texts, view.friend, first=True),
        inviter=_show(texts, view.inviter),
        date=texts.moment(view.referral.joined_at, shop.zone),
    )
    said = [_say_sign(texts, view, key, numbers) for key, numbers in row.evidence]
    noticed = Html("\n".join([texts.say("fairness.noticed"), *said]))
    appeal = [texts.say("fairness.appeal", words=Html(f"<i>{escape(row.appeal)}</i>"))] if row.appeal else []
    undecided = row.state in {ReviewState.OPEN, ReviewState.ASKED}
    end = texts.say("fairness.pays" if view.pays else "fairness.voids", date=texts.date(row.due_at, shop.zone))
    waiting = texts.say("fairness.waiting", count=view.waiting)
    return [
        title,
        noticed,
        *appeal,
        Html("\n".join([*([end] if undecided else []), waiting])),
        texts.say("fairness.hint"),
    ]


def _say_sign(texts: Texts, view: ReviewView, key: str, numbers: tuple[int, ...]) -> Html:
    """A signal as a sentence, and how often it was right."""
    if key not in SIGNALS:
        return Html("")
    told_numbers = [*numbers, 0, 0]
    sentence = texts.say(SIGNALS[key], count=told_numbers[0], second=told_numbers[1])
    right, wrong = view.rights.get(key, (0, 0))
    told = texts.say("fairness.right", right=right, total=right + wrong) if right + wrong else Html("")
    return Html(f"• {sentence} <i>{told}</i>" if told else f"• {sentence}")


def _write_line(texts: Texts, line: Line) -> tuple[str, int, str, str, bool, str]:
    state = texts.plain("fairness.tree.this") if line.is_this else ""
    words = texts.plain(_STATES[line.state]) if line.state is not None else ""
    more = texts.plain("fairness.tree.more", count=line.more) if line.more else ""
    name = show_plain_name(texts, line.name, first=True, limit=_NAME_LIMIT)
    said = " · ".join(each for each in (words, state) if each)
    return name, line.level, line.state.value if line.state is not None else "", said, line.is_this, more


def _say_picture(texts: Texts, wanted: str) -> Html:
    return texts.say("fairness.question", picture=texts.plain(PICTURES[wanted]))


def _say_sum(texts: Texts, question: str) -> Html:
    first, second = (texts.plain(NUMBERS[each]) for each in question.split("+"))
    return texts.say("fairness.sum", first=first, second=second)


def _show(texts: Texts, name: str, *, first: bool = False) -> Html:
    return show_name(texts, name, first=first, limit=_NAME_LIMIT)


def _render_held(reader: Reader, notice: FriendHeld) -> OutgoingMessage:
    """To the inviter: until when somebody looks."""
    texts, shop = reader.texts, reader.shop
    text = texts.say(
        "fairness.held_again" if notice.counted else "fairness.held",
        friend=reader.show(notice.friend, first=not notice.counted),
        date=texts.date(notice.until, shop.zone),
    )
    return OutgoingMessage(
        text=text, keyboard=stack(send_row(texts, shop, reader.member.code), tap_row(texts, INVITES))
    )


def _render_welcome(reader: Reader, notice: WelcomeHeld) -> OutgoingMessage:
    texts, shop, member = reader.texts, reader.shop, reader.member
    text = texts.say(
        "fairness.held_gift" if notice.counted else "fairness.held_friend",
        inviter=reader.show(notice.inviter, first=not notice.counted),
        points=shop.points(notice.points, texts.language),
        date=texts.date(notice.until, shop.zone),
    )
    more = [] if notice.counted else [say_deal(texts, shop)]
    return OutgoingMessage(text="\n\n".join([text, *more]), keyboard=compose_send_keyboard(texts, shop, member.code))


def _render_asked(reader: Reader, notice: CaptchaAsked) -> OutgoingMessage:
    texts = reader.texts
    ways = [
        [make_button(texts, CAPTCHA, notice.referral, kind, label=texts.plain(_WAYS[kind]))] for kind in CaptchaKind
    ]
    text = texts.say("fairness.ask", inviter=reader.show(notice.inviter, first=True))
    return OutgoingMessage(text=text, keyboard=stack(*ways))


def _render_refused(reader: Reader, notice: FriendRefused) -> OutgoingMessage:
    texts = reader.texts
    reason = texts.say(REASONS.get(notice.ground, REASONS[BY_ITSELF]))
    key = "fairness.friend_refused_again" if notice.appealed else "fairness.friend_refused"
    said = texts.say(key, friend=reader.show(notice.friend, first=not notice.appealed), reason=reason)
    if notice.appealed:
        return OutgoingMessage(
            text=said,
            keyboard=compose_send_keyboard(texts, reader.shop, reader.member.code, support_row(texts, "claim")),
        )
    text = "\n\n".join([said, texts.say("fairness.may_object")])
    return OutgoingMessage(text=text, keyboard=stack([make_button(texts, APPEAL, notice.referral)]))


def _render_waiting(reader: Reader, notice: ReviewWaiting) -> OutgoingMessage:
    texts = reader.texts
    first = [texts.say("fairness.queue_appeal")] if notice.appeal else []
    text = "\n".join([*first, texts.say("fairness.waiting", count=notice.count)])
    return OutgoingMessage(text=text, keyboard=stack([make_button(texts, REVIEW)]))


NOTICES: Renderers = {
    FriendHeld: each(_render_held),
    WelcomeHeld: each(_render_welcome),
    CaptchaAsked: each(_render_asked),
    FriendRefused: each(_render_refused),
    ReviewWaiting: each(_render_waiting),
}
