"""Answers of the API where something is wrong, as RFC 9457 has them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus

from starlette.responses import Response

from bot.core.conversions.bodies import Mistake

PROBLEM_TYPE = "application/problem+json"
API = "/api/"
"""How the paths begin that other systems ask at."""

NO_STORE = {"Cache-Control": "no-store"}


class Problem(Exception):
    """A request that is refused.

    Args:
        status: Of the answer.
        detail: What is wrong, for whoever programs the other side.
        headers: Of the answer, besides the usual ones.
        mistakes: What of the body cannot be.
    """

    def __init__(
        self, status: int, detail: str, *, headers: dict[str, str] | None = None, mistakes: Sequence[Mistake] = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        self.mistakes = mistakes


def compose_problem(problem: Problem) -> Response:
    """The answer to a request that is refused."""
    return Response(
        compose_content(problem.status, problem.detail, problem.mistakes),
        problem.status,
        headers={**NO_STORE, **problem.headers},
        media_type=PROBLEM_TYPE,
    )


def compose_content(status: int, detail: str, mistakes: Sequence[Mistake] = ()) -> bytes:
    """Its body."""
    said: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if mistakes:
        said["errors"] = [{"pointer": each.pointer, "detail": each.detail} for each in mistakes]
    return json.dumps(said).encode()
