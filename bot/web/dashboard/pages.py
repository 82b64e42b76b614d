"""The pages of the dashboard, their charts, lists to take away, and word of what has changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Concatenate, ParamSpec, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from bot.core.dashboard import BoardPage
from bot.core.spreadsheets import BYTE_ORDER_MARK, MEDIA_TYPES, Format
from bot.messages.dashboard.viewing import compose_board
from bot.services.dashboard.entering import SessionOver
from bot.services.dashboard.viewing import compute_mark, find_export_for, view_page
from bot.services.exporting import Part, read_part
from bot.telemetry import OWN_PACE
from bot.web.dashboard.charts import draw_bars
from bot.web.dashboard.sessions import HEADERS, away, read_session, refuse
from bot.web.dashboard.writing import write_board
from bot.web.deps import WebDeps, deps_of
from bot.web.server import PATIENCE
from storage.errors import StoreError
from storage.listing import Export
from storage.tx import Tx

LIVE_SECONDS = 20.0
"""A stream of news ends after so long; the browser begins another, and who looks is asked anew."""

LOOK_SECONDS = 3.0
RETRY_MILLISECONDS = 1_000
MOST_LIVE = 20
EXPORT_SECONDS = 1_800.0
"""For a list of millions over a slow line."""

P = ParamSpec("P")
T = TypeVar("T")


async def show_page(request: Request) -> Response:
    """A page as HTML that needs no script to be read."""
    deps = deps_of(request)
    try:
        view = await _read(deps, view_page, session=read_session(request), page=_find_page(request))
    except SessionOver:
        return refuse(deps)
    return HTMLResponse(write_board(deps.templates, compose_board(deps.shop, view)), headers=HEADERS)


async def show_chart(request: Request) -> Response:
    """The chart of a page as SVG."""
    deps = deps_of(request)
    try:
        view = await _read(deps, view_page, session=read_session(request), page=_find_page(request))
    except SessionOver:
        return refuse(deps)
    chart = compose_board(deps.shop, view).chart
    if chart is None:
        raise HTTPException(404)
    return Response(await asyncio.to_thread(draw_bars, chart), media_type="image/svg+xml", headers=HEADERS)


async def send_list(request: Request) -> Response:
    """A list as it is read, page by page; CSV with the mark by which spreadsheets know UTF-8."""
    deps, session = deps_of(request), read_session(request)
    name, _, ending = request.path_params["file"].rpartition(".")
    if ending not in list(Format):
        raise HTTPException(404)
    try:
        export = await _read(deps, find_export_for, session=session, name=name)
    except SessionOver:
        return refuse(deps)
    if export is None:
        raise HTTPException(404)
    request.scope[PATIENCE] = EXPORT_SECONDS
    form = Format(ending)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    first = await _read(deps, read_part, export, form)
    return StreamingResponse(_stream(deps, export, form, first), media_type=MEDIA_TYPES[form], headers=headers)


async def _stream(deps: WebDeps, export: Export, form: Format, part: Part) -> AsyncIterator[bytes]:
    OWN_PACE.set(True)  # for the request's own task: whoever writes to the shop does not wait for a list of millions
    yield (BYTE_ORDER_MARK if form is Format.CSV else b"") + part.content
    while part.last is not None:
        part = await deps.store.read(read_part, export, form, part.last)
        yield part.content


async def tell_changes(request: Request) -> Response:
    """Server-sent events: a word that changes whenever a page would show something else."""
    deps, session = deps_of(request), read_session(request)
    try:
        mark = await _read(deps, compute_mark, session=session)
    except SessionOver:
        return refuse(deps)
    if deps.live.is_full:
        raise HTTPException(429, headers={"Retry-After": "30"})
    return StreamingResponse(_tell(deps, session, mark), media_type="text/event-stream", headers=HEADERS)


async def _tell(deps: WebDeps, session: str, mark: str) -> AsyncIterator[bytes]:
    with deps.live:
        yield f"retry: {RETRY_MILLISECONDS}\ndata: {mark}\n\n".encode()
        for _ in range(int(LIVE_SECONDS // LOOK_SECONDS)):
            await asyncio.sleep(LOOK_SECONDS)
            try:
                now = await deps.store.read(compute_mark, session=session)
            except (SessionOver, StoreError):
                return
            if now != mark:
                mark = now
                yield f"data: {mark}\n\n".encode()


def _find_page(request: Request) -> BoardPage:
    name = request.path_params.get("page", BoardPage.FUNNEL)
    if name not in list(BoardPage):
        raise HTTPException(404)
    return BoardPage(name)


async def _read(deps: WebDeps, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What a unit returns; 503 while the store does not answer."""
    try:
        return await deps.store.read(unit, *args, **kwargs)
    except StoreError:
        raise away() from None
