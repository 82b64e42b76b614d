from __future__ import annotations

from ipaddress import ip_network

import pytest

from bot.core.addresses import choose_address, compute_neighbourhood, parse_network
from bot.core.links import Payload, parse_payload
from bot.core.throttling import Allowance, Bucket, compute_bucket, compute_wait_seconds
from bot.core.visiting import Approach, Reader, compute_visitor, decide_counts, decide_reader
from bot.web.cards import has_version
from bot.web.crowd import compute_most_connections
from bot.web.throttle import Throttle
from tests.web.house import BROWSES, PHONE

CODE = "AbCdEfGh12"


@pytest.mark.parametrize(
    ("tail", "payload"),
    [
        (CODE, Payload(CODE)),
        (f"{CODE}-qr", Payload(CODE, "qr")),
        (f"{CODE}-{'a' * 16}", Payload(CODE, "a" * 16)),
        (f"{CODE}-{'a' * 17}", Payload(CODE)),
        (f"{CODE}-QR", Payload(CODE, "qr")),
        (f"{CODE}-", Payload(CODE)),
        (f"{CODE}.", Payload(CODE)),
        (f"{CODE}-qr),", Payload(CODE, "qr")),
        (f"{CODE}。", Payload(CODE)),
        (f"{CODE}/", Payload(CODE)),
        (f"{CODE}x", None),
        (CODE[:9], None),
        (f" {CODE}", None),
        ("", None),
        ("٣" * 10, None),
    ],
)
def test_a_link_survives_what_a_chat_adds_to_it(tail: str, payload: Payload | None) -> None:
    """The code is what counts; a source that cannot be is left out, and nothing but ten letters is a code."""
    assert parse_payload(tail) == payload


@pytest.mark.parametrize(
    "agent",
    [
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.23.20.0",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Twitterbot/1.0",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "facebookexternalhit/1.1;line-poker/1.0",
        "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/",
        "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
        "Pinterest/0.2 (+https://www.pinterest.com/bot.html)",
        "some-Crawler",
    ],
)
def test_previews_are_known(agent: str) -> None:
    """Whoever fetches a page to show it elsewhere gets something to show."""
    assert decide_reader(Approach(method="GET", agent=agent)) is Reader.PREVIEW


@pytest.mark.parametrize(
    "agent",
    [
        PHONE,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/14.9.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.49 NetType/WIFI",
        "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/119 Mobile Safari/537.36 Weibo (vivo__weibo__14.5.1)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1.15 Mobile/21F79 [FBAN/FBIOS;FBAV/470.0]",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4) AppleWebKit/605.1.15 Mobile/15E148 Instagram 331.0.0",
        "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0) AppleWebKit/605.1.15 Mobile/20A362 [Pinterest/iOS]",
        "Mozilla/5.0 (Linux; Android 12; M2102) AppleWebKit/537.36 Version/4.0 Chrome/99 Mobile MQQBrowser/6.2 QQ/8.9",
    ],
)
def test_browsers_inside_apps_are_people(agent: str) -> None:
    """Somebody who reads in LINE, WeChat or Weibo has tapped the link themselves."""
    assert decide_reader(opens(agent)) is Reader.PERSON


HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 13; SM-A546B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0"
)


@pytest.mark.parametrize(
    ("agent", "mode", "accept", "languages", "reader"),
    [
        (f"{PHONE}", "navigate", HTML, "id-ID,id;q=0.9", Reader.PERSON),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "navigate", HTML, "en", Reader.PERSON),
        (f"{IPHONE} Version/15.6 Mobile/15E148 Safari/604.1", "", HTML, "zh-CN,zh-Hans;q=0.9", Reader.PERSON),
        (f"{IPHONE} Mobile/15E148 Instagram 300.0.0.20.110 (iPhone12,1; iOS 15_6; id_ID)", "", HTML, "id-id", Reader.PERSON),
        (f"{ANDROID} Mobile Safari/537.36 Instagram 331.0 Android (33/13)", "navigate", HTML, "id-ID", Reader.PERSON),
        (f"{IPHONE} Mobile/19G71 [FBAN/FBIOS;FBAV/430.0;FBDV/iPhone12,1]", "", HTML, "en-us", Reader.PERSON),
        (f"{ANDROID} Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/470.0;]", "navigate", HTML, "en-US", Reader.PERSON),
        (f"{IPHONE} Mobile/15E148 Safari Line/13.5.1", "", HTML, "ja-jp", Reader.PERSON),
        (f"{IPHONE} Mobile/19G71 musical_ly_29.0 BytedanceWebview/d8a21c6", "", HTML, "en-us", Reader.PERSON),
        (f"{ANDROID} Mobile Safari/537.36 trill_330 BytedanceWebview/d8a21c6", "navigate", HTML, "id", Reader.PERSON),
        (f"{IPHONE} Mobile/19G71 Twitter for iPhone/9.60", "", HTML, "en-us", Reader.PERSON),
        (f"{IPHONE} Mobile/15E148 Snapchat/12.40 (like Safari/8613.3.9, panda)", "", HTML, "en-us", Reader.PERSON),
        (f"{ANDROID} Mobile Safari/537.36 Telegram-Android/11.1.3", "navigate", HTML, "en", Reader.PERSON),
        (f"{ANDROID} Mobile Safari/537.36 KAKAOTALK 10.4", "navigate", HTML, "ko-KR", Reader.PERSON),
        (
            "Mozilla/5.0 (Linux; U; Android 4.0.3; id-id; GT-S5360) AppleWebKit/533.1 Version/4.0 Mobile Safari/533.1",
            "",
            "application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5",
            "id-ID, en-US",
            Reader.PERSON,
        ),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)", "", "text/html, */*", "en-US", Reader.PERSON),
        ("Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; id) Presto/2.12 Version/12.16", "", HTML, "id", Reader.UNKNOWN),
        ("TelegramBot (like TwitterBot)", "", "", "", Reader.PREVIEW),
        ("WhatsApp/2.24.1 A", "", "*/*", "", Reader.PREVIEW),
        ("WhatsApp/2", "", "text/html,application/xhtml+xml", "", Reader.PREVIEW),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
            "",
            HTML,
            "en-us",
            Reader.PREVIEW,
        ),
        ("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", "", HTML, "en", Reader.PREVIEW),
        ("Mastodon/4.2.1 (http.rb/5.1.1; +https://mas.to/) Bot", "", "text/html", "", Reader.PREVIEW),
        ("Synapse (bot; +https://github.com/matrix-org/synapse)", "", "text/html", "en", Reader.PREVIEW),
        ("meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)", "", HTML, "", Reader.PREVIEW),
        ("Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)", "", HTML, "en", Reader.UNKNOWN),
        ("Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)", "", HTML, "ko", Reader.UNKNOWN),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 11.6; rv:92.0) Gecko/20100101 Firefox/92.0", "", "*/*", "", Reader.UNKNOWN),
        ("Dalvik/2.1.0 (Linux; U; Android 13; SM-A546B)", "", "*/*", "", Reader.UNKNOWN),
        ("curl/8.5.0", "", "*/*", "", Reader.UNKNOWN),
        ("Mozilla/5.0", "", "*/*", "", Reader.UNKNOWN),
    ],
)  # fmt: skip
def test_everybody_is_known_by_what_they_really_send(
    agent: str, mode: str, accept: str, languages: str, reader: Reader
) -> None:
    """Browsers of today and of long ago, those inside apps, and those who fetch pages to show them in a chat."""
    approach = Approach(method="GET", agent=agent, fetch_mode=mode, accept=accept, languages=languages)
    assert decide_reader(approach) is reader


@pytest.mark.parametrize("agent", ["", "curl/8.5.0", "python-requests/2.32", "Go-http-client/2.0", "okhttp/4.12.0"])
def test_programs_are_nobody(agent: str) -> None:
    """Nobody knows for whom they fetch, so they are not counted."""
    assert decide_reader(opens(agent)) is Reader.UNKNOWN
    assert not decide_counts(opens(agent))


@pytest.mark.parametrize(
    ("mode", "accept", "languages", "reader"),
    [
        ("navigate", "", "", Reader.PERSON),
        ("cors", "text/html", "en", Reader.UNKNOWN),
        ("no-cors", "image/avif,*/*", "en", Reader.UNKNOWN),
        ("", "text/html,*/*", "en", Reader.PERSON),
        ("", "*/*", "en", Reader.UNKNOWN),
        ("", "text/html", "", Reader.UNKNOWN),
    ],
)
def test_a_browser_is_known_by_what_it_sends(mode: str, accept: str, languages: str, reader: Reader) -> None:
    """Opening a page is said by browsers of today, and shown by the others in what they ask for."""
    approach = Approach(method="GET", agent=PHONE, fetch_mode=mode, accept=accept, languages=languages)
    assert decide_reader(approach) is reader


def opens(agent: str, method: str = "GET", purpose: str = "") -> Approach:
    """Somebody opens a page with a browser from before browsers said so."""
    return Approach(method=method, agent=agent, accept=BROWSES["Accept"], languages="en", purpose=purpose)


@pytest.mark.parametrize(
    ("method", "purpose", "counts"),
    [("GET", "", True), ("HEAD", "", False), ("GET", "prefetch;prerender", False), ("GET", "Preview", False)],
)
def test_only_a_persons_own_get_counts(method: str, purpose: str, *, counts: bool) -> None:
    """Browsers that fetch ahead have not been tapped yet."""
    assert decide_counts(opens(PHONE, method, purpose)) is counts


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "10.0.0.1, 198.51.100.1", "198.51.100.1"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:127.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("127.0.0.1", "198.51.100.1:5000", "198.51.100.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, <script>", "127.0.0.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(peer: str, forwarded: str, address: str) -> None:
    """Anybody else could call themselves anything; of what the proxy says the last word is its own."""
    assert choose_address(peer, forwarded) == address


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("172.18.0.2", "198.51.100.1", "198.51.100.1"),
        ("172.18.0.2", "203.0.113.5, 198.51.100.1, 172.18.0.3", "198.51.100.1"),
        ("172.18.0.2", "172.18.0.4, 172.18.0.3", "172.18.0.4"),
        ("127.0.0.1", "198.51.100.1", "127.0.0.1"),
        ("::ffff:172.18.0.2", "198.51.100.1", "198.51.100.1"),
        ("2001:db8:7::1", "198.51.100.1", "198.51.100.1"),
        ("172.19.0.2", "198.51.100.1", "172.19.0.2"),
    ],
)
def test_a_proxy_that_is_named_is_believed(peer: str, forwarded: str, address: str) -> None:
    """Proxies behind one another are read from the near one; nothing is believed beyond the first stranger."""
    trusted = (ip_network("172.18.0.0/16"), ip_network("2001:db8:7::/48"))
    assert choose_address(peer, forwarded, trusted) == address


@pytest.mark.parametrize(
    ("written", "peer", "believed"),
    [
        ("172.18.0.0/16", "172.18.9.9", True),
        ("172.18.0.2", "::ffff:172.18.0.2", True),
        ("172.18.0.7/16", "172.18.0.2", True),
        ("::ffff:172.18.0.0/112", "172.18.0.2", True),
        ("fd00::/8", "fd12:3456::1", True),
        ("fe80::/10", "fe80::1%eth0", True),
        ("172.18.0.0/16", "172.19.0.2", False),
        ("2001:db8::/32", "2001:db9::1", False),
        ("172.18.0.0/16", "fd12::1", False),
    ],
)
def test_a_network_is_the_same_however_it_is_written(written: str, peer: str, *, believed: bool) -> None:
    """With bits beyond its size, as one address, as IPv4 within IPv6; an address with the name of its link."""
    said = choose_address(peer, "198.51.100.1", (parse_network(written),))
    assert (said == "198.51.100.1") is believed


@pytest.mark.parametrize(
    ("limit", "own", "most"), [(65_536, 600, 1000), (1024, 600, 424), (1600, 600, 1000), (256, 600, 8), (0, 600, 8)]
)
def test_the_web_side_takes_what_is_left(limit: int, own: int, most: int) -> None:
    """The bot's own files and connections come first."""
    assert compute_most_connections(limit, own=own) == most


def test_an_ipv6_network_is_one_neighbour() -> None:
    """A telephone has a whole network of addresses to choose from."""
    near, far = "2001:db8:1:2:aaaa::1", "2001:db8:1:3::1"
    assert compute_neighbourhood(near) == compute_neighbourhood("2001:db8:1:2:bbbb::2")
    assert compute_neighbourhood(near) != compute_neighbourhood(far)
    assert compute_neighbourhood("::1") == "::/64"
    assert compute_neighbourhood("198.51.100.1") == "198.51.100.1"


def test_a_visitor_cannot_be_recognised_without_the_salt() -> None:
    """The same visitor has one name a day, and another the next day; the name tells nothing."""
    today, tomorrow = bytes(32), b"\x01" * 32
    name = compute_visitor(today, "198.51.100.1")
    assert name == compute_visitor(today, "198.51.100.1")
    assert name != compute_visitor(tomorrow, "198.51.100.1")
    assert name != compute_visitor(today, "198.51.100.2")
    assert compute_visitor(today, "2001:db8::1:7") == compute_visitor(today, "2001:db8::2:9")
    assert len(name) == 32
    compute_visitor(today, "\udcff")


def test_a_bucket_fills_slowly_and_never_over() -> None:
    """Ten at once, then one every five seconds."""
    allowance = Allowance(burst=10, per_second=0.2)
    assert compute_bucket(None, allowance, 100.0) == Bucket(10, 100.0)
    assert compute_bucket(Bucket(0, 100.0), allowance, 105.0) == Bucket(1, 105.0)
    assert compute_bucket(Bucket(9, 100.0), allowance, 1000.0) == Bucket(10, 1000.0)
    assert compute_wait_seconds(Bucket(0.5, 0.0), allowance) in {3, 4}
    assert compute_wait_seconds(Bucket(1, 0.0), allowance) == 1


def test_a_throttle_remembers_a_bounded_number() -> None:
    """However many addresses come, memory stays where it is; who came last is remembered."""
    throttle = Throttle(Allowance(burst=1, per_second=0.01), most_visitors=100, clock=lambda: 5.0)
    for number in range(1000):
        throttle.spend(f"10.0.{number // 250}.{number % 250}")
    assert throttle.visitors_known == 100
    assert not throttle.allows("10.0.3.249")
    assert throttle.allows("10.0.0.0")


@pytest.mark.parametrize(
    ("header", "known"),
    [('"v1"', True), ('W/"v1"', True), ('"v0", "v1"', True), ("*", True), ('"v2"', False), ("v1", False), ("", False)],
)
def test_a_browser_names_the_version_it_has(header: str, *, known: bool) -> None:
    """Alone, among others, weakly; anything else is another version."""
    assert has_version(header, "v1") is known
