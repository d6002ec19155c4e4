"""MAAS 3.4 to 3.7, and what is said to others."""

from __future__ import annotations

from typing import Any

import pytest

from clients import maas
from clients.maas import errors
from providers import _base
from providers.maas.vm_host import supported


class Session:
    """Says a version and nothing else."""

    url = "http://region/MAAS/api/2.0/"

    def __init__(self, version: str, *, pods: bool = True) -> None:
        self.version = version
        self.pods = pods

    def call(self, handler: str, action: str, what: str, **params: Any) -> Any:
        assert (handler, action) == ("Version", "read")
        return {"version": self.version, "subversion": "", "capabilities": []}

    def can(self, handler: str, action: str) -> bool:
        return self.pods


def region(version: str, **kwargs: Any) -> maas.Maas:
    return maas.Maas(Session(version, **kwargs))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "read"), [("3.4.10", (3, 4)), ("3.7.0~beta1", (3, 7)), ("3.10.0", (3, 10)), ("4.0~rc1", (4, 0))]
)
def test_versions_are_numbers_and_not_texts(said: str, read: tuple[int, int]) -> None:
    assert region(said).version == read


def test_an_older_one_is_told_what_is_needed() -> None:
    with pytest.raises(errors.Unsupported, match=r"MAAS 3\.3 at http://region/.* that needs 3\.4 or later"):
        region("3.3.5").require(maas.OLDEST, "API that this program speaks")
    region("3.4.0").require(maas.OLDEST, "API that this program speaks")
    region("3.10.0").require(maas.OLDEST, "API that this program speaks")


@pytest.mark.parametrize("version", ["3.4.10", "3.5.4", "3.6.2", "3.7.3"])
def test_vm_hosts_are_there_up_to_3_7(version: str) -> None:
    supported(region(version))


@pytest.mark.parametrize("gone", [region("3.8.0"), region("3.7.0", pods=False), region("4.0.0")])
def test_without_vm_hosts_the_way_out_is_named(gone: maas.Maas) -> None:
    with pytest.raises(_base.ExpectedError, match=r"enlist it as a maas\.Machine with power type lxd"):
        supported(gone)
