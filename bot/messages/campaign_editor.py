"""One campaign and one story of it, as they are being written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.core.campaigns.campaign import Campaign, Story, StoryKind
from bot.core.campaigns.drafting import STORY_FIELDS, Difference, Gap, fill_gaps
from bot.core.campaigns.running import Change, ChangeRefusal
from bot.core.languages import LANGUAGES
from bot.messages.buttons import (
    CAMPAIGN,
    CAMPAIGN_DO,
    CAMPAIGN_EDIT,
    CAMPAIGN_SPEAK,
    CAMPAIGNS,
    STORY_DROP,
    STORY_EDIT,
    STORY_FOCUS,
    STORY_KIND,
    STORY_OPEN,
)
from bot.messages.campaign_look import focus_row, say_focus, say_theme
from bot.messages.campaign_parts import list_part_lines, part_rows
from bot.messages.campaigns_panel import (
    FIELDS,
    back_row,
    cut,
    name_language,
    say_languages,
    say_name,
    say_state,
    say_there,
)
from bot.messages.keyboards import Row, make_button, stack
from bot.messages.outgoing import OutgoingMessage
from bot.messages.rewards import say_rule
from bot.messages.sharing.screens import say_kind
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape
from bot.services.campaigns.editing import EditorView
from storage.campaign import CampaignState

_REFUSED = {
    ChangeRefusal.UNWRITTEN: "editor.refused.unwritten",
    ChangeRefusal.MAIN: "editor.refused.main",
    ChangeRefusal.NOT_RUNNING: "editor.refused.not_running",
    ChangeRefusal.NOT_PAUSED: "editor.refused.not_paused",
    ChangeRefusal.ENDED: "editor.refused.ended",
}
_DO = {
    Change.START: "editor.do.start",
    Change.PAUSE: "editor.do.pause",
    Change.RESUME: "editor.do.resume",
    Change.END: "editor.do.end",
    Change.MAKE_MAIN: "editor.do.main",
}

MOST_DIFFERENCES = 12
"""Told on one screen."""

MOST_RULES = 8
"""Sentences on one screen; the file has them all."""


def render_editor(texts: Texts, shop: Shop, view: EditorView) -> OutgoingMessage:
    """One campaign: what it says, what is missing, and all that can be done with it."""
    said = [_say_campaign(texts, shop, view)]
    if view.entry.main:
        said.append(texts.say("editor.main"))
    if view.entry.changed and view.holds is not None:
        said.append(texts.say("editor.changed"))
    if view.gaps:
        said.append(texts.say("editor.gaps", gaps=_say_gaps(texts, view.gaps)))
    if view.refusal is not None:
        said.insert(0, say_refusal(texts, view.refusal))
    return OutgoingMessage(text=Html("\n\n".join(said)), keyboard=stack(*_list_rows(texts, view)))


def say_refusal(texts: Texts, refusal: ChangeRefusal) -> Html:
    """Why a campaign cannot be changed like this."""
    return texts.say(_REFUSED[refusal])


def render_story(texts: Texts, view: EditorView, story: Story) -> OutgoingMessage:
    """One story in all its languages."""
    number = view.entry.id
    place = [each.key for each in view.draft.stories].index(story.key) + 1
    lines = [_say_story_line(texts, story, language) for language in view.draft.languages]
    text = texts.say(
        "editor.story_text",
        number=place,
        name=view.entry.slug,
        kind=say_kind(texts, story.kind),
        picture=say_there(texts, story.picture),
        texts=Html("\n\n".join(lines)),
    )
    fields = [[_story_button(texts, number, story, field)] for field in (*STORY_FIELDS, "picture")]
    kinds = [
        make_button(texts, STORY_KIND, number, story.key, kind.replace(" ", "-"), label=say_kind(texts, kind))
        for kind in StoryKind
        if kind is not story.kind
    ]
    rows = [*fields, kinds[:2], kinds[2:], [make_button(texts, STORY_DROP, number, story.key)]]
    if story.picture:
        text = Html(f"{text}\n\n{say_focus(texts, story.focus)}")
        rows.insert(
            len(fields), focus_row(texts, story.focus, lambda value: STORY_FOCUS.data(number, story.key, value))
        )
    return OutgoingMessage(text=text, keyboard=stack(*rows, back_row(texts, CAMPAIGN, number)))


def render_languages(texts: Texts, view: EditorView) -> OutgoingMessage:
    """The languages of the program, those of the campaign marked."""
    spoken = view.draft.languages
    rows = [
        [
            make_button(
                texts,
                CAMPAIGN_SPEAK,
                view.entry.id,
                language,
                label=f"{'✓ ' if language in spoken else ''}{Texts(language).plain('locale.name')}",
            )
        ]
        for language in dict.fromkeys((*spoken, *LANGUAGES))
    ]
    return OutgoingMessage(
        text=texts.say("editor.languages_text"), keyboard=stack(*rows, back_row(texts, CAMPAIGN, view.entry.id))
    )


def render_differences(
    texts: Texts, shop: Shop, view: EditorView, differences: Sequence[Difference]
) -> OutgoingMessage:
    """What a draft says otherwise than what holds, and what happens to those who came before."""
    lines = [] if view.holds is None else [*list_part_lines(texts, shop, view.holds, view.draft)]
    lines += [
        texts.say(
            "editor.difference_line",
            field=each.field,
            before=cut(each.before) or "\u2013",
            after=cut(each.after) or "\u2013",
        )
        for each in differences[: MOST_DIFFERENCES - len(lines)]
    ]
    number = view.entry.id
    if not lines:
        return OutgoingMessage(text=texts.say("editor.nothing"), keyboard=stack(back_row(texts, CAMPAIGN, number)))
    text = texts.say("editor.difference_text", lines=Html("\n\n".join(lines)))
    publish = make_button(texts, CAMPAIGN_DO, number, "publish", label=texts.plain("editor.do.publish"))
    drop = make_button(texts, CAMPAIGN_DO, number, "drop", label=texts.plain("editor.do.drop"))
    return OutgoingMessage(text=text, keyboard=stack([publish], [drop], back_row(texts, CAMPAIGN, number)))


def render_gone(texts: Texts) -> OutgoingMessage:
    """There is no such campaign, or no such story in it."""
    return OutgoingMessage(text=texts.say("editor.gone"), keyboard=stack(back_row(texts, CAMPAIGNS)))


def _say_campaign(texts: Texts, shop: Shop, view: EditorView) -> Html:
    draft, entry = view.draft, view.entry
    said = texts.say(
        "editor.text",
        name=say_name(texts, entry),
        state=say_state(texts, shop, entry),
        inviter=draft.say_points(draft.inviter_points, texts.language),
        invitee=draft.say_points(draft.invitee_points, texts.language),
        theme=say_theme(texts, draft.theme),
        photo=say_there(texts, draft.photo),
        languages=say_languages(draft.languages),
    )
    if entry.ends_at is not None:
        said = Html(f"{said}\n{texts.say('editor.ends', date=texts.moment(entry.ends_at, shop.zone))}")
    return Html("\n\n".join([said, *_say_rules(texts, shop, draft)]))


def _say_rules(texts: Texts, shop: Shop, draft: Campaign) -> list[Html]:
    """What else it gives, each rule in its sentence; nothing where it gives the usual points alone."""
    if not draft.rewards:
        return []
    lines = [
        Html(f"· {say_rule(texts, replace(shop, campaign=fill_gaps(draft)), rule)}")
        for rule in draft.rewards[:MOST_RULES]
    ]
    left = len(draft.rewards) - len(lines)
    return [Html("\n".join([texts.say("editor.rules"), *lines, *([Html(f"+{left}")] if left else [])]))]


def _list_rows(texts: Texts, view: EditorView) -> list[Row]:
    draft, number = view.draft, view.entry.id

    def edit(field: str, label: str, **values: str) -> Row:
        return [make_button(texts, CAMPAIGN_EDIT, number, field, label=texts.plain(label, **values))]

    stories = [
        [make_button(texts, STORY_OPEN, number, story.key, label=f"{place}. {_title(texts, draft, story)}")]
        for place, story in enumerate(draft.stories, start=1)
    ]
    timing = (
        [edit("posting", "posting.button")]
        if view.entry.main
        else [edit("starts", "editor.starts") + edit("ends", "editor.ends_button"), edit("budget", "editor.budget")]
    )
    return [
        *stories,
        edit("story", "editor.story"),
        edit("inviter", "editor.inviter", points=texts.number(draft.inviter_points))
        + edit("invitee", "editor.invitee", points=texts.number(draft.invitee_points)),
        *part_rows(texts, number),
        edit("theme", "editor.theme") + edit("photo", "editor.photo") + edit("languages", "editor.languages"),
        edit("preview", "editor.preview") + edit("copy", "editor.copy"),
        *timing,
        *_list_changes(texts, view),
        back_row(texts, CAMPAIGNS),
    ]


def _list_changes(texts: Texts, view: EditorView) -> list[Row]:
    """What can be said of it now."""
    entry, number = view.entry, view.entry.id
    state = entry.state
    changes = {
        CampaignState.DRAFT: [Change.START],
        CampaignState.RUNNING: [] if entry.main else [Change.PAUSE, Change.END, Change.MAKE_MAIN],
        CampaignState.PAUSED: [Change.RESUME, Change.END],
        CampaignState.ENDED: [Change.START],
    }[state]
    rows = [[make_button(texts, CAMPAIGN_DO, number, str(each), label=texts.plain(_DO[each]))] for each in changes]
    if entry.changed and view.holds is not None and not view.gaps:
        rows.insert(
            0, [make_button(texts, CAMPAIGN_EDIT, number, "difference", label=texts.plain("editor.difference"))]
        )
    return rows


def _story_button(texts: Texts, number: int, story: Story, field: str) -> Any:
    return make_button(texts, STORY_EDIT, number, story.key, field, label=texts.plain(FIELDS[field]))


def _title(texts: Texts, draft: Campaign, story: Story) -> str:
    said = story.headline.get(draft.find_language(texts.language)) or next(filter(None, story.headline.values()), "")
    return cut(said) or "\u2026"


def _say_gaps(texts: Texts, gaps: Sequence[Gap]) -> Html:
    lines = [
        texts.say(
            "editor.gap", story=gap.story, field=texts.plain(FIELDS[gap.field]), language=name_language(gap.language)
        )
        for gap in gaps[:12]
    ]
    return Html("\n".join(lines))


def _say_story_line(texts: Texts, story: Story, language: str) -> Html:
    parts = [getattr(story, field).get(language, "") or "\u2026" for field in STORY_FIELDS]
    text = Html(f"<b>{escape(parts[0])}</b>\n{escape(parts[1])}\n<i>{escape(parts[2])}</i>")
    return texts.say("editor.story_line", language=name_language(language), text=text)
