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

_ANY_QUESTION = "Your photo looks amazing 😍 Where is that?"
_ANY_FIRST_POST = "Good morning! We are open, and would love to see you today. ☀️"
_ANY_GROUP_WELCOME = "Everybody who likes it here: say hello, and tell us what you would like next."
"""What is said around a shop that is no bakery."""


def make_world(shop: str = BOT_NAME) -> World:
    """Return an empty world with the bot of a shop in it, which bears its name."""
    return World(bot_name=shop, bot_username=BOT_USERNAME)


def seed_world(world: World) -> Cast:
    """Give the world its people, its channel and its group, and everybody a phone. The bot runs both places."""
    anna = world.add_person("Anna", username="anna", language_code="en", person_id=ANNA_ID)
    budi = world.add_person("Budi", username="budi", language_code="id", person_id=BUDI_ID)
    sari = world.add_person("Sari", username="sari", language_code="en", person_id=ADMIN_ID)
    for person, likeness in ((anna, ANNA), (budi, BUDI)):
        world.set_profile_photo(person, draw_portrait(likeness))
    shop = world.bot.full_name
    ours = shop == BOT_NAME
    channel = world.add_channel(CHANNEL_NAME if ours else f"{shop} News", sari, username=CHANNEL_USERNAME)
    for reader in (anna, budi):
        world.join(reader, channel)
    world.send_text(sari, channel, _FIRST_POST if ours else _ANY_FIRST_POST)
    world.add_bot(sari, channel)
    group = world.add_group(GROUP_NAME if ours else f"{shop} Friends", sari, username=GROUP_USERNAME)
    world.send_text(sari, group, _GROUP_WELCOME if ours else _ANY_GROUP_WELCOME)
    world.add_bot(sari, group, rights=("can_invite_users",))
    world.send_text(budi, world.open_chat(budi, anna), _QUESTION if ours else _ANY_QUESTION)
    for owner in (anna, sari):
        world.open_chat(owner)
    cast = Cast(world)
    cast.give_phone(anna, key="anna", role="a happy customer", hue=172)
    cast.give_phone(budi, key="budi", role="her friend", hue=250)
    cast.give_phone(sari, key="sari", role="runs the shop", hue=318)
    cast.show_channel(channel, role="what everybody reads", hue=82)
    return cast
