"""What was found as a campaign was looked at before its start, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.campaigns.checking import Fault, Finding
from bot.messages.buttons import CAMPAIGN, CAMPAIGN_DO, STORY_OPEN
from bot.messages.campaigns_panel import FIELDS, back_row, cut, name_language
from bot.messages.keyboards import make_button, stack
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Html, Texts
from bot.services.campaigns.editing import EditorView

MOST_SAID = 8
"""Of the findings: whoever has put these right is told the others."""
_SAID = {
    Fault.TOO_LONG: "finding.too_long",
    Fault.POINTS: "finding.points",
    Fault.CODE: "finding.code",
    Fault.FAINT: "finding.faint",
}


def render_findings(texts: Texts, view: EditorView, findings: Sequence[Finding], change: str) -> OutgoingMessage:
    """All that should be put right first, with the way to each story; what may be meant so can begin all the same."""
    number, draft = view.entry.id, view.draft
    stories = [draft.stories[place] for place in dict.fromkeys(each.place for each in findings)]
    language = draft.find_language(texts.language)
    rows = [
        [make_button(texts, STORY_OPEN, number, story.key, label=cut(story.headline.get(language) or "\u2026"))]
        for story in stories
    ]
    if all(each.fault is Fault.POINTS for each in findings):
        anyway = make_button(texts, CAMPAIGN_DO, number, f"{change}-anyway", label=texts.plain("finding.anyway"))
        rows.append([anyway])
    text = Html("\n\n".join([texts.say("finding.text"), say_findings(texts, findings)]))
    return OutgoingMessage(text=text, keyboard=stack(*rows, back_row(texts, CAMPAIGN, number)))


def render_looking(texts: Texts, count: int) -> OutgoingMessage:
    """It takes some seconds."""
    return OutgoingMessage(text=texts.say("finding.looking", count=count))


def say_findings(texts: Texts, findings: Sequence[Finding]) -> Html:
    """A line for each of the first few."""
    return Html("\n".join(say_finding(texts, each) for each in findings[:MOST_SAID]))


def say_finding(texts: Texts, finding: Finding) -> Html:
    """Where it is, what is not as it should be, and what would help."""
    return texts.say(
        _SAID[finding.fault],
        story=finding.place + 1,
        field=texts.plain(FIELDS[finding.field]) if finding.field else "",
        language=name_language(finding.language),
        count=finding.count,
    )
