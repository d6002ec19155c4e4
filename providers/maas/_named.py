"""Objects of MAAS that their name finds."""

from __future__ import annotations

import abc
from typing import Protocol, TypeVar

from .. import _base
from ._plain import PlainProvider
from ._vocabulary import Name


class NamedInputs(_base.Inputs):
    """What has a name; a subclass may say more closely what a name looks like."""

    name: Name


class Named(Protocol):
    """What MAAS tells of it."""

    @property
    def name(self) -> str:
        """Its name."""


InputsT = TypeVar("InputsT", bound=NamedInputs)
RecordT = TypeVar("RecordT", bound=Named)


class NamedProvider(PlainProvider[InputsT, RecordT], abc.ABC):
    """Create, read, update and delete of an object that its name finds."""

    def label(self, inputs: InputsT) -> str:
        return inputs.name

    def matches(self, record: RecordT, inputs: InputsT) -> bool:
        return record.name == inputs.name
