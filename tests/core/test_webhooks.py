"""What is sent to other systems, where to, and how often."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from bot.core.durations import DAY, SECOND
from bot.core.signing import compose_secret, sign
from bot.core.webhooks import (
    GIVE_UP_AFTER,
    LONGEST_RETRY_SECONDS,
    SWITCH_OFF_AFTER,
    Answer,
    UrlFault,
    UrlMistake,
    Verdict,
    check_url,
    compose_body,
    compose_message_id,
    compute_retry,
    decide_answer,
    decide_given_up,
    decide_switched_off,
    find_url_fault,
    is_public,
    list_unknown,
    parse_event_id,
    parse_kinds,
)
from storage.webhook import HookEventId, HookEventKind, WebhookId

NOW = 1_764_000_000 * SECOND


def test_signatures_are_those_of_standard_webhooks() -> None:
    """The vector that stands in the scheme's own libraries; whoever receives uses one of these."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_shown_as_the_scheme_writes_it() -> None:
    """Mark and Base64, of at least 24 bytes."""
    assert compose_secret(b"a" * 24) == f"whsec_{b64encode(b'a' * 24).decode()}"


def test_a_body_says_what_when_and_which_version() -> None:
    """The same bytes for the same event, letters as they are."""
    body = compose_body("joined", NOW, {"friend": {"code": "Zoë"}})
    assert json.loads(body) == {
        "type": "joined",
        "version": 1,
        "timestamp": "2025-11-24T16:00:00.000Z",
        "data": {"friend": {"code": "Zoë"}},
    }
    assert "Zoë".encode() in body
    assert b" " not in body, "as short as it can be said"
    assert body == compose_body("joined", NOW, {"friend": {"code": "Zoë"}})


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://127.0.0.1/hook",
        "https://127.1/hook",
        "https://2130706433/hook",
        "https://0x7f000001/hook",
        "https://0/hook",
        "https://localhost/hook",
        "https://shop.localhost/hook",
        "https://printer.local/hook",
        "https://metadata.google.internal/hook",
        "https://10.1.2.3/hook",
        "https://172.16.0.1/hook",
        "https://192.168.1.1/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/hook",
        "https://224.0.0.1/hook",
        "https://255.255.255.255/hook",
        "https://[::1]/hook",
        "https://[::]/hook",
        "https://[fe80::1]/hook",
        "https://[fd00::1]/hook",
        "https://[::ffff:127.0.0.1]/hook",
        "https://[2002:7f00:1::]/hook",
        "https://[64:ff9b::7f00:1]/hook",
        "https://[::7f00:1]/hook",
        "https://user:word@example.com/hook",
        "https://example.com/hook#part",
        "https://example.com/a hook",
        "https://example.com:99999/hook",
        "https:///hook",
        "ftp://example.com/hook",
        "file:///etc/passwd",
        "example.com/hook",
        "",
        "https://example.com/" + "a" * 2000,
        "https://exa\nmple.com/",
    ],
)
def test_addresses_that_are_told_nothing(url: str) -> None:
    """Networks of one's own in all their spellings, what everybody can read along, and what is no address."""
    with pytest.raises(UrlMistake):
        check_url(url, allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook",
        "https://example.com:8443/hook?key=1",
        "https://93.184.215.14/hook",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hook",
        "https://xn--bcher-kva.example/hook",
        "https://EXAMPLE.com",
    ],
)
def test_addresses_that_are_told(url: str) -> None:
    """Whatever lies on the internet."""
    check_url(url, allow_private=False)


@pytest.mark.parametrize(("characters", "fault"), [(2_000, None), (2_001, UrlFault.NONE_AT_ALL)])
def test_an_address_has_its_length(characters: int, fault: UrlFault | None) -> None:
    """Two thousand characters are one."""
    assert find_url_fault("https://example.com/".ljust(characters, "x"), allow_private=False) is fault


def test_ones_own_network_is_told_where_its_owner_says_so() -> None:
    """On the machine itself, without encryption as well; still nothing but web addresses."""
    check_url("http://127.0.0.1:8000/hook", allow_private=True)
    with pytest.raises(UrlMistake):
        check_url("ftp://127.0.0.1/hook", allow_private=True)


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("joined,qualified", ["joined", "qualified"]),
        (" joined , joined ", ["joined"]),
        ("joined,born", None),
        ("", None),
        (",", None),
    ],
)
def test_kinds_of_events_are_read(said: str, kinds: list[str] | None) -> None:
    """Each once, in the order they were named; one that does not exist spoils all."""
    assert parse_kinds(said) == kinds


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.ARRIVED),
        (202, Verdict.ARRIVED),
        (204, Verdict.ARRIVED),
        (299, Verdict.ARRIVED),
        (300, Verdict.FAILED),
        (301, Verdict.FAILED),
        (307, Verdict.FAILED),
        (400, Verdict.REFUSED),
        (401, Verdict.FAILED),
        (404, Verdict.FAILED),
        (410, Verdict.GONE),
        (422, Verdict.REFUSED),
        (429, Verdict.FAILED),
        (500, Verdict.FAILED),
        (None, Verdict.FAILED),
    ],
)
def test_what_an_answer_means(status: int | None, verdict: Verdict) -> None:
    """Any 2xx is a yes; a redirect is none; some speak of one event, and 410 of all that will ever come."""
    assert decide_answer(Answer(status=status)) is verdict


def test_waits_grow_and_end() -> None:
    """Five seconds first, three times as long each time, four hours at most; a fifth sooner or later."""
    waits = [compute_retry(count, Answer(), now=NOW, random=lambda: 0.5) - NOW for count in range(1, 40)]
    assert waits[:3] == [5 * SECOND, 15 * SECOND, 45 * SECOND]
    assert waits[-1] == LONGEST_RETRY_SECONDS * SECOND
    assert waits == sorted(waits)
    assert compute_retry(1, Answer(), now=NOW, random=lambda: 0.0) - NOW == 4 * SECOND
    assert compute_retry(1, Answer(), now=NOW, random=lambda: 1.0) - NOW == 6 * SECOND


@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [
        (429, "120", 120),
        (503, "120", 120),
        (500, "120", 5),
        (429, "1", 5),
        (429, "999999999999999999999", 24 * 3600),
        (429, format_datetime(datetime.fromtimestamp(NOW // SECOND + 600, UTC), usegmt=True), 600),
        (429, format_datetime(datetime.fromtimestamp(NOW // SECOND - 600, UTC), usegmt=True), 5),
        (429, "soon", 5),
        (429, "-5", 5),
        (429, "", 5),
        (429, "٣٠٠", 5),
    ],
)
def test_whoever_asks_for_time_gets_it(status: int, said: str, seconds: int) -> None:
    """`Retry-After` as a number or a date, beside answers that mean it, up to a day."""
    answer = Answer(status=status, retry_after=said)
    assert compute_retry(1, answer, now=NOW, random=lambda: 0.5) - NOW == seconds * SECOND


def test_an_event_is_set_aside_only_where_others_arrive() -> None:
    """After three days, never while nothing arrives at all: three bad days lose nothing."""
    long_ago = NOW - GIVE_UP_AFTER
    assert decide_given_up(long_ago, long_ago + 1, now=NOW)
    assert not decide_given_up(long_ago + 1, long_ago + 2, now=NOW)
    assert not decide_given_up(long_ago, long_ago - 1, now=NOW)
    assert not decide_given_up(long_ago, None, now=NOW)
    assert not decide_given_up(None, NOW, now=NOW)


def test_an_address_is_left_alone_after_five_days() -> None:
    """Not a moment earlier; one where things arrive, never."""
    assert decide_switched_off(NOW - SWITCH_OFF_AFTER, now=NOW)
    assert not decide_switched_off(NOW - SWITCH_OFF_AFTER + 1, now=NOW)
    assert not decide_switched_off(None, now=NOW)
    assert SWITCH_OFF_AFTER == 5 * DAY


@pytest.mark.parametrize(
    ("said", "event_id"),
    [("evt_3_17", 17), ("17", 17), (" evt_3_17 ", 17), ("evt_4_17", None), ("evt_3_x", None), ("", None), ("-1", None)],
)
def test_an_event_is_known_by_the_id_it_was_sent_under(said: str, event_id: int | None) -> None:
    """Or by its number; another address's id names nothing here."""
    assert parse_event_id(said, WebhookId(3)) == event_id
    assert compose_message_id(WebhookId(3), HookEventId(17)) == "evt_3_17"


def test_addresses_at_their_edges() -> None:
    """The lowest port, a user without a password, a dot behind a name, addresses written within others."""
    assert find_url_fault("https://example.org:1/", allow_private=False) is None
    assert find_url_fault("https://user@example.org/", allow_private=False) is UrlFault.LOGIN
    assert find_url_fault("https://:word@example.org/", allow_private=False) is UrlFault.LOGIN
    assert find_url_fault("https://example.org:0/", allow_private=False) is UrlFault.NONE_AT_ALL
    private = ("localhost.", "shop.local.", "a.internal", "64:ff9b::7f00:1", "::7f00:1", "2001:0:1::1", "2002:7f00:1::")
    assert [host for host in private if is_public(host)] == []
    public = (
        "example.org",
        "example.org.",
        ".example",
        "64:ff9b::808:808",
        "2002:808:808::",
        "::ffff:8.8.8.8",
        "8.8.8.8",
    )
    assert [host for host in public if not is_public(host)] == []
    told = [str(UrlMistake(fault)) for fault in UrlFault]
    assert told[1].startswith("Leave name and password out")
    assert len(set(told)) == len(UrlFault)


def test_kinds_may_all_be_named_and_those_that_there_are_not_are_told() -> None:
    """With blanks around their commas or not."""
    every = [kind.value for kind in HookEventKind]
    assert parse_kinds(" , ".join(every)) == every
    assert list_unknown("joined, jumped,used ,order two") == ["jumped", "order two"]
    assert list_unknown(",".join(every)) == []


def test_a_message_is_found_by_its_id_or_its_number() -> None:
    """Of this address alone; no number that the store has not."""
    assert parse_event_id(" evt_3_45 ", WebhookId(3)) == parse_event_id("45", WebhookId(3)) == 45
    assert parse_event_id("evt_4_45", WebhookId(3)) is None
    assert parse_event_id("9" * 18, WebhookId(3)) == 10**18 - 1
    assert parse_event_id("9" * 19, WebhookId(3)) is None
    assert parse_event_id("", WebhookId(3)) is parse_event_id("٣", WebhookId(3)) is None


def test_a_date_without_a_zone_is_of_the_world() -> None:
    """An answer that names no time, and one that does not mean it, wait as always; a time that is over waits no second."""
    now = NOW + SECOND // 2
    at = datetime.fromtimestamp(NOW // SECOND + 600, UTC).strftime("%a, %d %b %Y %H:%M:%S -0000")
    told = compute_retry(1, Answer(status=429, retry_after=at), now=NOW, random=lambda: 0.5)
    assert told - NOW == 600 * SECOND
    over = datetime.fromtimestamp(NOW // SECOND - 5, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    for status, said in ((429, over), (429, "soon"), (500, "")):
        assert (
            compute_retry(1, Answer(status=status, retry_after=said), now=now, random=lambda: 0.5) == now + 5 * SECOND
        )


def test_what_arrived_at_the_same_moment_did_not_arrive_later() -> None:
    """An event is set aside for what went by it alone."""
    long_ago = NOW - GIVE_UP_AFTER
    assert not decide_given_up(long_ago, long_ago, now=NOW)
