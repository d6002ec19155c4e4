"""What the vault charm does: its actions, each over the API of the unit's own Vault server, as the charm's code has them.

The state is the application's; Vault's HTTP API (simulator.vault) and the admin API act on the same.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from multidict import CIMultiDict

from .. import vault as server
from ..openstack.call import Call, Reply
from ..vault import behind, routes
from ..vault.charmpolicy import POLICY
from .charmactions import ActionError
from .errors import ApiError
from .parts import Parts
from .records import Application, Model, Unit
from .store import relations_of, units_of

Answer = Callable[[Model, Unit, dict[str, Any]], dict[str, Any]]

MOUNT = "charm-pki-local"
_LOCAL = "http://127.0.0.1:8220"
_ROLE = "local-charm-access"
_ROLES = ("local", "local-client")


class Charm:
    """The charm's actions, and what an onlooker may do to its Vault without HTTP."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def answers(self) -> dict[tuple[str, str], Answer]:
        """The actions by charm and name."""
        return {
            ("vault", "authorize-charm"): self.authorise,
            ("vault", "generate-root-ca"): self.generate_root_ca,
            ("vault", "get-root-ca"): self.get_root_ca,
            ("vault", "get-csr"): self.get_csr,
            ("vault", "upload-signed-csr"): self.upload_signed_csr,
            ("vault", "reissue-certificates"): self.reissue,
            ("vault", "disable-pki"): self.disable_pki,
            ("vault", "restart"): self.restart,
            ("vault", "pause"): self.pause,
            ("vault", "resume"): self.resume,
        }

    def initialise(self, model: Model, app: Application, shares: int, threshold: int) -> dict[str, Any]:
        """Makes keys and root token, once ever.

        Raises:
            ApiError: it was done before.
        """
        unit = units_of(model, app.name)[0]
        return self._admin(model, unit, "sys/init", {"secret_shares": shares, "secret_threshold": threshold})

    def unseal(self, model: Model, unit: Unit, key: str) -> dict[str, Any]:
        """Gives one key to one unit.

        Raises:
            ApiError: not initialised, or no key.
        """
        return self._admin(model, unit, "sys/unseal", {"key": key})

    def new_token(self, model: Model, app: Application) -> str:
        """A token that authorize-charm takes."""
        unit = units_of(model, app.name)[0]
        with server.opened(app) as state:
            root = next((name for name, token in state.tokens.items() if token.path == "auth/token/root"), "")
        reply = self._call(model, unit, "POST", "auth/token/create", asked={"ttl": "10m"}, token=root)
        if reply.status != 200:
            raise ApiError(str(reply.body), "bad request")
        return str(reply.body["auth"]["client_token"])

    def authorise(self, model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
        """The action authorize-charm: a role for the charm, made with the operator's token."""
        app, token = _leading(model, unit), str(parameters["token"])
        if "approle/" not in self._ask(model, unit, "GET", "sys/auth", token=token):
            self._ask(model, unit, "POST", "sys/auth/approle", asked={"type": "approle"}, token=token)
        self._ask(model, unit, "PUT", "sys/policies/acl/local-charm-policy", asked={"policy": POLICY}, token=token)
        role = {"token_ttl": "60s", "token_max_ttl": "60s", "token_policies": ["local-charm-policy"], "bind_secret_id": "false"}
        self._ask(model, unit, "POST", f"auth/approle/role/{_ROLE}", asked=role, token=token)
        with server.opened(app) as state:
            state.authorised = True
        return {}

    def generate_root_ca(self, model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
        """The action generate-root-ca; it refuses where roles are there already, until disable-pki."""
        app, token = _leading(model, unit), self._log_in(model, unit)
        self._mount(model, unit, token)
        if self._role(model, unit, token):
            raise ActionError("PKI CA already configured")
        asked = {"ttl": parameters.get("ttl", "87599h"), "common_name": f"Vault Root Certificate Authority ({MOUNT})"}
        made = self._ask(model, unit, "POST", f"{MOUNT}/root/generate/internal", asked=asked, token=token)["data"]
        if not made:
            raise ActionError("unknown error")
        self._write_roles(model, unit, parameters, token)
        with server.opened(app) as state:
            state.ca = made["certificate"]
        self._hand_out(model, unit)
        return {"output": made["certificate"]}

    def get_root_ca(self, model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
        """The action get-root-ca; the charm says "None" where it has none."""
        with server.opened(model.applications[unit.application]) as state:
            return {"output": state.ca or "None"}

    def get_csr(self, model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
        """The action get-csr: a new key each time, and no CA until the signed certificate is uploaded."""
        app, token = _leading(model, unit), self._log_in(model, unit)
        self._mount(model, unit, token)
        name = parameters.get("common-name") or f"Vault Intermediate Certificate Authority ({MOUNT})"
        subject = {key: parameters.get(key) for key in ("country", "province", "organization", "locality")}
        asked = {"common_name": name, "ttl": "87599h", "ou": parameters.get("organizational-unit"), **subject}
        made = self._ask(model, unit, "POST", f"{MOUNT}/intermediate/generate/internal", asked=asked, token=token)["data"]
        with server.opened(app) as state:
            state.ca = ""
        return {"output": made["csr"]}

    def upload_signed_csr(self, model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
        """The action upload-signed-csr: certificate and root come in base64."""
        app, token = _leading(model, unit), self._log_in(model, unit)
        root = _decoded(parameters.get("root-ca") or "")
        pem = _decoded(str(parameters["pem"]))
        self._ask(model, unit, "POST", f"{MOUNT}/intermediate/set-signed", asked={"certificate": pem}, token=token)
        self._write_roles(model, unit, parameters, token)
        with server.opened(app) as state:
            state.ca = root or pem
        self._hand_out(model, unit)
        return {}

    def disable_pki(self, model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
        """The action disable-pki."""
        app, token = _leading(model, unit), self._log_in(model, unit)
        self._ask(model, unit, "DELETE", f"sys/mounts/{MOUNT}", token=token)
        with server.opened(app) as state:
            state.ca = ""
        return {}

    def reissue(self, model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
        """The action reissue-certificates."""
        app = model.applications[unit.application]
        app.state["renewals"] = int(app.state.get("renewals", 0)) + 1
        self._hand_out(model, unit)
        return {}

    def restart(self, model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
        """The action restart: Vault comes back sealed."""
        self.seal(model, unit)
        return {}

    def pause(self, model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
        """The action pause: Vault stops."""
        unit.paused = True
        return self.restart(model, unit, parameters)

    def resume(self, model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
        """The action resume: Vault starts, sealed."""
        unit.paused = False
        return self.restart(model, unit, parameters)

    def seal(self, model: Model, unit: Unit) -> None:
        """What a restart of Vault, for whatever reason, does to a unit."""
        with server.opened(model.applications[unit.application]) as state:
            state.unsealed = [name for name in state.unsealed if name != unit.name]
            state.given.pop(unit.name, None)

    def _log_in(self, model: Model, unit: Unit) -> str:
        """The charm's own token."""
        with server.opened(model.applications[unit.application]) as state:
            role = state.approles.get(_ROLE)
        if role is None:
            raise ActionError("Vault is not ready (Cannot initialise local client)")
        made = self._ask(model, unit, "POST", "auth/approle/login", asked={"role_id": role.role_id})
        return str(made["auth"]["client_token"])

    def _mount(self, model: Model, unit: Unit, token: str) -> None:
        if f"{MOUNT}/" in self._ask(model, unit, "GET", "sys/mounts", token=token):
            return
        config = {"default_lease_ttl": "8759h", "max_lease_ttl": "87600h"}
        asked = {"type": "pki", "description": "Charm created PKI backend", "config": config}
        self._ask(model, unit, "POST", f"sys/mounts/{MOUNT}", asked=asked, token=token)

    def _role(self, model: Model, unit: Unit, token: str) -> bool:
        return self._call(model, unit, "GET", f"{MOUNT}/roles/{_ROLES[0]}", token=token).status == 200

    def _write_roles(self, model: Model, unit: Unit, parameters: dict[str, Any], token: str) -> None:
        given = {key.replace("-", "_"): value for key, value in parameters.items() if key not in ("ttl", "pem", "root-ca")}
        settings = {"allow_any_name": True, "enforce_hostnames": False, "max_ttl": "8760h", **given, "client_flag": True}
        for role in _ROLES:
            asked = {**settings, "server_flag": role == _ROLES[0]}
            self._ask(model, unit, "POST", f"{MOUNT}/roles/{role}", asked=asked, token=token)

    def _hand_out(self, model: Model, unit: Unit) -> None:
        """New certificates for all who have some: their units hear of it."""
        for relation in relations_of(model, unit.application):
            end = relation.end_of(unit.application)
            if end and end.name == "certificates" and relation.id in unit.published:
                self._parts.settle.wake(model, relation, unit)

    def _admin(self, model: Model, unit: Unit, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        reply = self._call(model, unit, "PUT", path, asked=asked)
        if reply.status != 200:
            words = ", ".join(reply.body["errors"])
            raise ApiError(words, "already exists" if "already" in words else "bad request")
        return dict(reply.body)

    def _ask(self, model: Model, unit: Unit, method: str, path: str, *, asked: Any = None, token: str = "") -> dict[str, Any]:
        reply = self._call(model, unit, method, path, asked=asked, token=token)
        if reply.status >= 400:
            raise ActionError(f"{', '.join(reply.body['errors'])}, on {method.lower()} {_LOCAL}/v1/{path}")
        return dict(reply.body or {})

    def _call(self, model: Model, unit: Unit, method: str, path: str, *, asked: Any = None, token: str = "") -> Reply:
        headers = CIMultiDict({"X-Vault-Token": token} if token else {})
        body = json.dumps(asked).encode() if asked is not None else b""
        with server.opened(model.applications[unit.application]) as state:
            here = behind.server(self._parts, model, unit, state)
            return routes.answer(here, Call(method=method, path=f"/v1/{path}", headers=headers, body=body, base=_LOCAL))


def describe(model: Model, app: Application) -> dict[str, Any]:
    """What an onlooker may know, without keys."""
    with server.opened(app) as state:
        open_ones = [unit.name for unit in units_of(model, app.name) if unit.name in state.unsealed]
        return {"initialised": state.initialised, "unsealed": open_ones, "authorised": state.authorised, "ca": state.ca}


def _leading(model: Model, unit: Unit) -> Application:
    app = model.applications[unit.application]
    if app.leader != unit.name:
        raise ActionError("Please run action on lead unit")
    return app


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ActionError("Incorrect padding") from None
