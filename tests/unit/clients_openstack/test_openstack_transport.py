"""The way of a request: through the gateway, with a time-out, reads again and changes once."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from clients.openstack import _transport
from clients.openstack.errors import BrokenError, CloudError


class Server(http.server.ThreadingHTTPServer):
    """Answers what is planned: statuses, or "drop" to close the connection; then 200."""

    plan: list[Any]
    seen: list[str]


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def _answer(self) -> None:
        self.server.seen.append(f"{self.command} {self.path}")
        status = self.server.plan.pop(0) if self.server.plan else 200
        if status == "drop":
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's word
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.plan, running.seen = [], []
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def transport() -> Iterator[_transport.Transport]:
    with _transport.Transport(pause=0.001) as made:
        yield made


def url(server: Server, path: str = "/x") -> str:
    return f"http://127.0.0.1:{server.server_address[1]}{path}"


def test_a_read_is_repeated_while_the_service_comes_back(server: Server, transport: _transport.Transport) -> None:
    server.plan = [503, "drop", 502]
    assert transport.request("GET", url(server)).status_code == 200
    assert len(server.seen) == 4


def test_a_read_ends_with_what_the_service_says_last(server: Server, transport: _transport.Transport) -> None:
    server.plan = [503] * 9
    assert transport.request("GET", url(server)).status_code == 503
    assert len(server.seen) == _transport.ATTEMPTS


def test_other_refusals_are_the_callers(server: Server, transport: _transport.Transport) -> None:
    server.plan = [500, 404]
    assert [transport.request("GET", url(server)).status_code for _ in range(2)] == [500, 404]


def test_a_change_is_sent_once(server: Server, transport: _transport.Transport) -> None:
    server.plan = [503, "drop"]
    assert transport.request("POST", url(server)).status_code == 503
    with pytest.raises(BrokenError, match=r"127\.0\.0\.1:\d+: the connection broke") as caught:
        transport.request("POST", url(server))
    assert caught.value.sent is True
    assert len(server.seen) == 2


def test_a_log_in_is_repeated(server: Server, transport: _transport.Transport) -> None:
    server.plan = [503]
    assert transport.request("POST", url(server, "/v3/auth/tokens")).status_code == 200


def test_nobody_there_is_known_not_to_have_got_it(transport: _transport.Transport) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    for method in ("GET", "POST"):
        with pytest.raises(BrokenError, match=rf"127\.0\.0\.1:{free}: connection refused") as caught:
            transport.request(method, f"http://127.0.0.1:{free}/")
        assert caught.value.sent is False


def test_addresses_of_the_catalogue_go_through_the_gateway(server: Server) -> None:
    with _transport.Transport(url(server, "/at/{host}/{port}")) as transport:
        transport.request("GET", "https://10.20.0.35:9696/v2.0/networks?name=a%20b")
        transport.request("PUT", "http://dashboard/horizon")
        transport.request("GET", url(server, "/at/10.20.0.33/5000/v3"))
    assert server.seen == [
        "GET /at/10.20.0.35/9696/v2.0/networks?name=a%20b",
        "PUT /at/dashboard/80/horizon",
        "GET /at/10.20.0.33/5000/v3",
    ]


def test_every_request_has_a_time_out(transport: _transport.Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def note(self: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append(kwargs["timeout"])
        raise BrokenError("enough")

    monkeypatch.setattr("requests.Session.request", note)
    for method, asked in (("GET", None), ("POST", 9999)):
        with pytest.raises(BrokenError):
            transport.request(method, "http://x/", timeout=asked)
    assert set(seen) == {(_transport.CONNECT_SECONDS, _transport.ANSWER_SECONDS)}


def test_a_ca_that_is_none_is_said_so() -> None:
    with pytest.raises(CloudError, match="the CA is no certificate that can be read"):
        _transport.Transport(ca="nonsense")


def test_what_juju_deployed_is_reached_straight() -> None:
    assert _transport.Transport().trust_env is False
    assert _transport.Transport(own_settings=True).trust_env is True
