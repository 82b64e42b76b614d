"""Being forgotten: by one's own taps, and by letter while the bot goes on."""

from __future__ import annotations

from pathlib import Path

from bot.playground.world import Message, World
from storage import open_store
from storage.tables import link_revocations
from tests.journeys.gathering import gather_at_work
from tests.journeys.program import furnish_forking
from tests.journeys.shop_at_work import find_link
from tests.telegram import LocalTelegram, telegram
from tests.thinning import LONG_ON_POSTGRES

__all__ = ["telegram"]

GROUP = "oven_friends"


async def test_a_link_into_the_chat_is_closed_with_ones_own_taps(tmp_path: Path) -> None:
    """Whoever still holds it gets in no more; it would lead to a name that nobody may know."""
    async with gather_at_work(tmp_path) as gathering:
        anna = await gathering.add_member("Anna")
        link = await gathering.invite(anna)
        asked = await gathering.ask(anna, "/forgetme")
        await gathering.tap(anna, asked, "Forget me")
        await gathering.until_edited(asked, "Shall I")
        await gathering.tap(anna, asked, "Yes, forget me")
        await gathering.until_edited(asked, "you are forgotten")
        await gathering.telegram.until_call("revokeChatInviteLink")
        assert gathering.world.invites[link].is_revoked


@LONG_ON_POSTGRES
async def test_by_letter_somebody_is_forgotten_while_the_bot_runs(
    store_url: str, telegram: LocalTelegram, tmp_path: Path
) -> None:
    """On either engine: at once for friends, links are closed by the bot, and who comes back is new."""
    world = telegram.world
    owner, anna, putu = (world.add_person(name) for name in ("Owner", "Anna", "Putu"))
    group = world.add_group("Oven Friends", owner, username=GROUP)
    world.add_bot(owner, group, rights=["can_invite_users"])
    home = furnish_forking(
        tmp_path, telegram, DATABASE_URL=store_url, COMMUNITY_CHAT=f"@{GROUP}", SEND_RATE="1000", CHAT_RATE="1000"
    )
    async with home.running() as program:
        await program.until_polling(telegram)
        link = find_link(await telegram.until_reply(world.press_start(anna)))
        opened = world.open_link(putu, link)
        assert opened.message is not None
        old = find_link(await telegram.until_reply(opened.message))
        shown = await telegram.until_reply(world.send_text(putu, world.open_chat(putu), "/community"))
        assert "Putu" in (await ask_for_invites(telegram, world, anna.id)).text
        done = await home.run("forget", str(putu.id))
        assert (done.status, done.read_output()) == (0, "Forgotten.\n"), done.read_errors()
        assert "Somebody" in (await ask_for_invites(telegram, world, anna.id)).text
        await telegram.until_call("revokeChatInviteLink")
        assert all(invite.is_revoked for invite in world.invites.values() if invite.creator is world.bot), shown.text
        assert find_link(await telegram.until_reply(world.press_start(putu))) != old
        again = await home.run("forget", "999")
        assert "Nobody of this number" in again.read_output()
        assert await program.stop() == 0
    async with open_store(store_url) as store:
        assert await store.read(link_revocations.list_owed, 9) == []


async def ask_for_invites(telegram: LocalTelegram, world: World, person_id: int) -> Message:
    """The list of somebody's friends."""
    person = world.people[person_id]
    said = world.send_text(person, world.open_chat(person), "/invites")
    return await telegram.until_reply(said, " · ")
