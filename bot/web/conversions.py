"""`/api/v1/…`: other systems report what was bought, and have links for receipts made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.assets import ASSETS
from bot.core.conversions.bodies import BodyMistake, Mistake, is_order_id, parse_body, parse_object
from bot.core.conversions.keys import Scope
from bot.core.conversions.receipts import compose_receipt_payload
from bot.services.conversions.receipts import make_receipt
from bot.services.conversions.reporting import Outcome, Reported, RequestTaken, report
from bot.web.api import Caller, answer_api
from bot.web.deps import WebDeps, deps_of
from bot.web.problems import API, NO_STORE, Problem


async def report_conversion(request: Request) -> Response:
    """Take a purchase, a refund or a custom event: 202 once it is durable, 200 with the same answer for the same again."""
    return await answer_api(request, Scope.CONVERSIONS, _report)


async def make_receipt_link(request: Request) -> Response:
    """The link for an order's receipt: the same whenever it is asked for."""
    return await answer_api(request, Scope.RECEIPTS, _make_link)


async def describe_api(request: Request) -> Response:
    """What there is, as OpenAPI 3.1."""
    return JSONResponse(compose_description(deps_of(request).shop.public_url), headers={"Cache-Control": "no-cache"})


def compose_description(public_url: str) -> Mapping[str, Any]:
    """The part of the web side's description that is for other systems."""
    all_of_it = json.loads((ASSETS / "web" / "openapi.json").read_text("utf-8"))
    own = {path: said for path, said in all_of_it["paths"].items() if path.startswith(API)}
    return {
        **all_of_it,
        "info": {**all_of_it["info"], "title": "Passalong, for other systems"},
        "servers": [{"url": public_url}],
        "paths": own,
    }


async def _report(deps: WebDeps, caller: Caller, raw: bytes) -> Response:
    said = parse_body(raw)
    try:
        told = await deps.store.write(report, said, request=caller.request)
    except RequestTaken:
        told = await deps.store.write(report, said, request=caller.request)
    if told.outcome is Outcome.OTHER:
        raise Problem(409, "Something else was reported under this number before, and stands.")
    return JSONResponse(_show(told), 202 if told.outcome is Outcome.TAKEN else 200, headers=NO_STORE)


def _show(told: Reported) -> dict[str, object]:
    said: dict[str, object] = {"id": told.conversion_id, "state": told.state}
    return {**said, "reason": told.reason} if told.reason else said


async def _make_link(deps: WebDeps, _caller: Caller, raw: bytes) -> Response:
    said = parse_object(raw)
    if said.keys() != {"order_id"} or not is_order_id(said["order_id"]):
        raise BodyMistake([Mistake("/order_id", "has to be there alone, as 1 to 64 letters, digits and . _ : / # -")])
    token = await deps.store.write(make_receipt, order_id=said["order_id"])
    link = f"{deps.shop.address}?start={compose_receipt_payload(token)}"
    return JSONResponse({"order_id": said["order_id"], "token": token, "link": link}, headers=NO_STORE)
