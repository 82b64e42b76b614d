from __future__ import annotations

from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import Store, Tx
from storage.addresses import ANNOUNCE
from storage.records import Profile, Seq, fold_name, join_name
from storage.tables import broadcasts, inbox, outbox, people
from storage.texts import LONGEST_ERROR, clean_error
from tests.storage.cast import add_member

# What `bot.core.names.clean_text` lets through: neither NUL nor lone surrogates.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4_096)
PER_ENGINE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@PER_ENGINE
@given(first_name=TEXT, last_name=TEXT, value=TEXT)
async def test_any_clean_text_comes_back_as_it_was(store: Store, first_name: str, last_name: str, value: str) -> None:
    """Names, payloads and contents survive both engines letter by letter."""

    def keep(tx: Tx) -> tuple[Profile, dict[str, int | str], dict[str, object] | None]:
        person = add_member(tx, 1)
        profile = Profile(telegram_id=person.profile.telegram_id, first_name=first_name, last_name=last_name)
        people.set_profile(tx, person.id, profile)
        key = f"{uuid4()}|{value}"
        notice_id = outbox.add(tx, address=ANNOUNCE, kind="sorry", payload={"value": value}, key=key)
        assert notice_id is not None
        (newest,) = outbox.list_by_ids(tx, [notice_id])
        broadcast = broadcasts.add(tx, person.id)
        broadcasts.set_content(tx, broadcast.id, {"text": value})
        return people.get(tx, person.id).profile, newest.payload, broadcasts.get(tx, broadcast.id).content

    profile, payload, content = await store.write(keep)
    assert (profile.first_name, profile.last_name) == (first_name, last_name)
    assert payload == {"value": value}
    assert content == {"text": value}


@PER_ENGINE
@given(raw=st.binary(max_size=2_000))
async def test_any_bytes_come_back_as_they_were(store: Store, raw: bytes) -> None:
    """Updates are kept byte by byte."""

    def keep(tx: Tx) -> bytes:
        newest = tx.now + len(inbox.list_open(tx, after=Seq(0), limit=1_000))
        return inbox.add_batch(tx, [(newest, None, raw)])[0].raw

    assert await store.write(keep) == raw


@given(error=st.text(max_size=2 * LONGEST_ERROR))
def test_an_error_text_is_made_fit_for_a_row(error: str) -> None:
    """Whatever an exception says can be stored: no NUL, no surrogates, of bounded length."""
    cleaned = clean_error(error)
    assert len(cleaned) <= LONGEST_ERROR
    assert "\0" not in cleaned
    assert cleaned.encode().decode() == cleaned


def test_a_name_is_joined_of_what_there_is() -> None:
    """Missing parts leave no spaces; a vanished profile leaves no name."""
    assert [join_name("Ben", "Ng"), join_name("Ben", ""), join_name(None, None)] == ["Ben Ng", "Ben", ""]


def test_a_name_is_found_however_it_is_typed() -> None:
    """Accents, capitals, width and doubled spaces do not count; marks that make another word do."""
    assert fold_name("  Zoë   MÜLLER ") == fold_name("zoe muller")
    assert fold_name("Nguyễn Văn Ánh") == "nguyen van anh"
    assert fold_name("\uff2d\uff49\uff4e\uff41") == "mina"
    assert fold_name("علی\u200cزاده") == fold_name("علیزاده")  # noqa: RUF001 -- Persian
    assert fold_name("Straße") == fold_name("STRASSE")
    assert fold_name("小美") == "小美"
    assert fold_name("が") != fold_name("か")
    assert fold_name(" \u0301 ") == ""


@given(TEXT)
def test_folding_what_is_folded_changes_nothing(name: str) -> None:
    """A name may be folded on its way in and once more on its way to the index."""
    assert fold_name(fold_name(name)) == fold_name(name)
