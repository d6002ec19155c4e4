"""What Vault says, typed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class Health:
    """How a Vault stands; `standby` answers for others but leaves the work to the active one."""

    initialised: bool
    sealed: bool
    standby: bool
    version: str

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Health:
        return cls(
            initialised=bool(data["initialized"]),
            sealed=bool(data["sealed"]),
            standby=bool(data.get("standby")),
            version=str(data.get("version", "")),
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Seal:
    """The seal of a Vault: `threshold` of `shares` keys open it, `progress` of them are given."""

    initialised: bool
    sealed: bool
    threshold: int
    shares: int
    progress: int

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Seal:
        return cls(
            initialised=bool(data["initialized"]),
            sealed=bool(data["sealed"]),
            threshold=int(data["t"]),
            shares=int(data["n"]),
            progress=int(data["progress"]),
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Initialised:
    """What Vault says once ever: its unseal keys (hexadecimal) and its root token."""

    keys: tuple[str, ...] = dataclasses.field(repr=False)
    root_token: str = dataclasses.field(repr=False)
