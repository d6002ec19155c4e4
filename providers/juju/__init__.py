"""Juju's resources: clouds and controllers, models and what lives in them."""

from __future__ import annotations

from .action import Action
from .application import Application
from .cloud import Cloud
from .consume import Consume
from .controller import Controller
from .credential import Credential
from .integration import Integration
from .machine import Machine
from .model import Model
from .offer import Offer
from .secret import Secret
from .secret_backend import SecretBackend
from .settled import Settled
from .space import Space
from .ssh_key import SshKey
from .storage_pool import StoragePool
from .unit import Unit

__all__ = [
    "Action",
    "Application",
    "Cloud",
    "Consume",
    "Controller",
    "Credential",
    "Integration",
    "Machine",
    "Model",
    "Offer",
    "Secret",
    "SecretBackend",
    "Settled",
    "Space",
    "SshKey",
    "StoragePool",
    "Unit",
]
