"""X.509 as the PKI engine makes it; all text is PEM, all times are seconds since the epoch."""

from __future__ import annotations

import datetime
import ipaddress
import time
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from .answers import Refusal

_SKEW = 30
"""Seconds by which a certificate begins earlier, for clocks that are behind. Those of clients are: they show the real time."""
_SUBJECT = {
    "country": NameOID.COUNTRY_NAME,
    "province": NameOID.STATE_OR_PROVINCE_NAME,
    "locality": NameOID.LOCALITY_NAME,
    "organization": NameOID.ORGANIZATION_NAME,
    "ou": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "common_name": NameOID.COMMON_NAME,
}


def new_key() -> str:
    """A private key, as Vault's default: RSA with 2048 bits."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, clear = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, clear).decode().strip()


def self_signed(key: str, name: str, now: float, ttl: int) -> str:
    """The certificate of a root CA."""
    return _signed(x509.Name([_attribute("common_name", name)]), key, issuer=("", key), span=(now, now + ttl), ca=True, names=())


def issue(ca: tuple[str, str], key: str, name: str, names: Sequence[str], span: tuple[float, float]) -> str:
    """A server certificate.

    Args:
        ca: the issuer's certificate and key.
        key: the server's private key.
        name: the common name.
        names: further names and addresses.
        span: when it begins and ends.
    """
    subject = x509.Name([_attribute("common_name", name)])
    return _signed(subject, key, issuer=ca, span=span, ca=False, names=tuple(dict.fromkeys([name, *names])))


def request(key: str, subject: dict[str, str]) -> str:
    """A request for a CA certificate."""
    name = x509.Name([_attribute(part, subject[part]) for part in _SUBJECT if subject.get(part)])
    made = x509.CertificateSigningRequestBuilder().subject_name(name).sign(_private(key), hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode().strip()


def check_signed(text: str, key: str) -> None:
    """Refuses what is no certificate of this key."""
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        raise Refusal(400, "no data found in PEM block") from None
    if certificate.public_key() != _private(key).public_key():
        raise Refusal(400, "verification of parsed bundle failed: public key of certificate does not match private key")


def serial(text: str, separator: str = ":") -> str:
    """The serial number of a certificate, byte by byte."""
    number = x509.load_pem_x509_certificate(text.encode()).serial_number
    return number.to_bytes(max((number.bit_length() + 7) // 8, 1), "big").hex(separator)


def ends(text: str) -> float:
    """When a certificate ends."""
    return x509.load_pem_x509_certificate(text.encode()).not_valid_after_utc.timestamp()


def address(text: str) -> str:
    """An IP address, checked."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise Refusal(400, f"the value '{text}' is not a valid IP address") from None


def _signed(
    subject: x509.Name, key: str, *, issuer: tuple[str, str], span: tuple[float, float], ca: bool, names: tuple[str, ...]
) -> str:
    certificate, signer = issuer
    by = x509.load_pem_x509_certificate(certificate.encode()).subject if certificate else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(_private(key).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_time(min(span[0], time.time()) - _SKEW))
        .not_valid_after(_time(span[1]))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
    return builder.sign(_private(signer), hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode().strip()


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _attribute(part: str, value: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(_SUBJECT[part], value)


def _private(key: str) -> rsa.RSAPrivateKey:
    found = serialization.load_pem_private_key(key.encode(), None)
    if not isinstance(found, rsa.RSAPrivateKey):
        raise Refusal(400, "unsupported key type")
    return found


def _time(at: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(int(at), datetime.UTC)
