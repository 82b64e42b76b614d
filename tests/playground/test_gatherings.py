"""Groups and channels, invite links and join requests."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.world import ImpossibleError
from tests.playground.calling import Caller, draw_picture, start_person

ALL = ["message", "channel_post", "my_chat_member", "chat_member", "chat_join_request"]


async def test_blocking_is_told_as_my_chat_member(caller: Caller) -> None:
    """Blocking makes the bot kicked, unblocking a member again; pressing START unblocks."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    world.block(ann)
    world.press_start(ann)
    changes = [update["my_chat_member"] for update in await _fetch(caller) if "my_chat_member" in update]
    assert [(c["old_chat_member"]["status"], c["new_chat_member"]["status"]) for c in changes] == [
        ("member", "kicked"), ("kicked", "member"),
    ]  # fmt: skip


async def test_a_link_of_the_bots_own_tells_who_came_by_it(caller: Caller) -> None:
    """chat_member names the link in full; a link of another's is cut; a full link lets nobody in."""
    world = caller.telegram.world
    ann, bob = start_person(caller.telegram), start_person(caller.telegram, "Bob")
    group = world.add_group("Club", ann)
    world.add_bot(ann, group, rights=["can_invite_users"])
    await caller.call("getUpdates", allowed_updates=ALL)
    link = await caller.call("createChatInviteLink", chat_id=group.id, name="for Ann", member_limit=1)
    opened = world.open_link(bob, link["invite_link"])
    assert (opened.kind, opened.chat) == ("joined", group)
    (joined,) = [update["chat_member"] for update in await _fetch(caller) if "chat_member" in update]
    assert joined["new_chat_member"]["user"]["id"] == bob.id
    assert joined["invite_link"]["invite_link"] == link["invite_link"]
    with pytest.raises(ImpossibleError, match="used up"):
        world.open_link(world.add_person("Carl"), link["invite_link"])
    theirs = world.add_invite(group, ann)
    world.open_link(world.add_person("Dora"), theirs.url)
    (joined,) = [update["chat_member"] for update in await _fetch(caller) if "chat_member" in update][1:]
    assert joined["invite_link"]["invite_link"].endswith("...")


async def test_whoever_asks_to_join_may_be_written_to_and_let_in(caller: Caller) -> None:
    """A join request opens the private chat for five minutes; approving makes a member, once."""
    world = caller.telegram.world
    ann, bob = start_person(caller.telegram), world.add_person("Bob")
    channel = world.add_channel("News", ann)
    world.add_bot(ann, channel)
    link = await caller.call("createChatInviteLink", chat_id=channel.id, creates_join_request=True)
    assert world.open_link(bob, link["invite_link"]).kind == "asked"
    request = next(update["chat_join_request"] for update in await _fetch(caller) if "chat_join_request" in update)
    await caller.call("sendMessage", chat_id=request["user_chat_id"], text="Welcome soon")
    params = {"chat_id": channel.id, "user_id": bob.id}
    assert await caller.call("approveChatJoinRequest", **params)
    assert channel.holds(bob)
    assert await caller.refuse("approveChatJoinRequest", **params) == "Bad Request: USER_ALREADY_PARTICIPANT"
    stranger = start_person(caller.telegram, "Carl")
    words = await caller.refuse("declineChatJoinRequest", chat_id=channel.id, user_id=stranger.id)
    assert words == "Bad Request: HIDE_REQUESTER_MISSING"


async def test_links_want_rights_and_sense(caller: Caller) -> None:
    """No right to invite, no link; a limit and requests exclude each other; a revoked link is closed."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    group = world.add_group("Club", ann)
    world.add_bot(ann, group)
    words = await caller.refuse("createChatInviteLink", chat_id=group.id)
    assert words == "Bad Request: not enough rights to manage chat invite link"
    world.add_bot(ann, group, rights=["can_invite_users"])
    words = await caller.refuse("createChatInviteLink", chat_id=group.id, member_limit=1, creates_join_request=True)
    assert words == "Bad Request: member limit can't be specified for links requiring administrator approval"
    link = (await caller.call("createChatInviteLink", chat_id=group.id))["invite_link"]
    assert (await caller.call("revokeChatInviteLink", chat_id=group.id, invite_link=link))["is_revoked"]
    with pytest.raises(ImpossibleError, match="used up"):
        world.open_link(world.add_person("Bob"), link)


async def test_a_bot_in_a_group_reads_what_concerns_it(caller: Caller) -> None:
    """Commands and replies to it, not small talk, unless it runs the group."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    group = world.add_group("Club", ann)
    world.add_bot(ann, group)
    sent = await caller.call("sendMessage", chat_id=group.id, text="hello")
    world.send_text(ann, group, "small talk")
    world.send_text(ann, group, "/top")
    world.send_text(ann, group, "thanks", reply_to=group.messages[sent["message_id"]])
    texts = [update["message"].get("text") for update in await _fetch(caller) if "message" in update]
    assert texts[-2:] == ["/top", "thanks"]
    assert "small talk" not in texts
    world.add_bot(ann, group, rights=["can_delete_messages"])
    world.send_text(ann, group, "small talk")
    assert (await _fetch(caller))[-1]["message"]["text"] == "small talk"


async def test_a_channel_is_written_by_its_admins(caller: Caller) -> None:
    """A post of a human comes as channel_post; a subscriber can write nothing; a forward names the channel."""
    world = caller.telegram.world
    ann, bob = start_person(caller.telegram), start_person(caller.telegram, "Bob")
    channel = world.add_channel("News", ann, username="news_here")
    world.add_bot(ann, channel)
    assert world.open_link(bob, "https://t.me/news_here").chat is channel
    world.join(bob, channel)
    world.send_text(ann, channel, "Hear, hear")
    assert (await _fetch(caller))[-1]["channel_post"]["text"] == "Hear, hear"
    with pytest.raises(ImpossibleError, match="only admins post"):
        world.send_text(bob, channel, "me too")
    post = channel.list_messages()[-1]
    forwarded = world.forward(bob, post, world.open_chat(bob))
    assert forwarded.forward_origin is not None
    assert (forwarded.forward_origin["type"], forwarded.forward_origin["message_id"]) == ("channel", post.id)


async def test_a_group_that_grew_has_another_id(caller: Caller) -> None:
    """The old id is refused with the new one beside it, where the bot may write at once."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    group = world.add_group("Few", ann, basic=True)
    world.add_bot(ann, group)
    grown = world.upgrade_group(ann, group)
    _, body = await caller.ask("sendMessage", chat_id=group.id, text="x")
    assert body["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert body["parameters"] == {"migrate_to_chat_id": grown.id}
    assert (await caller.call("sendMessage", chat_id=grown.id, text="x"))["chat"]["type"] == "supergroup"
    assert (await _fetch(caller))[-1]["message"]["migrate_from_chat_id"] == group.id


async def test_chats_can_be_looked_at(caller: Caller) -> None:
    """getChat, members, administrators and counts tell what the world is."""
    world = caller.telegram.world
    ann, bob = start_person(caller.telegram), start_person(caller.telegram, "Bob")
    group = world.add_group("Club", ann)
    world.add_bot(ann, group)
    assert (await caller.call("getChat", chat_id=group.id))["title"] == "Club"
    assert await caller.call("getChatMemberCount", chat_id=group.id) == 2
    statuses = {
        person.id: (await caller.call("getChatMember", chat_id=group.id, user_id=person.id))["status"]
        for person in (ann, bob, world.bot)
    }
    assert statuses == {ann.id: "creator", bob.id: "left", world.bot.id: "member"}
    admins = await caller.call("getChatAdministrators", chat_id=group.id)
    assert [admin["user"]["id"] for admin in admins] == [ann.id]
    await caller.call("leaveChat", chat_id=group.id)
    words = await caller.refuse("sendMessage", chat_id=group.id, text="x")
    assert words == "Forbidden: bot is not a member of the supergroup chat"


async def _fetch(caller: Caller) -> list[dict[str, Any]]:
    caller.telegram.server.polls.throttles = False
    updates: list[dict[str, Any]] = await caller.call("getUpdates")
    return updates


async def test_a_restricted_bot_sends_what_it_is_allowed(caller: Caller) -> None:
    """Each kind of message has its own permission, for the bot alone or for all plain members; its record says which."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    group = world.add_group("Club", ann)
    world.add_bot(ann, group)
    world.restrict_bot(ann, group, allowed=["can_send_messages"])
    await caller.call("sendMessage", chat_id=group.id, text="x")
    refused = {"sendPhoto": ("photo", "photos"), "sendDocument": ("document", "documents")}
    for method, (field, what) in refused.items():
        words = await caller.refuse(method, chat_id=group.id, **{field: draw_picture()})
        assert words == f"Bad Request: not enough rights to send {what} to the chat"
    record = await caller.call("getChatMember", chat_id=group.id, user_id=world.bot.id)
    assert (record["status"], record["can_send_messages"], record["can_send_photos"]) == ("restricted", True, False)
    world.add_bot(ann, group)
    group.denied = frozenset({"can_send_messages"})
    words = await caller.refuse("sendMessage", chat_id=group.id, text="x")
    assert words == "Bad Request: not enough rights to send text messages to the chat"
    world.add_bot(ann, group, rights=["can_manage_chat"])
    await caller.call("sendMessage", chat_id=group.id, text="x")


async def test_pins_and_requests_want_their_rights(caller: Caller) -> None:
    """The refusal names what the bot may not do, and a chat that is closed to it comes first."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    group = world.add_group("Club", ann)
    world.add_bot(ann, group)
    said = world.send_text(ann, group, "x")
    pin = {"chat_id": group.id, "message_id": said.id}
    asks = {"chat_id": group.id, "user_id": ann.id}
    pinned = "Bad Request: not enough rights to manage pinned messages in the chat"
    assert await caller.refuse("pinChatMessage", **pin) == pinned
    assert await caller.refuse("unpinChatMessage", chat_id=group.id) == pinned
    for method in ("approveChatJoinRequest", "declineChatJoinRequest"):
        words = await caller.refuse(method, **asks)
        assert words == "Bad Request: not enough rights to manage chat join requests"
    world.remove_bot(ann, group)
    for method, params in (("pinChatMessage", pin), ("approveChatJoinRequest", asks), ("deleteMessage", pin)):
        assert await caller.refuse(method, **params) == "Forbidden: bot was kicked from the supergroup chat"
