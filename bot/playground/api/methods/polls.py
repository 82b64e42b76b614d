"""From a call's parameters to a poll, which nobody votes in here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.playground.api.checking import Args
from bot.playground.api.methods.contents import read_text
from bot.playground.world import Content, World
from bot.playground.world.errors import bad_request

MAX_QUESTION, MAX_OPTION, MAX_EXPLANATION = 300, 100, 200
MAX_OPTIONS = 12


def read_poll(world: World, args: Args) -> Content:
    """Return the content of a poll."""
    question = read_text(world, args, "question", "question_entities")
    if not question.text:
        raise bad_request("poll question must be non-empty")
    if len(question.text) > MAX_QUESTION:
        raise bad_request(f"poll question length must not exceed {MAX_QUESTION}")
    options = [_read_option(world, option) for option in args["options"]]
    if not 1 <= len(options) <= MAX_OPTIONS:
        few = "poll must have at least 1 option" if not options else f"poll can't have more than {MAX_OPTIONS} options"
        raise bad_request(few)
    poll = {
        "id": str(world.make_id()),
        "question": question.text,
        "question_entities": list(question.entities),
        "options": [{**option, "persistent_id": str(number)} for number, option in enumerate(options)],
        "total_voter_count": 0,
        "is_closed": bool(args.get("is_closed")),
        "is_anonymous": args.get("is_anonymous", True),
        "type": args.get("type") or "regular",
        "allows_multiple_answers": bool(args.get("allows_multiple_answers")),
        "allows_revoting": True,
        "members_only": False,
    }
    return Content(extra={"poll": poll | _read_quiz(world, args, len(options))})


def _read_option(world: World, option: Mapping[str, Any]) -> dict[str, Any]:
    said = read_text(world, option, "text", "text_entities")
    if not said.text:
        raise bad_request("poll options must be non-empty")
    if len(said.text) > MAX_OPTION:
        raise bad_request(f"poll options length must not exceed {MAX_OPTION}")
    return {"text": said.text, "voter_count": 0} | ({"text_entities": list(said.entities)} if said.entities else {})


def _read_quiz(world: World, args: Args, options: int) -> dict[str, Any]:
    if args.get("type") != "quiz":
        return {}
    right = list(args.get("correct_option_ids") or ())
    if not right or not all(0 <= number < options for number in right):
        raise bad_request("wrong correct option ID specified")
    told = read_text(world, args, "explanation", "explanation_entities")
    if len(told.text) > MAX_EXPLANATION:
        raise bad_request("poll explanation is too long")
    explained = {"explanation": told.text, "explanation_entities": list(told.entities)} if told.text else {}
    return {"correct_option_ids": right, **explained}
