"""What a member says of the shop, for all to read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from storage.frozen import frozen
from storage.records import PersonId


class TestimonialState(StrEnum):
    """How far it has come; of one that is taken back there is nothing left to be kept."""

    OFFERED = "offered"
    """Its member agrees, and whoever runs the shop has not said anything yet."""
    SHOWN = "shown"
    """It is one of the stories."""
    DECLINED = "declined"


@frozen
class Testimonial:
    """A member's line."""

    person_id: PersonId
    words: str
    name: str
    """As it is to be read; empty for somebody who appears in public without one."""
    state: TestimonialState
    headlines: Mapping[str, str]
    """By language; empty until it is shown."""
    made_at: int
