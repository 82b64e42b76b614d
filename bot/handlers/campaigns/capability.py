"""Running campaigns from the phone, declared."""

from __future__ import annotations

from bot.core.roles import MANAGERS
from bot.handlers.campaigns import look, panel, parts, posting, terms
from bot.handlers.campaigns.editing import FLOW
from bot.handlers.campaigns.preview import on_preview
from bot.messages.buttons import (
    ADMIN,
    ADMIN_SHOP,
    CAMPAIGN,
    CAMPAIGN_DO,
    CAMPAIGN_EDIT,
    CAMPAIGN_LOOK,
    CAMPAIGN_SPEAK,
    CAMPAIGNS,
    LOOK_LIST,
    LOOK_SET,
    NEW_CAMPAIGN,
    NEW_FROM,
    PART_ADD,
    PART_DROP,
    PART_EDIT,
    PART_LIST,
    PREVIEW,
    SHOP_EDIT,
    STORY_DROP,
    STORY_EDIT,
    STORY_FOCUS,
    STORY_KIND,
    STORY_OPEN,
)
from bot.messages.campaigns import NOTICES
from bot.messages.commands import Command
from bot.updates.capability import Capability

CAPABILITY = Capability(
    name="campaigns",
    roles=MANAGERS,
    commands={Command(name="admin", text="admin.command", place=3): panel.on_admin},
    buttons={
        ADMIN: panel.on_admin,
        ADMIN_SHOP: panel.on_shop,
        SHOP_EDIT: panel.on_shop_edit,
        CAMPAIGNS: panel.on_campaigns,
        NEW_CAMPAIGN: panel.on_new,
        NEW_FROM: panel.on_new_from,
        CAMPAIGN: panel.on_campaign,
        CAMPAIGN_EDIT: panel.on_edit,
        CAMPAIGN_DO: panel.on_do,
        CAMPAIGN_LOOK: look.on_look,
        LOOK_LIST: look.on_list,
        LOOK_SET: look.on_set,
        STORY_FOCUS: look.on_story_focus,
        CAMPAIGN_SPEAK: panel.on_speak,
        PREVIEW: on_preview,
        STORY_OPEN: panel.on_story,
        STORY_EDIT: panel.on_story_edit,
        STORY_KIND: panel.on_story_kind,
        STORY_DROP: panel.on_story_drop,
        PART_LIST: parts.on_list,
        PART_ADD: parts.on_add,
        PART_EDIT: parts.on_edit,
        PART_DROP: parts.on_drop,
    },
    flows=[FLOW, *parts.FLOWS.values(), terms.FLOW, posting.FLOW],
    notices=NOTICES,
)
