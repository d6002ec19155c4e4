"""Which OpenStack release a model runs: one step at a time, and what must be so before a step.

Owns: the refusal of a skipped release, at preview already; before a step the look at the storage's health, a dump of the
databases and the clearing of Nova's deleted rows. Does not own: the step itself, which the applications take one after another,
when this has passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi import dynamic

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource, is_unknown, plain
from ..juju._common import InModel, InModelProvider, say
from . import _tasks
from ._ceph import Ceph


class ReleaseInputs(InModel):
    """A release.

    Attributes:
        release: its word, such as caracal.
        sequence: the releases that there are, in their order.
        monitors: the ceph-mon application; empty without one.
        database: the application that dumps the databases; empty without one.
        nova: the nova-cloud-controller application; empty without one.
    """

    release: str
    sequence: list[str]
    monitors: str = "ceph-mon"
    database: str = "mysql-innodb-cluster"
    nova: str = "nova-cloud-controller"


class ReleaseProvider(InModelProvider[ReleaseInputs]):
    """One for each model."""

    inputs = ReleaseInputs
    replace_on = frozenset({"model"})

    def check(self, _olds: Props, news: Props) -> dynamic.CheckResult:
        """The one check that looks at what was before."""
        found = super().check(_olds, news)
        failures = [dynamic.CheckFailure(*failure) for failure in _steps(plain(_olds), found.inputs)]
        return dynamic.CheckResult(found.inputs, [*found.failures, *failures])

    def make(self, inputs: ReleaseInputs) -> Made:
        return Made(id=f"{inputs.model}/release")

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        return Found(inputs={})

    def change(self, id_: str, old: Props, inputs: ReleaseInputs) -> Mapping[str, Any]:
        if old.get("release") != inputs.release:
            self._prepare(self.model(inputs), inputs)
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        """Nothing was made."""

    def same(self, name: str, old: Any, new: Any) -> bool:
        """A longer list of releases is no change of this one."""
        return name == "sequence" or super().same(name, old, new)

    def _prepare(self, model: juju.Model, inputs: ReleaseInputs) -> None:
        """What the upgrade guide asks for before the first application moves."""
        there = model.status().applications
        if inputs.monitors in there:
            health = Ceph(model=model, monitors=inputs.monitors).health()
            if not health.startswith("HEALTH_OK"):
                raise ExpectedError(
                    f"the upgrade to {inputs.release} waits for a whole storage, which is {health}: mend it first"
                )
        if inputs.nova in there:
            _tasks.run(model, f"{inputs.nova}/leader", "archive-data", {"batch-size": 10000})
        if inputs.database in there:
            _tasks.run(model, f"{inputs.database}/leader", "mysqldump")
            say(f"{inputs.database}: databases dumped before the upgrade to {inputs.release}")


class Release(Resource, module="openstack", name="Release"):
    """The OpenStack release of a model."""

    provider_class = ReleaseProvider
    release: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        release: pulumi.Input[str],
        sequence: pulumi.Input[list[str]],
        controller: pulumi.Input[str] | None = None,
        monitors: pulumi.Input[str] | None = None,
        database: pulumi.Input[str] | None = None,
        nova: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in ReleaseInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _steps(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    before, after, order = old.get("release"), new.get("release"), new.get("sequence") or []
    if before is None or is_unknown(after) or is_unknown(order) or before == after or before not in order or after not in order:
        return
    step = order.index(after) - order.index(before)
    if step < 0:
        yield "release", f"the cloud runs {before}, and OpenStack doesn't go back: restore a backup instead"
    elif step > 1:
        path = " → ".join(order[order.index(before) : order.index(after) + 1])
        yield "release", f"the cloud runs {before}: one release at a time, {path}; set {order[order.index(before) + 1]} first"
