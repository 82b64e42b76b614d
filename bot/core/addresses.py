"""Whose address a request comes from."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

_NETWORK_BITS = 64
"""A home or a telephone has all of an IPv6 network of this size."""


def choose_address(peer: str, forwarded: str) -> str:
    """The visitor's address: the peer's, unless a proxy on this machine says whom it speaks for.

    Args:
        peer: The other end of the connection.
        forwarded: All of `X-Forwarded-For`; only its last entry was written by the proxy, and only a proxy on this
            machine is believed.
    """
    near = _parse(peer)
    if near is None or not near.is_loopback:
        return str(near) if near else peer
    far = _parse(forwarded.rpartition(",")[2].strip())
    return str(far or near)


def compute_neighbourhood(address: str) -> str:
    """The address, for IPv6 its /64 network: what one visitor can choose from freely."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), _NETWORK_BITS), strict=False))
    return address


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(_strip_port(text))
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _strip_port(text: str) -> str:
    """`[2001:db8::1]:443` and `192.0.2.1:443` without what does not belong to the address."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
