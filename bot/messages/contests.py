"""Contests: what there is to win, who leads, the team's look before the results, the results."""

from __future__ import annotations

import csv
import io

from bot.core.campaigns.contests import Contest, ContestBy
from bot.core.drawing import compute_commitment
from bot.core.posters import Poster
from bot.core.scheduling import compose_moment
from bot.core.spreadsheets import defuse
from bot.messages.buttons import (
    CONTEST_DRAW,
    CONTEST_LIST,
    CONTEST_RELEASE,
    CONTEST_REVIEW,
    CONTEST_SURE,
    CONTESTS,
    MENU,
    REWARDS,
    STRIKE,
    STRIKE_WHY,
)
from bot.messages.keyboards import make_button, send_row, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import PARTY, Document, OutgoingMessage
from bot.messages.rewards import say_what
from bot.messages.shop import Shop, compose_join_keyboard
from bot.messages.stats.charts import ChartTexts
from bot.messages.texts import Html, Texts, escape, show_listed_name, show_name, show_plain_name
from bot.services.contests.contests import ContestFile, ContestsView, ContestView, DrawView, ReviewView
from bot.services.contests.notices import ContestBegun, ContestOver, ContestReleased, PrizeWon
from bot.services.rewards.notices import read_rule
from storage.contest import Contestant, ContestState, Placing
from storage.records import PersonId

_NAME_LIMIT = 32
_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
_REASONS = {"unreal": "contests.reason.unreal", "team": "contests.reason.team", "asked": "contests.reason.asked"}
"""Why somebody can be struck off, by the word that is kept."""


def render_contests(texts: Texts, shop: Shop, view: ContestsView) -> OutgoingMessage:
    """What there is to win now, and who has won."""
    blocks = [say_contest(texts, shop, each) for each in view.contests] or [texts.say("contests.none")]
    draws = [
        [
            make_button(
                texts,
                CONTEST_DRAW,
                each.row.id,
                label=texts.plain("contests.proof", name=each.contest.say(texts.language)),
            )
        ]
        for each in view.contests
        if each.contest.by is ContestBy.DRAW and each.row.state is ContestState.RELEASED
    ]
    keyboard = stack(send_row(texts, shop, view.member.code), *draws, tap_row(texts, MENU))
    return OutgoingMessage(text="\n\n".join(blocks), keyboard=keyboard)


def say_contest(texts: Texts, shop: Shop, view: ContestView) -> Html:
    """A contest: its name, until when, what can be won, who leads or has won, one's own place."""
    lines = [Html(f"<b>{escape(view.contest.say(texts.language))}</b>"), _say_state(texts, shop, view)]
    if view.row.state is ContestState.RELEASED:
        lines += [_say_placing(texts, each) for each in view.placings] or [texts.say("contests.nobody")]
        return Html("\n".join(lines))
    lines.append(texts.say("contests.prizes", prizes=say_prizes(texts, shop, view.contest)))
    lines += [_say_leading(texts, place, each) for place, each in enumerate(view.leading, start=1)]
    lines.append(_say_own(texts, view))
    if view.commitment:
        lines.append(texts.say("contests.commitment", hash=view.commitment))
    return Html("\n".join(lines))


def say_prizes(texts: Texts, shop: Shop, contest: Contest) -> Html:
    """What each place wins."""
    return Html(
        " · ".join(
            texts.say("contests.prize", place=_say_place(texts, place), prize=say_what(texts, shop, prize))
            for place in sorted(prize.place for prize in contest.prizes)
            if (prize := contest.find_prize(place)) is not None
        )
    )


def render_review(texts: Texts, shop: Shop, view: ReviewView) -> OutgoingMessage:
    """What the team looks over: everybody in front, who can be struck off, and the way to the results."""
    if view.view is None:
        return OutgoingMessage(text=texts.say("contests.gone"), keyboard=stack(tap_row(texts, MENU)))
    row, contest = view.view.row, view.view.contest
    title = Html(f"<b>{escape(contest.say(texts.language))}</b>\n{_say_state(texts, shop, view.view)}")
    lines = [_say_reviewed(texts, place, each) for place, each in enumerate(view.contestants, start=1)] or [
        texts.say("contests.nobody")
    ]
    strikes = [
        make_button(texts, STRIKE, row.id, each.person_id, label=texts.plain("contests.strike", number=place))
        for place, each in enumerate(view.contestants, start=1)
        if not each.reason
    ]
    open_rows = [strikes[first : first + 4] for first in range(0, len(strikes), 4)]
    release = [make_button(texts, CONTEST_RELEASE, row.id)] if row.state is ContestState.REVIEW else []
    under_way = row.state in {ContestState.RUNNING, ContestState.REVIEW}
    hint = [texts.say("contests.review_hint")] if row.state is ContestState.REVIEW else []
    keyboard = stack(
        *(open_rows if under_way else []), [make_button(texts, CONTEST_LIST, row.id)], release, tap_row(texts, MENU)
    )
    return OutgoingMessage(text="\n\n".join([title, Html("\n".join(lines)), *hint]), keyboard=keyboard)


def render_strike(texts: Texts, view: ReviewView, person_id: PersonId) -> OutgoingMessage:
    """Why: one of the reasons there are, or not at all."""
    who = next((each for each in view.contestants if each.person_id == person_id), None)
    if view.view is None or who is None:
        return OutgoingMessage(text=texts.say("contests.gone"), keyboard=stack(tap_row(texts, MENU)))
    row = view.view.row
    why = [
        [make_button(texts, STRIKE_WHY, row.id, person_id, reason, label=texts.plain(key))]
        for reason, key in _REASONS.items()
    ]
    back = [make_button(texts, CONTEST_REVIEW, row.id, label=texts.plain("button.back"))]
    name = show_listed_name(texts, who.name, limit=_NAME_LIMIT)
    return OutgoingMessage(text=texts.say("contests.strike_why", name=name), keyboard=stack(*why, back))


def render_sure(texts: Texts, view: ReviewView) -> OutgoingMessage:
    """Results are told once: asked before."""
    if view.view is None:
        return OutgoingMessage(text=texts.say("contests.gone"), keyboard=stack(tap_row(texts, MENU)))
    row = view.view.row
    keyboard = stack(
        [make_button(texts, CONTEST_SURE, row.id)],
        [make_button(texts, CONTEST_REVIEW, row.id, label=texts.plain("button.back"))],
    )
    return OutgoingMessage(
        text=texts.say("contests.sure", name=view.view.contest.say(texts.language)), keyboard=keyboard
    )


def compose_results(texts: Texts, shop: Shop, view: ContestView) -> ChartTexts:
    """The picture of the results: names as each allows."""
    name, brand = view.contest.say(texts.language), shop.brand(texts.language)
    return ChartTexts(
        title=f"{name} · {brand}",
        figures=[
            (texts.plain("contests.figure.contestants"), texts.number(view.contestants)),
            (texts.plain("contests.figure.friends"), texts.number(view.friends)),
            (texts.plain("contests.figure.until"), texts.date(view.row.ends_at - 1, shop.zone)),
        ],
        top_title=texts.plain("contests.results"),
        top=[
            (
                f"{each.place}. {texts.plain('name.nobody_first') if each.anonymous else show_plain_name(texts, each.name, first=True)}",
                each.score,
                texts.number(each.score),
            )
            for each in view.placings
        ],
        nameless=texts.plain("name.nobody_first"),
        nobody=texts.plain("contests.nobody"),
    )


def render_list(texts: Texts, shop: Shop, file: ContestFile) -> OutgoingMessage:
    """Everybody with the friends who count, for a spreadsheet."""
    content = compose_csv(shop, file).encode("utf-8-sig")
    said = texts.say("contests.list_caption", name=file.contest.say(texts.language))
    return OutgoingMessage(text=said, document=Document(content=content, name=f"{file.row.key}.csv"))


def compose_csv(shop: Shop, file: ContestFile) -> str:
    """A line for each friend who counts; names that a spreadsheet would take for a formula are made harmless."""
    people = {each.person_id: (place, each) for place, each in enumerate(file.contestants, start=1)}
    won = {each.person_id: each.place for each in file.placings}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "standing",
            "won_place",
            "member",
            "name",
            "friends",
            "reached_at",
            "struck_off",
            "friend",
            "referral",
            "source",
            "counted_at",
        ]
    )
    for friend in file.evidence:
        place, who = people.get(friend.person_id, (0, None))
        if who is None:
            continue
        moments = [compose_moment(moment, shop.zone) for moment in (who.reached_at, friend.counted_at)]
        told = [place, won.get(who.person_id, ""), who.person_id, who.name, who.score, moments[0], who.reason]
        rest = [friend.friend_id, friend.referral_id, friend.source, moments[1]]
        writer.writerow([defuse(value) for value in (*told, *rest)])
    return out.getvalue()


def render_draw(texts: Texts, view: DrawView) -> OutgoingMessage:
    """The proof of a draw: what `passalong draw verify` reads."""
    name, seal = view.contest.say(texts.language), compute_commitment(view.row.seed)
    document = Document(content=view.proof.encode(), name=f"{view.row.key}-draw.json")
    return OutgoingMessage(text=texts.say("contests.draw_caption", name=name, hash=seal), document=document)


def _say_state(texts: Texts, shop: Shop, view: ContestView) -> Html:
    row = view.row
    if row.state is ContestState.RUNNING:
        return texts.say("contests.until", until=texts.countdown(row.ends_at, shop.zone))
    key = "contests.review" if row.state is ContestState.REVIEW else "contests.over"
    return texts.say(key, date=texts.date(row.ends_at - 1, shop.zone))


def _say_place(texts: Texts, place: int) -> str:
    return _MEDALS.get(place) or texts.plain("top.rank", rank=place)


def _say_leading(texts: Texts, place: int, who: Contestant) -> Html:
    return _say_line(texts, place, "" if who.anonymous else who.name, who.score)


def _say_placing(texts: Texts, placing: Placing) -> Html:
    return _say_line(texts, placing.place, "" if placing.anonymous else placing.name, placing.score)


def _say_line(texts: Texts, place: int, name: str, score: int) -> Html:
    shown = show_name(texts, name, first=True, limit=_NAME_LIMIT)
    return texts.say("top.line", place=_say_place(texts, place), name=shown, score=score)


def _say_reviewed(texts: Texts, place: int, who: Contestant) -> Html:
    """The team sees every name."""
    name = show_listed_name(texts, who.name, limit=_NAME_LIMIT)
    line = texts.say("contests.reviewed", number=place, name=name, score=who.score)
    return (
        texts.say("contests.struck", line=line, reason=texts.say(_REASONS.get(who.reason, "contests.reason.other")))
        if who.reason
        else line
    )


def _say_own(texts: Texts, view: ContestView) -> Html:
    if view.contest.by is ContestBy.DRAW:
        return texts.say("contests.tickets", count=view.score, number=str(view.number))
    if view.rank is None:
        return texts.say("contests.no_place")
    return texts.say("top.mine", rank=view.rank, count=view.score)


def _render_begun(reader: Reader, notice: ContestBegun) -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    contest = shop.campaign.find_contest(notice.key)
    name = contest.say(texts.language) if contest else notice.key
    lines = [
        texts.say("contests.begun", name=name, until=texts.countdown(notice.ends_at, shop.zone)),
        *([texts.say("contests.prizes", prizes=say_prizes(texts, shop, contest))] if contest else []),
        *([texts.say("contests.commitment", hash=notice.commitment)] if notice.commitment else []),
    ]
    until = texts.plain("poster.until", date=texts.date(notice.ends_at - 1, shop.zone))
    return _compose_post(reader, "\n".join(lines), name, until)


def _compose_post(reader: Reader, text: str, name: str, below: str) -> OutgoingMessage:
    """With the contest's name on a picture."""
    texts, shop = reader.texts, reader.shop
    poster = Poster(brand=shop.brand(texts.language), sign="", headline=name, below=below)
    keyboard = compose_join_keyboard(texts.plain("button.join_too"), shop.address)
    return OutgoingMessage(text=text, keyboard=keyboard, poster=poster)


def _render_over(reader: Reader, notice: ContestOver) -> OutgoingMessage:
    texts = reader.texts
    text = texts.say("contests.over_owner", name=notice.name)
    return OutgoingMessage(text=text, keyboard=stack([make_button(texts, CONTEST_REVIEW, notice.contest)]))


def _render_released(reader: Reader, notice: ContestReleased) -> OutgoingMessage:
    texts = reader.texts
    winners = notice.winners.split("\n") if notice.winners else []
    lines = [
        texts.say(
            "contests.winner",
            place=_say_place(texts, place),
            name=show_name(texts, name, first=True, limit=_NAME_LIMIT),
        )
        for place, name in enumerate(winners, start=1)
    ] or [texts.say("contests.nobody")]
    title = texts.say("contests.released", name=notice.name)
    return _compose_post(reader, "\n".join([title, *lines]), notice.name, texts.plain("poster.decided"))


def _render_won(reader: Reader, notice: PrizeWon) -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    what = say_what(texts, shop, read_rule(notice.prize))
    text = texts.say("contests.won", name=notice.name, place=_say_place(texts, notice.place), prize=what)
    keyboard = stack(send_row(texts, shop, reader.member.code), tap_row(texts, REWARDS, CONTESTS))
    return OutgoingMessage(text=text, keyboard=keyboard, effect_id=PARTY)


NOTICES: Renderers = {
    ContestBegun: each(_render_begun),
    ContestOver: each(_render_over),
    ContestReleased: each(_render_released),
    PrizeWon: each(_render_won),
}
