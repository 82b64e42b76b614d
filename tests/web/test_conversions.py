"""Other systems report what was bought: by a key, or signed; once, whatever the network does; refused in words."""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, parse_campaign
from bot.core.conversions.keys import Scope, Unmade, compute_key_secret
from bot.core.signing import sign
from bot.services.campaigns.opening import Source, open_shop
from bot.services.conversions.keys import MadeKey, make_key, revoke_named
from storage import open_store
from storage.records import Person
from storage.tables import sales
from tests.storage.clock import Clock
from tests.web.house import House, open_house

PATH = "/api/v1/conversions"
PROBLEM = "application/problem+json"


@pytest.fixture
async def house(sqlite_url: str, clock: Clock) -> AsyncIterator[House]:
    """The web side of a shop that is open."""
    themes = sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
    text = (ASSETS / "campaigns" / "welcome.toml").read_bytes()
    campaign: Campaign = parse_campaign(text, themes=themes, find_picture=lambda _: "")
    async with open_store(sqlite_url, clock=clock) as store:
        await store.write(open_shop, Source(campaign=campaign))
        async with open_house(store, clock=clock) as opened:
            yield opened


@dataclass
class Till:
    """Another system with a key."""

    house: House
    made: MadeKey
    member: Person
    clock: Clock

    def compose(self, **said: object) -> bytes:
        """A purchase, but for what is said otherwise; None leaves something out."""
        body: dict[str, object] = {
            "type": "purchase",
            "order_id": "A-1",
            "amount": 1250,
            "currency": "EUR",
            "member": {"code": self.member.code},
            "occurred_at": "2025-10-09T08:00:00Z",
        }
        return json.dumps({name: value for name, value in (body | said).items() if value is not None}).encode()

    async def post(
        self, body: bytes, *, path: str = PATH, method: str = "POST", **headers: str
    ) -> tuple[int, Any, str]:
        """Send it as it is."""
        sent = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.house.session.request(method, self.house.url + path, data=body, headers=sent) as answer:
            kind = answer.headers.get("Content-Type", "")
            return answer.status, json.loads(await answer.read() or b"null"), kind

    async def report(self, *, request: str = "", path: str = PATH, **said: object) -> tuple[int, Any, str]:
        """With the key."""
        more = {"Idempotency_Key": request} if request else {}
        return await self.post(self.compose(**said), path=path, Authorization=f"Bearer {self.made.key}", **more)

    def sign(self, body: bytes, *, seconds: int = 0, message_id: str = "msg_1", secret: str = "") -> dict[str, str]:
        """The headers of a signed message of so many seconds from now."""
        at = self.clock.now // 1_000_000 + seconds
        own = compute_key_secret(self.house.deps.pepper, self.made.key_hash)
        signature = sign(secret or own, message_id, at, body)
        return {"webhook_id": message_id, "webhook_timestamp": str(at), "webhook_signature": signature}


@pytest.fixture
async def till(house: House, clock: Clock) -> Till:
    """A till with a key and a member at its counter."""
    made = await house.store.write(make_key, name="till")
    assert isinstance(made, MadeKey)
    return Till(house, made, await house.add_member(), clock)


async def test_a_report_is_taken_once_and_the_same_again_is_answered_the_same(till: Till) -> None:
    """202, then 200 with the same words; something else under its number is 409."""
    first = await till.report()
    assert first[0] == 202
    assert first[1] == {"id": first[1]["id"], "state": "noted"}
    assert await till.report() == (200, *first[1:])
    assert (await till.report(amount=1251))[0] == 409
    respelled = till.compose().replace(b": ", b":").replace(b"1250", b"1250.0").replace(b"08:00:00Z", b"10:00:00+02:00")
    assert await till.post(respelled, Authorization=f"Bearer {till.made.key}") == (200, *first[1:])


async def test_a_request_of_the_same_id_is_the_same_request(till: Till) -> None:
    """Its answer is kept; another body under its id is 409, and leaves no trace."""
    first = await till.report(request="one", member={"telegram_id": 5})
    assert first[:2] == (202, {"id": first[1]["id"], "state": "waiting", "reason": "unknown_member"})
    assert await till.report(request="one", member={"telegram_id": 5}) == (200, *first[1:])
    assert (await till.report(request="one", order_id="A-2"))[0] == 409
    assert await till.house.store.read(sales.find_by_order, "A-2") is None
    body = till.compose(order_id="A-3")
    signed = await till.post(body, **till.sign(body, message_id="two"))
    assert signed[0] == 202
    assert await till.post(body, **till.sign(body, message_id="two", seconds=7)) == (200, *signed[1:])


async def test_only_whoever_has_the_secret_signs_and_only_for_five_minutes(till: Till) -> None:
    """299 seconds are answered and 301 refused, either way; so is whatever was altered after it was signed."""
    body = till.compose()
    for seconds, status in ((-301, 401), (301, 401), (-299, 202), (299, 200), (0, 200)):
        assert (await till.post(body, **till.sign(body, seconds=seconds)))[0] == status
    signed = till.sign(body)
    forged: list[tuple[bytes, Mapping[str, str]]] = [
        (till.compose(amount=1), signed),
        (body, signed | {"webhook_id": "msg_2"}),
        (body, signed | {"webhook_timestamp": str(int(signed["webhook_timestamp"]) + 1)}),
        (body, signed | {"webhook_timestamp": f"0{signed['webhook_timestamp']}"}),
        (body, signed | {"webhook_signature": signed["webhook_signature"].replace("v1,", "v2,")}),
        (body, signed | {"webhook_signature": "v1,"}),
        (body, signed | {"webhook_signature": ""}),
        (body, till.sign(body, secret="whsec_AAAA")),
        (body, {name: value for name, value in signed.items() if name != "webhook_id"}),
        (body, {}),
        (body, {"Authorization": "Bearer psk_nothing"}),
        (body, {"Authorization": f"Basic {till.made.key}"}),
        (body, {"Authorization": f"Bearer {till.made.key_hash}"}),
        (body, signed | {"webhook_signature": "v1,AAAA", "Authorization": f"Bearer {till.made.key}"}),
    ]
    for sent, headers in forged:
        status, problem, kind = await till.post(sent, **headers)
        assert (status, kind, problem["status"]) == (401, PROBLEM, 401)
    both = signed | {"webhook_signature": f"v1,AAAA {signed['webhook_signature']}"}
    assert (await till.post(body, **both))[0] == 200


async def test_two_keys_of_a_name_are_live_and_a_revoked_one_opens_nothing(till: Till) -> None:
    """The third is not made until one is revoked; a key that does not open this door is 403."""
    second = await till.house.store.write(make_key, name="till")
    assert await till.house.store.write(make_key, name="till") is Unmade.TWO_LIVE
    assert isinstance(second, MadeKey)
    for key, status in ((till.made.key, 202), (second.key, 200)):
        assert (await till.post(till.compose(), Authorization=f"Bearer {key}"))[0] == status
    body = till.compose()
    assert await till.house.store.write(revoke_named, till.made.key[-4:]) == 1
    assert (await till.report())[0] == 401
    assert (await till.post(body, **till.sign(body)))[0] == 401
    other = await till.house.store.write(make_key, name="printer", scopes=(Scope.RECEIPTS,))
    assert isinstance(other, MadeKey)
    assert (await till.post(body, Authorization=f"Bearer {other.key}"))[0] == 403


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"amount": -1}, "/amount"),
        ({"amount": 12.5}, "/amount"),
        ({"amount": True}, "/amount"),
        ({"amount": "12"}, "/amount"),
        ({"amount": 10**13}, "/amount"),
        ({"amount": None}, "/amount"),
        ({"currency": "eur"}, "/currency"),
        ({"currency": "EURO"}, "/currency"),
        ({"order_id": ""}, "/order_id"),
        ({"order_id": "A 1"}, "/order_id"),
        ({"order_id": "A\u0000"}, "/order_id"),
        ({"order_id": "A" * 65}, "/order_id"),
        ({"order_id": 7}, "/order_id"),
        ({"type": "sale"}, "/type"),
        ({"type": ["purchase"]}, "/type"),
        ({"type": None}, "/type"),
        ({"member": None}, "/member"),
        ({"member": {}}, "/member"),
        ({"member": {"code": "A1", "token": "B"}}, "/member"),
        ({"member": {"name": "Rina"}}, "/member"),
        ({"member": {"telegram_id": "5"}}, "/member/telegram_id"),
        ({"member": {"telegram_id": 2**60}}, "/member/telegram_id"),
        ({"member": {"code": "\ud800"}}, "/member/code"),
        ({"occurred_at": "yesterday"}, "/occurred_at"),
        ({"occurred_at": "2026-02-30T10:00:00Z"}, "/occurred_at"),
        ({"occurred_at": "2026-11-28T10:00:00"}, "/occurred_at"),
        ({"occurred_at": "2026-11-28"}, "/occurred_at"),
        ({"occurred_at": 1764324000}, "/occurred_at"),
        ({"tip": 5}, "/tip"),
        ({"refund_id": "r1"}, "/refund_id"),
        ({"type": "custom"}, "/name"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_place(till: Till, said: dict[str, object], pointer: str) -> None:
    """422, in the shape of RFC 9457."""
    status, problem, kind = await till.post(till.compose(**said), Authorization=f"Bearer {till.made.key}")
    assert (status, kind) == (422, PROBLEM)
    assert pointer in [each["pointer"] for each in problem["errors"]]
    assert await till.house.store.read(sales.find_by_order, "A-1") is None


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff", b"[" * 9000, b"9" * 9000]
)
async def test_what_is_no_object_is_refused(till: Till, body: bytes) -> None:
    """422 for every such body."""
    status, problem, kind = await till.post(body, Authorization=f"Bearer {till.made.key}")
    assert (status, kind, problem["title"]) == (422, PROBLEM, "Unprocessable Entity")


async def test_the_rest_of_what_goes_wrong_is_said_in_the_same_shape(till: Till) -> None:
    """Another kind of content, too much of it, another method, another door, an id that cannot be."""
    key = {"Authorization": f"Bearer {till.made.key}"}
    body = till.compose()
    answers = [
        (415, await till.post(body, **key, Content_Type="text/plain")),
        (413, await till.post(b" " * 20_000, **key)),
        (405, await till.post(b"", method="GET", **key)),
        (405, await till.post(b"", method="DELETE", **key)),
        (404, await till.post(body, path="/api/v1/nothing", **key)),
        (400, await till.post(body, **key, Idempotency_Key="a b")),
    ]
    for status, (found, problem, kind) in answers:
        assert (found, kind, problem["status"]) == (status, PROBLEM, status)


async def test_a_receipt_has_one_link(till: Till) -> None:
    """The same whenever it is asked for; its token names the buyer, whoever that will be."""
    status, said, _ = await till.post(
        b'{"order_id": "A-9"}', path="/api/v1/receipts", Authorization=f"Bearer {till.made.key}"
    )
    again = await till.post(b'{"order_id": "A-9"}', path="/api/v1/receipts", Authorization=f"Bearer {till.made.key}")
    assert (status, again[1]) == (200, said)
    assert said["link"].endswith(f"?start=buy_{said['token']}")
    told = await till.report(order_id="A-9", member={"token": said["token"]})
    assert told[1]["reason"] == "unopened"


gently = settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def try_api(doors: list[APIOperation[Any, Any, Any, Any]], mode: GenerationMode, till: Till) -> None:
    """Ask at each door, and hold each answer against the description by every check there is."""
    for door in doors:

        @gently
        @given(case=door.as_strategy(mode))
        def ask(case: Case[Any]) -> None:
            case.call_and_validate(
                base_url=till.house.url, headers={"Authorization": f"Bearer {till.made.key}"}, allow_redirects=False
            )

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the generator's own
            ask()


@pytest.mark.long
async def test_the_api_keeps_to_the_description_that_it_serves(till: Till) -> None:
    """Everything generated from it, right and wrong, passes all checks."""
    status, description, _ = await till.post(b"", path="/api/v1/openapi.json", method="GET")
    assert (status, description["openapi"]) == (200, "3.1.0")
    results = schemathesis.openapi.from_dict(description).get_all_operations()
    doors = [result.ok() for result in results if isinstance(result, Ok)]
    assert sorted(door.path for door in doors if door.method == "post") == [PATH, "/api/v1/receipts"]
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        await asyncio.to_thread(try_api, [door for door in doors if door.method == "post"], mode, till)
