"""How long things take, in virtual seconds: the time model's numbers where it has them, estimates beside them elsewhere."""

from __future__ import annotations

BOOTSTRAP = 120.0
"""From a deployed machine to a controller that answers; with MAAS's deployment about five minutes."""
CONTROLLER_START = 30.0
"""From a controller's booted machine to its answers."""
MACHINE_AGENT = 40.0
CONTAINER_IMAGE = 120.0
"""The first container on a host waits for the image."""
CONTAINER_BOOT = 60.0
CONTAINER_AGENT = 20.0
MACHINE_STOP = 10.0
FORCE_WAIT = 60.0
"""What `--force` waits for each step when no max-wait is given."""
PROVISION_RETRY = 10.0
PROVISION_ATTEMPTS = 10
POLL = 15.0
POLL_REAL = 0.25
"""Real seconds between two looks at MAAS, at least."""
HOOK_RETRY_FIRST = 5.0
HOOK_RETRY_MOST = 300.0
INSTALL = {False: 300.0, True: 45.0}
"""By whether the charm is a subordinate."""
HOOKS = {
    "leader-elected": 2.0,
    "config-changed": 10.0,
    "start": 5.0,
    "joined": 4.0,
    "changed": 8.0,
    "departed": 3.0,
    "broken": 4.0,
    "stop": 5.0,
    "remove": 3.0,
    "upgrade-charm": 60.0,
    "update-status": 3.0,
}
ACTION = 4.0
ACTIONS = {
    "openstack-upgrade": 300.0,
    "retrofit-image": 600.0,
    "configure-resources": 120.0,
    "reissue-certificates": 120.0,
    "mysqldump": 60.0,
    "sync-images": 300.0,
    "domain-setup": 30.0,
}


def hook_seconds(hook: str, subordinate: bool) -> float:
    """How long a hook runs."""
    return INSTALL[subordinate] if hook == "install" else HOOKS[hook]
