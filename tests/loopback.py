"""No test talks to anybody but this machine: every other connection, and every question for an address, is refused."""

import ipaddress
import socket

import pytest

_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


class Refused(ConnectionError):
    """A test asked for a machine other than its own."""


def is_loopback(host):
    """Whether a host's name or number means this machine; no name is looked up for the answer."""
    text = host.decode() if isinstance(host, bytes) else host
    if text in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified  # 0.0.0.0: to listen


def _guarded(call):
    def guarded(own, address):
        if own.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
            raise Refused(f"expected tests to stay on this machine, got a connection to {address[0]}")
        return call(own, address)

    return guarded


def _looked_up(host, *arguments, **options):
    if not is_loopback(host):
        raise Refused(f"expected tests to stay on this machine, got a question for the address of {host}")
    return _getaddrinfo(host, *arguments, **options)


def pytest_configure():
    """Guard the whole run, fixtures of the widest scope and threads included."""
    socket.socket.connect, socket.socket.connect_ex = _guarded(_connect), _guarded(_connect_ex)
    socket.getaddrinfo = _looked_up


def pytest_unconfigure():
    """Take the guard away, for a run inside a run."""
    socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = _connect, _connect_ex, _getaddrinfo


refused = pytest.raises(Refused, match="stay on this machine")
