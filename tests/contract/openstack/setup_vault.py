"""Vault's recording: keys and tokens are masked in it, and its last part is a cluster of two beside the first server."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, ClassVar, cast

from simulator.openstack.call import Call
from simulator.vault.area import Area, Single
from simulator.vault.state import State

from . import setups
from .bench import Answer, Bench
from .exchange import Exchange

_KEY = re.compile(r"<unseal-key-(\d) (hex|base64)")
_PEM = "<CERTIFICATE PEM>"
_NODES = (("node1", "127.0.0.1"), ("node2", "127.0.0.1"))
_MADE_BY = {
    "token create ttl 10m (what the vault charm doc says: authorize-charm token)": "t10",
    "token create ttl 1s": "90ae4c",
    "approle login": "charm",
}
"""Labels of the exchanges in which a token was made that is used later, and its name in the recording."""


class Setup(setups.Setup):
    """Puts our keys and tokens in the places of the masked ones."""

    area = "vault"
    port = 8200
    token_header = "X-Vault-Token"
    loose: ClassVar[frozenset[str]] = frozenset(
        {
            "accessor", "certificate", "client_token", "cluster_name", "creation_time", "csr", "encryptions", "expiration", "id",
            "issuing_ca", "otp", "private_key", "role_id", "root_token", "secret_id", "secret_id_accessor", "serial_number",
            "server_time_utc", "token", "leader_address", "leader_cluster_address",
        }
    )  # fmt: skip

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._ids: dict[str, str] = {}
        self._keys: list[str] = []
        self._cluster = State()

    @property
    def _area(self) -> Area:
        return cast(Area, self.bench.cloud.area("vault"))

    def prepare(self) -> None:
        """There is nobody yet."""
        self._main = self._area.single

    def pause(self, exchange: Exchange) -> float:
        """The recorder waited for a token to expire and for an election, and not before a login's token was used."""
        if "expired" in exchange.label or "after the election" in exchange.label:
            return 10.0
        return 0.0

    async def before(self, exchange: Exchange) -> None:
        """Turns to the server that the exchange went to; each initialisation of the cluster begins with an empty one."""
        if not exchange.label.startswith("HA"):
            self._area.single = self._main
            return
        if exchange.path == "/v1/sys/init" and exchange.method == "PUT":
            self._cluster = State()
        unit = "node2" if "node2" in exchange.label or "standby is forwarded" in exchange.label else "node1"
        self._area.single = Single(state=self._cluster, unit=unit, storage="raft", members=_NODES)

    def body(self, exchange: Exchange) -> bytes | None:
        """The request with our keys, ids and tokens."""
        asked = exchange.request
        if not isinstance(asked, dict):
            return None
        return json.dumps({name: self._ours(name, value, exchange) for name, value in asked.items()}).encode()

    def _ours(self, name: str, value: Any, exchange: Exchange) -> Any:
        if found := _KEY.match(str(value)):
            key = self._keys[int(found[1]) - 1]
            return key if found[2] == "hex" else base64.b64encode(bytes.fromhex(key)).decode()
        if value == "<wrong or other hex key>":
            return self._cluster.keys[0] if exchange.label.startswith("HA") else "ab" * 33
        if value == "<uuid>":
            return self._ids[name]
        return self.bench.tokens["t10"] if value == "s.<masked>" else value

    def recorded(self, exchange: Exchange, answer: Answer) -> object:
        """The recorded body; what is masked in it is taken from ours where ours has the same form."""
        ours: Any = answer.body
        if exchange.response == _PEM and str(ours).startswith("-----BEGIN CERTIFICATE-----"):
            return ours
        if not isinstance(exchange.response, dict):
            return exchange.response
        if exchange.path == "/v1/sys/init" and "keys" in exchange.response:
            return exchange.response | {name: ours[name] for name in ("keys", "keys_base64") if _alike(exchange, ours, name)}
        if exchange.path.endswith("/certs"):
            keys = ours["data"]["keys"]
            same = len(keys) == len(exchange.response["data"]["keys"])
            return exchange.response | ({"data": {"keys": keys}} if same else {})
        return exchange.response

    async def after(self, exchange: Exchange, answer: Answer) -> None:
        """Notes keys, tokens and ids."""
        body: Any = answer.body
        if exchange.path == "/v1/sys/init" and exchange.method == "PUT" and answer.status == 200:
            in_cluster = exchange.label.startswith("HA")
            self.bench.tokens["haroot" if in_cluster else "root"] = body["root_token"]
            self._keys = self._keys if in_cluster else body["keys"]
        elif exchange.label in _MADE_BY:
            self.bench.tokens[_MADE_BY[exchange.label]] = body["auth"]["client_token"]
        elif exchange.label in ("role-id", "secret-id"):
            self._ids |= body["data"]
        elif exchange.label.startswith("hvac: submit_unseal_keys"):
            await self._give(self._keys[1:3])  # hvac's helper sent several; the recorder kept the first

    async def _give(self, keys: list[str]) -> None:
        for key in keys:
            await self.bench.ask("vault", Call(method="PUT", path="/v1/sys/unseal", body=json.dumps({"key": key}).encode()))


def _alike(exchange: Exchange, ours: dict[str, list[str]], name: str) -> bool:
    """Whether our keys have the recorded number and length: 33 bytes each."""
    digits = 66 if name == "keys" else 44
    return len(ours[name]) == len(exchange.response[name]) and all(len(key) == digits for key in ours[name])
