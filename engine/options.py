"""What an operation was asked to do."""

from __future__ import annotations

import dataclasses
import re


class Targets:
    """A set of URNs, some of them given as globs: ``*`` stops at a colon, ``**`` does not."""

    def __init__(self, patterns: list[str] | None = None):
        self.literals = [p for p in patterns or [] if "*" not in p]
        self._globs = [p for p in patterns or [] if "*" in p]
        self._matchers = [re.compile(_expression(glob)) for glob in self._globs]

    def __bool__(self) -> bool:
        return bool(self.literals or self._matchers)

    def __contains__(self, urn: str) -> bool:
        """An empty set stands for everything."""
        if not self or urn in self.literals:
            return True
        return any(matcher.fullmatch(urn) for matcher in self._matchers)

    def copy(self) -> Targets:
        """Returns a set that can grow without changing this one."""
        return Targets([*self.literals, *self._globs])

    def add(self, urn: str) -> None:
        """Adds one URN."""
        self.literals.append(urn)


def _expression(glob: str) -> str:
    parts = ("[^:]*".join(map(re.escape, part.split("*"))) for part in glob.split("**"))
    return ".*".join(parts)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Flags that change what an operation does; those that change how it looks are elsewhere."""

    dry_run: bool = False
    parallel: int = 16
    refresh: bool = False
    continue_on_error: bool = False
    targets: Targets = dataclasses.field(default_factory=Targets)
    excludes: Targets = dataclasses.field(default_factory=Targets)
    replaces: Targets = dataclasses.field(default_factory=Targets)
    target_dependents: bool = False
    exclude_dependents: bool = False
