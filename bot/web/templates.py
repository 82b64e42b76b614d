"""Pages from templates: every value is escaped where it is put in."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from hashlib import blake2b
from html import escape
from pathlib import Path
from string import Template
from types import MappingProxyType

from storage.frozen import frozen

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Markup(str):
    """Ready HTML: goes into a page as it is."""

    __slots__ = ()


@frozen
class Sheet:
    """A file that pages need."""

    content: bytes
    media_type: str
    mark: str
    """Changes with the content."""


class Templates:
    """The templates and files of a folder, read once.

    Args:
        folder: `*.html` are templates with `$places`; what lies beside them is served as it is.
    """

    def __init__(self, folder: Path) -> None:
        self.base = ""
        """The path that all of these pages lie under."""
        self.sheets: Mapping[str, Sheet] = MappingProxyType(
            {path.name: _read_sheet(path) for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
        )
        self._icons = {path.stem: Markup(path.read_text("utf-8").strip()) for path in (folder / "icons").glob("*.svg")}
        addresses = {name.replace(".", "_"): f"$base{self.address_sheet(name)}" for name in self.sheets}
        self._templates = {
            path.stem: Template(Template(path.read_text("utf-8")).safe_substitute(addresses))
            for path in folder.glob("*.html")
        }

    def under(self, base: str) -> Templates:
        """The same pages under another path; what was read is shared."""
        moved = copy(self)
        moved.base = base
        return moved

    def write(self, template: str, /, **values: str) -> Markup:
        """A page, or a part of one; all places must be filled."""
        shown = {name: value if isinstance(value, Markup) else escape(value) for name, value in values.items()}
        return Markup(self._templates[template].substitute(shown, base=self.base))

    def draw_icon(self, name: str) -> Markup:
        """A small picture to stand in a page."""
        return self._icons[name]

    def address_sheet(self, name: str) -> str:
        """Where a file is served below the base; another address whenever it has changed."""
        return f"/assets/{name}?{self.sheets[name].mark}"


def _read_sheet(path: Path) -> Sheet:
    content = path.read_bytes()
    mark = blake2b(content, digest_size=6).hexdigest()
    return Sheet(content=content, media_type=_TYPES[path.suffix], mark=mark)
