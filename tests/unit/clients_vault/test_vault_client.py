"""The client against a small server of our own: what is sent, and what becomes of the answers."""

from __future__ import annotations

import datetime
import http.server
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from clients import vault

PEM = serialization.Encoding.PEM
DAY = datetime.timedelta(days=1)

KEYS = [f"{n:066x}" for n in range(1, 6)]
TOKEN = "s.abcdefghijklmnopqrstuvwx"


class Script:
    """Answers by method and path; notes what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, Any]]] = {}
        self.asked: list[tuple[str, Any, dict[str, str]]] = []
        self.url = ""

    def says(self, what: str, *answers: tuple[int, Any]) -> None:
        self.answers[what] = list(answers)

    def answer(self, what: str) -> tuple[int, Any]:
        known = self.answers.get(what)
        assert known, f"nobody expected {what}"
        return known.pop(0) if len(known) > 1 else known[0]


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()

    class Handler(http.server.BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            what = f"{self.command} {self.path}"
            script.asked.append((what, json.loads(body) if body else None, dict(self.headers.items())))
            status, answer = script.answer(what)
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode() if answer is not None else b""
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PUT = do_POST = _serve  # noqa: N815 - the library's names

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield script
    server.shutdown()
    server.server_close()


def seal(*, sealed: bool = True, progress: int = 0) -> dict[str, Any]:
    return {"initialized": True, "sealed": sealed, "t": 3, "n": 5, "progress": progress, "version": "1.8.12"}


def refused(status: int, *errors: str) -> tuple[int, dict[str, Any]]:
    return status, {"errors": list(errors)}


@pytest.mark.parametrize(
    ("status", "health"),
    [
        (501, vault.Health(initialised=False, sealed=True, standby=True, version="1.8.12")),
        (503, vault.Health(initialised=True, sealed=True, standby=True, version="1.8.12")),
        (200, vault.Health(initialised=True, sealed=False, standby=False, version="1.8.12")),
        (429, vault.Health(initialised=True, sealed=False, standby=True, version="1.8.12")),
    ],
)
def test_health_is_told_whatever_the_status(script: Script, status: int, health: vault.Health) -> None:
    body = {"initialized": health.initialised, "sealed": health.sealed, "standby": health.standby, "version": health.version}
    script.says("GET /v1/sys/health", (status, body))
    assert vault.Vault(script.url).health() == health


@pytest.mark.parametrize("answer", [(502, "nothing listens at 10.20.0.33:8200"), (200, "<html>"), (503, "down"), (404, {})])
def test_what_is_no_vault_is_unreachable(script: Script, answer: tuple[int, Any]) -> None:
    script.says("GET /v1/sys/health", answer)
    with pytest.raises(vault.UnreachableError, match="can't be reached"):
        vault.Vault(script.url).health()


def test_nobody_at_all_is_unreachable(script: Script) -> None:
    with pytest.raises(vault.UnreachableError, match="connection refused"):
        vault.Vault("http://127.0.0.1:9", timeout=(2, 2)).health()


def test_initialising_asks_once_and_hides_what_it_gets(script: Script) -> None:
    script.says("PUT /v1/sys/init", (200, {"keys": KEYS, "keys_base64": [], "root_token": TOKEN}))
    made = vault.Vault(script.url).initialise(5, 3)
    assert (made.keys, made.root_token) == (tuple(KEYS), TOKEN)
    assert KEYS[0] not in repr(made)
    assert TOKEN not in repr(made)
    (asked,) = script.asked
    assert (asked[1]["secret_shares"], asked[1]["secret_threshold"]) == (5, 3)


def test_a_second_initialisation_is_told_apart(script: Script) -> None:
    script.says("PUT /v1/sys/init", refused(400, "Vault is already initialized"))
    with pytest.raises(vault.AlreadyInitialisedError, match="already initialized"):
        vault.Vault(script.url).initialise(5, 3)


def test_initialising_is_never_repeated_by_itself(script: Script) -> None:
    script.says("PUT /v1/sys/init", (502, "bad gateway"))
    with pytest.raises(vault.UnreachableError):
        vault.Vault(script.url).initialise(5, 3)
    assert len(script.asked) == 1


def test_unsealing_begins_anew_and_gives_as_many_keys_as_are_wanted(script: Script) -> None:
    steps = [(200, seal(progress=n)) for n in (0, 1, 2)] + [(200, seal(sealed=False))]
    script.says("PUT /v1/sys/unseal", *steps)
    assert not vault.Vault(script.url).unseal([KEYS[0], KEYS[0], *KEYS[1:]]).sealed
    assert script.asked[0][1]["reset"] is True
    assert [body["key"] for _, body, _ in script.asked[1:]] == KEYS[:3]


def test_a_member_of_a_cluster_may_open_after_its_answer(script: Script) -> None:
    script.says("PUT /v1/sys/unseal", *[(200, seal(progress=n)) for n in (0, 1, 2, 0)])
    assert vault.Vault(script.url).unseal(KEYS).sealed


def test_too_few_keys_are_wrong(script: Script) -> None:
    script.says("PUT /v1/sys/unseal", *[(200, seal(progress=n)) for n in (0, 1, 2)])
    with pytest.raises(vault.WrongKeyError, match="2 keys don't open it, it wants 3") as raised:
        vault.Vault(script.url).unseal(KEYS[:2])
    assert KEYS[0] not in str(raised.value)


def test_foreign_keys_are_wrong(script: Script) -> None:
    words = "unable to retrieve stored keys: failed to decrypt keys from storage: cipher: message authentication failed"
    script.says("PUT /v1/sys/unseal", (200, seal()), refused(500, words))
    with pytest.raises(vault.WrongKeyError) as raised:
        vault.Vault(script.url).unseal(KEYS)
    assert KEYS[0] not in str(raised.value)


def test_a_lent_token_is_revoked_whatever_happens(script: Script) -> None:
    script.says("POST /v1/auth/token/create", (200, {"auth": {"client_token": "s.child"}}))
    script.says("POST /v1/auth/token/revoke-self", (204, None))
    server = vault.Vault(script.url)

    def use() -> None:
        with server.short_lived_token(TOKEN) as lent:
            assert lent == "s.child"
            raise RuntimeError("the action failed")

    with pytest.raises(RuntimeError, match="the action failed"):
        use()
    created, revoked = script.asked
    assert created[1]["ttl"] == "10m"
    assert created[2]["X-Vault-Token"] == TOKEN
    assert (revoked[0], revoked[2]["X-Vault-Token"]) == ("POST /v1/auth/token/revoke-self", "s.child")


def test_a_token_that_can_t_be_revoked_ends_by_itself(script: Script) -> None:
    script.says("POST /v1/auth/token/create", (200, {"auth": {"client_token": "s.child"}}))
    script.says("POST /v1/auth/token/revoke-self", refused(503, "Vault is sealed"))
    with vault.Vault(script.url).short_lived_token(TOKEN) as lent:
        assert lent == "s.child"
    assert [what for what, _, _ in script.asked] == ["POST /v1/auth/token/create", "POST /v1/auth/token/revoke-self"]


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (403, "permission denied", vault.ForbiddenError),
        (400, "missing client token", vault.ForbiddenError),
        (503, "Vault is sealed", vault.SealedError),
        (404, "no handler for route", vault.NotFoundError),
        (400, "something else", vault.RefusedError),
        (418, "a teapot", vault.RefusedError),
    ],
)
def test_refusals_keep_vault_s_words_and_no_token(script: Script, status: int, words: str, kind: type[Exception]) -> None:
    script.says("GET /v1/auth/token/lookup-self", refused(status, words))
    with pytest.raises(kind, match=words) as raised:
        vault.Vault(script.url).check_token(TOKEN)
    assert TOKEN not in str(raised.value)


def test_the_ca_is_empty_before_there_is_one(script: Script) -> None:
    path = "GET /v1/charm-pki-local/ca/pem"
    script.says(
        path,
        (200, "-----BEGIN CERTIFICATE-----\n"),
        (204, None),
        refused(404, "no handler"),
        refused(400, "missing client token"),
    )
    server = vault.Vault(script.url)
    assert [server.ca() for _ in range(4)] == ["-----BEGIN CERTIFICATE-----", "", "", ""]


def test_nothing_of_the_environment_is_used(script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name, value in {
        "VAULT_TOKEN": "s.from-the-environment",
        "VAULT_ADDR": "http://127.0.0.1:9",
        "VAULT_NAMESPACE": "elsewhere",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
        "HOME": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / ".vault-token").write_text("s.from-home")
    script.says("GET /v1/sys/seal-status", (200, seal(sealed=False)))
    assert vault.Vault(script.url).seal() == vault.Seal(initialised=True, sealed=False, threshold=3, shares=5, progress=0)
    headers = {name.lower() for name in script.asked[0][2]}
    assert not headers & {"x-vault-token", "x-vault-namespace"}


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server with a certificate of its own authority: its URL, and the authority (PEM)."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Vault's own")])
    now, path = datetime.datetime.now(datetime.UTC), tmp_path_factory.mktemp("tls") / "server.pem"
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(now - DAY).not_valid_after(now + DAY)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = builder.add_extension(names, critical=False).sign(key, hashes.SHA256()).public_bytes(PEM).decode()
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    path.write_text(made + private)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = json.dumps(seal(sealed=False)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that doesn't trust us hangs up
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}", made
    server.shutdown()
    server.server_close()


def test_a_vault_with_tls_is_trusted_by_its_authority_alone(tls: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    url, ca = tls
    assert not vault.Vault(url, ca=ca).seal().sealed
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    assert not vault.Vault(url, ca=ca).seal().sealed
    with pytest.raises(vault.UnreachableError, match="nothing vouches for its certificate"):
        vault.Vault(url).seal()
