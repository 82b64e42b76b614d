"""What all doors of the API have in common: who asks, what may be asked, what a body may be."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.core.conversions.bodies import BodyMistake
from bot.core.conversions.keys import Scope, compute_hash, compute_key_secret
from bot.core.conversions.signatures import Signed, is_fresh, is_id, is_signed
from bot.core.throttling import Allowance
from bot.services.conversions.keys import list_live
from bot.web.deps import WebDeps, deps_of
from bot.web.problems import Problem, compose_problem
from storage.errors import StoreError
from storage.frozen import frozen
from storage.tables.api_keys import ApiKey

FAILURES = Allowance(burst=2000, per_second=50)
"""Requests of one neighbourhood that nobody could vouch for; whoever has a key is never asked to wait for them."""

MOST_AT_ONCE = 500
"""Reports that are being written; beyond that a sender is asked to come again."""

_SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
_UNSIGNED = Problem(
    401,
    "Show a key (Authorization: Bearer …), or sign with its secret as Standard Webhooks says, within five minutes.",
    headers={"WWW-Authenticate": 'Bearer realm="passalong"'},
)


@frozen
class Caller:
    """Another system that has shown who it is."""

    key: ApiKey
    request: str
    """A digest of the request's own id; empty where it has none."""


Answer = Callable[[WebDeps, Caller, bytes], Awaitable[Response]]


async def answer_api(request: Request, scope: Scope, answer: Answer) -> Response:
    """Let somebody with a key of this scope have what they ask for, or say what is wrong."""
    deps = deps_of(request)
    try:
        return await _let_in(request, deps, scope, answer)
    except BodyMistake as mistake:
        return compose_problem(Problem(422, "The body cannot be what it is.", mistakes=mistake.mistakes))
    except Problem as problem:
        return compose_problem(problem)
    except StoreError:
        return compose_problem(Problem(503, "Nothing was written. Come again.", headers={"Retry-After": "5"}))
    except ClientDisconnect:
        return Response(status_code=400)


async def _let_in(request: Request, deps: WebDeps, scope: Scope, answer: Answer) -> Response:
    raw = await request.body()
    caller = await _authenticate(request, deps, raw)
    if scope not in caller.key.scopes.split():
        raise Problem(403, f"This key does not open {scope}.")
    _demand_json(request)
    if deps.admission.is_full:
        raise Problem(429, "Too many at once.", headers={"Retry-After": "1"})
    with deps.admission:
        return await answer(deps, caller, raw)


async def _authenticate(request: Request, deps: WebDeps, raw: bytes) -> Caller:
    live = await deps.store.read(list_live)
    signed = any(name in request.headers for name in _SIGNED)
    key = _find_signer(request, deps, raw, live) if signed else _find_bearer(request, live)
    if key is None:
        _note_failure(request, deps)
        raise _UNSIGNED
    said = request.headers.get("webhook-id" if signed else "idempotency-key")
    if said is not None and not is_id(said):
        raise Problem(400, "Idempotency-Key has to be 1 to 255 visible ASCII characters.")
    digest = hashlib.sha256(f"{key.name}\n{said}".encode()).hexdigest() if said is not None else ""
    return Caller(key=key, request=digest)


def _find_bearer(request: Request, live: list[ApiKey]) -> ApiKey | None:
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not said:
        return None
    told = compute_hash(said.strip())
    fitting = [each for each in live if hmac.compare_digest(told, each.key_hash)]
    return fitting[0] if fitting else None


def _find_signer(request: Request, deps: WebDeps, raw: bytes, live: list[ApiKey]) -> ApiKey | None:
    message_id, timestamp, signature = (request.headers.get(name, "") for name in _SIGNED)
    if not is_id(message_id) or not is_fresh(timestamp, deps.clock()):
        return None
    signed = Signed(id=message_id, timestamp=timestamp, signature=signature, body=raw)
    fitting = [each for each in live if is_signed(signed, compute_key_secret(deps.pepper, each.key_hash))]
    return fitting[0] if fitting else None


def _note_failure(request: Request, deps: WebDeps) -> None:
    address = deps.visitors.greet(request).address
    if not deps.failures.allows(address):
        wait = str(deps.failures.compute_wait_seconds(address))
        raise Problem(429, "Too many requests that nobody vouches for.", headers={"Retry-After": wait})
    deps.failures.spend(address)


def _demand_json(request: Request) -> None:
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != "application/json":
        raise Problem(415, "Send application/json.", headers={"Accept": "application/json"})
