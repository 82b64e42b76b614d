"""The people of `passalong demo`: a small bakery, two customers who know each other, and the shop's channel and group."""

from __future__ import annotations

from bot.playground.page.cast import Cast
from bot.playground.portraits import ANNA, BUDI, draw_portrait
from bot.playground.world import World

BOT_NAME = "Little Oven"
BOT_USERNAME = "little_oven_bot"
CHANNEL_NAME = "Little Oven News"
CHANNEL_USERNAME = "little_oven_news"
ANNOUNCE_CHAT = f"@{CHANNEL_USERNAME}"
GROUP_NAME = "Little Oven Friends"
GROUP_USERNAME = "little_oven_friends"
COMMUNITY_CHAT = f"@{GROUP_USERNAME}"

ANNA_ID = 1_000_000_001
BUDI_ID = 1_000_000_002
ADMIN_ID = 1_000_000_003

_QUESTION = "That bread in your photo looks amazing 😍 Where is it from?"
_FIRST_POST = "Good morning! The first loaves are out at seven. Come while they are warm. 🥖"

_GROUP_WELCOME = "Friends of the oven: recipes, leftovers at six, and who saves the last croissant for whom."


def make_world() -> World:
    """Return an empty world with the shop's bot in it."""
    return World(bot_name=BOT_NAME, bot_username=BOT_USERNAME)


def seed_world(world: World) -> Cast:
    """Give the world its people, its channel and its group, and everybody a phone. The bot runs both places."""
    anna = world.add_person("Anna", username="anna", language_code="en", person_id=ANNA_ID)
    budi = world.add_person("Budi", username="budi", language_code="id", person_id=BUDI_ID)
    sari = world.add_person("Sari", username="sari", language_code="en", person_id=ADMIN_ID)
    for person, likeness in ((anna, ANNA), (budi, BUDI)):
        world.set_profile_photo(person, draw_portrait(likeness))
    channel = world.add_channel(CHANNEL_NAME, sari, username=CHANNEL_USERNAME)
    for reader in (anna, budi):
        world.join(reader, channel)
    world.send_text(sari, channel, _FIRST_POST)
    world.add_bot(sari, channel)
    group = world.add_group(GROUP_NAME, sari, username=GROUP_USERNAME)
    world.send_text(sari, group, _GROUP_WELCOME)
    world.add_bot(sari, group, rights=("can_invite_users",))
    world.send_text(budi, world.open_chat(budi, anna), _QUESTION)
    for owner in (anna, sari):
        world.open_chat(owner)
    cast = Cast(world)
    cast.give_phone(anna, key="anna", role="a happy customer", hue=172)
    cast.give_phone(budi, key="budi", role="her friend", hue=250)
    cast.give_phone(sari, key="sari", role="runs the shop", hue=318)
    cast.show_channel(channel, role="what everybody reads", hue=82)
    return cast
