"""Facts about whom and where the bot reaches."""

from __future__ import annotations

from bot.playground.world import Member
from tests.playground.facts.stage import Probe, Stage, says


async def _to_blocked(stage: Stage) -> str:
    stage.world.block(stage.ann)
    return await stage.say()


async def _to_deleted(stage: Stage) -> str:
    stage.ann.deactivated = True
    return await stage.say()


async def _to_never_started(stage: Stage) -> str:
    return await stage.say(chat_id=stage.world.add_person("Bob").id)


async def _to_bot(stage: Stage) -> str:
    return await stage.say(chat_id=stage.world.add_person("Robot", is_bot=True).id)


def _kicked(kind: str, method: str = "sendMessage") -> Probe:
    async def probe(stage: Stage) -> str:
        chat = stage.add_chat(kind)
        stage.world.remove_bot(stage.ann, chat)
        more = {"text": "x"} if method == "sendMessage" else {}
        return await stage.tell(method, chat_id=chat.id, **more)

    return probe


def _left(kind: str) -> Probe:
    async def probe(stage: Stage) -> str:
        chat = stage.add_chat(kind)
        stage.world.change_member(stage.world.bot, chat, Member(person=stage.world.bot, status="left"))
        return await stage.say(chat_id=chat.id)

    return probe


def _migrated(method: str) -> Probe:
    async def probe(stage: Stage) -> str:
        chat = stage.add_chat("group")
        stage.world.add_bot(stage.ann, chat, rights=["can_invite_users"])
        link = (await stage.caller.call("createChatInviteLink", chat_id=chat.id))["invite_link"]
        more = {"sendMessage": {"text": "x"}, "editChatInviteLink": {"invite_link": link}}.get(method, {})
        grown = stage.world.upgrade_group(stage.ann, chat)
        told = await stage.tell(method, chat_id=chat.id, **more)
        return told.replace(str(grown.id), '"the new id"')

    return probe


async def _without_post_right(stage: Stage) -> str:
    channel = stage.add_chat("channel")
    stage.world.add_bot(stage.ann, channel, rights=["can_manage_chat"])
    return await stage.say(chat_id=channel.id)


async def _restricted(stage: Stage) -> str:
    group = stage.add_chat("supergroup")
    stage.world.restrict_bot(stage.ann, group)
    return await stage.say(chat_id=group.id)


async def _unknown_member(stage: Stage) -> str:
    return await stage.tell("getChatMember", chat_id=stage.add_chat("supergroup").id, user_id=77)


async def _invite_without_right(stage: Stage) -> str:
    return await stage.tell("createChatInviteLink", chat_id=stage.add_chat("supergroup").id)


async def _invite_to_private(stage: Stage) -> str:
    return await stage.tell("createChatInviteLink", chat_id=stage.ann.id)


async def _limit_with_request(stage: Stage) -> str:
    group = stage.add_chat("supergroup")
    stage.world.add_bot(stage.ann, group, rights=["can_invite_users"])
    return await stage.tell("createChatInviteLink", chat_id=group.id, member_limit=1, creates_join_request=True)


PROBES: dict[str, Probe] = {
    "blocked user": _to_blocked,
    "deleted account": _to_deleted,
    "never started": _to_never_started,
    "to a bot": _to_bot,
    "unknown id": says(chat_id=77),
    "empty chat_id": says(chat_id=""),
    "kicked from supergroup": _kicked("supergroup"),
    "kicked from basic group": _kicked("group"),
    "kicked from channel": _kicked("channel"),
    "left supergroup": _left("supergroup"),
    "left channel": _left("channel"),
    "migrated group": _migrated("sendMessage"),
    "channel without post right": _without_post_right,
    "restricted in supergroup: text": _restricted,
    "thread that is not there": says(message_thread_id=77),
    "getChat when kicked (channel)": _kicked("channel", "getChat"),
    "getChatMember of an unknown user": _unknown_member,
    "createChatInviteLink without right": _invite_without_right,
    "createChatInviteLink, kicked": _kicked("channel", "createChatInviteLink"),
    "createChatInviteLink, migrated group": _migrated("createChatInviteLink"),
    "editChatInviteLink, migrated group": _migrated("editChatInviteLink"),
    "createChatInviteLink in a private chat": _invite_to_private,
    "member_limit with creates_join_request": _limit_with_request,
}
