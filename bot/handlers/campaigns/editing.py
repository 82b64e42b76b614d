"""What is typed or sent for a field of the shop, a campaign or a story: asked language by language, kept in the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from telegram import Message, Update

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.drafting import (
    TextFault,
    TextMistake,
    check_text,
    compose_probe,
    parse_points,
    parse_unit,
    set_look,
    set_story_picture,
    set_story_text,
)
from bot.core.campaigns.look import parse_colour
from bot.core.campaigns.parts import Part
from bot.core.campaigns.profile import Profile
from bot.core.pictures import MOST_PICTURE_BYTES, Picture, PictureMistake, PictureProblem
from bot.core.scheduling import parse_moment
from bot.handlers.campaigns.place import FoundChat, read_chat, read_zone
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.campaign_editor import render_editor, render_story, say_refusal
from bot.messages.campaign_findings import say_findings
from bot.messages.campaign_look import render_colours
from bot.messages.campaign_parts import FROM_REWARDS, render_parts
from bot.messages.campaign_questions import NOWHERE, list_choices, render_question, say_text_mistake
from bot.messages.campaigns_panel import render_shop
from bot.messages.conversations import compose_question
from bot.messages.outgoing import OutgoingMessage
from bot.messages.pictures import say_picture_mistake
from bot.messages.texts import Html, Texts, escape
from bot.services.campaigns import editing
from bot.services.campaigns.editing import EditorView
from bot.services.campaigns.parts import view_parts
from bot.services.campaigns.profile import edit_profile, place_shop, view_shop
from bot.services.conversations import leave, move
from bot.services.members import open_home
from bot.updates.context import visitor_of
from bot.updates.flows import Answer, Flow, Step
from storage.conversation import Conversation
from storage.records import CampaignId
from storage.tables.pictures import StoredPicture

FIELD, VALUE = "campaign", "value"
PICTURES = ("logo", "photo", "picture")
COLOURS = ("main", "accent")
PLACES = ("announce", "community", "zone")
SPOKEN = ("brand", "unit", "headline", "text", "offer")
"""Fields that are said in each language of the shop."""
FORMATTING = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link", "blockquote"}
)
"""What a card cannot show."""

Data = Mapping[str, Any]


async def ask_for(
    update: Update, context: Context, draft: Campaign, *, field: str, campaign: int = 0, story: str = ""
) -> None:
    """Ask for a field: of the shop without a campaign, of a story with its key."""
    languages, screen = list(draft.languages) if field in SPOKEN else [], ""
    if field.startswith(FROM_REWARDS):
        field, screen = field.removeprefix(FROM_REWARDS), str(Part.REWARD)
    data = {"field": field, "campaign": campaign, "story": story, "languages": languages, "screen": screen}
    data["now"] = _list_now(draft, field, story)
    await _ask(update, context, data)


async def on_value(update: Update, context: Context, asked: Conversation) -> None:
    """What was typed or sent: kept, or refused with the reason, and then asked for in the next language."""
    message, data = update.effective_message, asked.data
    assert message is not None
    member = await context.read(open_home, visitor=visitor_of(update))
    texts = Texts(member.language)
    if data["field"] in PLACES:
        refusal = await _take_place(update, context, texts, message, str(data["field"]))
    elif data["field"] in PICTURES:
        refusal = await _take_picture(update, context, texts, message, data)
    else:
        refusal = await _take_text(update, context, texts, message, data)
    if refusal is not None:
        await context.deliver(_compose_question(texts, data, said=refusal))
        return
    if any(entity.type in FORMATTING for entity in message.entities):
        await context.deliver(OutgoingMessage(text=texts.say("editor.wrong.plain")))
    await _go_on(update, context, data)


async def on_tapped(update: Update, context: Context, data: Data) -> None:
    """This language stays as it is; or the shop has no such chat."""
    if data.get(VALUE) == NOWHERE and not await context.write(
        place_shop, visitor=visitor_of(update), field=str(data["field"]), value=None
    ):
        member = await context.read(open_home, visitor=visitor_of(update))
        await context.deliver(OutgoingMessage(text=Texts(member.language).say("place.needed")))
    await _go_on(update, context, data)


def list_offered(texts: Texts, _shop: object, data: Data) -> Mapping[str, str]:
    """What can be tapped in place of an answer."""
    return list_choices(texts, data)


def ask_value(texts: Texts, _shop: object, data: Data) -> OutgoingMessage:
    """The question, for whoever is asked again."""
    return render_question(texts, data)


async def _take_text(update: Update, context: Context, texts: Texts, message: Message, data: Data) -> Html | None:
    """Keep what was typed; the reason why not, where it cannot be kept."""
    said, field = message.text or "", str(data["field"])
    if field in {"inviter", "invitee", "budget"}:
        value: Any = parse_points(said)
        wrong = None if value is not None else texts.say("editor.wrong.number")
    elif field in {"starts", "ends"}:
        zone, now = context.deps.shop.zone, await context.read(lambda tx: tx.now)
        value = parse_moment(said, zone, now)
        wrong = None if value is not None else texts.say("editor.wrong.moment")
        if wrong is None and field == "starts":
            wrong = await _look_over(update, context, texts, data)
    elif field in COLOURS:
        value = parse_colour(said)
        wrong = None if value else texts.say("editor.wrong.colour")
    else:
        value = parse_unit(said) if field == "unit" else check_text(field, said)
        if isinstance(value, str) and data["campaign"]:
            value = await _measure(update, context, data, value)
        wrong = say_text_mistake(texts, value) if isinstance(value, TextMistake) else None
    if wrong is None:
        view = await _keep(update, context, data, value)
        wrong = say_refusal(texts, view.refusal) if view is not None and view.refusal is not None else None
    return wrong


async def _take_place(update: Update, context: Context, texts: Texts, message: Message, field: str) -> Html | None:
    """Keep where the shop is; the reason why not, where it cannot be kept."""
    place = partial(place_shop, visitor=visitor_of(update), field=field)
    if field == "zone":
        zone = await read_zone(texts, message)
        if zone is None:
            return texts.say("editor.wrong.zone")
        await context.write(place, value=zone)
        return None
    found = await read_chat(context, texts, message, field)
    if not isinstance(found, FoundChat):
        return found
    await context.write(place, value=found.named, number=found.number)
    return None


async def _look_over(update: Update, context: Context, texts: Texts, data: Data) -> Html | None:
    """What is not as it should be with a campaign that is to begin by itself; None where all is well, or a text is missing."""
    view = await context.read(editing.view_editor, visitor=visitor_of(update), campaign_id=CampaignId(data["campaign"]))
    if view is None or view.gaps:
        return None
    findings = await context.deps.pictures.check(view.draft)
    return Html(f"{texts.say('finding.text')}\n\n{say_findings(texts, findings)}") if findings else None


async def _measure(update: Update, context: Context, data: Data, text: str) -> str | TextMistake:
    """The text, if the cards of this look can show it well; else by how much it is too long for them."""
    view = await context.read(editing.view_editor, visitor=visitor_of(update), campaign_id=CampaignId(data["campaign"]))
    field, language = str(data["field"]), data["languages"][0]
    probe = None if view is None else compose_probe(view.draft, str(data["story"]), field, language, text)
    found = None if probe is None else await context.deps.pictures.find_excess(probe)
    if found is None or found.excess.field != {"text": "story"}.get(field, field):
        return text
    return TextMistake(fault=TextFault.TOO_LONG, over=found.excess.characters)


async def _take_picture(update: Update, context: Context, texts: Texts, message: Message, data: Data) -> Html | None:
    """Fetch and keep a picture; the reason why not."""
    picture = await read_picture(context, message)
    if picture is None:
        return texts.say("editor.wrong.picture")
    if isinstance(picture, PictureMistake):
        return escape(say_picture_mistake(texts, picture))
    stored = StoredPicture(sha256=picture.sha256, content=picture.data, width=picture.width, height=picture.height)
    await _keep(update, context, data, picture.sha256, stored)
    return None


async def read_picture(context: Context, message: Message) -> Picture | PictureMistake | None:
    """The picture that was sent; why it cannot be used; None where none was sent."""
    sent = message.photo[-1] if message.photo else message.document
    if sent is None:
        return None
    if (sent.file_size or 0) > MOST_PICTURE_BYTES:
        return PictureMistake(PictureProblem.TOO_HEAVY, MOST_PICTURE_BYTES, sent.file_size or 0)
    file = await context.bot.get_file(sent.file_id)
    data = bytes(await file.download_as_bytearray())
    return await context.deps.pictures.read_picture(data)


async def _keep(
    update: Update, context: Context, data: Data, value: Any, picture: StoredPicture | None = None
) -> EditorView | None:
    """Write a value where it belongs; returns the campaign, where it is one's."""
    visitor, field, store = visitor_of(update), str(data["field"]), context.bot_data.store
    language, campaign_id = next(iter(data["languages"]), ""), CampaignId(data["campaign"])
    if not campaign_id:
        edit = partial(_dress, field=field, language=language, value=value)
        await store.write(edit_profile, visitor=visitor, edit=edit, picture=picture)
        return None
    if field in {"starts", "ends", "budget"}:
        name = {"starts": "starts_at", "ends": "ends_at"}.get(field, field)
        schedule = editing.schedule_campaign
        return await store.write(schedule, visitor=visitor, campaign_id=campaign_id, field=name, value=value)
    change = partial(_change, field=field, story=str(data["story"]), language=language, value=value)
    return await store.write(
        editing.edit_campaign, visitor=visitor, campaign_id=campaign_id, edit=change, picture=picture
    )


def _dress(profile: Profile, *, field: str, language: str, value: Any) -> Profile:
    if field == "logo":
        return replace(profile, logo=value)
    if field == "brand":
        return replace(profile, brand=profile.brand | {language: value})
    return replace(profile, unit=profile.unit | {language: value})


def _change(draft: Campaign, *, field: str, story: str, language: str, value: Any) -> Campaign:
    if field == "picture":
        return set_story_picture(draft, story, value)
    if field == "photo":
        return replace(draft, photo=value)
    if field in COLOURS:
        return set_look(draft, field, value) or draft
    if field == "inviter":
        return replace(draft, inviter_points=value)
    if field == "invitee":
        return replace(draft, invitee_points=value)
    return set_story_text(draft, story, field, language, value)


async def _go_on(update: Update, context: Context, data: Data) -> None:
    """The next language, or the screen from which it was asked."""
    left = list(data["languages"])[1:]
    if left:
        await _ask(update, context, {**data, "languages": left})
        return
    screen = await _compose_end(update, context, data)
    if screen is not None:
        await context.deliver(screen)
    await context.write(leave, visitor=visitor_of(update), flow=FIELD)


async def _compose_end(update: Update, context: Context, data: Data) -> OutgoingMessage | None:
    """The screen from which a field was asked for, with what stands there now; None where its campaign is gone."""
    visitor = visitor_of(update)
    if not data["campaign"]:
        profile = await context.read(view_shop, visitor=visitor)
        return render_shop(Texts(profile.member.language), profile)
    campaign_id = CampaignId(data["campaign"])
    if data.get("screen"):
        parts = await context.read(view_parts, visitor=visitor, campaign_id=campaign_id, part=Part(data["screen"]))
        return None if parts is None else render_parts(Texts(parts.editor.member.language), context.deps.shop, parts)
    view = await context.read(editing.view_editor, visitor=visitor, campaign_id=campaign_id)
    if view is None:
        return None
    texts = Texts(view.member.language)
    if data["field"] in COLOURS:
        return render_colours(texts, view)
    story = next((each for each in view.draft.stories if each.key == data["story"]), None)
    return render_story(texts, view, story) if story else render_editor(texts, context.deps.shop, view)


async def _ask(update: Update, context: Context, data: Data) -> None:
    """Ask, then write it down: after a death in between the question comes twice, and never unseen."""
    kept = {name: value for name, value in data.items() if name != VALUE}
    member = await context.read(open_home, visitor=visitor_of(update))
    await show(update, context, _compose_question(Texts(member.language), kept))
    await context.write(
        move, visitor=visitor_of(update), flow=FIELD, step=VALUE, data=kept, wait_seconds=FLOW.wait_seconds
    )


def _compose_question(texts: Texts, data: Data, *, said: Html | None = None) -> OutgoingMessage:
    question = render_question(texts, data)
    if said is not None:
        question = replace(question, text=Html(f"{said}\n\n{question.text}"))
    can_skip = bool(data["languages"])
    choices = list_choices(texts, data)
    return compose_question(texts, question, FIELD, VALUE, choices=choices, can_go_back=False, can_skip=can_skip)


def _list_now(draft: Campaign, field: str, story: str) -> dict[str, str]:
    """What stands in a field now, by language."""
    if field == "brand":
        return dict(draft.brand)
    if field == "unit":
        return {language: ", ".join(forms.values()) for language, forms in draft.unit.items()}
    told = next((each for each in draft.stories if each.key == story), None)
    return dict(getattr(told, field)) if told is not None and field in SPOKEN else {}


FLOW = Flow(
    name=FIELD,
    steps=[
        Step(
            name=VALUE,
            ask=ask_value,
            takes=frozenset({Answer.TEXT, Answer.PHOTO, Answer.DOCUMENT}),
            on_answer=on_value,
            choices=list_offered,
            optional=True,
        )
    ],
    wait_seconds=3600,
    on_done=on_tapped,
)
"""One question at a time: what it is for lies in its data, so that it is found again after anything."""
