"""What the recording doesn't hold: policies, the ends of tokens, clusters, certificates that expire with their authority."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography import x509
from multidict import CIMultiDict

from simulator.openstack.call import Call, Reply
from simulator.vault import routes
from simulator.vault.durations import seconds
from simulator.vault.server import Server
from simulator.vault.state import State

NOW = 1795348719.0


class Desk:
    """A cluster's servers, asked as clients ask them."""

    def __init__(self, **settings: Any) -> None:
        self.state, self.now, self.settings = State(), NOW, settings
        self.root = ""

    def __call__(self, method: str, path: str, asked: Any = None, *, token: str | None = None, unit: str = "vault/0") -> Reply:
        given = self.root if token is None else token
        headers = CIMultiDict({"X-Vault-Token": given} if given else {})
        body = b"" if asked is None else json.dumps(asked).encode()
        server = Server(state=self.state, unit=unit, now=self.now, **self.settings)
        return routes.answer(server, Call(method=method, path=f"/v1/{path}", headers=headers, body=body))

    def open(self, *units: str) -> Desk:
        if not self.root:
            self.root = self("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1}).body["root_token"]
        for unit in units or ("vault/0",):
            self("PUT", "sys/unseal", {"key": self.state.keys[0]}, unit=unit)
        return self

    def token(self, **asked: Any) -> str:
        return str(self("POST", "auth/token/create", asked).body["auth"]["client_token"])


@pytest.fixture
def desk() -> Desk:
    return Desk().open()


def test_a_policy_lets_do_what_it_says_and_the_longest_path_decides(desk: Desk) -> None:
    text = 'path "a/*" { capabilities = ["read", "update"] }\npath "a/b/*" { capabilities = ["read"] }'
    assert desk("PUT", "sys/policies/acl/p", {"policy": text}).status == 204
    desk("POST", "sys/mounts/a", {"type": "kv"})
    token = desk.token(policies=["p"])
    assert desk("POST", "a/x", {"k": 1}, token=token).status == 204
    assert desk("POST", "a/b/x", {"k": 1}, token=token).status == 403
    assert desk("DELETE", "a/x", token=token).status == 403
    assert desk("GET", "a/x", token=token).body["data"] == {"k": 1}
    assert desk("GET", "sys/mounts", token=token).status == 403


def test_a_token_ends_in_time_and_takes_its_children_along(desk: Desk) -> None:
    parent = desk.token(ttl="1h")
    child = desk("POST", "auth/token/create", {"ttl": "2h"}, token=parent).body["auth"]["client_token"]
    desk.now += 3599
    assert desk("GET", "auth/token/lookup-self", token=child).status == 200
    desk.now += 1
    assert desk("GET", "auth/token/lookup-self", token=parent).status == 403
    assert desk("GET", "auth/token/lookup-self", token=child).status == 403


def test_a_token_outlives_a_clock_that_runs_ahead() -> None:
    desk = Desk(patience=60.0 * 7200).open()
    token = desk.token(ttl="10m")
    desk.now += 3600
    assert desk("GET", "auth/token/lookup-self", token=token).status == 200
    desk.now += 60 * 7200
    assert desk("GET", "auth/token/lookup-self", token=token).status == 403


def test_uses_are_counted(desk: Desk) -> None:
    token = desk.token(num_uses=2)
    assert [desk("GET", "auth/token/lookup-self", token=token).status for _ in range(3)] == [200, 200, 403]


def test_one_member_of_a_cluster_works_after_its_election() -> None:
    members = [("vault/0", "10.0.0.1"), ("vault/1", "10.0.0.2")]
    desk = Desk(storage="raft", clustered=True, members=members).open("vault/0")
    assert desk("GET", "sys/health", unit="vault/1").status == 501
    desk("POST", "sys/storage/raft/join", {}, unit="vault/1")
    assert desk("GET", "sys/health", unit="vault/1").status == 503
    desk.open("vault/1")
    assert [desk("GET", "sys/health", unit=unit).status for unit, _ in members] == [429, 429]
    desk.now += 10
    assert [desk("GET", "sys/health", unit=unit).status for unit, _ in members] == [200, 429]
    assert desk("GET", "sys/leader", unit="vault/1").body["leader_address"] == "http://10.0.0.1:8200"
    desk("PUT", "sys/seal", unit="vault/0")
    assert desk("GET", "sys/health", unit="vault/1").status == 200


def test_a_database_s_units_each_work() -> None:
    desk = Desk(members=[("vault/0", "10.0.0.1"), ("vault/1", "10.0.0.2")]).open("vault/0")
    assert [desk("GET", "sys/health", unit=unit).status for unit in ("vault/0", "vault/1")] == [200, 503]
    desk.open("vault/1")
    assert desk("GET", "sys/health", unit="vault/1").status == 200


def authority(desk: Desk, ttl: str) -> None:
    desk("POST", "sys/mounts/pki", {"type": "pki", "config": {"max_lease_ttl": "87600h"}})
    desk("POST", "pki/root/generate/internal", {"common_name": "Root", "ttl": ttl})
    desk("POST", "pki/roles/server", {"allow_any_name": True, "max_ttl": "8760h"})


def test_a_certificate_names_its_servers_and_ends_with_its_authority_at_the_latest(desk: Desk) -> None:
    authority(desk, "24h")
    asked = {"common_name": "keystone", "alt_names": "a.example,b.example", "ip_sans": "10.0.0.9", "ttl": "48h"}
    data = desk("POST", "pki/issue/server", asked).body["data"]
    made, root = (x509.load_pem_x509_certificate(data[name].encode()) for name in ("certificate", "issuing_ca"))
    made.verify_directly_issued_by(root)
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["keystone", "a.example", "b.example"]
    assert made.not_valid_after_utc == root.not_valid_after_utc
    assert made.not_valid_after_utc.timestamp() == NOW + 86400
    serial = data["serial_number"]
    assert desk("GET", f"pki/cert/{serial}", token="").body["data"]["certificate"] == data["certificate"]


def test_a_request_takes_only_the_certificate_of_its_key(desk: Desk) -> None:
    authority(desk, "24h")
    root = desk("GET", "pki/ca/pem", token="").body
    desk("POST", "sys/mounts/other", {"type": "pki"})
    assert desk("POST", "other/intermediate/set-signed", {"certificate": root}).status == 400
    desk("POST", "other/intermediate/generate/internal", {"common_name": "Sub"})
    refused = desk("POST", "other/intermediate/set-signed", {"certificate": root})
    assert (refused.status, "does not match" in refused.body["errors"][0]) == (400, True)


def test_a_wrapped_answer_hides_what_it_holds(desk: Desk) -> None:
    desk("POST", "sys/mounts/kv", {"type": "kv"})
    desk("POST", "kv/x", {"k": "secret"})
    server = Server(state=desk.state, unit="vault/0", now=desk.now)
    headers = CIMultiDict({"X-Vault-Token": desk.root, "X-Vault-Wrap-TTL": "5m"})
    reply = routes.answer(server, Call(method="GET", path="/v1/kv/x", headers=headers))
    assert (reply.body["data"], reply.body["wrap_info"]["ttl"]) == (None, 300)


@pytest.mark.parametrize(
    ("text", "number"), [("10m", 600), ("1h30m", 5400), ("45", 45), (7, 7), ("", 0), (None, 0), ("2d", 172800)]
)
def test_durations(text: Any, number: int) -> None:
    assert seconds(text) == number
