"""The session against a hand-written region on loopback: what is sent, what is repeated, what is said."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from aiohttp import web

from clients.maas import errors
from clients.maas._session import Session

KEY = "consumer:token:very-secret-secret"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def described(name: str, path: str, params: list[str], **actions: tuple[str, str | None]) -> dict[str, Any]:
    made = [{"name": n, "method": m, "op": op, "restful": op is None, "doc": ""} for n, (m, op) in actions.items()]
    # the address that MAAS knows itself by is one that nobody here can reach
    auth = {
        "name": f"{name}Handler",
        "doc": "",
        "path": f"/MAAS/api/2.0/{path}",
        "uri": f"http://internal.invalid/MAAS/api/2.0/{path}",
        "params": params,
        "actions": made,
    }
    return {"name": f"{name}Handler", "auth": auth, "anon": None}


DESCRIPTION = {
    "doc": "MAAS API",
    "hash": "x",
    "resources": [
        described("Zones", "zones/", [], read=("GET", None), create=("POST", None)),
        described("Zone", "zones/{name}/", ["name"], read=("GET", None), update=("PUT", None), delete=("DELETE", None)),
        described(
            "Machine", "machines/{system_id}/", ["system_id"], power_off=("POST", "power_off"), release=("POST", "release")
        ),
    ],
}


class Region:
    """Answers from a script, remembers every request, and refuses what the script doesn't have."""

    def __init__(self) -> None:
        self.script: dict[tuple[str, str], list[Any]] = {}
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.peers: set[Any] = set()
        self.headers: list[dict[str, str]] = []

    def on(self, method: str, path: str, *answers: Any) -> None:
        self.script[method, path] = list(answers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/MAAS/api/2.0/")
        if path == "describe/":
            return web.json_response(DESCRIPTION)
        fields = await form_of(request)
        self.seen.append((request.method, path + (f"?{request.query_string}" if request.query_string else ""), fields))
        self.headers.append(dict(request.headers))
        self.peers.add(request.transport.get_extra_info("peername") if request.transport else None)
        answers = self.script[request.method, path]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer == "drop":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    def requests(self, method: str) -> int:
        return sum(seen[0] == method for seen in self.seen)


async def form_of(request: web.Request) -> dict[str, Any]:
    try:
        form = await request.post()
    except ValueError:  # the one part of an empty form has no name; Django doesn't mind
        return {}
    return {k: [str(v) if isinstance(v, str) else v.decode() for v in form.getall(k)] for k in form}


def text(status: int, body: str, kind: str = "text/plain", **headers: str) -> web.Response:
    # made anew for each sending: aiohttp sends a response once
    return Scripted(status, body, kind, headers)  # type: ignore[return-value]


class Scripted(web.Response):
    def __init__(self, status: int, body: str, kind: str, headers: dict[str, str]) -> None:
        super().__init__(
            status=status, text=body, content_type=kind, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )


@contextlib.contextmanager
def serving(region: Region) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> tuple[web.AppRunner, int]:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", region.handle)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server: Any = site._server
        return runner, server.sockets[0].getsockname()[1]

    runner, port = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
    try:
        yield f"http://127.0.0.1:{port}/MAAS"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


@pytest.fixture
def region() -> Region:
    return Region()


@pytest.fixture
def session(region: Region) -> Iterator[Session]:
    with serving(region) as url:
        made = Session(url, KEY, backoff=0.001)
        yield made
        made.close()


def test_one_connection_serves_all_calls_and_the_api_is_described_once(region: Region, session: Session) -> None:
    region.on("GET", "zones/", [])
    for _ in range(5):
        assert session.call("Zones", "read", "list zones") == []
    assert len(region.peers) == 1
    assert len(region.seen) == 5


def test_requests_go_to_the_given_address_not_to_the_one_that_maas_knows(region: Region, session: Session) -> None:
    region.on("GET", "zones/", [])
    session.call("Zones", "read", "list zones")
    assert region.headers[0]["Host"].startswith("127.0.0.1:")


def test_each_sending_is_signed_anew(region: Region, session: Session) -> None:
    region.on("GET", "zones/", text(503, "starting"), [])
    session.call("Zones", "read", "list zones")
    first, second = (headers["Authorization"] for headers in region.headers)
    assert first.startswith("OAuth ")
    assert "PLAINTEXT" in first
    assert first != second


def test_data_are_sent_as_maass_forms_read_them(region: Region, session: Session) -> None:
    region.on("POST", "zones/", {})
    session.call(
        "Zones",
        "create",
        "…",
        name="a b",
        yes=True,
        no=False,
        nothing=None,
        number=5.0,
        some=["x", "y"],
        none=[],
        power={"pass": "p", "flags": ["f", "g"]},
    )
    assert region.seen[0][2] == {
        "name": ["a b"],
        "yes": ["true"],
        "no": ["false"],
        "nothing": [""],
        "number": ["5"],
        "some": ["x", "y"],
        "none": [""],
        "power_pass": ["p"],
        "power_flags": ["f", "g"],
    }


def test_names_in_addresses_are_quoted_and_told_from_data_by_an_underscore(region: Region, session: Session) -> None:
    region.on("PUT", "zones/a b/", {})
    session.call("Zone", "update", "…", name="a b", _name="c d")
    assert region.seen[0][:2] == ("PUT", "zones/a b/")
    assert region.seen[0][2] == {"name": ["c d"]}


def test_a_delete_carries_its_data_in_the_address(region: Region, session: Session) -> None:
    region.on("DELETE", "zones/a/", web.Response(status=204))
    assert session.call("Zone", "delete", "…", name="a", force=True) is None
    assert region.seen[0] == ("DELETE", "zones/a/?force=true", {})


@pytest.mark.parametrize("answer", [None, web.Response(status=204)])
def test_an_answer_of_nothing_is_none(region: Region, session: Session, answer: Any) -> None:
    region.on("POST", "machines/m/", answer)
    assert session.call("Machine", "power_off", "…", system_id="m") is None


def test_an_operation_without_data_still_has_a_form_and_never_json(region: Region, session: Session) -> None:
    # MAAS 3.6 and later answer 400 to a release whose body is empty JSON
    region.on("POST", "machines/m/", {})
    session.call("Machine", "release", "…", system_id="m")
    assert region.headers[0]["Content-Type"].startswith("multipart/form-data")
    assert region.seen[0][1] == "machines/m/?op=release"


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_read_is_repeated_while_the_region_is_away(region: Region, session: Session, status: int) -> None:
    region.on("GET", "zones/", text(status, "away"), "drop", [1])
    assert session.call("Zones", "read", "list zones") == [1]
    assert region.requests("GET") == 3


def test_reads_are_not_repeated_for_ever(region: Region, session: Session) -> None:
    region.on("GET", "zones/", *[text(503, "away") for _ in range(20)])
    with pytest.raises(errors.Unreachable, match=r"MAAS could not list zones: away \(503\)"):
        session.call("Zones", "read", "list zones")
    assert region.requests("GET") == 6


def test_a_transaction_conflict_is_repeated_as_told(region: Region, session: Session) -> None:
    region.on("POST", "zones/", text(409, "<html>conflict</html>", "text/html", Retry_After="0"), {"name": "a"})
    assert session.call("Zones", "create", "…", name="a") == {"name": "a"}
    assert region.requests("POST") == 2


def test_a_conflict_without_retry_after_is_final(region: Region, session: Session) -> None:
    region.on("POST", "machines/m/", text(409, "Machine cannot be released in its current state ('New')."))
    with pytest.raises(errors.Refused, match="current state"):
        session.call("Machine", "release", "release m", system_id="m")
    assert region.requests("POST") == 1


def test_503_to_a_change_is_repeated_since_nothing_was_done(region: Region, session: Session) -> None:
    region.on("POST", "zones/", text(503, "starting"), {"name": "a"})
    assert session.call("Zones", "create", "…", name="a") == {"name": "a"}


@pytest.mark.parametrize("answer", ["drop", text(504, "<html>", "text/html"), text(502, "<html>", "text/html")])
def test_a_lost_answer_to_a_change_is_unknown_and_never_blindly_repeated(region: Region, session: Session, answer: Any) -> None:
    region.on("POST", "zones/", answer)
    with pytest.raises(errors.Unknown):
        session.call("Zones", "create", "create the zone a", name="a")
    assert region.requests("POST") == 1


def test_nobody_there_says_where_and_what_for() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(errors.Unreachable, match=rf"MAAS at http://127\.0\.0\.1:{port}/MAAS/api/2\.0/ can't be reached"):
        Session(f"http://127.0.0.1:{port}/MAAS", KEY, backoff=0.001).call("Zones", "read", "list zones")


def test_a_slow_answer_to_a_change_is_unknown(region: Region) -> None:
    async def slow(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.Response()

    plain = region.handle

    async def handle(request: web.Request) -> web.StreamResponse:
        return await (slow(request) if request.method == "POST" else plain(request))

    region.handle = handle  # type: ignore[method-assign]
    with serving(region) as url:
        impatient = Session(url, KEY, timeout=0.3)
        with pytest.raises(errors.Unknown, match=r"no answer in 0\.3 s"):
            impatient.call("Zones", "create", "create the zone a", name="a")
        impatient.close()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Authorization Error: Invalid API key.", "does not know the API key"),
        (
            "Authorization Error: 'Invalid signature. Expected signature base string: &very-secret-secret'",
            "does not know the API key",
        ),
        ("Authorization Error: 'Expired timestamp: given 1 and now 2 has a greater difference than threshold 300'", "the clocks"),
    ],
)
def test_401_is_explained_without_a_word_of_its_body(region: Region, session: Session, body: str, said: str) -> None:
    region.on("GET", "zones/", text(401, body, "text/html"))
    with pytest.raises(errors.Unauthorised, match=said) as caught:
        session.call("Zones", "read", "list zones")
    assert "secret-secret" not in f"{caught.value} {caught.value.body!r} {caught.value.args!r}"
    assert region.requests("GET") == 1


@pytest.mark.parametrize("key", ["", "a:b", "a:b:", "a:b:c:d"])
def test_a_key_that_can_not_be_one_is_refused_without_asking(key: str) -> None:
    with pytest.raises(errors.Unauthorised, match="three parts"):
        Session("http://127.0.0.1:9/MAAS", key)


def test_field_errors_read_as_one_line_without_secrets(region: Region, session: Session) -> None:
    said = {"power_parameters": ["Bad password hunter22."], "__all__": ["No.", "No."], "error": "Hm."}
    region.on("POST", "zones/", text(400, json.dumps(said), "application/json"))
    with pytest.raises(errors.Refused) as caught:
        session.call("Zones", "create", "create the zone a", power_parameters={"power_pass": "hunter22"})
    assert str(caught.value) == "MAAS refused to create the zone a: power_parameters: Bad password [secret].; No.; Hm. (400)"
    assert caught.value.status == 400


def test_an_empty_403_is_explained(region: Region, session: Session) -> None:
    region.on("POST", "machines/m/", text(403, ""))
    with pytest.raises(errors.Refused, match="or the machine is locked"):
        session.call("Machine", "release", "release m", system_id="m")


def test_gone_and_never_heard_of_are_different(region: Region, session: Session) -> None:
    region.on("GET", "zones/a/", text(404, "No Zone matches the given query."))
    region.on("GET", "zones/b/", text(404, "Unknown API endpoint: /MAAS/api/2.0/zones/b/."))
    region.on("GET", "zones/c/", text(404, "<html>nginx</html>", "text/html"))
    with pytest.raises(errors.NotFound):
        session.call("Zone", "read", "…", name="a")
    for name in "bc":
        with pytest.raises(errors.Unsupported, match="Is it the URL of a MAAS"):
            session.call("Zone", "read", "…", name=name)


def test_a_call_that_this_maas_does_not_describe_is_named(region: Region, session: Session) -> None:
    with pytest.raises(errors.Unsupported, match=r"can't add a VM host: it has no VmHosts\.create"):
        session.call("VmHosts", "create", "add a VM host")
    assert session.can("Machine", "release")
    assert not session.can("VmHosts", "create")
