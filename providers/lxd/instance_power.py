"""The power of an instance that this program doesn't switch itself, watched from the moment it is meant to be on.

Not in the generated SDK. A VM that MAAS powers is off when it is made, on and off while MAAS commissions and installs it, and on
from then on; its `Instance` can't tell the times apart and doesn't compare. A program that knows when somebody moves in puts an
InstancePower after that point: from then on a stopped VM shows on refresh, and the next up starts it. Its creation and its
destruction switch nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from clients import lxd as client

from .._base import ExpectedError, Found, Made, Props
from . import _power
from ._lxd import InProject, LxdProvider, LxdResource, identity


class InstancePowerInputs(InProject):
    """Which instance, and whether it is meant to be on."""

    instance: str
    running: bool = True


class InstancePowerProvider(LxdProvider[InstancePowerInputs]):
    """The power of one instance."""

    inputs = InstancePowerInputs
    replace_on = frozenset({"instance", "project", "remote"})

    def make(self, inputs: InstancePowerInputs) -> Made:
        """Leaves the power to whoever is at work: MAAS may be between switching it off and on."""
        with _known(inputs):
            self.lxd(inputs.remote).state(inputs.instance, inputs.project)
        return Made(id=identity(inputs.remote, inputs.project, inputs.instance, "power"))

    def fetch(self, id_: str, old: Props) -> Found | None:
        inputs = self.parse(old)
        try:
            state = self.lxd(inputs.remote).state(inputs.instance, inputs.project)
        except client.NotFoundError:
            return None
        return Found(inputs={"running": state.status != client.STOPPED})

    def change(self, id_: str, old: Props, inputs: InstancePowerInputs) -> Mapping[str, Any]:
        self._set(inputs)
        return {}

    def remove(self, id_: str, old: Props) -> None:
        """Leaves the power as it is: whoever removes the instance stops it."""

    def _set(self, inputs: InstancePowerInputs) -> None:
        switch = _power.start if inputs.running else _power.stop
        with _known(inputs):
            switch(self.lxd(inputs.remote), inputs.instance, inputs.project)


@contextlib.contextmanager
def _known(inputs: InstancePowerInputs) -> Iterator[None]:
    try:
        yield
    except client.NotFoundError as error:
        raise ExpectedError(f"there is no instance {inputs.instance} in LXD project {inputs.project}") from error


class InstancePower(LxdResource, module="lxd", name="InstancePower"):
    """The power of an instance."""

    provider_class = InstancePowerProvider
    instance: pulumi.Output[str]
    running: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        instance: pulumi.Input[str],
        running: pulumi.Input[bool] | None = None,
        project: pulumi.Input[str] | None = None,
        remote: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(resource_name, {"instance": instance, "running": running, "project": project, "remote": remote}, opts)
