"""Methods that answer what humans asked: taps, inline queries, calls of a guest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.playground.api.checking import Args
from bot.playground.api.methods.contents import read_caption, read_markup, read_picture, read_words
from bot.playground.world import CallbackAnswer, Content, InlineAnswer, InlineResult, NotSimulatedError, World
from bot.playground.world.cleaning import clean_label
from bot.playground.world.errors import ApiError, bad_request
from bot.playground.world.posting import check_length
from bot.playground.world.taps import read_link

MAX_TOAST = 200
MAX_RESULTS = 50
MAX_ID_BYTES = 64
_START = re.compile(r"[A-Za-z0-9_-]*")


def answer_callback_query(world: World, args: Args) -> Any:
    """Answer a tap with a toast, an alert or a link."""
    text, url = clean_label(args.get("text", "")), args.get("url", "")
    if len(text) > MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    if url and read_link(url).name.lower() != world.bot.username.lower():
        raise bad_request("URL_INVALID")
    answer = CallbackAnswer(text=text, show_alert=args.get("show_alert", False), url=url)
    world.answer_callback(args["callback_query_id"], answer)
    return True


def answer_inline_query(world: World, args: Args) -> Any:
    """Fill the inline picker."""
    if len(args["results"]) > MAX_RESULTS:
        raise bad_request("too many inline query results specified")
    if len(args.get("next_offset", "").encode()) > MAX_ID_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    button = args.get("button")
    _check_results_button(button)
    button = button and {**button, "text": clean_label(button["text"])}
    results = tuple(read_result(world, args, result) for result in args["results"])
    _check_ids([result.id for result in results])
    if any(result.kind == "article" and not result.title.strip() for result in results):
        raise bad_request("ARTICLE_TITLE_EMPTY")
    answer = InlineAnswer(results=results, next_offset=args.get("next_offset", ""), button=button)
    world.answer_inline(
        args["inline_query_id"],
        answer,
        cache_seconds=args.get("cache_time", 300),
        is_personal=args.get("is_personal", False),
    )
    return True


def answer_guest_query(world: World, args: Args) -> Any:
    """Answer as a guest in a chat the bot is not in."""
    result = read_result(world, args, args["result"])
    return {"inline_message_id": world.answer_guest(args["guest_query_id"], result)}


def read_result(world: World, args: Args, result: Mapping[str, Any]) -> InlineResult:
    """Return one InlineQueryResult with the message it would send."""
    if not isinstance(result, dict):
        raise bad_request("inline query result must be an object")
    try:
        content = _read_content(world, args, result)
        check_length(content)
    except ApiError as error:
        if isinstance(error, NotSimulatedError):
            raise
        reason = error.description.removeprefix("Bad Request: ")
        raise bad_request(f"can't parse inline query result: {reason}") from error
    return InlineResult(
        id=result["id"],
        kind=result["type"],
        title=clean_label(result.get("title", "")),
        description=clean_label(result.get("description", "")),
        content=content,
    )


def _read_content(world: World, args: Args, result: Mapping[str, Any]) -> Content:
    keyboard = read_markup(result.get("reply_markup"), world.describe_place(None))
    words = result.get("input_message_content")
    if words is not None:
        if "message_text" not in words:
            raise NotSimulatedError("an input_message_content that is not text is")
        return replace(read_words(world, {**words, "text": words["message_text"]}), keyboard=keyboard)
    if result["type"] == "photo" and "photo_file_id" in result:
        photo = read_picture(world, args, result["photo_file_id"])
        return replace(read_caption(world, result), photo=photo, keyboard=keyboard)
    if result["type"] == "article":
        raise bad_request('can\'t find field "input_message_content"')
    raise NotSimulatedError(f"an inline result of type {result['type']} by address is")


def _check_ids(ids: Sequence[str]) -> None:
    if any(not 0 < len(result_id.encode()) <= MAX_ID_BYTES for result_id in ids):
        raise bad_request("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")


def _check_results_button(button: Mapping[str, Any] | None) -> None:
    if button is None:
        return
    if "web_app" in button:
        raise NotSimulatedError("a web_app button above inline results is")
    start = button.get("start_parameter", "")
    if not start:
        raise bad_request("can't use empty start_parameter")
    if len(start) > MAX_ID_BYTES:
        raise bad_request("too long start_parameter specified")
    if not _START.fullmatch(start):
        raise bad_request("unallowed characters in start_parameter are used")


METHODS = {
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "answerGuestQuery": answer_guest_query,
}
