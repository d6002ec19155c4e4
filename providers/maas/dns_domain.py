"""DNS domains that MAAS serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import pulumi
import pydantic

from clients import maas
from clients.maas.services import Domain

from .. import _base
from ._named import NamedInputs, NamedProvider
from ._plain import OUTPUTS

Ttl = Annotated[int, pydantic.Field(ge=1, le=604800)]
DomainName = Annotated[str, pydantic.StringConstraints(to_lower=True, pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$")]


class DnsDomainInputs(NamedInputs):
    """A domain; `ttl` in seconds, the region's default when not given."""

    name: DomainName
    ttl: Ttl | None = None
    authoritative: bool | None = None


class DnsDomainProvider(NamedProvider[DnsDomainInputs, Domain]):
    """Domains by name. One that machines or records are in can't be deleted."""

    inputs = DnsDomainInputs
    computed = ("domain_id", *OUTPUTS)
    noun = "domain"
    defaults: ClassVar[Mapping[str, Any]] = {"authoritative": True}

    def collection(self, region: maas.Maas) -> maas.Collection[Domain]:
        return region.domains

    def seen(self, record: Domain) -> dict[str, Any]:
        return {"name": record.name, "ttl": record.ttl, "authoritative": record.authoritative}

    def outputs(self, record: Domain) -> dict[str, Any]:
        return {"domain_id": record.id}


class DnsDomain(_base.Resource, module="maas", name="DnsDomain"):
    """A DNS domain of MAAS."""

    provider_class = DnsDomainProvider
    name: pulumi.Output[str]
    ttl: pulumi.Output[int | None]
    authoritative: pulumi.Output[bool | None]
    domain_id: pulumi.Output[int]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        ttl: pulumi.Input[int] | None = None,
        authoritative: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(resource_name, {"name": name, "ttl": ttl, "authoritative": authoritative}, opts)
