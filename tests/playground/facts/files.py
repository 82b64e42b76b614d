"""Facts about files."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from aiohttp import FormData
from PIL import Image

from tests.playground.calling import draw_picture
from tests.playground.facts.stage import Probe, Stage


def _photo(photo: Any) -> Probe:
    async def probe(stage: Stage) -> str:
        return await stage.tell("sendPhoto", chat_id=stage.ann.id, photo=photo)

    return probe


async def _spoilt_id(stage: Stage) -> str:
    sent = await stage.caller.call("sendPhoto", chat_id=stage.ann.id, photo=draw_picture())
    file_id = sent["photo"][-1]["file_id"]
    return await stage.tell("sendPhoto", chat_id=stage.ann.id, photo=file_id[:-2] + "AA")


async def _document_as_photo(stage: Stage) -> str:
    sent = await stage.caller.call("sendDocument", chat_id=stage.ann.id, document=b"x")
    return await stage.tell("sendPhoto", chat_id=stage.ann.id, photo=sent["document"]["file_id"])


async def _nonsense_file(stage: Stage) -> str:
    return await stage.tell("getFile", file_id="nonsense")


async def _no_photo(stage: Stage) -> str:
    return await stage.tell("sendPhoto", chat_id=stage.ann.id)


async def _sizes(stage: Stage) -> str:
    photo = draw_picture(1024, 1280, "PNG")
    sent = await stage.caller.call("sendPhoto", chat_id=stage.ann.id, photo=photo)
    sides = [max(size["width"], size["height"]) for size in sent["photo"]]
    with Image.open(BytesIO(stage.find(sent).photo.read())) as picture:  # type: ignore[union-attr]
        return f"{sides} {picture.format}"


async def _file_size(stage: Stage) -> str:
    sent = await stage.caller.call("sendPhoto", chat_id=stage.ann.id, photo=draw_picture(800, 600))
    sizes = [(size["file_size"], len(stage.world.files.get(size["file_id"]).read())) for size in sent["photo"]]
    return str(all(told == real > 0 for told, real in sizes))


async def _send_file(stage: Stage, name: str, data: bytes) -> dict[str, Any]:
    form = FormData({"chat_id": str(stage.ann.id)})
    form.add_field("document", BytesIO(data), filename=name, content_type="application/octet-stream")
    url = f"{stage.caller.telegram.base_url}{stage.caller.telegram.token}/sendDocument"
    async with stage.caller.session.post(url, data=form) as response:
        sent: dict[str, Any] = (await response.json())["result"]["document"]
        return sent


async def _type_of_name(stage: Stage) -> str:
    return str((await _send_file(stage, "poster.pdf", b"%PDF-1.4"))["mime_type"])


async def _path_of_name(stage: Stage) -> str:
    document = await _send_file(stage, "poster.pdf", b"%PDF-1.4")
    told = await stage.caller.call("getFile", file_id=document["file_id"])
    return str(told["file_path"].endswith(".pdf"))


async def _thumbnail(stage: Stage) -> str:
    return str("thumbnail" in await _send_file(stage, "loaf.jpg", draw_picture(800, 600)))


async def _huge(stage: Stage) -> str:
    return await stage.tell("sendDocument", chat_id=stage.ann.id, document=bytes(52 * 1024 * 1024))


PROBES: dict[str, Probe] = {
    "file id with foreign characters": _photo("!!!"),
    "file id, last symbol wrong": _spoilt_id,
    "document id as a photo": _document_as_photo,
    "getFile of nonsense": _nonsense_file,
    "photo > 10 MB": _photo(draw_picture().ljust(11_000_000, b"\0")),
    "photo 9000x1100": _photo(draw_picture(9000, 1100)),
    "photo that is no picture": _photo(b"no picture"),
    "empty file": _photo(b""),
    "51 MB": _huge,
    "attach:// that is not attached": _photo("attach://nothing"),
    "no photo at all": _no_photo,
    "photo is re-encoded: sizes 90/320/800/1280, JPEG": _sizes,
    "PhotoSize has file_size": _file_size,
    "document: MIME type from the name where the part says octet-stream": _type_of_name,
    "file_path keeps the extension": _path_of_name,
    "document of a picture gets a thumbnail": _thumbnail,
}
