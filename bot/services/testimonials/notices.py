"""What is told of what members say."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen
from storage.records import PersonId


@frozen
class TestimonialCame(Notice):
    """To whoever runs the shop: a member says something that all may read. Its words stay where they are kept."""

    kind: ClassVar[str] = "testimonial_came"
    person: PersonId


@frozen
class TestimonialShown(Notice):
    """To its member: it is a story now, which they can take back."""

    kind: ClassVar[str] = "testimonial_shown"
