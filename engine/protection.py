"""Which resources a protection keeps: the protected ones and all that they need."""

from __future__ import annotations

from engine.graph import DependencyGraph
from engine.state import Resource


def protected(resources: list[Resource]) -> list[Resource]:
    """Returns the resources that have to stay as long as protected ones do, in the state's order."""
    graph = DependencyGraph(resources)
    staying: set[int] = set()
    for resource in resources:
        if resource.protect:
            staying |= {id(resource), *map(id, graph.transitive_dependencies(resource))}
    return [resource for resource in resources if id(resource) in staying]
