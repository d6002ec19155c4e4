from __future__ import annotations

from typing import Any

import pydantic
import pytest

from config.vault import VaultSpec

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def test_by_default_vault_is_opened_and_signs_itself() -> None:
    spec = VaultSpec()
    assert (spec.manage, spec.shares, spec.threshold, spec.root_ca, spec.opens) == (True, 5, 3, "generate", True)


@pytest.mark.parametrize(
    ("given", "opens"),
    [
        ({"manage": False}, False),
        ({"root_ca": "csr"}, False),
        ({"root_ca": "csr", "certificate": PEM, "root_certificate": PEM}, True),
        ({"manage": False, "root_ca": "csr", "certificate": PEM, "root_certificate": PEM}, False),
        ({"shares": 1, "threshold": 1}, True),
    ],
)
def test_a_cloud_opens_once_its_certificates_are_there(given: dict[str, Any], opens: bool) -> None:
    assert VaultSpec(**given).opens is opens


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"shares": 3, "threshold": 5}, "5 of 3 keys can't be asked for"),
        ({"shares": 5, "threshold": 1}, "at least 2"),
        ({"certificate": PEM, "root_certificate": PEM}, "only go with root_ca: csr"),
        ({"root_ca": "csr", "certificate": PEM}, "belong together"),
        ({"root_ca": "csr", "certificate": "MIIB", "root_certificate": PEM}, "in PEM begins with"),
        ({"ca_ttl": "10 years"}, "String should match pattern"),
        ({"unseal": True}, "Extra inputs are not permitted"),
    ],
)
def test_what_doesn_t_fit_is_said(given: dict[str, Any], words: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=words):
        VaultSpec(**given)


def test_the_subject_is_written_as_the_charm_wants_it() -> None:
    spec = VaultSpec(root_ca="csr", subject={"common_name": "Cloud", "organizational_unit": "Ops"})
    assert spec.subject.parameters() == {"common-name": "Cloud", "organizational-unit": "Ops"}
