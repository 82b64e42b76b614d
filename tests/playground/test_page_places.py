"""The browser on the phones, the bot as a guest, and the shop's group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.playground.page.browser import AGENT, Browser
from bot.playground.seed import ANNA_ID, BUDI_ID, GROUP_NAME
from bot.playground.world import Chat, ImpossibleError
from tests.playground.visitor import Visitor, follow, visit


def find_group(visitor: Visitor) -> Chat:
    """The shop's group."""
    return next(chat for chat in visitor.world.chats.values() if chat.title == GROUP_NAME)


@asynccontextmanager
async def serve_site(target: str) -> AsyncIterator[tuple[str, list[str]]]:
    """A web side with a short link that leads to `target`, and a page; its origin, and who asked it."""
    agents: list[str] = []

    async def lead(request: web.Request) -> web.Response:
        agents.append(request.headers["User-Agent"])
        return web.Response(status=302, headers={"Location": target})

    async def show(_request: web.Request) -> web.Response:
        return web.Response(text="a page")

    app = web.Application()
    app.router.add_get("/r/{code}", lead)
    app.router.add_get("/s/{code}", show)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}", agents
    finally:
        await runner.cleanup()


async def test_a_short_link_leads_through_the_browser_back_to_the_bot() -> None:
    """The site is asked as a person's browser asks, and where it sends the phone is gone to; START waits."""
    target = "https://t.me/little_oven_bot?start=AbCdEf1234-web"
    async with serve_site(target) as (site, agents), visit(site=site) as visitor:
        link = f"{site}/r/AbCdEf1234-web"
        led = await visitor.act("open", visitor.budi, url=link)
        assert led == {"kind": "bot", "payload": "AbCdEf1234-web", "through": link}
        assert agents == [AGENT]
        assert not visitor.world.open_chat(visitor.budi).started


async def test_a_page_is_opened_and_other_sites_lead_out() -> None:
    """What sends nobody on is looked at in a tab; no other address of this machine is ever asked."""
    async with serve_site("https://example.com/") as (site, agents), visit(site=site) as visitor:
        assert (await visitor.act("open", url=f"{site}/s/AbCdEf1234"))["kind"] == "page"
        assert (await visitor.act("open", url=f"{site}/r/x"))["kind"] == "web"
        count = len(agents)
        for other in (f"{site}9/r/x", f"http://x@{site[7:]}/r/x", "http://127.0.0.1:1/r/x", "ftp://127.0.0.1/r/x"):
            assert (await visitor.act("open", url=other)) == {"kind": "web", "url": other}
        assert len(agents) == count


async def test_a_web_side_that_is_gone_is_told_in_words() -> None:
    """The page shows a sentence."""
    async with serve_site("https://example.com/") as (site, _):
        browser = Browser(site)
    with pytest.raises(ImpossibleError, match="does not answer"):
        await browser.find_exit(f"{site}/r/x")
    assert not Browser().knows("http:///r/x")


async def test_naming_the_bot_among_friends_calls_it_as_a_guest() -> None:
    """It hears the one message that names it, and answers in the chat; a longer name is somebody else's."""
    async with visit() as visitor:
        friends = visitor.world.open_chat(visitor.anna, visitor.budi)
        await visitor.act("write", peer=f"u{BUDI_ID}", text="ask @little_oven_bot2 or x@little_oven_bot")
        assert not visitor.world.guest_calls
        await visitor.act("write", peer=f"u{BUDI_ID}", text="Look: **@Little_Oven_Bot**")
        *_, update = await visitor.caller.call("getUpdates", allowed_updates=["guest_message"])
        said = update["guest_message"]
        assert said["text"] == "Look: @Little_Oven_Bot"
        result = {"type": "article", "id": "1", "title": "x", "input_message_content": {"message_text": "Here I am"}}
        await visitor.caller.call("answerGuestQuery", guest_query_id=said["guest_query_id"], result=result)
        assert friends.list_messages()[-1].text == "Here I am"
        async with follow(visitor) as reader:
            told = await reader.until(lambda told: "people" in told)
        assert told[f"chat/{BUDI_ID}/u{ANNA_ID}"]["messages"][-1]["sender"]["peer"] == "bot"
        assert "bold" in [entity["type"] for entity in friends.list_messages()[-2].entities]


async def test_where_the_bot_is_a_member_it_is_no_guest() -> None:
    """Naming it in the shop's group is a message like any other."""
    async with visit() as visitor:
        group = find_group(visitor)
        visitor.world.join(visitor.anna, group)
        await visitor.act("write", peer=f"c{group.id}", text="@little_oven_bot")
        assert not visitor.world.guest_calls
        async with follow(visitor) as reader:
            rows = (await reader.until(lambda told: "people" in told))[f"phone/{visitor.anna.id}"]["chats"]
        assert {row["peer"]: row["canCall"] for row in rows} == {
            "bot": False,
            f"c{group.id}": False,
            f"c{visitor.channel.id}": False,
            f"u{BUDI_ID}": True,
        }


async def test_an_invite_link_leads_in_and_leaving_leads_out() -> None:
    """Both are told to the bot that runs the group; a second tap on the link just opens it."""
    async with visit() as visitor:
        group = find_group(visitor)
        peer = f"c{group.id}"
        await visitor.caller.call("getUpdates", offset=-1, allowed_updates=["chat_member"])
        link = (await visitor.caller.call("createChatInviteLink", chat_id=group.id))["invite_link"]
        for _ in range(2):
            assert await visitor.act("open", url=link) == {"kind": "chat", "peer": peer}
        await visitor.act("leave", peer=peer)
        assert not group.holds(visitor.anna)
        updates = await visitor.caller.call("getUpdates")
        changes = [update["chat_member"] for update in updates if "chat_member" in update]
        assert [change["new_chat_member"]["status"] for change in changes] == ["member", "left"]
        assert changes[0]["invite_link"]["invite_link"] == link
        assert "is not in" in await visitor.refuse("leave", peer=peer)
        assert await visitor.refuse("leave", peer="bot") == "Nobody can leave a private chat"


async def test_everybody_but_the_owner_can_leave() -> None:
    """Whoever made a group or channel would have to give it away first."""
    async with visit() as visitor:
        async with follow(visitor) as reader:
            told = await reader.until(lambda told: "people" in told)
        leaves = {
            phone["id"]: [row["canLeave"] for row in told[f"phone/{phone['id']}"]["chats"] if row["peer"][0] == "c"]
            for phone in told["people"]
            if phone["kind"] == "person"
        }
        assert list(leaves.values()) == [[True], [True], [False, False]]
