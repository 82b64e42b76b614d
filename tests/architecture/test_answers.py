from __future__ import annotations

import ast
from pathlib import Path

HANDLERS = Path(__file__).parents[2] / "bot" / "handlers"
ANSWERING = {"deliver", "send_message", "send_photo", "send_document", "send_media_group", "copy_message"}
"""What puts something new into a chat."""


def test_handlers_have_one_way_to_answer() -> None:
    """`context.deliver` knows the chat and its topic; whoever sends past it would have to remember both."""
    past = [
        f"{path.name}:{call.lineno} {ast.unparse(call.func)}"
        for path in sorted(HANDLERS.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and sends_past(call.func)
    ]
    assert past == []


def sends_past(called: ast.expr) -> bool:
    """Whether a call sends by something else than the context."""
    return isinstance(called, ast.Attribute) and called.attr in ANSWERING and ast.unparse(called.value) != "context"
