"""Juju's resources: clouds and controllers, models and what lives in them."""

from __future__ import annotations

from .application import Application
from .cloud import Cloud
from .controller import Controller
from .credential import Credential
from .integration import Integration
from .machine import Machine
from .model import Model
from .settled import Settled
from .ssh_key import SshKey
from .unit import Unit

__all__ = [
    "Application",
    "Cloud",
    "Controller",
    "Credential",
    "Integration",
    "Machine",
    "Model",
    "Settled",
    "SshKey",
    "Unit",
]
