"""One round of the outbox: some notices of one address, rendered, sent, and their ends told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence

from bot.messages.notices import Reader, Rendered, Renderers, list_kinds, render_notices
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Texts
from bot.outbox.rounds import Report, Round, Settlement
from bot.outbox.topics import Topics
from bot.services.community.warning import (
    find_chat_number,
    find_moved,
    note_chat_number,
    note_moved,
    note_posting,
)
from bot.services.notices import Notice, Owed, Thread, view_notices
from bot.services.tickets.passing import note_arrived, note_unsent
from bot.telemetry import Metrics
from bot.wire.errors import Failure, FailureKind, classify
from bot.wire.gate import Gate
from bot.wire.pacing import Priority
from bot.wire.posters import deliver_post
from bot.wire.snapshot import Snapshots
from bot.wire.telegram_bot import PassalongBot
from storage.addresses import STAFF, Address, ChatAddress, ChatRole, MemberAddress
from storage.records import NoticeId, NoticeState, PersonId
from storage.store import Store
from storage.tables import outbox, people
from storage.tx import Tx

logger = logging.getLogger(__name__)

NO_TOKEN_SECONDS = 60.0
"""While Telegram refuses the token; the poll loop ends the process over it."""

KEPT_MICROSECONDS = 86_400_000_000
"""What somebody can put right is waited for so long: what is older tells nobody anything new."""

MIN_DELAY_SECONDS = 0.02
"""A shorter wait for a chat's turn is left to the gate."""

MOST_UNSENT_SECONDS = 30.0
"""What certainly was not sent may be tried often: nobody reads it twice."""


def settle_all(tx: Tx, settlements: Sequence[Settlement]) -> None:
    """Note the ends of notices, and who has blocked the bot, together."""
    sent = [notice_id for each in settlements if each.state is NoticeState.SENT for notice_id in each.notice_ids]
    outbox.settle(tx, sent, NoticeState.SENT)
    for each in settlements:
        if each.state is not NoticeState.SENT:
            outbox.settle(tx, each.notice_ids, each.state, each.error)
        if each.blocked is not None:
            people.set_blocked(tx, each.blocked, blocked=True)
        for thread in each.unsent:
            note_unsent(tx, thread, blocked=each.blocked is not None)


class ShopChats:
    """Where what is addressed to a role goes: as the shop names it, or as Telegram has moved it since.

    Args:
        store: Remembers over a restart what became of a group.
        announce: The announce chat's number or @name, as the shop has it; None where joins are not announced.
        vault: The vault's, as the settings have it; None where the shop has none.
        staff: The group's where the team answers tickets; likewise.
        admin_ids: Who is told of a chat's trouble, by Telegram id.
    """

    def __init__(
        self,
        store: Store,
        announce: int | str | None = None,
        *,
        vault: int | str | None = None,
        staff: int | str | None = None,
        admin_ids: Collection[int] = (),
    ) -> None:
        self._store = store
        self._named = {ChatRole.ANNOUNCE: announce, ChatRole.VAULT: vault, ChatRole.STAFF: staff}
        self._moved: dict[ChatRole, int] = {}
        self._works: dict[ChatRole, bool] = {}
        self._admin_ids = admin_ids

    def set(self, role: ChatRole, named: int | str | None) -> None:
        """The shop names this chat from now on."""
        if self._named.get(role) != named:
            self._named[role] = named
            self._moved.pop(role, None)
            self._works.pop(role, None)

    async def find(self, role: ChatRole) -> int | str | None:
        """The chat with this role; None where the shop has none."""
        named = self._named.get(role)
        if named is not None and role not in self._moved:
            known = (
                await self._store.read(find_moved, chat=named)
                if isinstance(named, int)
                else await self._store.read(find_chat_number, role=role, chat=named)
            )
            if known is not None:
                self._moved[role] = known
        return self._moved.get(role, named)

    def name(self, role: ChatRole) -> str | None:
        """The chat's @name, where the settings have that; its number stays where the name may be somebody else's one day."""
        named = self._named.get(role)
        return named if isinstance(named, str) else None

    async def learn(self, role: ChatRole, number: int) -> None:
        """The chat's name leads to this number now."""
        named = self.name(role)
        if named is not None:
            self._moved[role] = await self._store.write(
                note_chat_number, role=role, chat=named, number=number, admin_ids=self._admin_ids
            )

    async def note(self, role: ChatRole, *, works: bool) -> int:
        """Note whether the chat takes what is sent there, as far as that is news; where it does not, the moment."""
        named = self._named.get(role)
        if named is None or (works and self._works.get(role)):
            return 0
        self._works[role] = works
        return await self._store.write(note_posting, role=role, chat=named, works=works, admin_ids=self._admin_ids)

    async def move(self, role: ChatRole, new_id: int) -> None:
        """The group became a supergroup: address it by its new number until the settings do."""
        old = self._named.get(role)
        if isinstance(old, int):
            await self._store.write(note_moved, old_id=old, new_id=new_id, title="", admin_ids=self._admin_ids)
        self._moved[role] = new_id


class Sender:
    """Renders and sends; knows what each way of failing means for a notice.

    Args:
        store: Where notices lie.
        bot: Who sends.
        snapshots: Who speaks, as of each round.
        renderers: Make messages of notices; which kinds there are is known from them.
        chats: Where notices go that are for no member.
        settle: Told how notices ended.
        gate: Says when a chat takes one more message.
        attempts: After so many attempts of unknown outcome a notice is given up.
        metrics: What counts.
    """

    def __init__(
        self,
        *,
        store: Store,
        bot: PassalongBot,
        snapshots: Snapshots,
        renderers: Renderers,
        chats: ShopChats,
        settle: Callable[[Settlement], None],
        gate: Gate,
        attempts: int,
        metrics: Metrics,
    ) -> None:
        self._metrics = metrics
        self._store = store
        self._bot = bot
        self._snapshots = snapshots
        self._renderers = renderers
        self._kinds = list_kinds(renderers)
        self._chats = chats
        self._settle = settle
        self._gate = gate
        self._attempts = attempts
        self._begun: dict[NoticeId, int] = {}
        """How many messages have arrived of notices that take several and were interrupted."""
        self._topics = Topics(store, bot)

    async def deliver(self, address: Address, ids: Sequence[NoticeId]) -> Report:
        """Send what the notices say; every id is settled, or named in the report."""
        shop = self._snapshots.current.shop
        labelled = bool(shop.campaign.rewards) and shop.campaign.asks_labels
        view = await self._store.read(view_notices, address=address, ids=ids, kinds=self._kinds, labelled=labelled)
        found = {each.id for each in view.owed} | view.held.keys() | set(view.unreadable)
        report = Report(vanished=[notice_id for notice_id in ids if notice_id not in found], held=view.held)
        if view.unreadable:
            self._fail(view.unreadable, "unreadable")
        chat_id, language = None, shop.campaign.channel_language
        if isinstance(address, ChatAddress):
            chat_id = await self._chats.find(address.role)
        elif view.member is not None:
            chat_id, language = view.member.telegram_id, view.member.language
        if chat_id is None:
            self._fail([each.id for each in view.owed], "there is no such chat")
            return report
        reader = Reader(texts=Texts(language), shop=shop, view=view)
        letters = await self._render(reader, view.owed, report)
        round_ = Round(address=address, chat_id=chat_id, letters=letters, report=report)
        while letters:
            if report.sent_to is None and (delay := self._gate.delay_for(round_.chat_id)) > MIN_DELAY_SECONDS:
                report.wait = delay
                break
            failure = await self._send(round_, letters[0])
            if failure is None:
                self._metrics.count("letters_sent")
                report.sent_to = round_.chat_id
                if isinstance(address, ChatAddress):
                    await self._chats.note(address.role, works=True)
                sent = tuple(one.id for one in letters.pop(0).owed)
                self._settle(Settlement(notice_ids=sent, state=NoticeState.SENT))
            elif not await self._face(round_, failure):
                break
        report.left += dict.fromkeys(one.id for letter in letters for one in letter.owed)
        return report

    async def _render(self, reader: Reader, owed: Sequence[Owed[Notice]], report: Report) -> list[Rendered]:
        """Messages for the notices; one that cannot be rendered does not take the others with it."""
        try:
            letters = render_notices(reader, owed, self._renderers)
        except Exception as error:
            logger.exception("Notices cannot be rendered")
            if len(owed) == 1:
                report.left += await self._count_attempt([owed[0].id], f"render: {error!r}")
                return []
            return [letter for each in owed for letter in await self._render(reader, [each], report)]
        named = {one.id for letter in letters for one in letter.owed}
        if silent := [each.id for each in owed if each.id not in named]:
            self._fail(silent, "nothing to say")
        return letters

    async def _send(self, round_: Round, letter: Rendered) -> Failure | None:
        """None when all of its messages have arrived."""
        key, chat_id = letter.owed[0].id, round_.chat_id
        topic_id = next((one.topic_id for one in letter.owed if one.topic_id is not None), None)
        done = self._begun.pop(key, 0)
        for number, message in enumerate(letter.messages):
            if number < done:
                continue
            try:
                if letter.owed[0].notice.threaded:
                    await self._post(round_, message, letter.owed[0], topic_id)
                elif message.poster is not None:
                    await deliver_post(self._bot, self._snapshots.current.pictures, chat_id, message)
                else:
                    await self._bot.deliver(chat_id, message, thread_id=topic_id, priority=Priority.NOTICE)
            except Exception as error:  # noqa: BLE001 -- every error is classified
                failure = classify(error, chat_id)
                if failure.is_unchanged:
                    continue
                if number:
                    self._begun[key] = number
                return failure
        return None

    async def _post(self, round_: Round, message: OutgoingMessage, one: Owed[Notice], topic_id: int | None) -> None:
        """Send one message, and remember it where a reply to it is meant for something."""
        chat_id, thread = round_.chat_id, one.notice.thread
        if thread is not None and round_.address == STAFF:
            sent = await self._topics.deliver(chat_id, message, thread)
        else:
            sent = await self._bot.deliver(chat_id, message, thread_id=topic_id, priority=Priority.NOTICE)
        number = sent.get("chat", {}).get("id", chat_id)
        if thread is not None and "message_id" in sent and isinstance(number, int):
            await self._store.write(note_arrived, thread, number, sent["message_id"])  # before anybody can answer it

    async def _face(self, round_: Round, failure: Failure) -> bool:
        """Draw the conclusion from a failure; True if the round goes on."""
        report, letter = round_.report, round_.letters[0]
        if failure.kind is FailureKind.BLOCKED:
            self._give_up(round_, len(round_.letters), failure)
        elif failure.kind is FailureKind.REFUSED:
            self._give_up(round_, 1, failure)
            return True
        elif failure.kind is FailureKind.MIGRATED and round_.chat_id != failure.new_chat_id:
            await self._follow(round_, failure.new_chat_id)
            return True
        elif failure.kind is FailureKind.CURABLE and isinstance(round_.address, ChatAddress):
            self._note_retry(letter, failure)
            await self._wait_for_cure(round_, round_.address, failure)
        elif failure.kind in {FailureKind.UNKNOWN, FailureKind.MIGRATED}:
            self._note_retry(letter, failure)
            report.left += await self._count_attempt([one.id for one in letter.owed], failure.text)
            round_.letters.pop(0)
        else:
            self._note_retry(letter, failure)
            report.most_wait = MOST_UNSENT_SECONDS
            waits = {FailureKind.FLOOD: failure.retry_after, FailureKind.TOKEN_BAD: NO_TOKEN_SECONDS}
            report.wait = waits.get(failure.kind)
        return False

    def _give_up(self, round_: Round, count: int, failure: Failure) -> None:
        logger.warning("%d letters are given up: %s", count, failure.text)
        blocked = None
        if failure.kind is FailureKind.BLOCKED and isinstance(round_.address, MemberAddress):
            blocked = round_.address.person_id
        for letter in round_.letters[:count]:
            unsent = tuple(one.notice.thread for one in letter.owed if one.notice.thread is not None)
            self._fail([one.id for one in letter.owed], failure.text, blocked=blocked, unsent=unsent)
        del round_.letters[:count]

    def _note_retry(self, letter: Rendered, failure: Failure) -> None:
        logger.warning("A letter has to be tried again (%s): %s", failure.kind, failure.text)
        self._metrics.count("notices_retried", len(letter.owed))

    async def _wait_for_cure(self, round_: Round, address: ChatAddress, failure: Failure) -> None:
        """Keep for a day what could be posted once somebody has put the chat right."""
        now = await self._chats.note(address.role, works=False)
        owed = [one for letter in round_.letters for one in letter.owed]
        if late := [one.id for one in owed if one.owed_at < now - KEPT_MICROSECONDS]:
            logger.warning("%d posts are given up after a day: %s", len(late), failure.text)
            self._fail(late, failure.text)
        round_.report.left += [one.id for one in owed if one.id not in late]
        round_.letters.clear()

    async def _follow(self, round_: Round, new_chat_id: int) -> None:
        """Go on with the group's new number, and have it remembered."""
        if isinstance(round_.address, ChatAddress):
            await self._chats.move(round_.address.role, new_chat_id)
        round_.chat_id = new_chat_id

    def _fail(
        self,
        ids: Sequence[NoticeId],
        error: str,
        *,
        blocked: PersonId | None = None,
        unsent: tuple[Thread, ...] = (),
    ) -> None:
        self._settle(
            Settlement(notice_ids=tuple(ids), state=NoticeState.FAILED, error=error, blocked=blocked, unsent=unsent)
        )

    async def _count_attempt(self, ids: Sequence[NoticeId], error: str) -> list[NoticeId]:
        """Those still owed after this attempt; the others have had their last."""
        spent = await self._store.write(_note_attempt, ids, error, most=self._attempts)
        if spent:
            self._fail(spent, error)
        return [notice_id for notice_id in ids if notice_id not in spent]


def _note_attempt(tx: Tx, ids: Sequence[NoticeId], error: str, *, most: int) -> list[NoticeId]:
    """Count it, and return those whose attempts are used up."""
    outbox.note_attempt(tx, ids, error)
    return [row.id for row in outbox.list_by_ids(tx, ids) if row.attempts >= most]
