"""Whether the VMs fit the controller."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..virtual_machine import ControllerSpec, VmSpec


def memory_fits(controller: ControllerSpec) -> Iterator[Problem]:
    """Memory is given once."""
    wanted = sum(vm.memory for vm in _sizes(controller))
    yield from _too_much("memory", wanted, controller.capacity.memory)


def disk_fits(controller: ControllerSpec) -> Iterator[Problem]:
    """So is disk."""
    wanted = sum(vm.disk for vm in _sizes(controller))
    yield from _too_much("storage", wanted, controller.capacity.storage)


def cores_fit(controller: ControllerSpec) -> Iterator[Problem]:
    """Cores may be promised `core_overcommit` times over; one VM can't have more than there are."""
    wanted = sum(vm.cores for vm in _sizes(controller))
    capacity = controller.capacity
    if wanted > capacity.cores * capacity.core_overcommit:
        mend = f"the VMs ask for {wanted} cores, more than {capacity.core_overcommit:g} times these; make them smaller or fewer"
        yield Problem("controller.capacity.cores", str(capacity.cores), mend)
    for name, vm, _ in controller.vms():
        if vm.cores > capacity.cores:
            yield Problem("controller.capacity.cores", str(capacity.cores), f"{name} alone asks for {vm.cores}; make it smaller")


def _sizes(controller: ControllerSpec) -> list[VmSpec]:
    return [vm for _, vm, _ in controller.vms()]


def _too_much(what: str, wanted: int, there: int) -> Iterator[Problem]:
    if wanted > there:
        mend = f"the VMs ask for {_gib(wanted)}; make them smaller or fewer, or correct the controller's {what}"
        yield Problem(f"controller.capacity.{what}", _gib(there), mend)


def _gib(size: int) -> str:
    return f"{size / 2**30:.4g} GiB"
