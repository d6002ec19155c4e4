"""LXD, typed: connections by remote, objects by place, errors as one tree."""

from __future__ import annotations

import functools

from .client import DEADLINE, Lxd
from .errors import (
    FailedError,
    ForbiddenError,
    LxdError,
    NotFoundError,
    RefusedError,
    StaleError,
    UnknownOutcomeError,
    UnreachableError,
)
from .remote import Remote
from .types import INSTANCE_FIELDS, RUNNING, STOPPED, Address, Host, InstanceState, Interface, Object, Operation, Server, Space

__all__ = [
    "DEADLINE",
    "INSTANCE_FIELDS",
    "RUNNING",
    "STOPPED",
    "Address",
    "FailedError",
    "ForbiddenError",
    "Host",
    "InstanceState",
    "Interface",
    "Lxd",
    "LxdError",
    "NotFoundError",
    "Object",
    "Operation",
    "RefusedError",
    "Remote",
    "Server",
    "Space",
    "StaleError",
    "UnknownOutcomeError",
    "UnreachableError",
    "connect",
]


@functools.lru_cache(maxsize=64)
def connect(remote: Remote, deadline: float = DEADLINE) -> Lxd:
    """The client of a server, one for each setting in this process; nothing is sent before the first call.

    Args:
        remote: where the server is.
        deadline: seconds that an operation may take.
    """
    return Lxd(remote, deadline=deadline)
