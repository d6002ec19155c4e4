"""The PKI engine: a certificate authority with roles, or half of one that waits for its signed certificate."""

from __future__ import annotations

from typing import Any

from ..openstack.call import Call, Reply
from . import answers, certificates
from .answers import NONE, Refusal
from .durations import seconds
from .pkiroles import settings
from .server import Server
from .state import MONTH, Issued, Pki

_PEM_TYPE = "application/pkix-cert"
_CA_TTL = 31536000


def generate_root(server: Server, call: Call, mount: str) -> Reply:
    """POST MOUNT/root/generate/internal."""
    asked, pki = server.asked(call), _pki(server, mount)
    if pki.certificate:
        words = (
            "Refusing to generate a root certificate over an existing root certificate. If you really want to destroy the "
            f"original root certificate, please issue a delete against {mount}root."
        )
        return answers.framed(None, warnings=[words])
    pki.key = certificates.new_key()
    pki.certificate = certificates.self_signed(pki.key, str(asked.get("common_name", "")), server.now, _ttl(server, mount, asked))
    pki.issued[certificates.serial(pki.certificate, "-")] = Issued(pem=pki.certificate)
    return answers.framed(_described(pki.certificate, pki))


def delete_root(server: Server, call: Call, mount: str) -> Reply:
    """DELETE MOUNT/root."""
    pki = _pki(server, mount)
    pki.certificate = pki.key = ""
    return NONE


def generate_intermediate(server: Server, call: Call, mount: str) -> Reply:
    """POST MOUNT/intermediate/generate/internal: a new key each time, of which only the request comes out."""
    asked, pki = server.asked(call), _pki(server, mount)
    pki.pending_key = certificates.new_key()
    parts = {
        part: str(asked[part])
        for part in ("common_name", "country", "province", "locality", "organization", "ou")
        if asked.get(part)
    }
    return answers.framed({"csr": certificates.request(pki.pending_key, parts)})


def set_signed(server: Server, call: Call, mount: str) -> Reply:
    """POST MOUNT/intermediate/set-signed."""
    text, pki = str(server.asked(call).get("certificate", "")), _pki(server, mount)
    if "-----BEGIN" not in text:
        raise Refusal(400, "no data found in PEM block")
    if not pki.pending_key:
        raise Refusal(400, "could not fetch bundle: no CA information is present")
    certificates.check_signed(text, pki.pending_key)
    pki.certificate, pki.key, pki.pending_key = text.strip(), pki.pending_key, ""
    pki.issued[certificates.serial(pki.certificate, "-")] = Issued(pem=pki.certificate)
    return NONE


def ca(server: Server, call: Call, mount: str) -> Reply:
    """GET MOUNT/ca/pem; anybody may."""
    return answers.text(_pki(server, mount).certificate, _PEM_TYPE)


def certificate(server: Server, call: Call, mount: str, serial: str) -> Reply:
    """GET MOUNT/cert/SERIAL, where the serial may be "ca" or "ca_chain"; anybody may."""
    pki = _pki(server, mount)
    if serial == "ca_chain":
        return answers.framed({"certificate": "", "revocation_time": 0})
    if serial == "ca":
        return answers.framed({"certificate": pki.certificate, "revocation_time": 0})
    found = pki.issued.get(serial.replace(":", "-").lower())
    if found is None:
        raise Refusal(404)
    return answers.framed({"certificate": found.pem, "revocation_time": int(found.revoked)})


def listed(server: Server, call: Call, mount: str) -> Reply:
    """LIST MOUNT/certs."""
    return answers.framed({"keys": sorted(_pki(server, mount).issued)})


def set_urls(server: Server, call: Call, mount: str) -> Reply:
    """POST MOUNT/config/urls."""
    pki, asked = _pki(server, mount), server.asked(call)
    for name in pki.urls:
        if name in asked:
            given = asked[name]
            pki.urls[name] = given.split(",") if isinstance(given, str) else list(given)
    return NONE


def urls(server: Server, call: Call, mount: str) -> Reply:
    """GET MOUNT/config/urls."""
    return answers.framed(dict(_pki(server, mount).urls))


def write_role(server: Server, call: Call, mount: str, name: str) -> Reply:
    """POST MOUNT/roles/NAME."""
    _pki(server, mount).roles[name] = settings(server.asked(call))
    return NONE


def read_role(server: Server, call: Call, mount: str, name: str) -> Reply:
    """GET MOUNT/roles/NAME."""
    roles = _pki(server, mount).roles
    if name not in roles:
        raise Refusal(404)
    return answers.framed(dict(roles[name]))


def remove_role(server: Server, call: Call, mount: str, name: str) -> Reply:
    """DELETE MOUNT/roles/NAME."""
    _pki(server, mount).roles.pop(name, None)
    return NONE


def roles(server: Server, call: Call, mount: str) -> Reply:
    """LIST MOUNT/roles."""
    keys = sorted(_pki(server, mount).roles)
    if not keys:
        raise Refusal(404)
    return answers.framed({"keys": keys})


def issue(server: Server, call: Call, mount: str, name: str) -> Reply:
    """POST MOUNT/issue/ROLE: a certificate with a new key; it lives no longer than role and mount let it."""
    asked, pki = server.asked(call), _pki(server, mount)
    role = pki.roles.get(name)
    if role is None:
        raise Refusal(400, f"unknown role: {name}")
    names = _words(asked.get("alt_names")) + [certificates.address(text) for text in _words(asked.get("ip_sans"))]
    if not pki.certificate:
        raise Refusal(400, "could not fetch the CA certificate (was one set?): backend must be configured with a CA")
    longest = min(filter(None, (role["max_ttl"], server.state.mounts[mount].max_ttl or MONTH)))
    ttl = min(seconds(asked.get("ttl")) or role["ttl"] or server.state.mounts[mount].default_ttl or MONTH, longest)
    key = certificates.new_key()
    span = (server.now, min(server.now + ttl, certificates.ends(pki.certificate)))
    made = certificates.issue((pki.certificate, pki.key), key, str(asked.get("common_name", "")), names, span)
    pki.issued[certificates.serial(made, "-")] = Issued(pem=made)
    return answers.framed(_described(made, pki) | {"private_key": key, "private_key_type": "rsa"})


def _pki(server: Server, mount: str) -> Pki:
    return server.state.pki[mount]


def _ttl(server: Server, mount: str, asked: dict[str, Any]) -> int:
    known = server.state.mounts[mount]
    return min(seconds(asked.get("ttl")) or known.default_ttl or MONTH, known.max_ttl or _CA_TTL)


def _described(text: str, pki: Pki) -> dict[str, Any]:
    return {
        "certificate": text,
        "expiration": int(certificates.ends(text)),
        "issuing_ca": pki.certificate,
        "serial_number": certificates.serial(text),
    }


def _words(value: Any) -> list[str]:
    return [word.strip() for word in str(value or "").split(",") if word.strip()]
