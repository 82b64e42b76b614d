"""Somebody who runs the shop, and their browser at the door of the dashboard."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.services.dashboard.entering import make_link
from storage.records import Person
from storage.role import Role
from storage.tables import roles
from tests.web.house import PHONE, Answer, House


@dataclass
class Browser:
    """Keeps its one cookie, and says where its requests come from as browsers do."""

    house: House
    cookie: str = ""

    async def ask(self, path: str, *, method: str = "GET", site: str = "same-origin", body: str = "") -> Answer:
        """Ask for a path; redirects are not followed."""
        headers = {"User-Agent": PHONE, "Sec-Fetch-Site": site, "Content-Type": "application/x-www-form-urlencoded"}
        headers |= {"Cookie": self.cookie} if self.cookie else {}
        session = self.house.session
        async with session.request(
            method, self.house.url + path, headers=headers, data=body.encode(), allow_redirects=False
        ) as answer:
            if "Set-Cookie" in answer.headers:
                self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
            return Answer(answer.status, answer.headers, await answer.read())

    async def enter(self, token: str, *, site: str = "same-origin") -> Answer:
        """Tap the button on the page behind a link."""
        return await self.ask("/dashboard/enter", method="POST", site=site, body=f"token={token}")


async def add_insider(house: House, role: Role = Role.OWNER, *, language: str = "en", name: str = "Rina") -> Person:
    """A member with a role."""
    person = await house.add_member(name, language=language)
    await house.set_language(person, language)
    await house.store.write(roles.set, person.profile.telegram_id, role)
    return person


async def ask_for_link(house: House, person: Person) -> str:
    """The token of a link that the bot gave them."""
    return (await house.store.write(make_link, visitor=person.profile)).token


async def sign_in(house: House, person: Person) -> Browser:
    """A browser that has a session of theirs."""
    browser = Browser(house)
    answer = await browser.enter(await ask_for_link(house, person))
    assert answer.status == 303, answer.text
    return browser


def find_links(page: str) -> list[str]:
    """Everything a page loads or leads to."""
    return re.findall(r'(?:href|src|action)="([^"]*)"', page)
