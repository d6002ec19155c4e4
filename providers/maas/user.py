"""Users of MAAS. MAAS's API can't change one: another address, password or rank is another user of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from clients import maas
from clients.maas.services import User as Record

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Name


class UserInputs(_base.Inputs):
    """A user; the password can't be read back, so only a change in the program shows."""

    username: Name
    email: Name
    password: Name
    is_superuser: bool = False


class UserProvider(PlainProvider[UserInputs, Record]):
    """Users by name. One that was there before must be as asked, but for its password, and stays."""

    inputs = UserInputs
    computed = OUTPUTS
    secret = frozenset({"password"})
    replace_on = frozenset({"username", "email", "password", "is_superuser"})
    noun = "user"
    fixed = frozenset({"email", "is_superuser"})
    ours = frozenset({"password"})

    def label(self, inputs: UserInputs) -> str:
        return inputs.username

    def collection(self, region: maas.Maas) -> maas.Collection[Record]:
        return region.users

    def matches(self, record: Record, inputs: UserInputs) -> bool:
        return record.username == inputs.username

    def id_of(self, record: Record) -> str:
        return record.username

    def fields(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        flags = {"is_superuser": "1" if wanted["is_superuser"] else "0"} if "is_superuser" in wanted else {}
        return {**wanted, **flags}

    def naming(self, inputs: UserInputs) -> dict[str, Any]:
        return {"password": inputs.password}

    def seen(self, record: Record) -> dict[str, Any]:
        return {"username": record.username, "email": record.email, "is_superuser": record.is_superuser}


class User(_base.Resource, module="maas", name="User"):
    """A user of MAAS."""

    provider_class = UserProvider
    username: pulumi.Output[str]
    email: pulumi.Output[str]
    is_superuser: pulumi.Output[bool]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        username: pulumi.Input[str],
        email: pulumi.Input[str],
        password: pulumi.Input[str],
        is_superuser: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"username": username, "email": email, "password": password, "is_superuser": is_superuser}
        super().__init__(resource_name, props, opts)
