"""The address that Telegram brings updates to: set, kept right, and asked how it goes."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from bot.telemetry import Metrics
from bot.updates.intake import BackOff, PollingEnded, TokenRefused
from bot.wire.errors import FailureKind, classify
from bot.wire.signal import wait_set
from bot.wire.telegram_bot import PassalongBot, call_method

logger = logging.getLogger(__name__)

DOOR = "/telegram"
"""The path that Telegram brings updates to."""

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 -- a header's name

MOST_CONNECTIONS = 40
"""Updates that Telegram brings at the same time, of different people; its own default."""

LOOK_SECONDS = 30.0
"""Between two questions whether the address is still ours, and whether Telegram gets through."""

FIRST_LOOK_SECONDS = 3.0
"""A poller that ends itself may take the address away at its last breath."""


class WebhookRefused(PollingEnded):
    """Telegram does not take the address; waiting will not mend it."""


def compose_door(public_url: str, name: str = "") -> str:
    """The address that updates are brought to; of one of several shops at the root of its host, with its name."""
    if not name:
        return f"{public_url}{DOOR}"
    url = urlsplit(public_url)
    return f"{url.scheme}://{url.netloc}{DOOR}/{name}"


def compute_secret(bot_token: str) -> str:
    """What Telegram shows at the door of this bot: 64 letters, computed anew by whoever knows the token, kept nowhere."""
    return hmac.new(bot_token.encode(), b"passalong: what telegram shows at our door", hashlib.sha256).hexdigest()


def is_secret(said: str, secret: str) -> bool:
    """Whether a stranger said it; takes as long for one wrong secret as for another. Nothing fits where there is none."""
    return hmac.compare_digest(said.encode("utf-8", "surrogateescape"), secret.encode()) and bool(secret)


class Webhook:
    """Has updates brought instead of fetching them; `run` ends only by an error or by cancelling.

    Args:
        bot: Whose updates.
        url: Where the door is that they are brought to.
        secret: What is shown there.
        allowed_updates: Every kind of update that is used; `chat_member` comes only when named.
        metrics: What counts.
        look_seconds: Between two looks, once the address has been found in order.
        retry_seconds: The first wait after a failure; it doubles up to four times itself.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        *,
        bot: PassalongBot,
        url: str,
        secret: str,
        allowed_updates: Sequence[str],
        metrics: Metrics,
        look_seconds: float = LOOK_SECONDS,
        retry_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bot = bot
        self._wanted = {"url": url, "allowed_updates": sorted(allowed_updates)}
        self._secret = secret
        self._metrics = metrics
        self._look_seconds = look_seconds
        self._clock = clock
        self._back_off = BackOff(retry_seconds)
        self._heard_at = clock()
        self._erred_at = 0
        """When Telegram last failed at our door, by its own clock, as far as we were told."""
        self._heard = asyncio.Event()

    def silent_for(self) -> float:
        """Seconds for which Telegram has not got through to us, beyond those between two looks."""
        return max(0.0, self._clock() - self._heard_at - self._look_seconds)

    async def wait_heard(self, limit_seconds: float) -> None:
        """Return once the address is set, or after this time."""
        await wait_set(self._heard, limit_seconds)

    async def run(self) -> None:
        """Set the address, and look after it for ever.

        Raises:
            TokenRefused: Telegram does not know this token.
            WebhookRefused: it does not take the address.
        """
        is_set, pause = False, min(FIRST_LOOK_SECONDS, self._look_seconds)
        while True:
            try:
                if not is_set:
                    await self._set()
                is_set = await self._look()
            except Exception as error:  # noqa: BLE001 -- an answer can be wrong in any way; none may end the loop
                await self._face(error)
                continue
            self._back_off.reset()
            if is_set:
                self._heard.set()
                await asyncio.sleep(pause)
                pause = min(2 * pause, self._look_seconds)

    async def _set(self) -> None:
        await call_method(
            self._bot,
            "setWebhook",
            {**self._wanted, "secret_token": self._secret, "max_connections": MOST_CONNECTIONS},
        )
        logger.info("Telegram brings updates to %s", self._wanted["url"])

    async def _look(self) -> bool:
        """Whether the address is as it should be; another program of this token may have changed it."""
        info = await call_method(self._bot, "getWebhookInfo", {})
        if not isinstance(info, Mapping):
            raise TypeError("getWebhookInfo brought something else than an object")
        found = {"url": info.get("url"), "allowed_updates": sorted(info.get("allowed_updates", ()))}
        if found != self._wanted:
            logger.warning("Somebody has changed the bot's webhook; setting it again")
            return False
        self._note_errors(info)
        return True

    def _note_errors(self, info: Mapping[str, object]) -> None:
        """Telegram's own word on whether it gets through; while it does not and has something for us, that is silence."""
        erred_at, waiting = info.get("last_error_date"), info.get("pending_update_count")
        if isinstance(erred_at, int) and erred_at > self._erred_at:
            self._erred_at = erred_at
            self._metrics.count("pushes_failed")
            logger.warning(
                "Telegram could not bring an update (%s wait): %s", waiting, str(info.get("last_error_message"))[:200]
            )
            if waiting:
                return
        self._heard_at = self._clock()

    async def _face(self, error: Exception) -> None:
        """Leave if waiting will not help; else say what is wrong, and wait."""
        failure = classify(error)
        if failure.kind is FailureKind.TOKEN_BAD:
            raise TokenRefused(f"Telegram refuses the bot's token: {failure.text}") from None
        if failure.kind is FailureKind.REFUSED and not self._heard.is_set():
            raise WebhookRefused(
                f"Telegram does not take the address {self._wanted['url']}: {failure.text}. "
                "Give another PASSALONG_PUBLIC_URL, or set PASSALONG_WEBHOOK=false"
            ) from None
        self._metrics.count("polls_failed")
        logger.warning("The webhook could not be looked after (%s): %s", failure.kind, failure.text)
        await asyncio.sleep(self._back_off.next() + failure.retry_after)
