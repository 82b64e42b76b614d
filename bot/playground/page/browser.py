"""The browser on everybody's phone: the one site it knows is the shop's own web side on this machine.

A short link is opened as a person's browser would, but for following where it leads: that is the phone's affair.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.playground.world import ImpossibleError

AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
)
HEADERS = {
    "User-Agent": AGENT,
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "en",
    "Sec-Fetch-Mode": "navigate",
}
"""What a browser sends when somebody opens a page."""
PATIENCE = ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class Browser:
    """Opens pages of one site; `site` is its origin, such as http://127.0.0.1:8080, empty where there is none."""

    site: str = ""

    def knows(self, url: str) -> bool:
        """Whether an address belongs to the site; nothing else is ever asked for."""
        parts = urlsplit(url)
        return bool(self.site) and f"{parts.scheme}://{parts.netloc}" == self.site

    async def find_exit(self, url: str) -> str:
        """Return where a page of the site sends a person on to; empty where it is a page to look at.

        Raises:
            ImpossibleError: the site does not answer.
        """
        try:
            async with (
                ClientSession(timeout=PATIENCE, headers=HEADERS) as session,
                session.get(url, allow_redirects=False) as answer,
            ):
                return urljoin(url, answer.headers["Location"]) if "Location" in answer.headers else ""
        except (ClientError, TimeoutError) as error:
            raise ImpossibleError("the shop's web side does not answer") from error
