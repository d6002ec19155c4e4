"""Deployments: a machine allocated by its system id and deployed, for those whom Juju doesn't deploy.

A deployment that somebody released elsewhere is gone: the next up deploys again. Whatever is installed is changed by a new
deployment only, which erases the old one.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final

import pulumi
import pydantic

from clients import maas
from clients.errors import DeadlineError
from clients.maas import Machine, Status, errors

from .. import _base
from .._intents import Intent
from . import _lifecycle
from ._progress import Progress
from ._region import RegionProvider
from ._vocabulary import Name

DEPLOY: Final = (
    "distro_series",
    "hwe_kernel",
    "user_data",
    "enable_hw_sync",
    "ephemeral_deploy",
    "install_kvm",
    "register_vmhost",
    "enable_kernel_crash_dump",
    "comment",
)
RELEASE: Final = ("erase", "quick_erase", "secure_erase", "force", "release_comment", "release_scripts")
SINCE: Final[Mapping[str, tuple[int, int]]] = {"release_scripts": (3, 5), "enable_kernel_crash_dump": (3, 6)}
"""Options that an older MAAS would silently ignore."""
HELD: Final = frozenset({Status.DEPLOYING, Status.DEPLOYED})


class DeploymentInputs(_base.Inputs):
    """A deployment of the machine with this system id.

    Attributes:
        distro_series: "jammy" or "ubuntu/jammy"; the region's default when not given.
        user_data: for cloud-init, as text; secret.
        retries: how often a failed deployment is released and tried again.
        timeout_seconds: for one try.
    """

    machine: Name
    distro_series: Name | None = None
    hwe_kernel: Name | None = None
    user_data: str | None = None
    enable_hw_sync: bool | None = None
    ephemeral_deploy: bool | None = None
    install_kvm: bool | None = None
    register_vmhost: bool | None = None
    enable_kernel_crash_dump: bool | None = None
    comment: str | None = None
    erase: bool | None = None
    quick_erase: bool | None = None
    secure_erase: bool | None = None
    force: bool | None = None
    release_comment: str | None = None
    release_scripts: list[Name] | None = None
    retries: Annotated[int, pydantic.Field(ge=0, le=10)] = 0
    timeout_seconds: Annotated[float, pydantic.Field(gt=0)] | None = None


class DeploymentProvider(RegionProvider[DeploymentInputs]):
    """Deployments by machine."""

    inputs = DeploymentInputs
    computed = ("status", "addresses", "osystem", "hostname", "adopted")
    secret = frozenset({"user_data"})
    replace_on = frozenset({"machine", *DEPLOY}) - {"comment"}

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        for option in ("quick_erase", "secure_erase"):
            if news.get(option) is True and news.get("erase") is not True:
                yield option, "needs erase"

    def same(self, name: str, old: Any, new: Any) -> bool:
        if name == "distro_series":
            return str(old).rpartition("/")[2] == str(new).rpartition("/")[2]
        return bool(old == new)

    def make(self, inputs: DeploymentInputs) -> _base.Made:
        region = self.region()
        for option, since in SINCE.items():
            if getattr(inputs, option) is not None:
                region.require(since, f"{option} of a deployment")
        machine = region.machines.read(inputs.machine)
        if machine is None:
            raise self.gone(f"machine {inputs.machine}")
        intent = Intent(region.session.url, "deployment", inputs.machine)
        adopted = machine.status in HELD and intent.recall() is None
        if machine.status in HELD and not self._fits(machine, inputs):
            raise _base.ExpectedError(
                f"{machine.hostname} is {machine.status_name} with {machine.osystem}/{machine.distro_series} already, where "
                f"{inputs.distro_series} is asked for: release it first"
            )
        if not adopted:
            intent.note(adopted=False)
        machine = self._deployed(region, machine, inputs)
        return _base.Made(id=machine.system_id, outputs={**_outputs(machine), "adopted": adopted})

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        region = self.region()
        machine = region.machines.read(id_)
        if machine is None or machine.status not in HELD:
            Intent(region.session.url, "deployment", id_).forget()
            return None
        series = machine.distro_series
        asked = str(old.get("distro_series", ""))
        if "/" in asked:
            series = f"{machine.osystem}/{series}"
        found: dict[str, Any] = {"machine": id_, "distro_series": series}
        if machine.hwe_kernel:
            found["hwe_kernel"] = machine.hwe_kernel
        return _base.Found(inputs=found, outputs=_outputs(machine))

    def change(self, id_: str, old: _base.Props, inputs: DeploymentInputs) -> Mapping[str, Any]:
        return {}  # how to release, retry and wait: for the next time

    def remove(self, id_: str, old: _base.Props) -> None:
        region, inputs = self.region(), self.parse(old)
        machine = region.machines.read(id_)
        if machine is not None and not old.get("adopted"):
            asked = {name.removeprefix("release_"): getattr(inputs, name) for name in RELEASE}
            options = {k: ",".join(v) if isinstance(v, list) else v for k, v in asked.items() if v is not None}
            _lifecycle.release(region, machine, self._deadline(inputs), Progress(machine.hostname), **options)
        Intent(region.session.url, "deployment", inputs.machine).forget()

    def _fits(self, machine: Machine, inputs: DeploymentInputs) -> bool:
        return inputs.distro_series is None or self.same("distro_series", machine.distro_series, inputs.distro_series)

    def _deployed(self, region: maas.Maas, machine: Machine, inputs: DeploymentInputs) -> Machine:
        progress = Progress(machine.hostname)
        for attempt in range(inputs.retries + 1):
            if machine.status not in HELD:
                machine = _start(region, self._free(region, machine, inputs, progress), inputs, progress)
            machine = self._ended(region, machine, inputs, progress)
            if machine.status == Status.DEPLOYED:
                return machine
            if attempt < inputs.retries:
                progress.say(f"{machine.status_name}, trying again ({attempt + 1} of {inputs.retries})")
        told = f" after {inputs.retries + 1} attempts" if inputs.retries else ""
        known = region.machines.explain(machine.system_id)
        raise _base.ExpectedError(f"{machine.hostname}: {machine.status_name}{told}: {machine.status_message}\n{known}")

    def _free(self, region: maas.Maas, machine: Machine, inputs: DeploymentInputs, progress: Progress) -> Machine:
        """The machine, released when an earlier deployment failed, and while somebody else's release is under way waited for."""
        if machine.status == Status.FAILED_DEPLOYMENT or machine.status in _lifecycle.GOING:
            left = _lifecycle.release(region, machine, self._deadline(inputs), progress)
            if left is None:
                raise self.gone(f"machine {inputs.machine}")
            machine = left
        if machine.status not in {Status.READY, Status.ALLOCATED}:
            raise _base.ExpectedError(f"{machine.hostname} is {machine.status_name}: only a Ready machine can be deployed")
        return machine

    def _ended(self, region: maas.Maas, machine: Machine, inputs: DeploymentInputs, progress: Progress) -> Machine:
        try:
            ended = region.machines.wait(
                machine.system_id,
                lambda m: m is None or m.status != Status.DEPLOYING,
                deadline=self._deadline(inputs),
                describe=_waiting(machine.hostname),
                on_change=progress,
            )
        except DeadlineError as error:
            raise _base.ExpectedError(f"{error}\n{region.machines.explain(machine.system_id)}") from None
        if ended is None:
            raise _base.ExpectedError(f"{machine.hostname} was deleted from MAAS while it was deployed")
        return ended

    def _deadline(self, inputs: DeploymentInputs) -> float:
        return inputs.timeout_seconds or self.patience()


class Deployment(_base.Resource, module="maas", name="Deployment"):
    """A deployed machine of MAAS."""

    provider_class = DeploymentProvider
    machine: pulumi.Output[str]
    distro_series: pulumi.Output[str | None]
    status: pulumi.Output[str]
    hostname: pulumi.Output[str]
    addresses: pulumi.Output[list[str]]
    adopted: pulumi.Output[bool]
    """Whether it was deployed before this program; then it is left so on destroy."""

    def __init__(
        self,
        resource_name: str,
        *,
        machine: pulumi.Input[str],
        distro_series: pulumi.Input[str] | None = None,
        hwe_kernel: pulumi.Input[str] | None = None,
        user_data: pulumi.Input[str] | None = None,
        enable_hw_sync: pulumi.Input[bool] | None = None,
        ephemeral_deploy: pulumi.Input[bool] | None = None,
        install_kvm: pulumi.Input[bool] | None = None,
        register_vmhost: pulumi.Input[bool] | None = None,
        enable_kernel_crash_dump: pulumi.Input[bool] | None = None,
        comment: pulumi.Input[str] | None = None,
        erase: pulumi.Input[bool] | None = None,
        quick_erase: pulumi.Input[bool] | None = None,
        secure_erase: pulumi.Input[bool] | None = None,
        force: pulumi.Input[bool] | None = None,
        release_comment: pulumi.Input[str] | None = None,
        release_scripts: pulumi.Input[list[str]] | None = None,
        retries: pulumi.Input[int] = 0,
        timeout_seconds: pulumi.Input[float] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in DeploymentInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _start(region: maas.Maas, machine: Machine, inputs: DeploymentInputs, progress: Progress) -> Machine:
    """Allocates and deploys; two calls, so that a machine that somebody else takes meanwhile is an error and not a surprise."""
    if machine.status == Status.READY:
        try:
            region.session.call("Machines", "allocate", f"allocate {machine.hostname}", system_id=machine.system_id)
        except errors.Unknown:
            progress.say("MAAS did not say whether it was allocated; deploying tells")
    asked = inputs.model_dump(mode="json", include=set(DEPLOY), exclude_none=True)
    if "user_data" in asked:
        asked["user_data"] = _encoded(asked["user_data"])
    started = region.machines.operate(machine.system_id, "deploy", lambda m: m.status in HELD, **asked)
    progress.say(started.status_name)
    return started


def _encoded(user_data: str) -> str:
    return base64.b64encode(user_data.encode()).decode()


def _waiting(hostname: str) -> Callable[[Machine | None], str]:
    def describe(machine: Machine | None) -> str:
        now = "MAAS does not have it" if machine is None else f"it is {machine.status_name}, power {machine.power_state}"
        return f"{hostname} to be Deployed; {now}"

    return describe


def _outputs(machine: Machine) -> dict[str, Any]:
    return {
        "status": machine.status_name,
        "addresses": list(machine.addresses),
        "osystem": machine.osystem,
        "hostname": machine.hostname,
    }
