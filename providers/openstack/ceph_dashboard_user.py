"""Who may log in to Ceph's dashboard: a user with a password that the charm makes, told once.

Owns: the user, and its password as a secret. Does not own: the dashboard, which is the charm's. Ceph keeps its users when the
charm goes, so that a user must go before it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource
from ..juju._common import InModel, InModelProvider
from . import _login, _tasks
from ._vocabulary import Name

_PORT = 8443
_LIST = "ceph dashboard ac-user-show --format json"


class CephDashboardUserInputs(InModel):
    """A user of the dashboard.

    Attributes:
        username: the name to log in with.
        role: one of Ceph's own, such as administrator or read-only.
        application: the ceph-dashboard application.
        monitors: the ceph-mon application.
    """

    username: Name
    role: Name = "administrator"
    application: Name = "ceph-dashboard"
    monitors: Name = "ceph-mon"


class CephDashboardUserProvider(InModelProvider[CephDashboardUserInputs]):
    """Users by name."""

    inputs = CephDashboardUserInputs
    computed = ("password", "url")
    secret = frozenset({"password"})
    replace_on = frozenset({"controller", "model", "username", "role", "application", "monitors"})
    attempts = 1  # the password is told once

    def make(self, inputs: CephDashboardUserInputs) -> Made:
        model = self.model(inputs)
        intent = self.own("dashboard user", inputs.model_dump(), f"{inputs.application}/{inputs.username}")
        if inputs.username in _users(model, inputs):
            if not intent.recall():
                raise ExpectedError(
                    f"Ceph's dashboard has a user {inputs.username} already, and nobody tells its password: delete it with "
                    f"`juju run {inputs.application}/leader delete-user username={inputs.username}`, then run again"
                )
            self._delete(model, inputs)  # ours, from a run that ended before it could note the password
        intent.note(made=True)
        asked = {"username": inputs.username, "role": inputs.role}
        password = _tasks.run(model, f"{inputs.application}/leader", "add-user", asked).get("password")
        if not password:
            raise ExpectedError(f"the action add-user of {inputs.application} told no password for {inputs.username}: run again")
        intent.forget()
        return Made(id=inputs.username, outputs={"password": str(password), "url": _url(model, inputs)})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        inputs = self.parse(old)
        status = model.glance()
        if inputs.application not in status.applications or inputs.monitors not in status.applications:
            return None
        if id_ not in _users(model, inputs):
            return None
        return Found(inputs={"username": id_}, outputs={"password": old.get("password", ""), "url": _url(model, inputs)})

    def change(self, id_: str, old: Props, inputs: CephDashboardUserInputs) -> Mapping[str, Any]:
        return {"password": old["password"], "url": _url(self.model(inputs), inputs)}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        inputs = self.parse(old)
        if inputs.application in model.status().applications and id_ in _users(model, inputs):
            self._delete(model, inputs)

    def _delete(self, model: juju.Model, inputs: CephDashboardUserInputs) -> None:
        _tasks.run(model, f"{inputs.application}/leader", "delete-user", {"username": inputs.username})


def _users(model: juju.Model, inputs: CephDashboardUserInputs) -> list[str]:
    """The dashboard's users, as Ceph itself tells them.

    Raises:
        ExpectedError: when the monitors can't tell.
    """
    text = _tasks.execute(model, f"{inputs.monitors}/leader", _LIST)
    try:
        return [str(name) for name in json.loads(text)]
    except (ValueError, TypeError) as error:
        raise ExpectedError(f"{inputs.monitors} tells nothing readable about the dashboard's users: {error!r}") from None


def _url(model: juju.Model, inputs: CephDashboardUserInputs) -> str:
    """Where a browser finds it: any monitor's node passes on to the one that serves."""
    host = _login.address(model.status(), inputs.application, model.applications.get(inputs.application).options)
    return f"https://{host}:{_PORT}"


class CephDashboardUser(Resource, module="openstack", name="CephDashboardUser"):
    """A user of Ceph's dashboard; its id is its name."""

    provider_class = CephDashboardUserProvider
    username: pulumi.Output[str]
    password: pulumi.Output[str]
    url: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        username: pulumi.Input[str],
        role: pulumi.Input[str] = "administrator",
        application: pulumi.Input[str] = "ceph-dashboard",
        monitors: pulumi.Input[str] = "ceph-mon",
        controller: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in CephDashboardUserInputs.model_fields}
        super().__init__(resource_name, given, opts)
