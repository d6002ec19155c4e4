"""The stack itself: its site and its secrets."""

from __future__ import annotations

from collections.abc import Iterator

import config

from ..checks import Check
from ..outcome import Finding, failed, ok, warning
from ..stack import Stack

_SECRETS = ("maas:apiKey", "juju:password", "lxd:key")


def site(stack: Stack, found: config.SiteSpec) -> Iterator[Finding]:
    """A site that can be read at all has passed its own cross-checks."""
    count = len(found.workers) + len(found.controller.vms())
    yield ok(f"Pulumi.{stack.name}.yaml", f"{count} machines on {len(found.networks.items())} networks")


def secrets(stack: Stack, found: config.SiteSpec) -> Iterator[Finding]:
    """Keys and passwords are there, and encrypted."""
    for key in _SECRETS:
        if stack.get(key) and key not in stack.secret:
            yield warning(
                key, "lies in the stack's file in clear", f"`pulumi config set --secret {key} …`, and change it: it was seen"
            )
    key = f"{stack.project}:site"
    if key not in stack.secret:
        yield warning(key, "the BMCs' passwords lie in the stack's file in clear", _set_password(0))
    for index, worker in enumerate(found.workers):
        if worker.bmc.power_type != "manual" and not worker.bmc.password.get_secret_value().strip():
            yield failed(f"workers[{index}].bmc.password", "is empty", _set_password(index))
    yield ok("", f"{', '.join(sorted(stack.secret)) or 'nothing'} held secret, and this passphrase opens it")


def _set_password(index: int) -> str:
    return f"`pulumi config set --secret --path 'openstack-on-metal:site.workers[{index}].bmc.password' …`"


CHECKS = (
    Check(name="stack", title="the stack's configuration can be read", needs=("stack",), judge=lambda stack: (), owns=("stack",)),
    Check(name="site", title="the site is complete and fits together", needs=("stack", "site"), judge=site, owns=("site",)),
    Check(name="secrets", title="keys and passwords are set and encrypted", needs=("stack", "site"), judge=secrets),
)
