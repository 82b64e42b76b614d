"""What was done in running the shop, act by act."""

from __future__ import annotations

from bot.messages.buttons import AUDIT
from bot.messages.campaigns_panel import FIELDS
from bot.messages.keyboards import make_button, stack
from bot.messages.outgoing import OutgoingMessage
from bot.messages.proof import say_inspection
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, show_name
from bot.services.audit import Act, AuditLine, AuditView

_ACTS = {
    Act.ROLE: "audit.role",
    Act.INVITED: "audit.invited",
    Act.CAMPAIGN_WRITTEN: "audit.campaign_written",
    Act.CAMPAIGN_STATE: "audit.campaign_state",
    Act.CAMPAIGN_MAIN: "audit.campaign_main",
    Act.PROFILE: "audit.profile",
    Act.PLACE: "audit.place",
    Act.BROADCAST: "audit.broadcast",
    Act.HANDED_OUT: "audit.handed_out",
    Act.HANDED_BACK: "audit.handed_back",
    Act.LOOKED_UP: "audit.looked_up",
    Act.GAVE: "audit.gave",
    Act.TOOK_BACK: "audit.took_back",
    Act.LET_IN: "audit.let_in",
    Act.LABELLED: "audit.labelled",
    Act.UNLABELLED: "audit.unlabelled",
    Act.CODE_GIVEN: "audit.code_given",
    Act.GIFT_ARRIVED: "audit.gift_arrived",
    Act.GIFT_AGAIN: "audit.gift_again",
    Act.COUPONS: "audit.coupons",
    Act.STRUCK: "audit.struck",
    Act.REVIEWED: "audit.reviewed",
    Act.RELEASED: "audit.released",
    Act.KEY_MADE: "audit.key_made",
    Act.KEY_REVOKED: "audit.key_revoked",
    Act.SOLD: "audit.sold",
    Act.UNSOLD: "audit.unsold",
    Act.TIED: "audit.tied",
    Act.ORDERS: "audit.orders",
    Act.ASKED: "audit.asked",
    Act.ANSWERED: "audit.answered",
    Act.TESTIMONIAL: "audit.testimonial",
    Act.DROP: "audit.drop",
    Act.DROP_ENDED: "audit.drop_ended",
    Act.IDEA: "audit.idea",
    Act.WEBHOOK_ADDED: "audit.webhook_added",
    Act.WEBHOOK_REMOVED: "audit.webhook_removed",
}

_TO_SOMEBODY = {
    Act.ROLE,
    Act.HANDED_OUT,
    Act.HANDED_BACK,
    Act.LOOKED_UP,
    Act.GAVE,
    Act.TOOK_BACK,
    Act.LABELLED,
    Act.UNLABELLED,
    Act.CODE_GIVEN,
    Act.GIFT_ARRIVED,
    Act.GIFT_AGAIN,
    Act.TIED,
    Act.REVIEWED,
    Act.IDEA,
    Act.TESTIMONIAL,
}


def render_audit(texts: Texts, shop: Shop, view: AuditView) -> OutgoingMessage:
    """A page of acts, the latest first."""
    inspected = say_inspection(texts, shop, view.inspection)
    if not view.lines:
        return OutgoingMessage(text=Html("\n\n".join([texts.say("audit.nothing"), inspected])))
    lines = [_say_line(texts, shop, line) for line in view.lines]
    earlier = [make_button(texts, AUDIT, view.lines[-1].id, label=texts.plain("audit.earlier"))]
    text = Html("\n\n".join([texts.say("audit.text"), *lines, *([inspected] if view.is_first else [])]))
    return OutgoingMessage(text=text, keyboard=stack(earlier) if view.has_more else None)


def _say_line(texts: Texts, shop: Shop, line: AuditLine) -> Html:
    actor = texts.say("audit.command") if line.by_command else show_name(texts, line.actor, first=True, limit=32)
    subject: str = show_name(texts, line.subject, limit=32) if line.act in _TO_SOMEBODY else line.subject
    if line.act == Act.PLACE and line.subject in FIELDS:
        subject = texts.plain(FIELDS[line.subject])
    act = texts.say(
        _ACTS[Act(line.act)],
        actor=actor,
        subject=subject,
        before=line.before or "\u2013",
        after=line.after or "\u2013",
        count=int(line.after) if line.after.isdecimal() else 0,
    )
    return texts.say("audit.line", date=texts.moment(line.acted_at, shop.zone), act=act)
