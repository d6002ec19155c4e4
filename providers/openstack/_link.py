"""Facts that hold or don't: a role that somebody has, a member of a group. There is nothing to change in one."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from clients import openstack

from .. import _base
from ._cloud import CloudProvider, OnCloud

InputsT = TypeVar("InputsT", bound=OnCloud)


class LinkProvider(CloudProvider[InputsT], abc.ABC):
    """Brings a fact about; one that held before is adopted, and left at the end.

    Class attributes that a subclass states beyond the base's:
        noun: what OpenStack calls it.
    """

    computed = ("adopted",)
    noun: ClassVar[str]

    @abc.abstractmethod
    def key(self, inputs: InputsT) -> str:
        """The natural key, which is the id too."""

    @abc.abstractmethod
    def holds(self, cloud: openstack.Cloud, inputs: InputsT) -> bool:
        """Whether it holds."""

    @abc.abstractmethod
    def bring(self, cloud: openstack.Cloud, inputs: InputsT) -> None:
        """Brings it about."""

    @abc.abstractmethod
    def end_it(self, cloud: openstack.Cloud, inputs: InputsT) -> None:
        """Ends it; that it doesn't hold is success."""

    def make(self, inputs: InputsT) -> _base.Made:
        cloud = self.cloud(inputs.cloud)
        intent = self.intent_in(cloud, self.noun, self.key(inputs))
        noted = intent.recall()
        adopted = bool(noted["adopted"]) if noted else self.holds(cloud, inputs)
        intent.note(adopted=adopted)
        if not self.holds(cloud, inputs):
            self.bring(cloud, inputs)
        return _base.Made(id=self.key(inputs), outputs={"adopted": adopted})

    def look(self, id_: str, old: _base.Props, cloud: openstack.Cloud) -> _base.Found | None:
        inputs = self.parse(old)
        if not self.holds(cloud, inputs):
            self.intent_in(cloud, self.noun, self.key(inputs)).forget()
            return None
        return _base.Found(inputs={})

    def change(self, id_: str, old: _base.Props, inputs: InputsT) -> Mapping[str, Any]:
        """Every change needs another one."""
        return {}

    def end(self, id_: str, old: _base.Props, cloud: openstack.Cloud) -> None:
        inputs = self.parse(old)
        if not old.get("adopted"):
            self.end_it(cloud, inputs)
        self.intent_in(cloud, self.noun, self.key(inputs)).forget()
