"""What other systems report: bodies that are read strictly, keys that open, signatures that are fresh and right."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from bot.core.conversions.bodies import (
    MOST_AMOUNT,
    MOST_TELEGRAM_ID,
    BodyMistake,
    Mistake,
    compute_fingerprint,
    is_event_name,
    is_order_id,
    parse_body,
    parse_moment,
    parse_object,
)
from bot.core.conversions.keys import (
    MOST_LIVE,
    MOST_NAMES,
    Scope,
    Unmade,
    compose_key,
    compute_hash,
    compute_key_secret,
    compute_pepper,
    decide_makeable,
    is_name,
    parse_scopes,
)
from bot.core.conversions.receipts import compose_receipt_payload
from bot.core.conversions.signatures import MOST_SIGNATURES, Signed, is_fresh, is_id, is_signed
from bot.core.signing import compose_secret, sign
from storage.conversion import Channel, ConversionType, MemberKey, Report

PURCHASE: dict[str, Any] = {
    "type": "purchase",
    "order_id": "A-1",
    "amount": 1250,
    "currency": "EUR",
    "member": {"code": "AbCdEfGh12"},
    "occurred_at": "2026-11-28T10:00:00Z",
}
AT = 1_795_860_000_000_000
"""Ten o'clock on that day."""
PEPPER = "ecefed401e8586cbe41a2005a376f1c418d3a124805fb382bbecfd08cc7e034a"
SECRET = "whsec_w6WIjrxKGvT257u//mYo6teHJcVEmr7eZdWxFbihVpg="
MEMBER_WAYS = "has to be code, coupon, external_id, telegram_id or token"


def write(**changes: object) -> bytes:
    """The purchase with other fields; None for none."""
    return json.dumps({name: value for name, value in (PURCHASE | changes).items() if value is not None}).encode()


def list_mistakes(raw: bytes) -> list[Mistake]:
    """What cannot be of it."""
    with pytest.raises(BodyMistake) as caught:
        parse_body(raw)
    assert str(caught.value) == "; ".join(f"{each.pointer} {each.detail}" for each in caught.value.mistakes)
    return caught.value.mistakes


def test_a_purchase_is_read() -> None:
    """Its fingerprint is that of all it says, with the moment as what it is."""
    said = PURCHASE | {"occurred_at": AT}
    print_ = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    assert parse_body(write()) == Report(
        type=ConversionType.PURCHASE,
        order_id="A-1",
        amount=1250,
        currency="EUR",
        member_key=MemberKey.CODE,
        member="AbCdEfGh12",
        occurred_at=AT,
        fingerprint=print_,
        channel=Channel.API,
    )
    same = parse_body(write(occurred_at="2026-11-28T17:00:00+07:00", amount=1250.0))
    assert same.fingerprint == print_
    assert parse_body(write(amount=1251)).fingerprint != print_
    assert compute_fingerprint({"a": "é", "b": 1}) == compute_fingerprint({"b": 1, "a": "é"})
    assert compute_fingerprint({"a": "é"}) == hashlib.sha256(b'{"a": "\\u00e9"}').hexdigest()


def test_a_refund_and_a_custom_event_are_read() -> None:
    """A refund may have a number of its own and need not name anybody; an event has a name, and may have an amount."""
    refund = parse_body(write(type="refund", member=None, refund_id="R-1"))
    assert (refund.type, refund.part, refund.amount) == (ConversionType.REFUND, "R-1", 1250)
    assert (refund.member_key, refund.member) == (MemberKey.NOBODY, "")
    assert parse_body(write(type="refund")).part == ""
    custom = parse_body(write(type="custom", name="news:sent", amount=None, currency=None))
    assert (custom.type, custom.part) == (ConversionType.CUSTOM, "news:sent")
    assert (custom.amount, custom.currency) == (None, "")
    assert parse_body(write(type="custom", name="x")).currency == "EUR"


def test_a_member_is_named_in_one_way() -> None:
    """By what is known of them, as far as it can be that."""
    for key, values in {
        "code": ("A", "maple-otter-42", "a" * 64),
        "coupon": ("!", "~" * 64),
        "external_id": ("#1", "x" * 128),
        "telegram_id": (1, MOST_TELEGRAM_ID - 1),
        "token": ("a_B-1", "x" * 64),
    }.items():
        for value in values:
            report = parse_body(write(member={key: value}))
            assert (report.member_key, report.member) == (MemberKey(key), str(value))
    for key, wrong in {
        "code": ("", "-a", "a b", "a" * 65, 5),
        "coupon": ("", " ", "é", "~" * 65),
        "external_id": ("", "x" * 129, "a b"),
        "telegram_id": (0, -1, MOST_TELEGRAM_ID, True, "5", 1.5),
        "token": ("", "a.b", "x" * 65),
    }.items():
        for value in wrong:
            assert list_mistakes(write(member={key: value})) == [Mistake(f"/member/{key}", "cannot be one")], value
    for none in ({"phone": "5"}, {"": ""}):
        assert list_mistakes(write(member=none)) == [Mistake("/member", MEMBER_WAYS)]
    for several in ({"code": "a", "coupon": "b"}, {}, "anna", ["code"]):
        assert list_mistakes(write(member=several)) == [Mistake("/member", "has to name the buyer in one way")]


FIELDS = {
    "order_id": (
        "has to be 1 to 64 letters, digits and . _ : / # -",
        ("a", "A.1_b:c/d#e-f", "x" * 64),
        ("", "-a", "a b", "x" * 65, 5),
    ),
    "amount": (
        f"has to be a whole number of minor units, at most {MOST_AMOUNT}",
        (0, MOST_AMOUNT, 12.0),
        (-1, MOST_AMOUNT + 1, 12.5, "12", True),
    ),
    "currency": ("has to be an ISO code of three letters, like EUR", ("EUR",), ("eur", "EURO", "EU", 5)),
    "occurred_at": (
        "has to be a moment like 2026-11-28T10:00:00Z",
        ("2026-11-28T10:00:00Z",),
        ("2026-11-28", "soon", 5),
    ),
}


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_says_what_it_has_to_be(field: str) -> None:
    """As far as it can be, and no further."""
    told, fit, wrong = FIELDS[field]
    for value in fit:
        parse_body(write(**{field: value}))
    for value in wrong:
        assert list_mistakes(write(**{field: value})) == [Mistake(f"/{field}", told)], value
    assert list_mistakes(write(**{field: None})) == [Mistake(f"/{field}", "is missing")]


def test_names_of_events_and_refunds_are_bounded() -> None:
    """Likewise."""
    told = "has to be 1 to 64 letters, digits and . _ : -"
    for value in ("", "a/b", "x" * 65, 5):
        assert list_mistakes(write(type="custom", name=value)) == [Mistake("/name", told)]
        assert list_mistakes(write(type="refund", refund_id=value)) == [Mistake("/refund_id", told)]
    assert parse_body(write(type="custom", name="x" * 64)).part == "x" * 64
    assert [is_event_name(said) for said in ("a.b", "", "a b", 5)] == [True, False, False, False]
    assert [is_order_id(said) for said in ("a#b", "", "a b", 5)] == [True, False, False, False]


def test_all_mistakes_of_a_body_are_told() -> None:
    """Those that are missing, those that are not known, those that cannot be; a name as a pointer has it, and no longer than a line."""
    raw = write(amount=-1, currency=None, zebra=1, **{"a/b~c\x00\u202e": 1, "y" * 50: 1}, name="x")
    assert list_mistakes(raw) == [
        Mistake("/currency", "is missing"),
        Mistake("/a~1b~0c", "is not known here"),
        Mistake("/name", "is not known here"),
        Mistake(f"/{'y' * 40}", "is not known here"),
        Mistake("/zebra", "is not known here"),
        Mistake("/amount", f"has to be a whole number of minor units, at most {MOST_AMOUNT}"),
    ]
    for said in (None, "sale", 5):
        assert list_mistakes(write(type=said)) == [Mistake("/type", "has to be purchase, refund or custom")]


def test_json_is_read_as_it_stands_or_not_at_all() -> None:
    """Every name once, no numbers that JSON has not, nothing but an object; a whole number may have a point."""
    broken = (b"", b"{", b'{"a": 1, "a": 2}', b'{"a": NaN}', b'{"a": Infinity}', b'{"a": "\xff"}', b"[" * 100_000)
    for raw in broken:
        assert list_mistakes(raw) == [Mistake("", "is no JSON, or has a name twice")], raw[:20]
    for raw in (b"[]", b"5", b"null"):
        assert list_mistakes(raw) == [Mistake("", "has to be an object")]
    told = parse_object(
        b'{"a": 12.0, "b": 12.5, "c": -3.0, "d": 9007199254740992.0, "e": 9007199254740991.0, "f": {"a": 1}}'
    )
    assert told == {"a": 12, "b": 12.5, "c": -3, "d": 2.0**53, "e": 2**53 - 1, "f": {"a": 1}}
    assert [type(told[name]) for name in "abcde"] == [int, float, int, float, int]


def test_a_moment_is_one_of_rfc_3339() -> None:
    """With a zone, to the microsecond; a second that was put in is the one before it."""
    for said, moment in {
        "2026-11-28T10:00:00Z": AT,
        "2026-11-28t10:00:00z": AT,
        "2026-11-28T17:00:00+07:00": AT,
        "2026-11-28T10:00:00.5Z": AT + 500_000,
        "2026-11-28T10:00:00.123456789Z": AT + 123_456,
        "2026-11-28T09:59:60Z": AT - 1_000_000,
        "2026-11-28T09:59:60.5Z": AT - 500_000,
        "1970-01-01T00:00:00Z": 0,
    }.items():
        assert parse_moment(said) == moment, said
    for wrong in (
        *("2026-11-28T10:00:00", "2026-11-28 10:00:00Z", "2026-13-28T10:00:00Z", "2026-11-28T25:00:00Z", "", None, 5),
        *("2026-11-28T10:00:00+25:00", "0001-01-01T00:00:00+23:59", "٢026-11-28T10:00:00Z", "2026-11-28T10:00:00.Z"),
    ):
        assert parse_moment(wrong) is None, wrong


def test_a_key_is_made_once_and_known_by_its_hash() -> None:
    """What signs is made of that and the bot's token: these stay as they are, or every key would be another."""
    key = compose_key(bytes(range(32)))
    assert key == "psk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert compute_hash(key) == hashlib.sha256(key.encode()).hexdigest()
    pepper = compute_pepper("123:token")
    assert pepper.hex() == PEPPER
    assert compute_key_secret(pepper, compute_hash(key)) == SECRET


def test_a_key_opens_what_was_said() -> None:
    """Each once, whatever stands between."""
    assert parse_scopes(" conversions,receipts\tconversions") == (Scope.CONVERSIONS, Scope.RECEIPTS)
    assert parse_scopes("receipts") == (Scope.RECEIPTS,)
    assert parse_scopes("") is parse_scopes(" , ") is parse_scopes("receipts all") is None


def test_there_are_two_keys_of_a_name_and_twenty_names() -> None:
    """A second one of the last name can be made all the same."""
    names = dict.fromkeys((f"n{number}" for number in range(MOST_NAMES)), 1)
    assert decide_makeable("till", {}) is None
    assert decide_makeable("till", {"till": MOST_LIVE - 1}) is None
    assert decide_makeable("till", {"till": MOST_LIVE}) is Unmade.TWO_LIVE
    assert decide_makeable("n0", names) is None
    assert decide_makeable("till", names) is Unmade.MANY
    assert decide_makeable("till", dict(list(names.items())[:-1])) is None
    assert decide_makeable("a b", {}) is Unmade.NAME
    assert [is_name(text) for text in ("a", "a" * 32, "a.b-c_d", "", "a" * 33, "-a", "é")] == [True] * 3 + [False] * 4


def test_a_message_is_fresh_for_five_minutes_either_way() -> None:
    """Its time is seconds since 1970, and nothing else."""
    now = 1_764_000_000 * 1_000_000
    assert all(is_fresh(str(1_764_000_000 + off), now) for off in (-300, 0, 300))
    assert not any(is_fresh(str(1_764_000_000 + off), now) for off in (-301, 301))
    assert not any(is_fresh(said, now) for said in ("", "01764000000", "1764000000.0", "-1", "1" * 13, "soon"))
    assert [is_id(text) for text in ("!", "~" * 255, "", "~" * 256, "a b", "é")] == [True, True] + [False] * 4


def test_one_of_several_signatures_is_enough() -> None:
    """In whatever place among ten; of another secret, id, time or body it is none."""
    secret, other = compose_secret(b"a" * 24), compose_secret(b"b" * 24)
    right = sign(secret, "evt_1", 5, b"{}")

    def check(signature: str, message: str = "evt_1", timestamp: str = "5", body: bytes = b"{}") -> bool:
        return is_signed(Signed(id=message, timestamp=timestamp, signature=signature, body=body), secret)

    assert check(right)
    assert check(f"v1,x {right}")
    assert check(f"{right} {right}")
    assert check(" ".join(["x"] * (MOST_SIGNATURES - 1) + [right]))
    assert not check(" ".join(["x"] * MOST_SIGNATURES + [right]))
    assert not check(sign(other, "evt_1", 5, b"{}"))
    assert not check("")
    assert not check("é")
    assert not any((check(right, message="evt_2"), check(right, timestamp="6"), check(right, body=b"[]")))
    assert compose_receipt_payload("a_B-1") == "buy_a_B-1"
