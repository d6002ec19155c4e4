"""What a policy grants: paths and capabilities, as far as Vault's policy language is used here."""

from __future__ import annotations

import re
from collections.abc import Iterable

_RULE = re.compile(r'path\s+"([^"]+)"\s*\{(.*?)\}', re.DOTALL)
_CAPABILITY = re.compile(r'"(\w+)"')
_NEEDED = {
    "GET": ("read", "list"),
    "HEAD": ("read",),
    "LIST": ("list",),
    "POST": ("update", "create"),
    "PUT": ("update", "create"),
    "DELETE": ("delete",),
}


def allow(texts: Iterable[str], path: str, method: str) -> bool:
    """Whether one of the policies lets somebody do this to a path; the longest pattern that fits decides."""
    rules = [rule for text in texts for rule in _RULE.findall(text)]
    fitting = [(pattern, body) for pattern, body in rules if _fits(pattern, path)]
    if not fitting:
        return False
    granted = set(_CAPABILITY.findall(max(fitting, key=lambda rule: len(rule[0]))[1]))
    return bool(granted & set(_NEEDED.get(method, ())))


def _fits(pattern: str, path: str) -> bool:
    if pattern.endswith("*"):
        return path.startswith(pattern[:-1])
    return path.rstrip("/") == pattern.rstrip("/")
