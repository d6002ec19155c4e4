"""Pulumi's passphrase secrets: PBKDF2-HMAC-SHA256 to a key, AES-256-GCM with it."""

from __future__ import annotations

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import EngineError

_ROUNDS = 1_000_000
_CHECK = "pulumi"
_NONCE_BYTES = 12
_SALT_BYTES = 8


class SecretsManager:
    """Encrypts and decrypts with one stack's key; the same text keeps its ciphertext."""

    type = "passphrase"

    def __init__(self, key: bytes, salt: str):
        self._cipher = AESGCM(key)
        self.salt = salt
        self._known: dict[str, str] = {}

    @classmethod
    def create(cls, passphrase: str) -> SecretsManager:
        """Makes a manager with a new salt."""
        salt = os.urandom(_SALT_BYTES)
        manager = cls(_derive(passphrase, salt), "")
        manager.salt = f"v1:{_text(salt)}:{manager.encrypt(_CHECK)}"
        manager._known.clear()
        return manager

    @classmethod
    def open(cls, passphrase: str, salt: str) -> SecretsManager:
        """Opens the manager of an existing ``salt`` line; a wrong passphrase is an error."""
        parts = salt.split(":", 2)
        if len(parts) != 3 or parts[0] != "v1":
            raise EngineError(f"the stack's encryption salt is malformed: {salt!r}")
        manager = cls(_derive(passphrase, base64.b64decode(parts[1])), salt)
        try:
            checked = manager.decrypt(parts[2])
        except EngineError:
            checked = ""
        if checked != _CHECK:
            raise EngineError(
                "incorrect passphrase, please set PULUMI_CONFIG_PASSPHRASE to the correct passphrase or set"
                " PULUMI_CONFIG_PASSPHRASE_FILE to a file containing the passphrase"
            )
        manager._known.clear()
        return manager

    def encrypt(self, text: str) -> str:
        """Returns ``v1:NONCE:CIPHERTEXT`` in base64."""
        if text not in self._known:
            nonce = os.urandom(_NONCE_BYTES)
            sealed = self._cipher.encrypt(nonce, text.encode(), None)
            self._known[text] = f"v1:{_text(nonce)}:{_text(sealed)}"
        return self._known[text]

    def decrypt(self, ciphertext: str) -> str:
        """Reverses ``encrypt``; raises ``EngineError`` for what this key did not write."""
        try:
            version, nonce, sealed = ciphertext.split(":")
            if version != "v1":
                raise ValueError(version)
            text = self._cipher.decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()
        except (ValueError, InvalidTag) as error:
            raise EngineError(
                "a secret of this stack cannot be decrypted with its passphrase: it was written for another"
                " stack or is damaged; set it again with `config set --secret`"
            ) from error
        self._known.setdefault(text, ciphertext)
        return text


def _derive(passphrase: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ROUNDS, 32)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
