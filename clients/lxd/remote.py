"""Where an LXD server is and how to be known there."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Mapping
from typing import Any

from .errors import LxdError

DEFAULT_PORT = 8443
SOCKETS = ("/var/snap/lxd/common/lxd/unix.socket", "/var/lib/lxd/unix.socket")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Remote:
    """An LXD server as the operator names it; the fields are those of the SDK's `ProviderRemote`.

    Attributes:
        name: what resources call it.
        address: `https://HOST[:PORT]`, `unix://PATH`, an absolute path of a socket, or "" for this machine's own socket.
        protocol: "lxd", or "simplestreams" for a server of images.
        trust_token: makes LXD trust the client certificate at the first call.
        server_certificate_fingerprint: SHA-256 in hex; pins the server's certificate.
        server_certificate_file: the server's certificate itself, which pins it as well.
    """

    name: str
    address: str
    protocol: str = "lxd"
    trust_token: str | None = None
    bearer_token: str | None = None
    bearer_token_file: str | None = None
    client_certificate: str | None = None
    client_certificate_file: str | None = None
    client_key: str | None = None
    client_key_file: str | None = None
    server_certificate_fingerprint: str | None = None
    server_certificate_file: str | None = None

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Remote:
        """From configuration, whose keys may be snake_case or camelCase.

        Raises:
            LxdError: a key that doesn't exist, or one that must be there and isn't.
        """
        values = {re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower(): value for key, value in data.items()}
        known = {field.name for field in dataclasses.fields(cls)}
        named = values.get("name", "?")
        if extra := sorted(values.keys() - known):
            raise LxdError(f"remote {named} in lxd:remotes: there is no setting {extra[0]!r}; known: {', '.join(sorted(known))}")
        if missing := sorted({"name", "address"} - values.keys()):
            raise LxdError(f"remote {named} in lxd:remotes: {missing[0]} is missing")
        # the names were checked above, which the types can't show
        return cls(**{key: None if value is None else str(value) for key, value in values.items()})  # type: ignore[arg-type]

    @property
    def socket(self) -> str | None:
        """The path of the socket when this is one."""
        if self.address.startswith("unix://"):
            return self.address.removeprefix("unix://") or _local_socket()
        if self.address in ("", "unix:"):
            return _local_socket()
        return self.address if self.address.startswith("/") else None

    @property
    def url(self) -> str:
        """The address with scheme and port."""
        host = self.address.removeprefix("https://").rstrip("/")
        bare = re.sub(r"\[.*\]", "", host)
        return f"https://{host}" if ":" in bare else f"https://{host}:{DEFAULT_PORT}"

    @property
    def where(self) -> str:
        """The address for messages."""
        return self.socket or self.url

    def secret(self, field: str) -> str | None:
        """The text of `client_certificate`, `client_key` or `bearer_token`, from the setting or the file that it names."""
        text: str | None = getattr(self, field)
        path: str | None = getattr(self, f"{field}_file")
        if text or not path:
            return text
        return _read(pathlib.Path(path).expanduser(), f"remote {self.name}: {field}_file")


def _local_socket() -> str:
    return next((path for path in SOCKETS if pathlib.Path(path).exists()), SOCKETS[-1])


def _read(path: pathlib.Path, what: str) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise LxdError(f"{what}: {path} can't be read: {error.strerror}") from error
