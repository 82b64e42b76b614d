"""Addresses in buttons."""

from __future__ import annotations

import pytest

from bot.playground.world.urls import BadUrlError, check_url


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://t.me/bot?start=Abc-qr", "https://t.me/bot?start=Abc-qr"),
        ("HTTPS://Example.COM", "https://example.com/"),
        ("example.com?x=1", "http://example.com/?x=1"),
        ("http://example.com:8080/x", "http://example.com:8080/x"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("https://wa.me/?text=a%20b", "https://wa.me/?text=a%20b"),
        ("mailto:a@b.com?subject=x", "http://mailto:a@b.com/?subject=x"),
    ],
)
def test_addresses_telegram_takes(url: str, kept: str) -> None:
    """Schemes and hosts are put in order; a mail address is taken, for a wrong site."""
    assert check_url(url) == kept


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("whatsapp://send?text=x", "Unsupported URL protocol"),
        ("intent://x", "Unsupported URL protocol"),
        ("mailto:?subject=x", "Wrong port number specified in the URL"),
        ("tel:+4912345", "Wrong port number specified in the URL"),
        ("sms:?body=x", "Wrong port number specified in the URL"),
        ("http://localhost:8000/", "Wrong HTTP URL"),
        ("http://localhost/", "Wrong HTTP URL"),
        ("", "URL host is empty"),
        ("https:///path", "URL host is empty"),
        ("http://example.com:99999", "Wrong port number specified in the URL"),
        ("https://exa mple.com", "Disallowed character in the URL host"),
        ("tg://user@x", "Wrong tg URL"),
    ],
)
def test_addresses_telegram_refuses(url: str, reason: str) -> None:
    """Each wrong address has its reason."""
    with pytest.raises(BadUrlError) as refusal:
        check_url(url)
    assert str(refusal.value) == reason


def test_some_places_take_https_alone() -> None:
    """Mini apps and logins are opened over HTTPS only."""
    for url in ("http://example.com", "tg://resolve?domain=x"):
        with pytest.raises(BadUrlError, match="Only HTTPS links are allowed"):
            check_url(url, https_only=True)
    assert check_url("https://example.com/app", https_only=True) == "https://example.com/app"
