"""Tests talk to this machine only: others are refused before a packet leaves."""

import socket
import urllib.error
import urllib.request

import pytest

from .loopback import Refused, is_loopback, refused


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "0.0.0.0", "", None, b"localhost"])  # noqa: S104 - asked about, not listened at
def test_this_machine(host):
    assert is_loopback(host)


# 192.0.2.1 and example.org are reserved for examples: nobody is there, should the guard ever fail
@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "example.org", "127.0.0.1.example.org"])
def test_another_machine(host):
    assert not is_loopback(host)


@pytest.mark.parametrize("way", ["connect", "connect_ex"])
def test_a_connection_to_another_machine_is_refused(way):
    with socket.socket() as own, refused:
        getattr(own, way)(("192.0.2.1", 80))


def test_an_address_of_another_machine_is_not_looked_up():
    with refused:
        socket.getaddrinfo("example.org", 80)


def test_a_library_is_refused_too():
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.URLError) as caught:
        opener.open("http://192.0.2.1/")
    assert isinstance(caught.value.reason, Refused)


def test_this_machine_answers():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as own:
        assert own.getpeername() == server.getsockname()
