"""Juju, typed: one controller and its models over shared connections, errors as one tree.

    controller = connect(Access(controller="site"))
    model = controller.model(uuid)
    model.status().units["keystone/0"].workload.current

Calls block and are safe from any thread. python-libjuju is loaded when the first connection is made. Juju 4, which it doesn't
speak to, is refused; a client for it would go below `_session.Wire`.
"""

from __future__ import annotations

import functools

from .actions import Action
from .applications import Deployment, Option, Settings, Value
from .binary import Follow, Juju
from .controller import Access, Controller, ModelSummary
from .errors import (
    AlreadyExists,
    CommandError,
    JujuError,
    LocalCharmError,
    NoController,
    NotFound,
    Refused,
    Silent,
    StoreError,
    Unauthorised,
    Unknown,
    Unreachable,
    Unsupported,
)
from .model import Model
from .resources import RELEASED, Resource
from .secret_backends import SecretBackend
from .secrets import Secret
from .status import Application, Detail, Machine, Relation, Remote, Status, Unit
from .storage import StorageInstance, StoragePool
from .store import ClientStore, ControllerEntry
from .uploads import LocalCharm, ResourceFile, is_path

__all__ = [
    "RELEASED",
    "Access",
    "Action",
    "AlreadyExists",
    "Application",
    "ClientStore",
    "CommandError",
    "Controller",
    "ControllerEntry",
    "Deployment",
    "Detail",
    "Follow",
    "Juju",
    "JujuError",
    "LocalCharm",
    "LocalCharmError",
    "Machine",
    "Model",
    "ModelSummary",
    "NoController",
    "NotFound",
    "Option",
    "Refused",
    "Relation",
    "Remote",
    "Resource",
    "ResourceFile",
    "Secret",
    "SecretBackend",
    "Settings",
    "Silent",
    "Status",
    "StorageInstance",
    "StoragePool",
    "StoreError",
    "Unauthorised",
    "Unit",
    "Unknown",
    "Unreachable",
    "Unsupported",
    "Value",
    "connect",
    "is_path",
]


@functools.lru_cache(maxsize=16)
def connect(access: Access) -> Controller:
    """The client of a controller, one for each access in this process; nothing is sent before the first call."""
    return Controller(access)
