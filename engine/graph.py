"""The dependency graph of a snapshot, whose order is topological already."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from engine.state import Resource
from engine.urn import ProviderRef


class DependencyGraph:
    """Answers who needs whom among the resources of one snapshot."""

    def __init__(self, resources: list[Resource]):
        self.resources = resources
        self._index = {id(resource): number for number, resource in enumerate(resources)}
        self._positions: dict[str, list[int]] = {}
        self._children: dict[str, list[int]] = {}
        for number, resource in enumerate(resources):
            self._positions.setdefault(resource.urn, []).append(number)
            if resource.parent:
                self._children.setdefault(resource.parent, []).append(number)

    def __contains__(self, resource: Resource) -> bool:
        return id(resource) in self._index

    def position(self, resource: Resource) -> int:
        """Returns the place of ``resource`` in the snapshot."""
        return self._index[id(resource)]

    def alias(self, new: Resource, existing: Resource) -> None:
        """Gives ``new`` the place of ``existing``, of which it is a fresher image."""
        self._index[id(new)] = self._index[id(existing)]

    def depending_on(self, root: Resource, ignore: Collection[str], *, children: bool) -> list[Resource]:
        """Returns all that directly or indirectly needs ``root``, in the snapshot's order."""
        needed = {root.urn}
        found = []
        for candidate in self.resources[self._index[id(root)] + 1 :]:
            if candidate.urn not in ignore and _needs(candidate, needed, children):
                found.append(candidate)
                needed.add(candidate.urn)
        return found

    def dependencies_of(self, resource: Resource) -> list[Resource]:
        """Returns what must outlive ``resource``, children of components it depends on included."""
        limit = self._index[id(resource)]
        found: dict[int, None] = {}
        for urn in resource.all_references():
            for number in self._before(urn, limit):
                found[number] = None
                if urn != resource.parent and not self.resources[number].custom:
                    found.update(dict.fromkeys(self._descendants(urn, limit)))
        return [self.resources[number] for number in found]

    def transitive_dependencies(self, resource: Resource) -> list[Resource]:
        """Returns all that ``resource`` directly or indirectly needs."""
        seen: dict[int, Resource] = {}
        todo = [resource] if resource in self else []
        while todo:
            for needed in self.dependencies_of(todo.pop()):
                if id(needed) not in seen:
                    seen[id(needed)] = needed
                    todo.append(needed)
        return list(seen.values())

    def _before(self, urn: str, limit: int) -> Iterable[int]:
        return [number for number in self._positions.get(urn, ()) if number < limit]

    def _descendants(self, urn: str, limit: int) -> Iterable[int]:
        todo = list(self._children.get(urn, ()))
        while todo:
            number = todo.pop()
            if number < limit:
                yield number
            todo += self._children.get(self.resources[number].urn, ())


def _needs(candidate: Resource, needed: set[str], children: bool) -> bool:
    if children and candidate.parent in needed:
        return True
    if any(urn in needed for urn in candidate.references()):
        return True
    return bool(candidate.provider) and ProviderRef.parse(candidate.provider).urn in needed


def levels(condemned: list[Resource], graph: DependencyGraph) -> list[list[Resource]]:
    """Groups resources to be deleted: a group may go once the groups before it are gone.

    As in Pulumi, a resource's place is its distance from those that need nothing, so what stands
    deepest goes first.
    """
    wanted = {id(resource) for resource in condemned}
    depth: dict[int, int] = {}
    for resource in sorted(condemned, key=graph.position):
        needed = [depth[id(d)] for d in graph.dependencies_of(resource) if id(d) in wanted and id(d) in depth]
        depth[id(resource)] = 1 + max(needed, default=-1)
    groups: list[list[Resource]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for resource in condemned:
        groups[depth[id(resource)]].append(resource)
    return groups[::-1]
