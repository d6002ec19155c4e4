"""Users of Keystone, by name in their domain. Keystone never tells a password, so another's change of one doesn't show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._keystone import InDomain, InDomainProvider
from ._vocabulary import Id


class UserInputs(InDomain):
    """A user; `default_project` is an id."""

    password: str | None = None
    description: str | None = None
    email: str | None = None
    enabled: bool | None = None
    default_project: Id | None = None


class UserProvider(InDomainProvider[UserInputs, openstack.User]):
    """Users by domain and name."""

    inputs = UserInputs
    secret = frozenset({"password"})
    hidden = frozenset({"password"})
    noun = "user"
    names: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "password": "password",
        "description": "description",
        "email": "email",
        "enabled": "is_enabled",
        "default_project": "default_project_id",
    }
    defaults: ClassVar[Mapping[str, Any]] = {"description": "", "email": None, "enabled": True, "default_project": None}

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.User]:
        return cloud.users

    def change(self, id_: str, old: _base.Props, inputs: UserInputs) -> Mapping[str, Any]:
        """A password is only sent when it is another one: Keystone ends the user's tokens at each."""
        same = old.get("password") == inputs.password
        return super().change(id_, old, inputs.model_copy(update={"password": None}) if same else inputs)


class User(_base.Resource, module="openstack", name="User"):
    """A user of Keystone; its id is Keystone's."""

    provider_class = UserProvider
    name: pulumi.Output[str]
    domain: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        domain: pulumi.Input[str] = "default",
        cloud: pulumi.Input[str] = "",
        password: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        email: pulumi.Input[str] | None = None,
        enabled: pulumi.Input[bool] | None = None,
        default_project: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in UserInputs.model_fields}
        super().__init__(resource_name, given, opts)
