"""A test that the cloud works: a server boots, gets an address from outside and a volume, and answers; then all of it goes.

It runs when it is made and whenever an input changes. Nothing of it stays, so there is nothing to read and nothing to destroy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from .. import _base
from . import _smoke
from ._cloud import CloudProvider, OnCloud
from ._vocabulary import Id, Name, Seconds, Size


class SmokeTestInputs(OnCloud):
    """The test; ids all but `name`, which marks what it makes: two tests of one cloud need two names.

    Attributes:
        network: where the server is; routed to the external network.
        external_network: where its address comes from; without one nobody asks whether it answers.
        volume_size: GiB of the volume that it gets; 0 is none.
        timeout: seconds for all of it.
        triggers: anything; a change tests again.
    """

    name: Name = "smoke"
    image: Id
    flavor: Id
    network: Id
    external_network: Id | None = None
    volume_size: Size = 1
    volume_type: Name | None = None
    timeout: Seconds = 900
    triggers: Any = None


class SmokeTestProvider(CloudProvider[SmokeTestInputs]):
    """Runs; a run that was killed is swept by the next one."""

    inputs = SmokeTestInputs
    computed = ("timings", "server_address", "host")
    replace_on = frozenset({"cloud", "name"})

    def make(self, inputs: SmokeTestInputs) -> _base.Made:
        return _base.Made(id=inputs.name, outputs=self._run(inputs))

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        """Nothing is left to look at."""
        return _base.Found(inputs={})

    def change(self, id_: str, old: _base.Props, inputs: SmokeTestInputs) -> Mapping[str, Any]:
        return self._run(inputs)

    def remove(self, id_: str, old: _base.Props) -> None:
        """Each run has cleaned up after itself."""

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """How long it may take is no reason to test again."""
        return super().changed(olds, news) - {"timeout"}

    def _run(self, inputs: SmokeTestInputs) -> dict[str, Any]:
        fields = inputs.model_dump(exclude={"cloud", "timeout", "triggers"})
        run = _smoke.Run(self.cloud(inputs.cloud), _smoke.Plan(**fields, seconds=inputs.timeout))
        run.run()
        return {"timings": run.timings, "server_address": run.address, "host": run.host}


class SmokeTest(_base.Resource, module="openstack", name="SmokeTest"):
    """A test that the cloud works."""

    provider_class = SmokeTestProvider
    timings: pulumi.Output[dict[str, float]]
    """Seconds that each phase took: sweep, boot, address, volume, answer, clean-up."""
    server_address: pulumi.Output[str]
    """The floating address at which the server answered; empty without an external network."""
    host: pulumi.Output[str]
    """The worker that the server ran on."""

    def __init__(
        self,
        resource_name: str,
        *,
        image: pulumi.Input[str],
        flavor: pulumi.Input[str],
        network: pulumi.Input[str],
        external_network: pulumi.Input[str] | None = None,
        name: pulumi.Input[str] = "smoke",
        volume_size: pulumi.Input[int] = 1,
        volume_type: pulumi.Input[str] | None = None,
        timeout: pulumi.Input[float] = 900,
        triggers: pulumi.Input[Any] | None = None,
        cloud: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in SmokeTestInputs.model_fields}
        super().__init__(resource_name, given, opts)
