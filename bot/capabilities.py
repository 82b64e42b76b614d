"""The table of contents: everything people can do here, one line each."""

from __future__ import annotations

from bot.handlers import (
    audit,
    broadcast_echo,
    broadcast_when,
    by_hand,
    choosing,
    claiming,
    club,
    contests,
    conversations,
    coupons,
    dashboard,
    face,
    fairness,
    gifts,
    groups,
    guide,
    honours,
    ideas,
    labels,
    looking_up,
    news,
    own_words,
    printing,
    privacy,
    pulse,
    redeeming,
    reminding,
    rewards,
    segments,
    spoken,
    standing,
    team,
    testimonials,
    waiting,
    webhooks,
)
from bot.handlers.broadcasts import capability as broadcasts
from bot.handlers.campaigns import capability as campaigns
from bot.handlers.community import community
from bot.handlers.conversions import capability as conversions
from bot.handlers.joining import start
from bot.handlers.sharing import capability as sharing
from bot.handlers.stats import stats
from bot.handlers.tickets import capability as tickets
from bot.jobs import alarms, announcing, checking, cleaning, lapsing, nudging, proving, pulsing
from bot.updates.capability import Capability

CAPABILITIES: tuple[Capability, ...] = (
    start.CAPABILITY,
    sharing.CAPABILITY,
    own_words.CAPABILITY,
    face.CAPABILITY,
    printing.CAPABILITY,
    spoken.CAPABILITY,
    claiming.CAPABILITY,
    standing.CAPABILITY,
    honours.CAPABILITY,
    contests.CAPABILITY,
    testimonials.CAPABILITY,
    testimonials.STORIES,
    choosing.CAPABILITY,
    choosing.POLLS,
    club.CAPABILITY,
    club.DROPS,
    ideas.CAPABILITY,
    ideas.ANSWERS,
    redeeming.CAPABILITY,
    coupons.CAPABILITY,
    gifts.CAPABILITY,
    conversions.CAPABILITY,
    conversions.OWN_ORDERS,
    conversions.KEYS,
    fairness.CAPABILITY,
    rewards.CAPABILITY,
    reminding.CAPABILITY,
    tickets.CAPABILITY,
    tickets.DESK,
    pulse.CAPABILITY,
    community.CAPABILITY,
    guide.CAPABILITY,
    groups.CAPABILITY,
    privacy.CAPABILITY,
    conversations.CAPABILITY,
    campaigns.CAPABILITY,
    team.CAPABILITY,
    looking_up.CAPABILITY,
    by_hand.CAPABILITY,
    labels.CAPABILITY,
    waiting.CAPABILITY,
    audit.CAPABILITY,
    broadcasts.CAPABILITY,
    segments.CAPABILITY,
    broadcast_when.CAPABILITY,
    broadcast_echo.CAPABILITY,
    news.CAPABILITY,
    webhooks.CAPABILITY,
    stats.CAPABILITY,
    dashboard.CAPABILITY,
    nudging.CAPABILITY,
    pulsing.CAPABILITY,
    lapsing.CAPABILITY,
    announcing.CAPABILITY,
    cleaning.CAPABILITY,
    checking.CAPABILITY,
    proving.CAPABILITY,
    alarms.CAPABILITY,
)


def list_setting_names() -> set[str]:
    """What capabilities have the environment decide, without the prefix."""
    return {setting.name for each in CAPABILITIES for setting in each.settings}
