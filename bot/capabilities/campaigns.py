"""Running campaigns from the phone, declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.campaigns.parts import Part
from bot.core.roles import MANAGERS
from bot.late import late
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
from bot.messages.commands import Command
from bot.services.campaigns.notices import FileKept, FileTaken, StartHeld
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers.campaigns import editing, look, panel, parts, posting, preview, terms
    from bot.messages import campaigns as messages
else:
    messages = late("bot.messages.campaigns")
    editing = late("bot.handlers.campaigns.editing")
    look = late("bot.handlers.campaigns.look")
    panel = late("bot.handlers.campaigns.panel")
    parts = late("bot.handlers.campaigns.parts")
    posting = late("bot.handlers.campaigns.posting")
    preview = late("bot.handlers.campaigns.preview")
    terms = late("bot.handlers.campaigns.terms")

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
        PREVIEW: preview.on_preview,
        STORY_OPEN: panel.on_story,
        STORY_EDIT: panel.on_story_edit,
        STORY_KIND: panel.on_story_kind,
        STORY_DROP: panel.on_story_drop,
        PART_LIST: parts.on_list,
        PART_ADD: parts.on_add,
        PART_EDIT: parts.on_edit,
        PART_DROP: parts.on_drop,
    },
    flows={
        "campaign": editing.FLOW,
        **{str(part): parts.FLOWS[part] for part in Part},
        "terms": terms.FLOW,
        "posting": posting.FLOW,
    },
    notices={kind: messages.NOTICES[kind] for kind in (FileTaken, FileKept, StartHeld)},
)
