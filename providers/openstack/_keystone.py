"""What Keystone's objects share: they live in a domain, which is written by its name or its id, and have one name there."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import pydantic

from clients import openstack

from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import KeystoneName

Domain = Annotated[str, pydantic.StringConstraints(min_length=1, max_length=64)]


class InDomain(OnCloud):
    """Lives in a domain, given by name or id."""

    name: KeystoneName
    domain: Domain = "default"


InputsT = TypeVar("InputsT", bound=InDomain)
RecordT = TypeVar("RecordT", bound=openstack.Record)


class InDomainProvider(PlainProvider[InputsT, RecordT], abc.ABC):
    """Objects by domain and name; one can't move to another domain."""

    computed = OUTPUTS
    replace_on = frozenset({"cloud", "domain"})

    def label(self, inputs: InputsT) -> str:
        return f"{inputs.name} of {inputs.domain}"

    def find(self, cloud: openstack.Cloud, inputs: InputsT) -> RecordT | None:
        found = self.collection(cloud).list(name=inputs.name, domain_id=cloud.identity.domain(inputs.domain).id)
        return openstack.only(found, f"{self.noun}s {self.label(inputs)}", cloud.where)

    def add(self, cloud: openstack.Cloud, inputs: InputsT, fields: Mapping[str, Any]) -> RecordT:
        return super().add(cloud, inputs, {**fields, "domain_id": cloud.identity.domain(inputs.domain).id})
