"""python-libjuju's connection as we use it, against a hand-written controller on loopback over TLS."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import datetime
import ipaddress
import json
import logging
import pathlib
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websockets
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.asyncio.server import ServerConnection, serve

from clients import juju
from clients.juju import Access, Controller

FACADES = {"Admin": [3], "Application": [19, 20], "Client": [8], "ModelManager": [10], "Pinger": [1], "CharmHub": [1]}


class Server:
    """Answers a login and whatever `replies` says; a reply that is a function gets the connection."""

    def __init__(self, version: str = "3.6.8", password: str = "pw") -> None:
        self.version = version
        self.password = password
        self.replies: dict[str, Any] = {}
        self.logins = 0
        self.paths: list[str] = []
        self.frames: list[dict[str, Any]] = []
        self.port = 0

    async def handle(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.paths.append(connection.request.path)
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in connection:
                await self.answer(connection, json.loads(text))

    async def answer(self, connection: ServerConnection, frame: dict[str, Any]) -> None:
        name = f"{frame['type']}.{frame['request']}"
        if name == "Admin.Login":
            self.logins += 1
            reply = self.login(frame["params"])
        elif name == "Pinger.Ping":
            reply = {"response": {}}
        else:
            self.frames.append(frame)
            reply = self.replies[name]
        if callable(reply):
            await reply(connection)
        else:
            await connection.send(json.dumps({"request-id": frame["request-id"], **reply}))

    def login(self, params: dict[str, Any]) -> dict[str, Any]:
        if params["credentials"] != self.password:
            return {"error": "invalid entity name or password", "error-code": "unauthorized access", "response": {}}
        facades = [{"name": name, "versions": versions} for name, versions in FACADES.items()]
        return {"response": {"server-version": self.version, "facades": facades, "servers": [], "user-info": {}}}


def certificate(folder: pathlib.Path) -> tuple[str, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "juju-generated CA")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(private + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return pem.decode(), context


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("tls"))


@contextlib.contextmanager
def running(server: Server, context: ssl.SSLContext) -> Iterator[Server]:
    """Serves in a thread until the block ends."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def main() -> None:
        async with serve(server.handle, "127.0.0.1", server.port, ssl=context) as made:
            server.port = next(iter(made.sockets)).getsockname()[1]
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
    thread.start()
    assert ready.wait(30)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
        loop.close()


def access(server: Server, ca: str, **more: Any) -> Access:
    fields = {"addresses": (f"127.0.0.1:{server.port}",), "password": "pw", "ca_cert": ca, **more}
    return Access(controller="site", **fields)


@pytest.fixture
def connect() -> Iterator[Callable[[Access], Controller]]:
    made: list[Controller] = []

    def connect(wanted: Access) -> Controller:
        made.append(Controller(wanted))
        return made[-1]

    yield connect
    for controller in made:
        controller.close()


def test_one_login_serves_many_calls(tls: Any, connect: Any) -> None:
    with running(Server(), tls[1]) as server:
        server.replies["ModelManager.ListModelSummaries"] = {"response": {"results": []}}
        controller = connect(access(server, tls[0]))
        for _ in range(5):
            assert controller.models() == []
        assert (server.logins, server.paths) == (1, ["/api"])
        assert {f["version"] for f in server.frames} == {10}


def test_a_model_has_a_connection_of_its_own(tls: Any, connect: Any) -> None:
    with running(Server(), tls[1]) as server:
        server.replies["Client.FullStatus"] = {"response": {"controller-timestamp": "2026-11-22T10:00:00Z"}}
        controller = connect(access(server, tls[0]))
        for _ in range(3):
            controller.model("some-uuid").status()
        assert server.paths == ["/model/some-uuid/api"]


def test_errors_keep_their_codes_and_results_beside_them(tls: Any, connect: Any) -> None:
    with running(Server(), tls[1]) as server:
        error = {"message": "machine 0 has unit(s) x/0 assigned", "code": "machine has assigned units"}
        server.replies["Application.DestroyUnit"] = {"response": {"results": [{"error": error}]}}
        server.replies["Application.AddRelation"] = {"error": "no", "error-code": "quota limit exceeded"}  # no "response"
        model = connect(access(server, tls[0])).model("m")
        with pytest.raises(juju.Refused) as caught:
            model.units.destroy("x/0")
        assert caught.value.code == "machine has assigned units"
        with pytest.raises(juju.Refused) as caught:
            model.relations.add(["a:b", "c:d"])
        assert caught.value.code == "quota limit exceeded"


def test_a_wrong_password_is_said_at_once(tls: Any, connect: Any) -> None:
    with running(Server(), tls[1]) as server:
        controller = connect(access(server, tls[0], password="wrong"))
        with pytest.raises(juju.Unauthorised, match="invalid entity name or password") as caught:
            controller.models()
        assert server.logins == 1
        assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("version", ["4.0.1", "2.9.51"])
def test_a_juju_that_libjuju_doesnt_speak_to_is_refused(tls: Any, connect: Any, version: str) -> None:
    said = rf"runs Juju {version}; python-libjuju speaks to Juju 3 only"
    with running(Server(version=version), tls[1]) as server, pytest.raises(juju.Unsupported, match=said):
        connect(access(server, tls[0])).models()


def test_an_unknown_facade_is_named(tls: Any, connect: Any) -> None:
    with running(Server(), tls[1]) as server, pytest.raises(juju.Unsupported, match="no version of the facade Secrets"):
        connect(access(server, tls[0])).model("m").secrets.list()


def test_a_wrong_authority_is_said_at_once(tls: Any, connect: Any, tmp_path: pathlib.Path) -> None:
    other, _ = certificate(tmp_path)
    with running(Server(), tls[1]) as server, pytest.raises(juju.Unreachable, match="certificate verify failed"):
        connect(access(server, other)).models()


def test_the_address_that_answers_is_taken(tls: Any, connect: Any) -> None:
    with running(Server(), tls[1]) as server:
        server.replies["ModelManager.ListModelSummaries"] = {"response": {"results": []}}
        dead = ("127.0.0.1:1", f"127.0.0.1:{server.port}")
        assert connect(access(server, tls[0], addresses=dead)).models() == []


def test_a_broken_connection_is_dialled_again_for_reads(tls: Any, connect: Any) -> None:
    async def cut(connection: ServerConnection) -> None:
        server.replies["Client.FullStatus"] = {"response": {}}
        connection.transport.abort()

    with running(Server(), tls[1]) as server:
        server.replies["Client.FullStatus"] = cut
        assert connect(access(server, tls[0])).model("m").status().units == {}
        assert server.logins == 2


def test_a_broken_connection_leaves_a_create_unknown(tls: Any, connect: Any) -> None:
    async def close(connection: ServerConnection) -> None:
        await connection.close(1001)

    with running(Server(), tls[1]) as server:
        server.replies["Application.AddUnits"] = close
        with pytest.raises(juju.Unknown, match="AddUnits"):
            connect(access(server, tls[0])).model("m").units.add("vault", "0")
        assert server.logins == 1


def test_a_closing_that_comes_together_with_a_reply_is_noticed(tls: Any, connect: Any) -> None:
    """The first request is in the same packet as the answer to another one, so that libjuju sees the end without an error."""
    pending: list[dict[str, Any]] = []

    async def later(connection: ServerConnection) -> None:
        pending.append(server.frames[-1])

    async def both(connection: ServerConnection) -> None:
        reply = json.dumps({"request-id": server.frames[-1]["request-id"], "response": {"units": ["a/0"]}})
        protocol = connection.protocol
        protocol.send_text(reply.encode())
        protocol.send_close(1001)
        connection.transport.write(b"".join(protocol.data_to_send()))

    with running(Server(), tls[1]) as server, concurrent.futures.ThreadPoolExecutor(2) as pool:
        server.replies |= {"Application.AddRelation": later, "Application.AddUnits": both}
        model = connect(access(server, tls[0])).model("m")
        began = time.monotonic()
        waiting = pool.submit(model.relations.add, ["a:b", "c:d"])
        while not pending and time.monotonic() - began < 30:
            time.sleep(0.01)
        assert model.units.add("a", "0") == "a/0"
        with pytest.raises(juju.Unknown, match="AddRelation"):
            waiting.result(30)


def test_a_controller_that_restarts_is_found_again(tls: Any, connect: Any) -> None:
    first = Server()
    first.replies["ModelManager.ListModelSummaries"] = {"response": {"results": []}}
    with running(first, tls[1]):
        controller = connect(access(first, tls[0]))
        controller.models()
    again = Server()
    again.port = first.port
    again.replies = first.replies
    with running(again, tls[1]):
        assert controller.models() == []
    assert again.logins == 1


def test_nothing_is_logged_when_a_connection_breaks(tls: Any, connect: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def cut(connection: ServerConnection) -> None:
        server.replies["Client.FullStatus"] = {"response": {}}
        connection.transport.abort()

    with running(Server(), tls[1]) as server, caplog.at_level(logging.DEBUG):
        server.replies["Client.FullStatus"] = cut
        connect(access(server, tls[0])).model("m").status()
        time.sleep(0.05)
    noise = [r for r in caplog.records if r.name.startswith(("juju", "websockets.client")) or r.levelno >= logging.WARNING]
    assert noise == []


def test_libjuju_is_loaded_by_the_first_connection_only() -> None:
    program = "import sys, clients.juju, providers.juju; sys.exit('juju.client.connection' in sys.modules)"
    root = pathlib.Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0
