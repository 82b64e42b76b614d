"""Pages put together: what messages say, in the templates of assets/web."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.core.languages import get_conventions
from bot.core.sharing import CardFormat
from bot.messages.outgoing import PICTURE_NAME
from bot.messages.visiting import Exit, LinkPage, Refusal, SharePage, say_back, say_refusal
from bot.web.templates import Markup, Templates

TALL_FILE = "story.jpg"
"""What a card for an app's story or status is called when it is saved."""

_TOOLS = ("sheet", "copy", "save", "tall")


def write_link_page(templates: Templates, page: LinkPage, *, moves_on: bool) -> str:
    """What a link unfolds into, and a button for whoever reads it; a page that `moves_on` opens the bot by itself."""
    return templates.write(
        "link",
        language=page.language,
        locale=f"{page.language}_{get_conventions(page.language).region}",
        brand=page.brand,
        logo=_write_logo(templates, page.logo),
        title=page.title,
        description=page.description,
        address=page.address,
        wide_picture=page.wide_picture,
        wide_width=str(CardFormat.WIDE.size[0]),
        wide_height=str(CardFormat.WIDE.size[1]),
        picture_path=urlsplit(page.picture).path,
        picture_words=page.picture_words,
        invitation=page.invitation,
        label=page.label,
        target=page.target,
        refresh=templates.write("refresh", target=page.target) if moves_on else "",
    )


def write_share_page(templates: Templates, page: SharePage) -> str:
    """Every way out for a member's card."""
    icons = {f"icon_{tool}": templates.draw_icon(tool) for tool in _TOOLS}
    return templates.write(
        "share",
        **page.labels,
        **icons,
        logo=_write_logo(templates, page.logo),
        language=page.language,
        text=page.load.text,
        link=page.load.link,
        picture_path=urlsplit(page.load.picture).path,
        square_path=urlsplit(page.square_picture).path,
        tall_path=urlsplit(page.tall_picture).path,
        picture_words=page.picture_words,
        shared=f"{templates.base}/s/{page.code}/shared" if page.code else "",
        file=PICTURE_NAME,
        tall_file=TALL_FILE,
        exits=Markup("".join(_write_exits(templates, page))),
        bot=page.bot,
    )


def write_refusal(templates: Templates, language: str, refusal: Refusal, bot: str) -> str:
    """A page instead of the one asked for, with a way on."""
    title, why = say_refusal(language, refusal)
    back = templates.write("narrow_back", bot=bot, back=say_back(language))
    return write_narrow(templates, language=language, title=title, why=why, action=back)


def write_narrow(templates: Templates, *, language: str, title: str, why: str, action: str = "") -> str:
    """A page of a few words, and what can be done about them, if anything."""
    return templates.write("narrow", language=language, title=title, why=why, action=action)


def _write_logo(templates: Templates, path: str) -> str:
    return templates.write("logo", source=path) if path else ""


def _write_exits(templates: Templates, page: SharePage) -> list[str]:
    """The networks' links; WeChat takes none, only pictures, and stands where its people look first."""
    exits = [_write_exit(templates, way) for way in page.exits]
    exits.insert(0 if page.language == "zh" else len(exits), _write_wechat(templates, page))
    return exits


def _write_exit(templates: Templates, way: Exit) -> str:
    return templates.write(
        "exit", network=way.network, label=way.label, address=way.address, icon=templates.draw_icon(way.network)
    )


def _write_wechat(templates: Templates, page: SharePage) -> str:
    return templates.write(
        "wechat",
        icon=templates.draw_icon("wechat"),
        icon_save=templates.draw_icon("save"),
        label=page.wechat,
        how=page.wechat_how,
        save=page.labels["save"],
        picture_path=urlsplit(page.square_picture).path,
        file=PICTURE_NAME,
    )
