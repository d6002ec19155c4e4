"""Archives of packages for deployed machines. Ubuntu's own (main_archive, ports_archive) are always there: adopted, put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import maas
from clients.maas.services import PackageRepository as Record

from .. import _base
from ._named import NamedInputs, NamedProvider
from ._plain import OUTPUTS
from ._vocabulary import Name, NameList

LISTS = ("arches", "components", "distributions", "disabled_pockets", "disabled_components")


class PackageRepositoryInputs(NamedInputs):
    """An archive; `key` is its public PGP key."""

    url: Name
    key: str | None = None
    arches: NameList | None = None
    components: NameList | None = None
    distributions: NameList | None = None
    disabled_pockets: NameList | None = None
    disabled_components: NameList | None = None
    disable_sources: bool | None = None
    enabled: bool | None = None


class PackageRepositoryProvider(NamedProvider[PackageRepositoryInputs, Record]):
    """Archives by name."""

    inputs = PackageRepositoryInputs
    computed = ("repository_id", *OUTPUTS)
    noun = "package repository"
    defaults: ClassVar[Mapping[str, Any]] = {"arches": ["amd64", "i386"], "disable_sources": False, "enabled": True}

    def collection(self, region: maas.Maas) -> maas.Collection[Record]:
        return region.repositories

    def seen(self, record: Record) -> dict[str, Any]:
        lists = {name: sorted(getattr(record, name)) for name in LISTS}
        plain = {name: getattr(record, name) for name in ("name", "url", "key", "disable_sources", "enabled")}
        return {**plain, **lists}

    def outputs(self, record: Record) -> dict[str, Any]:
        return {"repository_id": record.id}

    def fields(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return {k: ",".join(v) if isinstance(v, list) else v for k, v in wanted.items()}


class PackageRepository(_base.Resource, module="maas", name="PackageRepository"):
    """An archive of packages of MAAS."""

    provider_class = PackageRepositoryProvider
    name: pulumi.Output[str]
    url: pulumi.Output[str]
    repository_id: pulumi.Output[int]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        url: pulumi.Input[str],
        key: pulumi.Input[str] | None = None,
        arches: pulumi.Input[list[str]] | None = None,
        components: pulumi.Input[list[str]] | None = None,
        distributions: pulumi.Input[list[str]] | None = None,
        disabled_pockets: pulumi.Input[list[str]] | None = None,
        disabled_components: pulumi.Input[list[str]] | None = None,
        disable_sources: pulumi.Input[bool] | None = None,
        enabled: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in PackageRepositoryInputs.model_fields}
        super().__init__(resource_name, given, opts)
