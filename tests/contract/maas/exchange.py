"""An exchange with a real region."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.contract import recording

ROOT = "/MAAS/api/2.0/"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exchange(recording.Exchange):
    """One request and what a real region answered; `query` is a map, `encoding` that of the request's body."""

    encoding: str

    @classmethod
    def own(cls, recorded: dict[str, Any]) -> dict[str, Any]:
        path = recorded["path"]
        return {
            "path": path[path.index("/MAAS/") :],
            "query": recorded.get("query") or {},
            "encoding": recorded.get("encoding") or "multipart",
        }
