"""The page's addresses, and who may use them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from bot.assets import ASSETS
from bot.playground.page.guard import HEADERS
from tests.playground.visitor import Visitor, follow, visit

PAGE = ASSETS / "playground"
SCRIPTS = sorted((PAGE / "scripts").glob("*.js"))
STYLES = sorted((PAGE / "styles").glob("*.css"))
LOOKED_AT = ("/", "/play/stream", "/play/assets/scripts/app.js", "/play/photo/none")


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    """Somebody at the page."""
    async with visit() as opened:
        yield opened


@pytest.mark.parametrize("path", ["/", "/play/assets/scripts/app.js", "/play/assets/styles/base.css"])
async def test_every_answer_carries_the_security_headers(visitor: Visitor, path: str) -> None:
    """No framing, no sniffing, no foreign or inline code."""
    response, _ = await visitor.get(path)
    assert response.status == 200
    assert HEADERS.items() <= dict(response.headers).items()
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


async def test_the_stream_carries_the_security_headers(visitor: Visitor) -> None:
    """Its head leaves before anything could add them later."""
    async with follow(visitor) as reader:
        assert HEADERS.items() <= dict(reader.response.headers).items()


async def test_the_page_has_no_inline_code(visitor: Visitor) -> None:
    """What the policy forbids is not there either."""
    _, html = await visitor.get("/")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", html)


@pytest.mark.parametrize("path", LOOKED_AT)
async def test_a_foreign_host_name_is_refused(visitor: Visitor, path: str) -> None:
    """A name of somebody else's that resolves to this machine opens nothing."""
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example:1"):
        response, text = await visitor.get(path, Host=host)
        assert response.status == 403
        assert visitor.key not in text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1", "[::1]:80"])
async def test_this_machine_has_several_names(visitor: Visitor, host: str) -> None:
    """The loopback names are all good."""
    response, _ = await visitor.get("/", Host=host)
    assert response.status == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
async def test_a_foreign_page_can_neither_look_nor_act(visitor: Visitor, headers: dict[str, str]) -> None:
    """The browser says where a request comes from, and only the page itself is heard."""
    for path in LOOKED_AT:
        response, text = await visitor.get(path, **headers)
        assert response.status == 403
        assert visitor.key not in text
    status, _ = await visitor.post("start", headers=headers, phone=str(visitor.anna.id), payload="")
    assert status == 403
    assert not visitor.world.open_chat(visitor.anna).started


async def test_a_link_from_elsewhere_may_open_the_page(visitor: Visitor) -> None:
    """Coming to the page is no attack."""
    response, _ = await visitor.get("/", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    assert response.status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Playground-Key": ""}, 403),
        ({"X-Playground-Key": "wrong"}, 403),
        ({"X-Playground-Key": "schlüssel"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
async def test_acting_takes_the_key_and_json(visitor: Visitor, headers: dict[str, str], status: int) -> None:
    """What a foreign page could send without asking first is not enough."""
    found, _ = await visitor.post("start", headers=headers, phone=str(visitor.anna.id), payload="")
    assert found == status
    assert not visitor.world.open_chat(visitor.anna).started


async def test_acting_is_done_by_post_alone(visitor: Visitor) -> None:
    """A picture's address in some page must not press START."""
    response, _ = await visitor.get(f"/play/do/start?phone={visitor.anna.id}&payload=")
    assert response.status in {404, 405}


async def test_the_token_is_nowhere_on_the_page(visitor: Visitor) -> None:
    """Not in the page, its files, its stream or its answers, whatever the bot was refused."""
    token = visitor.telegram.token
    visitor.world.press_start(visitor.anna)
    await visitor.caller.call("sendMessage", chat_id=visitor.anna.id, text="hello")
    await visitor.caller.ask("setWebhook", url=f"https://127.0.0.1/{token.partition(':')[0]}")
    await visitor.caller.ask("noSuchMethod")
    texts = [(await visitor.get("/"))[1]]
    texts += [path.read_text(encoding="utf-8") for path in (*SCRIPTS, *STYLES)]
    async with follow(visitor) as reader:
        texts.append(str(await reader.until(lambda pieces: pieces["journal"]["calls"])))
    texts += [str(await visitor.post("write", phone=str(visitor.anna.id), peer="bot", text="hi"))]
    assert "noSuchMethod" in texts[-2]
    assert not [text for text in texts if token in text or token.partition(":")[2] in text]


@pytest.mark.parametrize(
    "path",
    [
        "bot-api.json",
        "index.html",
        "scripts/../bot-api.json",
        "%2e%2e/campaigns/welcome.toml",
        "fonts/prepare.py",
        "/etc/passwd",
        "scripts/",
    ],
)
async def test_only_the_page_s_own_files_are_given(visitor: Visitor, path: str) -> None:
    """The list of files is fixed at the start; no address leads elsewhere."""
    response, text = await visitor.get(f"/play/assets/{path}")
    assert response.status == 404
    assert "root:" not in text


async def test_only_photos_are_given(visitor: Visitor) -> None:
    """A document's identifier opens nothing, a photo's its JPEG."""
    world = visitor.world
    chat = world.open_chat(visitor.anna)
    picture = (PAGE / "pictures" / "loaf.jpg").read_bytes()
    photo = world.send_photo(visitor.anna, chat, picture).photo
    document = world.send_document(visitor.anna, chat, b"secret").content.document
    assert photo is not None
    assert document is not None
    url = visitor.telegram.url
    async with visitor.session.get(f"{url}/play/photo/{photo.biggest.file.file_id}") as response:
        assert response.content_type == "image/jpeg"
        assert await response.read() == photo.read()
    for file_id in (document.file.file_id, "none"):
        assert (await visitor.get(f"/play/photo/{file_id}"))[0].status == 404


async def test_the_bot_api_is_still_served(visitor: Visitor) -> None:
    """The page and the Bot API share a port."""
    assert (await visitor.caller.call("getMe"))["username"] == "little_oven_bot"
    response, _ = await visitor.get("/nothing")
    assert response.status == 404


async def test_everything_the_page_asks_for_is_there(visitor: Visitor) -> None:
    """Scripts, styles, fonts and pictures named anywhere exist, and none comes from another machine."""
    asked = set(re.findall(r'(?:href|src)="/play/assets/([^"]+)"', (PAGE / "index.html").read_text(encoding="utf-8")))
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        asked |= {f"scripts/{name}" for name in re.findall(r'from "\./([^"]+)"', text)}
        asked |= set(re.findall(r'"/play/assets/([^"$]+)"', text))
    for path in STYLES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"@import|url\(\"?(?:https?:|//|data:)", text)
        asked |= set(re.findall(r'url\("\.\./([^"]+)"\)', text))
    assert len(asked) > 30
    missing = [path for path in sorted(asked) if (await visitor.get(f"/play/assets/{path}"))[0].status != 200]
    assert not missing


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_never_read_text_as_html(path: object) -> None:
    """Whatever anybody writes becomes text nodes."""
    text = (PAGE / "scripts" / getattr(path, "name", "")).read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser", text
    )


async def test_a_pdf_opens_and_every_other_file_is_saved(visitor: Visitor) -> None:
    """Nothing that somebody sent runs on the page; what was not sent is not there."""
    world, anna = visitor.telegram.world, visitor.anna
    for name, kind in (("poster.pdf", "application/pdf"), ("page.html", "application/octet-stream")):
        document = world.send_document(anna, world.open_chat(anna), b"%PDF-1.4", name).content.document
        assert document is not None
        response, text = await visitor.get(f"/play/file/{document.file.file_id}/{name}")
        assert (response.status, response.content_type, text) == (200, kind, "%PDF-1.4")
        assert ("attachment" in response.headers.get("Content-Disposition", "")) == (kind != "application/pdf")
    assert (await visitor.get("/play/file/none/x.pdf"))[0].status == 404
