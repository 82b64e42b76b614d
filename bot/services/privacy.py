"""Everything kept about somebody, to be read or to be forgotten."""

from __future__ import annotations

from bot.services.members import MemberView, enter, view_member
from bot.services.redeeming.granted import give_up_all
from bot.services.testimonials import testimonials
from bot.services.waiting.waiting import forget_places
from storage.frozen import frozen
from storage.personal import Rows, list_personal
from storage.records import Person, Profile
from storage.tables import (
    api_keys,
    askings,
    broadcast_links,
    buyers,
    cards,
    chat_joins,
    chat_links,
    clicks,
    code_keys,
    command_menus,
    conversations,
    conversions,
    deliveries,
    drops,
    faces,
    flood_waits,
    gifts,
    grants,
    guesses,
    honours,
    ideas,
    inbox,
    labels,
    link_revocations,
    lists,
    marks,
    order_claims,
    outbox,
    people,
    polls,
    pulses,
    reminders,
    reviews,
    roles,
    shares,
    team_invitations,
    ticket_words,
    tickets,
    visits,
    web_keys,
)
from storage.tx import Tx


@frozen
class PersonalData:
    """Everything kept about a member, by table."""

    member: MemberView
    rows: Rows


def collect(tx: Tx, *, visitor: Profile) -> PersonalData:
    """Everything kept about whoever asks."""
    person = enter(tx, visitor)
    return PersonalData(member=view_member(tx, person), rows=list_personal(tx, person.id, visitor.telegram_id))


def forget(tx: Tx, *, telegram_id: int, by_letter: bool = False) -> bool:
    """Take a person out of every table; False where there is nobody of this number.

    What stays names nobody: who came by whom, and points, under a number of our own. For a year a keyed hash keeps
    others from being rewarded for the same person once more. Links into a chat in their name are owed as revoked. What
    somebody has sent after asking to be forgotten is handled, as a newcomer's; `by_letter`, there is nothing to wait for.
    """
    person = people.find_by_telegram_id(tx, telegram_id)
    _forget_number(tx, telegram_id, open_too=by_letter)
    if person is None:
        return False
    people.lock(tx, person.id)
    for chat_id, link in chat_links.list_of(tx, person.id):
        link_revocations.add(tx, chat_id, link)
    _forget_person(tx, person)
    people.forget(tx, person.id)
    code_keys.add_forgotten(tx, telegram_id)
    return True


def _forget_number(tx: Tx, telegram_id: int, *, open_too: bool) -> None:
    """What is known by the number at Telegram, also of people who never started."""
    inbox.blank(tx, telegram_id, open_too=open_too)
    guesses.delete_of(tx, telegram_id)
    chat_joins.delete_of(tx, telegram_id)
    conversions.forget_number(tx, telegram_id)
    flood_waits.delete_of(tx, f"chat:{telegram_id}")
    roles.clear(tx, telegram_id)
    command_menus.clear(tx, telegram_id)
    ticket_words.forget_chat(tx, telegram_id)


def _forget_person(tx: Tx, person: Person) -> None:
    forget_places(tx, person.id)
    for forget_rows in (
        api_keys.forget_maker,
        askings.delete_of,
        broadcast_links.forget_of,
        buyers.forget_of,
        cards.forget_of,
        chat_links.delete_of,
        clicks.delete_of,
        conversations.delete_of,
        conversions.forget_member,
        deliveries.drop_queued,
        drops.delete_of,
        faces.delete_of,
        give_up_all,
        gifts.delete_of,
        grants.decline_waiting_of,
        outbox.delete_cards_of,
        honours.delete_of,
        ideas.forget_of,
        order_claims.delete_of,
        labels.delete_of,
        lists.delete_of,
        marks.delete_of,
        outbox.delete_of,
        polls.delete_of,
        pulses.forget_of,
        reminders.delete_of,
        reviews.forget_of,
        shares.delete_of,
        team_invitations.delete_of,
        ticket_words.forget_of,
        tickets.forget_of,
        testimonials.forget_of,
        web_keys.delete_of,
    ):
        forget_rows(tx, person.id)
    visits.delete_of(tx, person.code)
