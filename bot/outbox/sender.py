"""One round of delivery: some notices of one recipient, rendered, sent, and their ends told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from telegram.constants import ParseMode

from bot.outbox.outgoing import Letter, Renderer, to_plain
from bot.telemetry import Metrics
from bot.wire.errors import Failure, FailureKind, classify
from bot.wire.pacing import Priority
from bot.wire.telegram_bot import PassalongBot
from storage.records import Notice, NoticeId, NoticeState, PersonId
from storage.store import Store
from storage.tables import outbox, people
from storage.tx import Tx

logger = logging.getLogger(__name__)

NO_TOKEN_SECONDS = 60.0
"""While Telegram refuses the token; the poll loop ends the process over it."""

MOST_UNSENT_SECONDS = 30.0
"""What certainly was not sent may be tried often: nobody reads it twice."""

_NO_PREVIEW = '{"is_disabled":true}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How some notices ended."""

    notice_ids: tuple[NoticeId, ...]
    state: NoticeState
    error: str = ""
    blocked: PersonId | None = None
    """Somebody who turned out not to want the bot."""

    @property
    def counter(self) -> str:
        """The metric that counts it."""
        return "notices_sent" if self.state is NoticeState.SENT else "notices_failed"


@dataclass(slots=True, kw_only=True)
class Report:
    """What a round leaves behind."""

    left: list[NoticeId] = field(default_factory=list)
    """Still owed, in order."""
    vanished: list[NoticeId] = field(default_factory=list)
    """Not in the outbox any more."""
    wait: float | None = None
    """Seconds that the next round has to wait, where the reason for waiting says how long."""
    most_wait: float = float("inf")
    """The longest wait after failures in a row."""
    sent_to: int | str | None = None
    """The chat of the last letter that arrived."""


def settle_all(tx: Tx, settlements: Sequence[Settlement]) -> None:
    """Note the ends of notices, and who has blocked the bot, together."""
    sent = [notice_id for each in settlements if each.state is NoticeState.SENT for notice_id in each.notice_ids]
    outbox.settle(tx, sent, NoticeState.SENT)
    for each in settlements:
        if each.state is not NoticeState.SENT:
            outbox.settle(tx, each.notice_ids, each.state, each.error)
        if each.blocked is not None:
            people.set_blocked(tx, each.blocked, blocked=True)


class Sender:
    """Renders and sends; knows what each way of failing means for a notice.

    Args:
        store: Where notices lie.
        bot: Who sends.
        renderer: Makes letters.
        settle: Told how notices ended.
        find_delay: Seconds until a chat takes one more message.
        on_migrated: Told the old and the new id of a group.
        attempts: After so many attempts of unknown outcome a notice is given up.
        metrics: What counts.
    """

    def __init__(
        self,
        *,
        store: Store,
        bot: PassalongBot,
        renderer: Renderer,
        settle: Callable[[Settlement], None],
        find_delay: Callable[[int | str], float],
        on_migrated: Callable[[int | str, int], Awaitable[None]] | None,
        attempts: int,
        metrics: Metrics,
    ) -> None:
        self._metrics = metrics
        self._store = store
        self._bot = bot
        self._renderer = renderer
        self._settle = settle
        self._find_delay = find_delay
        self._on_migrated = on_migrated
        self._attempts = attempts

    async def deliver(self, recipient_id: PersonId | None, ids: Sequence[NoticeId]) -> Report:
        """Send what the notices say; every id is settled, or named in the report."""
        notices = await self._store.read(outbox.list_by_ids, ids)
        found = {notice.id for notice in notices}
        report = Report(vanished=[notice_id for notice_id in ids if notice_id not in found])
        letters = await self._render(recipient_id, notices, report)
        while letters:
            if report.sent_to is None and (delay := self._find_delay(letters[0].chat_id)):
                report.wait = delay
                break
            letter = letters.pop(0)
            failure = await self._send(letter)
            if failure is None:
                self._note_sent(letter, report)
            elif failure.kind is FailureKind.BLOCKED:
                self._give_up([letter, *letters], failure.text, blocked=recipient_id)
                return report
            elif not await self._face(letter, failure, report):
                break
        report.left += dict.fromkeys(notice_id for letter in letters for notice_id in letter.notice_ids)
        return report

    async def _render(self, recipient_id: PersonId | None, notices: Sequence[Notice], report: Report) -> list[Letter]:
        """Letters for the notices; one that cannot be rendered does not take the others with it."""
        try:
            letters = list(await self._renderer.render(recipient_id, notices)) if notices else []
        except Exception as error:
            logger.exception("Notices cannot be rendered")
            if len(notices) == 1:
                report.left += await self._count_attempt([notices[0].id], f"render: {error!r}")
                return []
            return [letter for each in notices for letter in await self._render(recipient_id, [each], report)]
        named = {notice_id for letter in letters for notice_id in letter.notice_ids}
        silent = tuple(notice.id for notice in notices if notice.id not in named)
        if silent:
            self._settle(Settlement(notice_ids=silent, state=NoticeState.FAILED, error="nothing to say"))
        return letters

    async def _send(self, letter: Letter) -> Failure | None:
        """None when it arrived."""
        failure = await self._try(letter, letter.text, ParseMode.HTML)
        if failure is not None and failure.is_parse_error:
            logger.error("Telegram cannot read the formatting of a notice, sending plain text: %s", failure.text)
            failure = await self._try(letter, to_plain(letter.text), None)
        return failure

    async def _try(self, letter: Letter, text: str, parse_mode: str | None) -> Failure | None:
        parameters: dict[str, object] = {"chat_id": letter.chat_id, "text": text, "link_preview_options": _NO_PREVIEW}
        if parse_mode is not None:
            parameters["parse_mode"] = parse_mode
        if letter.keyboard is not None:
            parameters["reply_markup"] = letter.keyboard
        try:
            await self._bot.post_raw("sendMessage", parameters, priority=Priority.NOTICE)
        except Exception as error:  # noqa: BLE001 -- every error is classified
            return classify(error, letter.chat_id)
        return None

    def _note_sent(self, letter: Letter, report: Report) -> None:
        self._metrics.count("letters_sent")
        report.sent_to = letter.chat_id
        self._settle(Settlement(notice_ids=letter.notice_ids, state=NoticeState.SENT))

    def _give_up(self, letters: Sequence[Letter], error: str, *, blocked: PersonId | None = None) -> None:
        logger.warning("%d letters are given up: %s", len(letters), error)
        for letter in letters:
            ids = letter.notice_ids
            self._settle(Settlement(notice_ids=ids, state=NoticeState.FAILED, error=error, blocked=blocked))

    async def _face(self, letter: Letter, failure: Failure, report: Report) -> bool:
        """Draw the conclusion from a failure; True if the round goes on with the next letter."""
        if failure.kind is FailureKind.REFUSED:
            self._give_up([letter], failure.text)
            return True
        if failure.kind is FailureKind.MIGRATED:
            return await self._follow(letter, failure.new_chat_id, report)
        logger.warning("A letter has to be tried again (%s): %s", failure.kind, failure.text)
        self._metrics.count("notices_retried", len(letter.notice_ids))
        if failure.kind is FailureKind.UNKNOWN:
            report.left += await self._count_attempt(letter.notice_ids, failure.text)
            return False
        report.left += letter.notice_ids
        report.most_wait = MOST_UNSENT_SECONDS
        report.wait = {FailureKind.FLOOD: failure.retry_after, FailureKind.TOKEN_BAD: NO_TOKEN_SECONDS}.get(
            failure.kind
        )
        return False

    async def _follow(self, letter: Letter, new_chat_id: int, report: Report) -> bool:
        """Send to the group's new id, and have it remembered."""
        if self._on_migrated is not None:
            await self._on_migrated(letter.chat_id, new_chat_id)
        moved = replace(letter, chat_id=new_chat_id)
        failure = await self._send(moved)
        if failure is None:
            self._note_sent(moved, report)
            return True
        report.left += await self._count_attempt(letter.notice_ids, failure.text)
        return False

    async def _count_attempt(self, ids: Sequence[NoticeId], error: str) -> list[NoticeId]:
        """Those still owed after this attempt; the others have had their last."""
        spent = await self._store.write(_note_attempt, ids, error, most=self._attempts)
        if spent:
            self._settle(Settlement(notice_ids=tuple(spent), state=NoticeState.FAILED, error=error))
        return [notice_id for notice_id in ids if notice_id not in spent]


def _note_attempt(tx: Tx, ids: Sequence[NoticeId], error: str, *, most: int) -> list[NoticeId]:
    """Count it, and return those whose attempts are used up."""
    outbox.note_attempt(tx, ids, error)
    return [notice.id for notice in outbox.list_by_ids(tx, ids) if notice.attempts >= most]
