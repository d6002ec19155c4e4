"""Snapshots of instances."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pulumi

from clients import lxd as client

from ._lxd import InProject, LxdResource, identity
from ._object import Body, ObjectProvider


class InstanceSnapshotInputs(InProject):
    """A snapshot; a stateful one keeps the memory as well."""

    name: str
    instance: str
    stateful: bool = False


class InstanceSnapshotProvider(ObjectProvider[InstanceSnapshotInputs]):
    """Snapshots: nothing of one can be changed."""

    inputs = InstanceSnapshotInputs
    computed = (*ObjectProvider.computed, "created_at")
    replace_on = frozenset(InstanceSnapshotInputs.model_fields)
    noun = "instance snapshot"
    configurable = False
    fixed = ("stateful",)

    def home(self, inputs: InstanceSnapshotInputs) -> tuple[str, ...]:
        return ("instances", inputs.instance, "snapshots")

    def key(self, inputs: InstanceSnapshotInputs) -> str:
        return identity(inputs.remote, inputs.project, inputs.instance, inputs.name)

    def editable(self, inputs: InstanceSnapshotInputs) -> Body:
        return {}

    def fresh(self, inputs: InstanceSnapshotInputs) -> Body:
        return {"name": inputs.name, "stateful": inputs.stateful}

    def seen(self, actual: client.Object, old: InstanceSnapshotInputs) -> dict[str, Any]:
        return {"stateful": bool(actual.body.get("stateful"))}

    def outputs(self, lxd: client.Lxd, actual: client.Object, inputs: InstanceSnapshotInputs) -> dict[str, Any]:
        return {"created_at": epoch(str(actual.body.get("created_at") or ""))}

    def _put_back(self, actual: client.Object) -> Body:
        return {}

    def _give_back(self, lxd: client.Lxd, inputs: InstanceSnapshotInputs, before: Any) -> None:
        """Nothing of an adopted snapshot was changed."""


def epoch(text: str) -> int:
    """A time as LXD writes it, with nanoseconds, in POSIX seconds; 0 for none."""
    whole = re.sub(r"\.\d+", "", text).replace("Z", "+00:00")
    return int(datetime.datetime.fromisoformat(whole).timestamp()) if whole else 0


class InstanceSnapshot(LxdResource, module="lxd", name="InstanceSnapshot"):
    """A snapshot of an instance."""

    provider_class = InstanceSnapshotProvider
    name: pulumi.Output[str]
    instance: pulumi.Output[str]
    stateful: pulumi.Output[bool]
    created_at: pulumi.Output[int]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
