"""What the admins should know: told once, and again only after it had been put right."""

from __future__ import annotations

from collections.abc import Collection

from bot.core.community import ChatProblem
from bot.services.community.notices import AdminWarning
from bot.services.notices import owe
from storage.addresses import ChatRole, MemberAddress
from storage.records import Person
from storage.tables import outbox, people, warnings
from storage.tx import Tx

_MOVED = "moved"
_OWED = "owed:moved:"
"""In front of a new number and of what the group is called, which nobody could be told yet."""

JOB_FAILING = "job_failing"
"""A piece of the bot's own work failed three times in a row."""

JOB_WORKS = "job_works"
"""It went well again."""

JOB_WORDS = 60
"""Characters of an error's kind that are told; the log has all of it."""


def note_look(
    tx: Tx,
    *,
    chat: int | str,
    title: str,
    problem: ChatProblem | None,
    admin_ids: Collection[int],
    number: str = "",
) -> bool:
    """Note how the bot stands in the community chat; True where that is news to the admins.

    Args:
        tx: The transaction.
        chat: The chat as the shop named it.
        title: What the chat is called, if known.
        problem: None where all is well.
        admin_ids: Telegram ids.
        number: Of another chat that has come into it.
    """
    for other in ChatProblem:
        if other is not problem:
            warnings.delete_told(tx, _compose_key(chat, other))
    if problem is None:
        return False
    warning = AdminWarning(warning=problem, chat=title or str(chat), number=number)
    return _warn(tx, _compose_key(chat, problem), warning, admin_ids)


def note_moved(tx: Tx, *, old_id: int, new_id: int, title: str, admin_ids: Collection[int]) -> bool:
    """Tell the admins that the group has another number now; what they were told is how a restart knows it.

    It happens once: where none of them can be written to it stays owed until one comes.
    """
    key, chat = _compose_key(old_id, f"{_MOVED}:{new_id}"), title or str(old_id)
    if _warn(tx, key, AdminWarning(warning=_MOVED, chat=chat, number=str(new_id)), admin_ids):
        return True
    if warnings.add(tx, key):
        warnings.add(tx, f"{_OWED}{new_id}:{chat}")
    return False


def tell_owed(tx: Tx, owner: Person) -> None:
    """Tell an owner, who can be written to from now on, what could be told nobody, or did not reach them."""
    outbox.reopen(tx, owner.id, AdminWarning.kind)
    for key in [each for each in warnings.list_told(tx) if each.startswith(_OWED)]:
        new_id, _, chat = key.removeprefix(_OWED).partition(":")
        owe(tx, MemberAddress(owner.id), AdminWarning(warning=_MOVED, chat=chat, number=new_id), key=f"{key}:{tx.now}")
        warnings.delete_told(tx, key)


def find_moved(tx: Tx, *, chat: int | str) -> int | None:
    """The number that a group named by its number has had since it became a supergroup."""
    prefix = _compose_key(chat, f"{_MOVED}:")
    found = [key for key in warnings.list_told(tx) if key.startswith(prefix)]
    return int(found[-1].removeprefix(prefix)) if found else None


def note_chat_number(tx: Tx, *, role: ChatRole, chat: str, number: int, admin_ids: Collection[int]) -> int:
    """Remember where the name of a chat of the shop led when it was first looked up, and return that number.

    Where it leads elsewhere by now, the admins are told once: a name that was given up is anybody's to take.
    """
    key = f"{role}:{chat.lower()}:is:"
    known = find_chat_number(tx, role=role, chat=chat)
    if known is None:
        warnings.add(tx, f"{key}{number}")
    elif known != number:
        other = AdminWarning(warning=ChatProblem.OTHER_CHAT, chat=chat, number=str(number))
        _warn(tx, f"{role}:{chat.lower()}:other:{number}", other, admin_ids)
    return known or number


def find_chat_number(tx: Tx, *, role: ChatRole, chat: int | str) -> int | None:
    """The number of the chat that was named so when the name was first looked up."""
    prefix = f"{role}:{str(chat).lower()}:is:"
    found = [key for key in warnings.list_told(tx) if key.startswith(prefix)]
    return int(found[0].removeprefix(prefix)) if found else None


_UNREACHED = {
    ChatRole.ANNOUNCE: ChatProblem.NO_POSTING,
    ChatRole.VAULT: ChatProblem.NO_VAULT,
    ChatRole.STAFF: ChatProblem.NO_STAFF,
}


def note_posting(tx: Tx, *, role: ChatRole, chat: int | str, works: bool, admin_ids: Collection[int]) -> int:
    """Note whether what is sent reaches a chat of the shop, tell the admins once where not, and return the moment."""
    key = f"{role}:{str(chat).lower()}"
    if works:
        warnings.delete_told(tx, key)
    else:
        _warn(tx, key, AdminWarning(warning=_UNREACHED[role], chat=str(chat)), admin_ids)
    return tx.now


def note_job_trouble(tx: Tx, name: str, said: str, *, admin_ids: Collection[int]) -> None:
    """Tell the admins that a piece of the bot's own work keeps failing, and the kind of error it meets; once a trouble.

    As long as none of them can be written to it stays to be told. Without words the trouble is over, which is told as well. An error's words
    stay in the log, where secrets are masked: a database's error may quote an address with its password.
    """
    key, kind = f"job:{name}", said.partition(":")[0][:JOB_WORDS]
    if kind:
        _warn(tx, key, AdminWarning(warning=JOB_FAILING, chat=name, number=kind), admin_ids)
    elif warnings.delete_told(tx, key):
        _owe_all(tx, f"{key}:over", AdminWarning(warning=JOB_WORKS, chat=name), _list_admins(tx, admin_ids))


def _warn(tx: Tx, key: str, warning: AdminWarning, admin_ids: Collection[int]) -> bool:
    """Owe a warning to every admin who can be written to; without any it is not told yet."""
    admins = _list_admins(tx, admin_ids)
    if not admins or not warnings.add(tx, key):
        return False
    _owe_all(tx, key, warning, admins)
    return True


def _list_admins(tx: Tx, admin_ids: Collection[int]) -> list[Person]:
    found = [people.find_member(tx, telegram_id) for telegram_id in sorted(admin_ids)]
    return [person for person in found if person is not None]


def _owe_all(tx: Tx, key: str, warning: AdminWarning, admins: Collection[Person]) -> None:
    for admin in admins:
        owe(tx, MemberAddress(admin.id), warning, key=f"{key}:{admin.id}:{tx.now}")


def _compose_key(chat: int | str, what: str) -> str:
    return f"community:{str(chat).lower()}:{what}"
