"""What stands on the picture of a post in the announce chat."""

from __future__ import annotations

from storage.frozen import frozen


@frozen
class Poster:
    """A figure or a sign that is seen from afar, what it means, and what is to be had; ready to read."""

    brand: str
    sign: str
    """A number, or a character; empty where the headline stands for itself."""
    headline: str
    below: str
    """A few words that stand out; empty for none."""
