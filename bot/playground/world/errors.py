"""What the world refuses: the bot in Telegram's words, a human with a sentence."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal the bot reads: error code, description and parameters as Telegram writes them."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def render(self) -> dict[str, Any]:
        """Return the body of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


class NotSimulatedError(ApiError):
    """Something Telegram knows and this world does not play; always a violation."""

    def __init__(self, what: str) -> None:
        super().__init__(501, f"Not Implemented: playground: {what} not simulated")


class ImpossibleError(Exception):
    """Something no app would let a human do, such as writing to a bot they have blocked."""


def bad_request(words: str, **parameters: Any) -> ApiError:
    """Return a 400 with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {words}", **parameters)


def forbidden(words: str) -> ApiError:
    """Return a 403 with Telegram's prefix."""
    return ApiError(403, f"Forbidden: {words}")
