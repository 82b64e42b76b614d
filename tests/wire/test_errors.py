"""What Telegram's words mean; each row is one of its sentences, in the form in which it reaches us."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, TelegramError, TimedOut

from bot.wire.errors import Failure, FailureKind, Flooded, LostAnswer, NotSent, classify

LOST_FILES = [
    "Bad Request: wrong file identifier/HTTP URL specified",
    "Bad Request: wrong remote file identifier specified: can't unserialize it. Wrong last symbol",
    "Bad Request: wrong file_id or the file is temporarily unavailable",
    "Bad Request: invalid file_id",
    "Bad Request: MEDIA_EMPTY",
    "Bad Request: MEDIA_INVALID",
    "Bad Request: PHOTO_INVALID",
    "Bad Request: FILE_REFERENCE_EXPIRED",
    "Bad Request: FILE_REFERENCE_0_EXPIRED",
    "Bad Request: FILE_REFERENCE_INVALID",
    "Bad Request: FILEREF_UPGRADE_NEEDED",
    "Bad Request: can't use file of type Document as Photo",
    "Bad Request: invalid remote file identifier",
    "Bad Request: file not found",
    "Bad Request: failed to reupload file",
    "Bad Request: FILE_UPLOAD_RESTART_WITH_FILE_REFERENCE",
    "Bad Request: failed to reupload the file",
    "Bad Request: invalid file identifier specified",
    "Bad Request: unknown file identifier specified",
    "Bad Request: unknown file ID",
    "Bad Request: can't find file",
    "Bad Request: the file can't be downloaded",
    "Bad Request: can't use web file",
    "Bad Request: can't use encrypted file",
    "Bad Request: wrong file type",
    "Bad Request: FILE_ID_INVALID",
    "Bad Request: PHOTO_ID_INVALID",
    "Bad Request: DOCUMENT_INVALID",
    "Bad Request: DOCUMENT_ID_INVALID",
    "Bad Request: PHOTO_FILE_MISSING",
    "Bad Request: FILE_REFERENCE_EMPTY",
    "Bad Request: FILE_TOKEN_INVALID",
    "Bad Request: VOLUME_LOC_NOT_FOUND",
    "Bad Request: remote file identifier must be non-empty",
]

GONE = [
    "Bad Request: message to edit not found",
    "Bad Request: message can't be edited",
    "Bad Request: message media can't be edited",
    "Bad Request: there is no text in the message to edit",
    "Bad Request: there is no media in the message to edit",
    "Bad Request: MESSAGE_ID_INVALID",
    "Bad Request: MESSAGE_AUTHOR_REQUIRED",
    "Bad Request: MESSAGE_EDIT_TIME_EXPIRED",
    "Bad Request: invalid message identifier specified",
    "Bad Request: message not found",
    "Bad Request: the message was deleted",
    "Bad Request: message has wrong type",
    "Bad Request: wrong message specified",
    "Bad Request: invalid message specified",
    "Bad Request: message is local",
    "Bad Request: message is too old",
    "Bad Request: MSG_ID_INVALID",
    "Bad Request: INLINE_MESSAGE_ID_INVALID",
    "Bad Request: message can't be used in the method",
    "Bad Request: can't change media type in the album",
    "Bad Request: only caption can be edited in voice note messages",
    "Bad Request: wrong inline message identifier specified",
    "Bad Request: message identifier is not specified",
    "Bad Request: there is no caption in the message to edit",
]

NEITHER = [
    "Bad Request: message is too long",
    "Bad Request: message text is empty",
    "Bad Request: message caption is too long",
    "Bad Request: WEBPAGE_MEDIA_EMPTY",
    "Bad Request: PHOTO_INVALID_DIMENSIONS",
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
    "Bad Request: BUTTON_DATA_INVALID",
    "Bad Request: MESSAGE_TOO_LONG",
    "Bad Request: ENTITIES_TOO_LONG",
    "Bad Request: REPLY_MARKUP_TOO_LONG",
    "Bad Request: BUTTON_URL_INVALID",
    "Bad Request: wrong HTTP URL specified",
    "Bad Request: failed to get HTTP URL content",
    "Bad Request: wrong type of the web page content",
    "Bad Request: file is too big",
    "Bad Request: file must be non-empty",
    "Bad Request: IMAGE_PROCESS_FAILED",
    "Bad Request: there is no photo in the request",
    "Bad Request: object expected as reply markup",
    "Bad Request: unsupported parse_mode",
    "Bad Request: can't use the media of the specified type in the album",
    "Bad Request: REPLY_MESSAGE_ID_INVALID",
    "Bad Request: message to be replied not found",
    "Bad Request: QUOTE_TEXT_INVALID",
    "Bad Request: the message can't be copied",
]

NOBODY = [
    "Bad Request: chat not found",
    "Bad Request: user not found",
    "Bad Request: private chat not found",
    "Bad Request: PEER_ID_INVALID",
    "Bad Request: USER_ID_INVALID",
    "Bad Request: have no access to the user",
    "Bad Request: INPUT_USER_DEACTIVATED",
    "Bad Request: have no write access to the chat",
    "Bad Request: can't access the chat",
    "Bad Request: can't access the user",
    "Bad Request: chat is not accessible",
    "Bad Request: USER_PRIVACY_RESTRICTED",
    "Bad Request: ALLOW_PAYMENT_REQUIRED_20",
    "Bad Request: USER_IS_BOT",
    "Bad Request: user is deleted",
    "Bad Request: peer user not found",
    "Bad Request: USER_DEACTIVATED_BAN",
    "Bad Request: YOU_BLOCKED_USER",
    "Bad Request: USER_IS_BLOCKED",
    "Bad Request: unknown chat identifier specified",
    "Bad Request: unknown user identifier specified",
    "Bad Request: invalid user identifier specified",
    "Bad Request: invalid user_id specified",
    "Bad Request: invalid chat identifier specified",
    "Bad Request: requested data is inaccessible",
    "Bad Request: USER_INVALID",
    "Bad Request: chat info not found",
    "Bad Request: CHAT_ID_INVALID",
    "Bad Request: chat is closed",
    "Bad Request: have no rights to send a message",
    "Bad Request: CHAT_RESTRICTED",
    "Bad Request: CHAT_WRITE_FORBIDDEN",
    "Bad Request: PRIVACY_PREMIUM_REQUIRED",
    "Bad Request: user restricted receiving of voice note messages",
]

CURABLE = [
    "Bad Request: chat not found",
    "Bad Request: PEER_ID_INVALID",
    "Bad Request: CHAT_WRITE_FORBIDDEN",
    "Bad Request: CHAT_ADMIN_REQUIRED",
    "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN",
    "Bad Request: CHANNEL_PRIVATE",
    "Bad Request: TOPIC_CLOSED",
    "Bad Request: TOPIC_DELETED",
    "Bad Request: message thread not found",
    "Bad Request: not enough rights to send text messages to the chat",
    "Bad Request: need administrator rights in the channel chat",
    "Bad Request: have no write access to the chat",
    "Bad Request: can't access the chat",
    "Bad Request: can't access the topic",
    "Bad Request: chat is deactivated",
    "Bad Request: supergroup not found",
    "Bad Request: invalid forum topic identifier specified",
    "Bad Request: the chat is not a forum",
    "Bad Request: CHAT_GUEST_SEND_FORBIDDEN",
    "Bad Request: ALLOW_PAYMENT_REQUIRED_20",
    "Bad Request: chat info not found",
    "Bad Request: group not found",
    "Bad Request: basic group not found",
    "Bad Request: chat is closed",
    "Bad Request: not in the chat",
    "Bad Request: topic not found",
    "Bad Request: topic was deleted",
    "Bad Request: unknown topic specified",
    "Bad Request: TOPIC_ID_INVALID",
    "Bad Request: need creator rights in the chat",
    "Bad Request: need owner rights in the group chat",
    "Bad Request: need delete messages administrator right in the supergroup chat",
    "Bad Request: chat is not a supergroup",
    "Bad Request: chat is not a channel",
    "Bad Request: chat has no topics",
    "Bad Request: message has no thread",
    "Bad Request: there are no message threads in the chat",
    "Bad Request: the chat is not a supergroup forum",
    "Bad Request: CHAT_FORBIDDEN",
    "Bad Request: CHANNEL_INVALID",
    "Bad Request: CHAT_ID_INVALID",
    "Bad Request: USER_NOT_PARTICIPANT",
    "Bad Request: RIGHT_FORBIDDEN",
    "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN",
    "Bad Request: SLOWMODE_WAIT_30",
    "Bad Request: BROADCAST_FORBIDDEN",
    "Bad Request: not enough rights in the channel",
    "Bad Request: unknown chat identifier specified",
    "Bad Request: requested data is inaccessible",
    "Bad Request: method is available for supergroup and channel chats only",
    "Bad Request: MESSAGE_THREAD_INVALID",
    "Bad Request: PARTICIPANT_ID_INVALID",
    "Bad Request: USER_BANNED_IN_CHANNEL",
    "Bad Request: group chat was deactivated",
]

NOT_YET = [
    "Bad Request: FILE_PART_3_MISSING",
    "Bad Request: FILE_PART_INVALID",
    "Bad Request: failed to upload file",
    "Bad Request: can't upload file by URL",
    "Bad Request: FROZEN_METHOD_INVALID",
    "Bad Request: FILE_PARTS_INVALID",
    "Bad Request: FILE_PART_SIZE_INVALID",
    "Bad Request: FILE_PART_EMPTY",
    "Bad Request: MD5_CHECKSUM_INVALID",
    "Bad Request: MSG_WAIT_FAILED",
    "Bad Request: message send failed",
    "Bad Request: FROZEN_PARTICIPANT_MISSING",
    "Bad Request: logged out",
    "Bad Request: Logged out",
]


@pytest.mark.parametrize("words", LOST_FILES)
def test_a_lost_file_is_known_by_all_its_names(words: str) -> None:
    """Sending and editing call it differently; each time it is to be uploaded anew."""
    failure = classify(BadRequest(words))
    assert (failure.kind, failure.is_lost_file, failure.is_gone) == (FailureKind.REFUSED, True, False)


@pytest.mark.parametrize("words", GONE)
def test_a_message_that_cannot_be_edited_is_known_by_all_its_names(words: str) -> None:
    """Gone, another's, too old, or of another sort: a new one is to be sent."""
    failure = classify(BadRequest(words))
    assert (failure.kind, failure.is_gone, failure.is_lost_file) == (FailureKind.REFUSED, True, False)


@pytest.mark.parametrize("words", NEITHER)
def test_what_is_wrong_in_itself_is_neither(words: str) -> None:
    """Another file or another message would be refused for the same reason."""
    failure = classify(BadRequest(words), -100)
    assert (failure.kind, failure.is_gone, failure.is_lost_file) == (FailureKind.REFUSED, False, False)


@pytest.mark.parametrize("words", NOBODY)
def test_a_person_who_cannot_be_found_has_left(words: str) -> None:
    """As if the account were deactivated; of a request that is about no chat the words say nothing."""
    assert classify(BadRequest(words), 77).kind is FailureKind.BLOCKED
    assert classify(BadRequest(words)).kind is FailureKind.REFUSED


@pytest.mark.parametrize("words", CURABLE)
def test_a_chat_can_be_put_right(words: str) -> None:
    """A wrong id, a missing right or a closed topic are the shop's to mend, and then it works."""
    for chat_id in (-100123, "-100123", "@shop"):
        assert classify(BadRequest(words), chat_id).kind is FailureKind.CURABLE


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: bot was kicked from the channel chat"),
        Forbidden("Forbidden: bot is not a member of the supergroup chat"),
        Forbidden("Forbidden: not enough rights to send text messages to the chat"),
    ],
)
def test_a_chat_that_shut_the_bot_out_can_let_it_in_again(error: TelegramError) -> None:
    """Nobody blocks by that: it is a chat and no person."""
    assert classify(error, -100).kind is FailureKind.CURABLE
    assert classify(Forbidden("Forbidden: bot was blocked by the user"), 77).kind is FailureKind.BLOCKED


@pytest.mark.parametrize("words", NOT_YET)
def test_what_may_succeed_later_is_no_refusal(words: str) -> None:
    """Parts of an upload got lost, or Telegram has frozen the bot: nothing was sent, and nothing is wrong in itself."""
    for chat_id in (None, 77, -100):
        assert classify(BadRequest(words), chat_id).kind is FailureKind.NOT_SENT


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("is_too_late", "query is too old and response timeout expired or query ID is invalid"),
        ("is_too_late", "QUERY_ID_INVALID"),
        ("is_parse_error", "can't parse entities: unclosed tag"),
        ("is_parse_error", "ENTITY_BOUNDS_INVALID"),
        ("is_unchanged", "message is not modified: specified new message content"),
        ("is_unchanged", "MESSAGE_NOT_MODIFIED"),
        ("is_topic_gone", "message thread not found"),
        ("is_effect_refused", "EFFECT_ID_INVALID"),
        ("is_unpaid", "BALANCE_TOO_LOW"),
    ],
)
def test_a_refusal_is_known_by_its_words_as_one_thing_alone(name: str, words: str) -> None:
    """In any letters, and as nothing else; where nobody knows whether Telegram refused, its words say nothing."""
    names = [each for each in vars(Failure) if each.startswith("is_")]
    for said in (words, words.upper(), f"Bad Request: {words}."):
        failure = classify(BadRequest(said))
        assert [each for each in names if getattr(failure, each)] == [name]
    assert not getattr(Failure(kind=FailureKind.UNKNOWN, text=words), name)
    longer = classify(BadRequest(f"X{words.upper().replace(' ', '_')}_X"))
    assert not getattr(longer, name), "part of another word"


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (KeyError("result"), Failure(kind=FailureKind.UNKNOWN, text="KeyError('result')")),
        (TimedOut("No answer in time"), Failure(kind=FailureKind.UNKNOWN, text="No answer in time")),
        (LostAnswer("Connection lost"), Failure(kind=FailureKind.UNKNOWN, text="Connection lost")),
        (NotSent("No connection"), Failure(kind=FailureKind.NOT_SENT, text="No connection")),
        (InvalidToken("Unauthorized"), Failure(kind=FailureKind.TOKEN_BAD, text="Unauthorized")),
        (
            InvalidToken("Not Found: METHOD not found"),
            Failure(kind=FailureKind.REFUSED, text="Not Found: METHOD not found"),
        ),
        (Conflict("two of us"), Failure(kind=FailureKind.CONFLICT, text="two of us")),
        (
            ChatMigrated(-1009),
            Failure(
                kind=FailureKind.MIGRATED, text="Group migrated to supergroup. New chat id: -1009", new_chat_id=-1009
            ),
        ),
        (
            Flooded(7.5),
            Failure(kind=FailureKind.FLOOD, text="Flood control exceeded. Retry in 7.5 seconds", retry_after=7.5),
        ),
    ],
    ids=lambda each: type(each).__name__,
)
def test_each_error_is_read_as_what_it_says(error: Exception, failure: Failure) -> None:
    """With its words; of what is no word of Telegram's, what it is."""
    assert classify(error) == failure
