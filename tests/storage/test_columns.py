from __future__ import annotations

import pytest

from storage.columns import pair_names


def test_each_value_goes_under_the_name_in_its_place() -> None:
    """One too many on either side is a mistake in a table's file, and none of its rows is read."""
    assert dict(pair_names(("id", "name"), (7, "Anna"))) == {"id": 7, "name": "Anna"}
    for names, values in ((("id",), (7, "Anna")), (("id", "name"), (7,))):
        with pytest.raises(ValueError, match="argument 2 is"):
            dict(pair_names(names, values))
