"""What all parts of one operation share: the state before it, and what has been decided so far."""

from __future__ import annotations

import dataclasses
from typing import Protocol

from engine import urn as urns
from engine.errors import BailError, EngineError
from engine.graph import DependencyGraph
from engine.options import Options, Targets
from engine.provider.registry import Registry
from engine.state import Resource
from engine.steps import Goal


class Reporter(Protocol):
    """Takes messages for the operator."""

    def diagnostic(self, severity: str, message: str, urn: str = "") -> None:
        """Shows a message; severities are debug, info, info#err, warning and error."""


class Previous:
    """The resources before the operation, or after the refresh that it began with."""

    def __init__(self, resources: list[Resource]):
        self.resources = resources
        self.graph = DependencyGraph(resources)
        self.all: dict[str, list[Resource]] = {}
        self.current: dict[str, Resource] = {}
        for resource in resources:
            self.all.setdefault(resource.urn, []).append(resource)
            if not resource.delete:
                if resource.urn in self.current:
                    raise EngineError(f"unexpected duplicate resource '{resource.urn}' in the state")
                self.current[resource.urn] = resource


@dataclasses.dataclass(kw_only=True, slots=True)
class Decided:
    """URNs by what the generator has decided about them."""

    seen: set[str] = dataclasses.field(default_factory=set)
    reads: set[str] = dataclasses.field(default_factory=set)
    deletes: set[str] = dataclasses.field(default_factory=set)
    replaces: set[str] = dataclasses.field(default_factory=set)
    updates: set[str] = dataclasses.field(default_factory=set)
    creates: set[str] = dataclasses.field(default_factory=set)
    sames: set[str] = dataclasses.field(default_factory=set)
    skipped_creates: set[str] = dataclasses.field(default_factory=set)
    renamed: dict[str, str] = dataclasses.field(default_factory=dict)
    """Old URN → the URN of the resource that claims it by an alias."""
    former: dict[str, str] = dataclasses.field(default_factory=dict)
    """URN → the old URN it was found under."""
    replace_keys: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    """URN → the properties because of which it is deleted ahead of time."""
    condemned: set[int] = dataclasses.field(default_factory=set)
    """Identities of old states that are to be deleted ahead of time."""

    def generated(self, urn: str) -> bool:
        """Tells whether any step has been made for ``urn``."""
        groups = (self.creates, self.sames, self.updates, self.deletes, self.replaces, self.reads)
        return any(urn in group for group in groups)

    def operated(self, urn: str) -> bool:
        """Tells whether the program still has the resource that was stored as ``urn``."""
        urn = self.renamed.get(urn, urn)
        return any(urn in group for group in (self.sames, self.updates, self.replaces, self.reads))


class Context:
    """One operation."""

    def __init__(
        self,
        *,
        stack: str,
        project: str,
        options: Options,
        registry: Registry,
        previous: Previous,
        reporter: Reporter,
    ):
        self.stack = stack
        self.project = project
        self.options = options
        self.registry = registry
        self.previous = previous
        self.reporter = reporter
        self.decided = Decided()
        self.goals: dict[str, Goal] = {}
        self.news: dict[str, Resource] = {}
        self.reads: dict[str, Resource] = {}
        self.providers: dict[str, Resource] = {}
        self.targets: Targets = options.targets.copy()
        self.excludes: Targets = options.excludes.copy()
        self.failed = False
        """A decision could not be taken; reported, and the operation ends as failed."""

    def urn_of(self, parent: str, type_: str, name: str) -> str:
        """Returns the URN of a resource of this stack."""
        return urns.make(self.stack, self.project, parent, type_, name)

    def error(self, message: str, urn: str = "") -> None:
        """Reports an error that the operation will end with."""
        self.failed = True
        self.reporter.diagnostic("error", message, urn)

    def bail(self, message: str, urn: str = "") -> BailError:
        """Reports an error; the caller raises what is returned."""
        self.reporter.diagnostic("error", message, urn)
        return BailError(message)

    @staticmethod
    def silent_bail(message: str) -> BailError:
        """Returns an error for what has been reported already."""
        return BailError(message)

    def ensure_provider(self, reference: str) -> None:
        """Loads the provider of an old resource as the state has it."""
        if not reference or self.registry.get(reference) is not None:
            return
        wanted = urns.ProviderRef.parse(reference)
        for resource in self.previous.all.get(wanted.urn, ()):
            if resource.id == wanted.id:
                self.registry.same(resource)
                return
        raise EngineError(f"could not find provider {reference} in the state")
