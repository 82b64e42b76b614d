"""What notices of taking part say, as long as it can be."""

from __future__ import annotations

import json
from collections.abc import Mapping

from storage.idea import IdeaState

TAKING_PART: Mapping[str, object] = {
    "idea": 7,
    "idea_state": IdeaState.ADOPTED,
    "said": "W" * 200,
    "answer": "W" * 300,
    "drop_name": "W" * 40,
    "quantity": 100_000,
    "all_taken": True,
    "asked": json.dumps({"en": "W" * 200}),
    "won": json.dumps({"en": "W" * 32}),
    "percent": 67,
    "outcome": "W" * 300,
    "honoured": True,
    "asks": True,
}
