"""A whole site, read section by section so that one mistake doesn't hide another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pydantic

from . import checks
from .errors import Problem, SiteError, from_pydantic, join, shown, unset
from .juju import JujuSpec
from .machine import WorkerSpec
from .network import NetworksSpec
from .openstack import OpenStackSpec
from .virtual_machine import ControllerSpec
from .vocabulary import UNSET, Spec


class SiteSpec(Spec):
    """What the site should be."""

    networks: NetworksSpec
    controller: ControllerSpec
    workers: tuple[WorkerSpec, ...]
    openstack: OpenStackSpec
    juju: JujuSpec = JujuSpec()

    def spaces(self) -> frozenset[str]:
        """The spaces that the networks provide."""
        return frozenset(network.space for _, network in self.networks.items() if network.space)


def parse(data: Mapping[str, Any]) -> SiteSpec:
    """Reads a site from plain data.

    Raises:
        SiteError: with everything that is wrong, also what only shows between sections.
    """
    problems, site = examine(data)
    if problems or site is None:
        raise SiteError(problems)
    return site


def examine(data: Mapping[str, Any]) -> tuple[list[Problem], SiteSpec | None]:
    """All problems, and the site if it could be read at all: then more can be checked against it, such as its bundle."""
    if not isinstance(data, Mapping):
        return [
            Problem("site", shown("site", data), "must be a mapping with networks, controller, workers, openstack and juju")
        ], None
    problems = [unset(path) for path in _unset_places(data)]
    silent = {problem.path for problem in problems}
    draft: dict[str, Any] = {}
    for section in SiteSpec.model_fields:
        draft[section], found = _section(section, data)
        problems += [p for p in found if p.path not in silent]
    problems += _unknown_sections(data)
    problems += checks.run(draft)
    readable = all(draft[name] is not None for name in SiteSpec.model_fields)
    return problems, SiteSpec(**draft) if readable else None


def _section(name: str, data: Mapping[str, Any]) -> tuple[Any, list[Problem]]:
    field = SiteSpec.model_fields[name]
    if name not in data and not field.is_required():
        return field.get_default(), []
    adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(cast(Any, field.annotation))
    if name not in data:
        return None, [Problem(name, "", "is missing from the site")]
    try:
        return adapter.validate_python(data[name]), []
    except pydantic.ValidationError as error:
        return None, from_pydantic(error, (name,), _fields_of(field))


def _fields_of(field: Any) -> Mapping[str, Any]:
    annotation = field.annotation
    model = annotation if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel) else annotation.__args__[0]
    return model.model_fields


def _unknown_sections(data: Mapping[str, Any]) -> list[Problem]:
    probe = {str(key): None for key in data if key not in SiteSpec.model_fields}
    try:
        pydantic.create_model("Sections", __config__=SiteSpec.model_config)(**probe)
    except pydantic.ValidationError as error:
        return from_pydantic(error, (), SiteSpec.model_fields)
    return []


def _unset_places(value: Any, path: tuple[str | int, ...] = ()) -> list[str]:
    if value == UNSET:
        return [join(*path)]
    if isinstance(value, Mapping):
        return [p for key, inner in value.items() for p in _unset_places(inner, (*path, key))]
    if isinstance(value, (list, tuple)):
        return [p for index, inner in enumerate(value) for p in _unset_places(inner, (*path, index))]
    return []
