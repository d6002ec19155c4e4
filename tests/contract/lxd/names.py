"""What differs from run to run (ids, fingerprints, addresses, times) must still differ consistently.

A recorded name stands for one of ours and the other way round; the pairing is learnt from answers and put into later requests.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

IDENTIFIER = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # uuid
    r"|\b[0-9a-f]{64}\b"  # fingerprint, ETag, secret
    r"|\b00:16:3e(?::[0-9a-f]{2}){3}\b|\b8000\.00163e[0-9a-f]{6}\b"  # MAC address, bridge id
    r"|\b(?:veth|tap)[0-9a-f]{8}\b"
    r"|\b10\.99\.7\.(?!1\b|5\b|6\b)\d+\b"  # leased; 5 and 6 are in requests
    r"|\b10\.\d+\.\d+\.1/24|\bfd42:[0-9a-f:]+::1/64"  # picked by the server
    r"|\bfe80::[0-9a-f:]+"
    r"|\b[a-z]+-(?:parakeet|badger|crane|dingo|falcon|gecko|heron|lemur|marten|otter|robin|seal)\b"  # made-up instance names
    r"|\b127\.0\.0\.1:\d+\b"
)
TIME = re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(?:Z| \+0000 UTC)")
GIVEN = re.compile(r"10\.77\.0\.1/24|10\.99\.7\.1/24")
"""Addresses that the recorder asked for: no names of the server's."""
SPEED = re.compile(r"\d+\.\d+MB/s")
KERNEL = re.compile(r"\d+\.\d+\.\d+-[\w.-]+")
PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)


class Names:
    """The pairing of recorded names with ours.

    Args:
        certificates: our clients' certificates in DER by common name; they stand for the recorder's of the same name.
    """

    def __init__(self, certificates: dict[str, bytes]) -> None:
        self._ours: dict[str, str] = {}
        self._recorded: dict[str, str] = {}
        self._certificates = certificates

    def pair(self, recorded: str, ours: str) -> bool:
        """Whether the two may stand for one another; remembers that they do."""
        if self._ours.get(recorded, ours) != ours or self._recorded.get(ours, recorded) != recorded:
            return False
        self._ours[recorded], self._recorded[ours] = ours, recorded
        return True

    def same_text(self, recorded: str, ours: str) -> bool:
        """Whether two texts are the same but for names, which must pair."""
        if recorded == ours and not IDENTIFIER.search(ours):
            return True
        texts = [self._plain(recorded), self._plain(ours)]
        frames = [IDENTIFIER.sub(self._hole, text) for text in texts]
        if frames[0] != frames[1]:
            return False
        found = [[name for name in IDENTIFIER.findall(text) if not GIVEN.fullmatch(name)] for text in texts]
        return all(self.pair(*names) for names in zip(*found, strict=True))

    def request(self, text: str) -> str:
        """A recorded path or header with our names in it, also where only the beginning of one is given."""
        text = IDENTIFIER.sub(lambda found: self._ours.get(found[0], found[0]), text)
        return re.sub(r"(?<=/)[0-9a-f]{12}(?=$|\?|/)", self._short, text)

    def body(self, value: Any) -> Any:
        """A recorded body with our names in it."""
        if isinstance(value, dict):
            return {key: self.body(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.body(item) for item in value]
        if not isinstance(value, str):
            return value
        return self._token(value) or self._certificate(value) or self.request(value)

    def _short(self, found: re.Match[str]) -> str:
        ours = [ours for recorded, ours in self._ours.items() if recorded.startswith(found[0])]
        return ours[0][: len(found[0])] if len(ours) == 1 else found[0]

    def _token(self, text: str) -> str | None:
        try:
            token = json.loads(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            return None
        return base64.b64encode(json.dumps(self.body(token)).encode()).decode() if isinstance(token, dict) else None

    def _certificate(self, text: str) -> str | None:
        armoured = text.startswith("-----BEGIN")
        name = _common_name(text if armoured else _armour(text))
        if name not in self._certificates:
            return None
        ours = base64.b64encode(self._certificates[name]).decode()
        return _armour(ours) if armoured else ours

    @staticmethod
    def _hole(found: re.Match[str]) -> str:
        return found[0] if GIVEN.fullmatch(found[0]) else "<name>"

    @staticmethod
    def _plain(text: str) -> str:
        text = PEM.sub(lambda found: f"<certificate {_common_name(found[0])}>", text)
        text = TIME.sub(_time, text)
        return KERNEL.sub("<kernel>", SPEED.sub("<speed>", text)) if "-" in text or "MB/s" in text else text


def _time(found: re.Match[str]) -> str:
    return "<time>"


def _armour(text: str) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"


def _common_name(pem: str) -> str:
    try:
        subject = x509.load_pem_x509_certificate(pem.encode()).subject
    except ValueError:
        return ""
    return str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
