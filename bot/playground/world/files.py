"""Files on the world's servers, and the identifiers a bot sends instead of them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.playground.world.errors import ApiError, bad_request

_VERSION = 4  # last byte of an identifier; what does not end with it is no identifier
_ID_BYTES = 41


@dataclass(eq=False, slots=True, kw_only=True)
class StoredFile:
    """One file. Its bytes are made at the first look, since most pictures are never looked at again."""

    file_id: str
    unique_id: str
    kind: str
    path: str
    make: Callable[[], bytes] = field(repr=False)
    declared: int = 0
    """How many bytes it will have, where that is said before they are made; 0 where they are counted."""
    _data: bytes | None = field(default=None, repr=False)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.declared or len(self.read())

    def read(self) -> bytes:
        """Return the bytes."""
        if self._data is None:
            self._data = self.make()
        return self._data


@dataclass(frozen=True, slots=True)
class PhotoSize:
    """One size of a photo; width and height in pixels."""

    file: StoredFile
    width: int
    height: int

    def render(self) -> dict[str, Any]:
        """Return the Bot API's PhotoSize."""
        return {
            "file_id": self.file.file_id,
            "file_unique_id": self.file.unique_id,
            "width": self.width,
            "height": self.height,
            "file_size": self.file.size,
        }


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture in all its sizes, smallest first."""

    sizes: tuple[PhotoSize, ...]
    uploaded: bytes = field(repr=False)
    """The bytes as they came, before Telegram re-encoded them."""

    @property
    def biggest(self) -> PhotoSize:
        """The size an app shows in full."""
        return self.sizes[-1]

    @property
    def unique_id(self) -> str:
        """What tells this picture from another."""
        return self.biggest.file.unique_id

    def read(self) -> bytes:
        """Return the biggest size as the JPEG a receiver gets."""
        return self.biggest.file.read()

    def render(self) -> list[dict[str, Any]]:
        """Return the Bot API's array of PhotoSize."""
        return [size.render() for size in self.sizes]


_MEASURES: Mapping[str, Mapping[str, int]] = {
    "video": {"width": 640, "height": 360, "duration": 5},
    "animation": {"width": 320, "height": 320, "duration": 2},
    "video_note": {"length": 240, "duration": 5},
    "voice": {"duration": 5},
    "audio": {"duration": 60},
}
"""What the servers would have measured, by kind of file; nobody here looks into one."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file sent as it is, or what an app plays: a video, a voice."""

    file: StoredFile
    name: str
    mime_type: str = "application/octet-stream"
    thumbnail: PhotoSize | None = None
    kind: str = "document"
    """The field of a message that holds it."""

    def render(self) -> dict[str, Any]:
        """Return the Bot API's Document, Video or whatever it is."""
        named = {"file_name": self.name} if self.name and self.kind not in {"voice", "video_note"} else {}
        ids = {"file_id": self.file.file_id, "file_unique_id": self.file.unique_id}
        small = {"thumbnail": self.thumbnail.render()} if self.thumbnail else {}
        typed = {} if self.kind == "video_note" else {"mime_type": self.mime_type}
        measures = _MEASURES.get(self.kind, {})
        return {**ids, **named, **small, **measures, **typed, "file_size": self.file.size}


@dataclass(slots=True)
class FileStore:
    """All files by identifier and by path."""

    random: Random
    by_id: dict[str, StoredFile] = field(default_factory=dict)
    by_path: dict[str, StoredFile] = field(default_factory=dict)
    owners: dict[str, Photo | Document] = field(default_factory=dict)

    def store(self, kind: str, suffix: str, make: Callable[[], bytes], *, declared: int = 0) -> StoredFile:
        """Keep a file and give it its identifiers."""
        raw = self.random.randbytes(_ID_BYTES) + bytes([_VERSION])
        file = StoredFile(
            file_id=_encode(raw),
            unique_id=_encode(self.random.randbytes(11)),
            kind=kind,
            path=f"{kind}s/file_{len(self.by_id)}{suffix}",
            make=make,
            declared=declared,
        )
        self.by_id[file.file_id] = self.by_path[file.path] = file
        return file

    def register(self, thing: Photo | Document) -> None:
        """Let the identifiers of a photo's sizes, or of a document, stand for it."""
        files = [size.file for size in thing.sizes] if isinstance(thing, Photo) else [thing.file]
        self.owners.update((file.file_id, thing) for file in files)

    def get(self, file_id: str) -> StoredFile:
        """Return the file of an identifier; ApiError in getFile's words."""
        if not file_id:
            raise bad_request("file_id not specified")
        if file_id not in self.by_id:
            raise bad_request("invalid file_id")
        return self.by_id[file_id]

    def get_photo(self, file_id: str) -> Photo:
        """Return the photo of an identifier; ApiError in the sending methods' words."""
        thing = self._get_owner(file_id, "photo")
        if isinstance(thing, Photo):
            return thing
        raise bad_request(f"can't use file of type {_name_type(thing.kind)} as Photo")

    def get_document(self, file_id: str, kind: str = "document") -> Document:
        """Return the document, video … of an identifier; ApiError in the sending methods' words."""
        thing = self._get_owner(file_id, kind.replace("_", " "))
        had = thing.kind if isinstance(thing, Document) else "photo"
        if isinstance(thing, Document) and had == kind:
            return thing
        raise bad_request(f"can't use file of type {_name_type(had)} as {_name_type(kind)}")

    def _get_owner(self, file_id: str, wanted: str) -> Photo | Document:
        if file_id in self.owners:
            return self.owners[file_id]
        raise _explain_bad_id(file_id, wanted)


def _name_type(kind: str) -> str:
    return {"video_note": "VideoNote", "voice": "VoiceNote"}.get(kind, kind.capitalize())


def _explain_bad_id(file_id: str, wanted: str) -> ApiError:
    if not file_id:
        return bad_request(f"there is no {wanted} in the request")
    if "." in file_id:
        return bad_request("failed to get HTTP URL content")  # nothing is fetched here: the world has no internet
    try:
        raw = base64.b64decode(file_id + "=" * (-len(file_id) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return bad_request("wrong remote file identifier specified: Wrong character in the string")
    if not raw or raw[-1] != _VERSION:
        return bad_request("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
    return bad_request("wrong file identifier/HTTP URL specified")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
