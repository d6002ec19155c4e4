"""What a server writes to its console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import times

if TYPE_CHECKING:
    from .compute import Compute
    from .records import Server


def output(compute: Compute, server: Server, length: int | str | None = None) -> str:
    """The last lines of the console, all of them without a length."""
    if server.launched is None:
        return ""
    addresses = [each["addr"] for every in compute.cloud.network.addresses(server.id).values() for each in every]
    fixed = ", ".join(addresses) or "none"
    lines = [
        "[    0.000000] Linux version 6.8.0-48-generic (buildd@lcy02) #48-Ubuntu SMP PREEMPT_DYNAMIC",
        "[    0.000000] Command line: BOOT_IMAGE=/vmlinuz-6.8.0-48-generic root=LABEL=cloudimg-rootfs ro console=ttyS0",
        "[    1.204113] virtio_net virtio0 ens3: renamed from eth0",
        f"ci-info: addresses: {fixed}",
        f"Cloud-init v. 24.4 finished at {times.short(server.launched)}. Datasource DataSourceOpenStackLocal",
        f"Ubuntu 24.04 LTS {server.hostname} ttyS0",
        f"{server.hostname} login: ",
    ]
    return "\n".join(lines[-int(length) :] if length else lines)
