"""Keystone's recording: begins with the bootstrap only, and logs in itself."""

from __future__ import annotations

import json
from typing import ClassVar

from . import setups
from .bench import Answer, Bench
from .exchange import Exchange

_TOKENS = {
    5: "admin",
    8: "unscoped",
    99: "alice",
    109: "alice",
    124: "alice",
    126: "admin_domain",
    161: "f94021",
    198: "bb2663",
    208: "ebfb4c",
}
"""Under which name later exchanges use the token that an exchange gave."""


class Setup(setups.Setup):
    """Notes tokens and the secret of the application credential."""

    area = "identity"
    port = 5000
    loose: ClassVar[frozenset[str]] = frozenset({"audit_ids"})

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._secret = ""

    def prepare(self) -> None:
        """Nobody but the administrator is there."""

    async def before(self, exchange: Exchange) -> None:
        """Alice had logged in again off the record before her token was revoked for good."""
        if exchange.label == "revoke":
            del self.bench.tokens["alice"]

    def body(self, exchange: Exchange) -> bytes | None:
        """Puts the token and the secret into the bodies that had them."""
        text = json.dumps(self.bench.translated(exchange.request))
        if "<fernet>" in text:
            return text.replace("<fernet>", self.bench.token("unscoped")).encode()
        return text.replace("<secret>", self._secret).encode() if '"<secret>"' in text else None

    async def after(self, exchange: Exchange, answer: Answer) -> None:
        """Notes what the recording masks."""
        if exchange.number in _TOKENS:
            self.bench.tokens[_TOKENS[exchange.number]] = answer.headers["x-subject-token"]
        credential = answer.body.get("application_credential") if isinstance(answer.body, dict) else None
        self._secret = (credential or {}).get("secret") or self._secret
