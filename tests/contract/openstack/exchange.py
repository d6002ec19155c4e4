"""An exchange with a real service of OpenStack."""

from __future__ import annotations

import dataclasses
import urllib.parse
from typing import Any

from tests.contract import recording


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exchange(recording.Exchange):
    """One request and what a real service answered; `query` is a list of pairs, `via` says whether the SDK asked."""

    request_headers: dict[str, str]
    via: str | None

    @classmethod
    def own(cls, recorded: dict[str, Any]) -> dict[str, Any]:
        query = recorded.get("query") or ""
        pairs = urllib.parse.parse_qsl(query, keep_blank_values=True) if isinstance(query, str) else list(query.items())
        return {"query": pairs, "request_headers": recorded.get("request_headers") or {}, "via": recorded.get("via")}
