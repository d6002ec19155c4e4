"""Keeps configured secrets out of everything that is printed or logged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

_SHORTEST = 3
MASK = "[secret]"


class Redactor:
    """Replaces known secrets in text; very short ones are left, or little would be readable."""

    def __init__(self, secrets: Iterable[str]):
        wanted: set[str] = set()
        for secret in secrets:
            if len(secret) >= _SHORTEST:
                wanted |= {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
        longest_first = sorted(wanted, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if wanted else None

    def __call__(self, text: str) -> str:
        return self._pattern.sub(MASK, text) if self._pattern else text
