"""How Telegram takes a file that is sent as it is."""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import PurePath

from bot.playground.world.errors import ApiError
from bot.playground.world.files import Document, FileStore
from bot.playground.world.photos import make_thumbnail

ANY_TYPE = "application/octet-stream"


def take_document(store: FileStore, data: bytes, name: str, mime_type: str = "", *, kind: str = "document") -> Document:
    """Keep a file; its type comes from its name where the sender named none, and a picture gets a small one beside it."""
    if mime_type in {"", ANY_TYPE}:
        mime_type = guess_type(name)[0] or ANY_TYPE
    stored = store.store(kind, PurePath(name).suffix.lower(), lambda: data)
    try:
        thumbnail = make_thumbnail(store, data) if mime_type.startswith("image/") else None
    except ApiError:  # it only says that it is a picture
        thumbnail = None
    document = Document(stored, name, mime_type, thumbnail, kind)
    store.register(document)
    return document
