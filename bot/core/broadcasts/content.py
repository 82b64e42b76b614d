"""What a message to all says: a version for each language, buttons below it, and whether it asks to be passed on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from bot.core.languages import find_language, parse_tag
from storage.frozen import frozen

FIRST = ""
"""The version that whoever has none in their own language reads."""

MOST_BUTTONS = 8
LABEL_LIMIT = 40
"""Characters: a telephone shows no more of a button that fills its row."""

URL_LIMIT = 2048


class Kind(StrEnum):
    """In which shape a version comes."""

    TEXT = "text"
    PHOTO = "photo"
    VIDEO = "video"
    ANIMATION = "animation"
    VIDEO_NOTE = "video_note"
    DOCUMENT = "document"
    VOICE = "voice"
    AUDIO = "audio"
    ALBUM = "album"
    POLL = "poll"
    STORY = "story"
    """A story of the shop's on each reader's own card."""


Parameters = Mapping[str, Any]
"""Of the method that sends a message, as Telegram's JSON has them."""


@frozen
class Version:
    """The message in one language."""

    kind: Kind
    parameters: Parameters
    """Of an album: `items`, each an InputMedia. Of a story: its key."""


@frozen(kw_only=False)
class LinkButton:
    """One that opens an address; it has a row of its own."""

    label: str
    url: str


@frozen
class BroadcastContent:
    """All that is to be said."""

    versions: Mapping[str, Version]
    """By language; FIRST is always there."""
    buttons: Sequence[LinkButton] = ()
    shares: bool = True
    """Below it stands the button by which members pass their card on."""
    counts: bool = False
    """Who opens its links is counted."""


class ButtonFault(StrEnum):
    """Why a line is no button."""

    NO_ADDRESS = "no_address"
    NO_LABEL = "no_label"
    BAD_ADDRESS = "bad_address"
    LONG_LABEL = "long_label"
    TOO_MANY = "too_many"


@frozen(kw_only=False)
class ButtonMistake:
    """What is wrong with the lines that should be buttons."""

    fault: ButtonFault
    line: int
    """Counted from 1, empty ones too."""
    said: str
    """The line as it was written."""


def write_content(content: BroadcastContent) -> dict[str, object]:
    """The document that the store keeps."""
    return {
        "versions": {language: write_version(version) for language, version in content.versions.items()},
        "buttons": [[button.label, button.url] for button in content.buttons],
        "share": content.shares,
        "count": content.counts,
    }


def read_content(document: Mapping[str, Any] | None) -> BroadcastContent:
    """What a document says; one from before there were versions holds the parameters of sendMessage or sendPhoto."""
    if document is None or "versions" not in document:
        kind = Kind.PHOTO if document and "photo" in document else Kind.TEXT
        return BroadcastContent(versions={FIRST: Version(kind=kind, parameters=document or {})}, shares=False)
    return BroadcastContent(
        versions={language: read_version(said) for language, said in document["versions"].items()},
        buttons=[LinkButton(label, url) for label, url in document.get("buttons", ())],
        shares=bool(document.get("share", True)),
        counts=bool(document.get("count", False)),
    )


def count_messages(document: Mapping[str, Any] | None) -> int:
    """How many messages a document is to one reader at most: of an album each part counts, and what stands below it."""
    versions = (document or {}).get("versions", {}).values()
    return max((len(said["items"]) + 1 for said in versions if said["kind"] == Kind.ALBUM), default=1)


def write_version(version: Version) -> dict[str, Any]:
    """A version as the store keeps it."""
    return {"kind": version.kind.value, **version.parameters}


def read_version(said: Mapping[str, Any]) -> Version:
    """What a version says that was kept."""
    parameters = {name: value for name, value in said.items() if name != "kind"}
    return Version(kind=Kind(said["kind"]), parameters=parameters)


def decide_language(content: BroadcastContent, language: str) -> str:
    """Whose version somebody reads who speaks this language, as Telegram writes it or chosen here; it may be empty."""
    tag = parse_tag(language) if language else None
    found = find_language(tag, tuple(content.versions)) if tag else None
    return found or FIRST


_BUTTON = re.compile(r"(?P<label>.*?)[\s:\u2013\u2014|-]*\s?(?P<url>[a-z][a-z0-9+.-]*://\S*)\s*", re.IGNORECASE)


def parse_buttons(text: str) -> list[LinkButton] | ButtonMistake:
    """Buttons by lines: `Book a table https://example.org/table`; the first line that is none is named."""
    buttons = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        read = _parse_button(line.strip())
        if isinstance(read, ButtonFault):
            return ButtonMistake(read, number, line.strip())
        buttons.append(read)
        if len(buttons) > MOST_BUTTONS:
            return ButtonMistake(ButtonFault.TOO_MANY, number, line.strip())
    return buttons or ButtonMistake(ButtonFault.NO_ADDRESS, 1, text.strip())


def _parse_button(line: str) -> LinkButton | ButtonFault:
    match = _BUTTON.fullmatch(line)
    if match is None:
        return ButtonFault.NO_ADDRESS
    label, url = " ".join(match["label"].split()), match["url"]
    if not is_web_address(url):
        return ButtonFault.BAD_ADDRESS
    if not label:
        return ButtonFault.NO_LABEL
    return LinkButton(label, url) if len(label) <= LABEL_LIMIT else ButtonFault.LONG_LABEL


def is_web_address(url: str) -> bool:
    """Whether a browser anywhere can open it: http or https, and a host with a dot in its name."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_host = "." in host.strip(".") and not re.search(r"[\s\x00-\x1f\x7f]", url)
    return parts.scheme.lower() in {"http", "https"} and is_host and port_is_fine and len(url) <= URL_LIMIT


@dataclass(slots=True)
class LinkNumbers:
    """Numbers of addresses, from 1; one that comes twice has one number."""

    known: dict[str, int] = field(default_factory=dict)

    def name(self, url: str) -> int:
        """The number of an address, a new one where it has none."""
        return self.known.setdefault(url, max(self.known.values(), default=0) + 1)


_ENTITIES = {"text": "entities", "caption": "caption_entities", "explanation": "explanation_entities"}


def list_links(content: BroadcastContent) -> list[str]:
    """Every address of the web that can be opened from it, in any version, once each."""
    found = [link for version in content.versions.values() for link in _list_of_version(version)]
    return list(dict.fromkeys([*found, *(button.url for button in content.buttons)]))


def _list_of_version(version: Version) -> Iterator[str]:
    for part in version.parameters.get("items", [version.parameters]):
        for name, entities in _ENTITIES.items():
            for entity in part.get(entities) or ():
                url = read_link(part.get(name) or "", entity)
                if url:
                    yield url


def read_link(text: str, entity: Mapping[str, Any]) -> str:
    """The address of the web that an entity of a text leads to; empty for none."""
    url = str(entity.get("url", "")) if entity["type"] == "text_link" else ""
    if entity["type"] == "url":
        said = cut_units(text, entity["offset"], entity["length"])
        url = said if "://" in said else f"https://{said}"
    return url if is_web_address(url) else ""


def cut_units(text: str, offset: int, length: int) -> str:
    """A part of a text by UTF-16 units, in which Telegram counts."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[2 * offset : 2 * (offset + length)].decode("utf-16-le", "ignore")


def compose_counted(parameters: Parameters, addresses: Mapping[str, str]) -> dict[str, Any]:
    """The same with every link that has another address in `addresses` leading there; what is read stays.

    What unfolds below a text is still the page itself: Telegram need not fetch a link of each reader's own.
    """
    if "items" in parameters:
        return {**parameters, "items": [compose_counted(item, addresses) for item in parameters["items"]]}
    counted = dict(parameters)
    for name, entities in _ENTITIES.items():
        if parameters.get(entities):
            text = parameters.get(name) or ""
            counted[entities] = [_count_entity(text, entity, addresses) for entity in parameters[entities]]
    return counted | _pin_preview(parameters, addresses)


def _count_entity(text: str, entity: Mapping[str, Any], addresses: Mapping[str, str]) -> Mapping[str, Any]:
    url = addresses.get(read_link(text, entity))
    return entity if url is None else {**entity, "type": "text_link", "url": url}


def _pin_preview(parameters: Parameters, addresses: Mapping[str, str]) -> dict[str, Any]:
    options = dict(parameters.get("link_preview_options") or {})
    text = parameters.get("text") or ""
    links = [url for entity in parameters.get("entities") or () if (url := read_link(text, entity)) in addresses]
    if not links or options.get("is_disabled"):
        return {}
    return {"link_preview_options": {"url": links[0], **options}}
