"""Who looks at the dashboard: a link confirmed by a tap becomes a cookie that no page can read and no other site sends."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.messages.dashboard.entering import ROOT, say_entering, say_over
from bot.services.dashboard.entering import SESSION_SECONDS, SessionOver, leave, look_at_link, use_link
from bot.web.deps import WebDeps, deps_of
from bot.web.pages import write_narrow
from bot.web.sharing import is_own_page
from storage.errors import StoreError

HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
RETRY_SECONDS = 5


async def look_at(request: Request) -> Response:
    """The page behind a link: it uses nothing up, since chats look at links before people do; a tap on it does."""
    deps = deps_of(request)
    try:
        insider = await deps.store.read(look_at_link, token=request.path_params["token"])
    except SessionOver:
        return refuse(deps)
    except StoreError:
        raise away() from None
    said, token = say_entering(insider.member.language), request.path_params["token"]
    form = deps.templates.write(
        "dashboard_enter", label=said.pop("label"), token=token, action=f"{deps.shop.web_path}{ROOT}/enter"
    )
    page = write_narrow(deps.templates, **said, action=form)
    return HTMLResponse(page, headers=HEADERS)


async def enter(request: Request) -> Response:
    """Use the link up, and have the browser hold a session of its own; whatever it held before ends."""
    deps = deps_of(request)
    _demand_own_page(request, deps)
    token = parse_qs((await request.body()).decode("ascii", "replace")).get("token", [""])[0]
    try:
        session = await deps.store.write(use_link, token=token, former=read_session(request))
    except SessionOver:
        return refuse(deps)
    except StoreError:
        raise away() from None
    answer = RedirectResponse(f"{deps.shop.web_path}{ROOT}", 303, headers=HEADERS)
    _set_cookie(answer, deps, session, SESSION_SECONDS)
    return answer


async def leave_dashboard(request: Request) -> Response:
    """End the session, here and in the browser."""
    deps, session = deps_of(request), read_session(request)
    _demand_own_page(request, deps)
    answer = refuse(deps)
    if session:
        try:
            await deps.store.write(leave, session=session)
        except StoreError:
            raise away() from None
        _set_cookie(answer, deps, "", 0)
    return answer


def read_session(request: Request) -> str:
    """What the browser holds; empty for nothing."""
    return request.cookies.get(name_cookie(deps_of(request)), "")


def name_cookie(deps: WebDeps) -> str:
    """With `__Host-` a browser takes it from https alone, for this host and no other; plain http is a playground's.

    Where several shops share a host each has a path, and its cookie with it: browsers allow none to one of `__Host-`.
    """
    if not deps.shop.public_url.startswith("https:"):
        return "passalong"
    return "__Secure-passalong" if deps.shop.web_path else "__Host-passalong"


def refuse(deps: WebDeps) -> Response:
    """Whoever has no session, or no longer, is told where a link is to be had."""
    title, why = say_over(deps.nobody.language)
    page = write_narrow(deps.templates, language=deps.nobody.language, title=title, why=why)
    return HTMLResponse(page, 401, headers=HEADERS)


def away() -> HTTPException:
    """The store does not answer."""
    return HTTPException(503, headers={"Retry-After": str(RETRY_SECONDS)})


def _demand_own_page(request: Request, deps: WebDeps) -> None:
    if not is_own_page(request, deps.shop.public_url):
        raise HTTPException(403)


def _set_cookie(answer: Response, deps: WebDeps, session: str, seconds: int) -> None:
    https = deps.shop.public_url.startswith("https:")
    path = deps.shop.web_path or "/"
    answer.set_cookie(
        name_cookie(deps), session, max_age=seconds, path=path, secure=https, httponly=True, samesite="strict"
    )
