"""Words for cards in the three languages, short and long, and names from kind and unkind people."""

# ruff: noqa: RUF001 - letters and marks of other scripts are what this is about

from __future__ import annotations

import random
import string
from dataclasses import replace

from bot.assets import ASSETS
from bot.cards.studio import CardStudio
from bot.core.looks import CardLook
from bot.core.sharing import CardText

LINK = "https://t.me/kopitiga_bot?start=AbCdEf0123-qr"
LONGEST_LINK = "https://t.me/the_longest_name_of_32_letters_b?start=Zq8Kx0Wm3P-longestsource123"
THEMES = tuple(CardStudio(ASSETS).list_themes())
LANGUAGES = ("en", "id", "zh")

_ENGLISH = CardText(
    brand="Kopi Tiga",
    headline="Try it, it's on us",
    story="Slow-roasted beans from Gayo, oat milk from next door, and a table by the window that is always yours.",
    offer="50 points for you",
    invited_by="{name} invites you",
    invited_without_name="You are invited",
    scan_hint="Scan to open in Telegram",
    language="en",
    look=CardLook("sunrise"),
)
_INDONESIAN = replace(
    _ENGLISH,
    headline="Coba dulu, kami yang traktir",
    story="Biji kopi Gayo yang disangrai pelan, susu oat dari tetangga sebelah, dan meja dekat jendela untukmu.",
    offer="50 poin untukmu",
    invited_by="{name} mengajakmu",
    invited_without_name="Kamu diundang",
    scan_hint="Pindai untuk membuka di Telegram",
    language="id",
)
_CHINESE = replace(
    _ENGLISH,
    brand="三杯咖啡",
    headline="来一杯，我们请客",
    story="慢烘的加幼咖啡豆，隔壁小店的燕麦奶，还有一张永远为你留着的靠窗小桌。",
    offer="送你 50 积分",
    invited_by="{name} 邀请你",
    invited_without_name="诚邀你来",
    scan_hint="扫码在 Telegram 中打开",
    language="zh",
)
CARD_TEXTS = {"en": _ENGLISH, "id": _INDONESIAN, "zh": _CHINESE}

KIND_NAMES = (
    "Anna",
    "Budi Santoso",
    "王小明",
    "Nguyễn Thị Minh Khai",
    "Олег Петров",
    "Ελένη",
    "田中さくら",
    "🎉 Al 🎉",
)
HOSTILE_NAMES = {
    "empty": "",
    "spaces": " \t\n ",
    "nul": "An\0na\0",
    "newlines": "Anna\r\n\nMaria",
    "html": "<b>Anna</b> & <script>alert('1')</script>",
    "bidi": "\u202egnp.annA\u202c \u2067Anna\u2069",
    "zalgo": "A\u0315\u0300\u0346\u0321\u0489\u0350n\u0334\u0359\u035an\u0300\u0300\u0300\u0300a\u0337" * 9,
    "surrogate": "\ud800Anna\udfff",
    "emoji": "👩‍👩‍👧‍👦🇮🇩🏴󠁧󠁢󠁥󠁮󠁧󠁿👍🏽1️⃣ Anna ❤️‍🔥",
    "only flags": "🇮🇩🇸🇬",
    "arabic": "سارة أحمد",
    "thai": "สมชาย ใจดี",
    "devanagari": "अन्ना",
    "hangul": "김민준",
    "mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "cuneiform": "\U00012000\U00012001",
    "rare hanzi": "𠅤𪚥𠀀",
    "private": "\ue000\uf8ff\U0010ffff",
    "mathematical": "𝓐𝓷𝓷𝓪 𝔖𝔪𝔦𝔱𝔥",
    "full width": "Ａｎｎａ",
    "blank letters": "\u3164\u2800\u115f",
    "endless": "x" * 4096,
    "endless words": "Anna " * 819,
    "endless hanzi": "龘靐齉爨" * 1024,
    "endless marks": "a" + "\u0301" * 4095,
    "wide": "﷽" * 64 + "W" * 64,
}


def compose_long_text(language: str, theme: str) -> CardText:
    """A face whose every text is far longer than a card has room for."""
    face = CARD_TEXTS[language]
    return replace(
        face,
        look=CardLook(theme),
        invited_by=f"{face.story} {{name}} {face.story}",
        brand=" ".join([face.brand] * 12),
        headline=" ".join([face.headline] * 12),
        story=" ".join([face.story] * 12),
        offer=" ".join([face.offer] * 12),
        scan_hint=" ".join([face.scan_hint] * 12),
    )


def list_random_links(count: int, seed: int) -> list[str]:
    """Links of every length that a bot's name and a source can give."""
    chance = random.Random(seed)
    alphabet = string.ascii_letters + string.digits
    names = ("".join(chance.choices(string.ascii_lowercase + "_", k=chance.choice((6, 16, 29)))) for _ in range(count))
    sources = ("", "-qr", "-longestsource123")
    return [
        f"https://t.me/{name}bot?start={''.join(chance.choices(alphabet, k=10))}{chance.choice(sources)}"
        for name in names
    ]
