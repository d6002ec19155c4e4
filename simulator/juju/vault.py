"""A Vault application's own state: initialised, which units are unsealed, tokens, certificate authority.

Vault's HTTP API is another service's; it and the admin API act on this state with the functions here.
"""

from __future__ import annotations

import base64
import datetime
import secrets
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .checks import vault_state
from .errors import ApiError
from .records import Application, Model, Unit
from .store import units_of

_YEARS = datetime.timedelta(days=3650)


class ActionError(Exception):
    """An action ends as failed, with this message."""


def state_of(model: Model, app: Application) -> dict[str, Any]:
    """The application's Vault state, to be read and changed."""
    vault_state(model, app)
    state: dict[str, Any] = app.state["vault"]
    return state


def initialise(model: Model, app: Application, shares: int, threshold: int) -> dict[str, Any]:
    """Makes keys and root token, once ever.

    Raises:
        ApiError: it was done before.
    """
    state = state_of(model, app)
    if state["initialised"]:
        raise ApiError("Vault is already initialized", "already exists")
    keys = [secrets.token_hex(33) for _ in range(shares)]
    state.update(initialised=True, keys=keys, threshold=threshold, root_token=f"s.{secrets.token_urlsafe(18)}", given={})
    encoded = [base64.b64encode(bytes.fromhex(key)).decode() for key in keys]
    return {"keys": keys, "keys_base64": encoded, "root_token": state["root_token"]}


def unseal(model: Model, unit: Unit, key: str) -> dict[str, Any]:
    """Takes one key for one unit; the unit is unsealed when it has enough of them.

    Raises:
        ApiError: not initialised, or no key of this Vault.
    """
    app = model.applications[unit.application]
    state = state_of(model, app)
    if not state["initialised"]:
        raise ApiError("Vault is not initialized", "not found")
    if key not in state["keys"] and key not in [base64.b64encode(bytes.fromhex(k)).decode() for k in state["keys"]]:
        raise ApiError("'key' must be a valid hex or base64 string", "bad request")
    given: list[str] = state["given"].setdefault(unit.name, [])
    if key not in given:
        given.append(key)
    if len(given) >= state["threshold"] and unit.name not in state["unsealed"]:
        state["unsealed"].append(unit.name)
        state["given"][unit.name] = []
    sealed = unit.name not in state["unsealed"]
    return {"sealed": sealed, "t": state["threshold"], "n": len(state["keys"]), "progress": len(given) if sealed else 0}


def new_token(model: Model, app: Application) -> str:
    """A token that authorize-charm takes."""
    token = f"s.{secrets.token_urlsafe(18)}"
    state_of(model, app).setdefault("tokens", []).append(token)
    return token


def authorise(model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
    """The action authorize-charm."""
    app = _leading(model, unit)
    state = state_of(model, app)
    if unit.name not in state["unsealed"]:
        raise ActionError("Vault is sealed")
    if parameters["token"] not in [*state.get("tokens", []), state.get("root_token")]:
        raise ActionError("permission denied, on post http://127.0.0.1:8220/v1/sys/policy/local-charm-policy")
    state["authorised"] = True
    return {}


def generate_root_ca(model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
    """The action generate-root-ca: a new CA each time."""
    app = _leading(model, unit)
    state = state_of(model, app)
    if not state["authorised"]:
        raise ActionError("Vault is not ready: run authorize-charm first")
    state["ca"], state["ca_key"] = make_ca("Vault Root Certificate Authority (charm-pki-local)")
    return {"output": state["ca"]}


def get_root_ca(model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
    """The action get-root-ca."""
    state = state_of(model, model.applications[unit.application])
    if not state["ca"]:
        raise ActionError("Vault has no root CA yet")
    return {"output": state["ca"]}


def get_csr(model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
    """The action get-csr: a request that an outside CA may sign."""
    _leading(model, unit)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, parameters.get("common-name", "Vault Intermediate CA"))])
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return {"output": csr.public_bytes(serialization.Encoding.PEM).decode()}


def upload_signed_csr(model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
    """The action upload-signed-csr: the signed certificate becomes the CA."""
    app = _leading(model, unit)
    pem = parameters["pem"]
    try:
        text = pem if "BEGIN" in pem else base64.b64decode(pem).decode()
        x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        raise ActionError("pem is not a certificate") from None
    state_of(model, app)["ca"] = text
    return {}


def disable_pki(model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
    """The action disable-pki."""
    state_of(model, _leading(model, unit))["ca"] = ""
    return {}


def reissue(model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
    """The action reissue-certificates."""
    if not state_of(model, _leading(model, unit))["ca"]:
        raise ActionError("Vault has no root CA yet")
    return {}


def describe(model: Model, app: Application) -> dict[str, Any]:
    """What an onlooker may know, without keys."""
    state = state_of(model, app)
    units = [unit.name for unit in units_of(model, app.name)]
    open_ones = [name for name in units if name in state["unsealed"]]
    return {"initialised": state["initialised"], "unsealed": open_ones, "authorised": state["authorised"], "ca": state["ca"]}


def make_ca(name: str) -> tuple[str, str]:
    """A self-signed CA certificate and its key, both in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + _YEARS)
    cert = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return cert.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


def _leading(model: Model, unit: Unit) -> Application:
    app = model.applications[unit.application]
    if app.leader != unit.name:
        raise ActionError("Please run action on lead unit")
    return app
