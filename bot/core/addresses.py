"""Whose address a request comes from."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

THIS_MACHINE: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

_MAPPED_BITS = 96
_NETWORK_BITS = 64
"""A home or a telephone has all of an IPv6 network of this size."""


def parse_network(text: str) -> Network:
    """A network as somebody wrote it, an IPv4 one within IPv6 as itself: addresses come so, too.

    Raises:
        ValueError: it is none.
    """
    network = ip_network(text, strict=False)
    if isinstance(network, IPv6Network) and (first := network.network_address.ipv4_mapped):
        return IPv4Network((int(first), network.prefixlen - _MAPPED_BITS))
    return network


def is_of_this_machine(address: str) -> bool:
    """Whether the other end of a connection is on this machine."""
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in THIS_MACHINE)


def choose_address(peer: str, forwarded: str, trusted: tuple[Network, ...] = THIS_MACHINE) -> str:
    """The visitor's address: the peer's, unless it is a trusted proxy that says whom it speaks for.

    Args:
        peer: The other end of the connection.
        forwarded: All of `X-Forwarded-For`. Each proxy adds the address it was asked from at the end, so it is read
            from there, and not beyond the first that is no trusted proxy itself: what stands before is a stranger's.
        trusted: Where proxies are.
    """
    address = _parse(peer)
    if address is None:
        return peer
    for entry in reversed(forwarded.split(",")):
        if not any(address in network for network in trusted):
            break
        further = _parse(entry.strip())
        if further is None:
            break
        address = further
    return str(address)


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
