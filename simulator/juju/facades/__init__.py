"""The facades of the simulated controller, one file a family; each file exports its `Facade` objects."""

from __future__ import annotations

from ..facade import Facade
from . import (
    action,
    admin,
    application,
    application_change,
    application_info,
    charms,
    client,
    cloud,
    controller,
    keys,
    machinemanager,
    misc,
    modelconfig,
    modelmanager,
    modelupgrader,
    notes,
    offers,
    resources,
    secretbackends,
    secrets,
    spaces,
    storage,
    users,
)

_ALL: tuple[Facade, ...] = (
    action.facade,
    admin.facade,
    admin.pinger,
    notes.facade,
    application.facade,
    charms.facade,
    client.facade,
    client.watcher,
    cloud.facade,
    cloud.credentials,
    controller.facade,
    keys.facade,
    keys.ssh,
    machinemanager.facade,
    misc.block,
    misc.bundle,
    misc.availability,
    secretbackends.facade,
    modelconfig.facade,
    modelmanager.facade,
    modelupgrader.facade,
    offers.facade,
    resources.facade,
    secrets.facade,
    spaces.facade,
    spaces.subnets,
    storage.facade,
    users.facade,
)
FACADES = {facade.name: facade for facade in _ALL}
EXTRA = (application_change, application_info)
"""Modules that add methods to the Application facade."""
