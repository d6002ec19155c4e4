from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import pytest

import config
from components import vault
from components.plan import expand

ROOT = pathlib.Path(__file__).parents[3]
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

Record = Callable[[dict[str, Any]], dict[tuple[str, str], dict[str, Any]]]

pytestmark = pytest.mark.xdist_group("components")


def with_vault(site: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {**site, "openstack": {**site["openstack"], "vault": values}}


def resources(seen: dict[tuple[str, str], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {kind.removeprefix("vault:"): inputs for (kind, _), inputs in seen.items() if kind.startswith("vault:")}


def test_vault_needs_its_database_and_nothing_else(site: dict[str, Any]) -> None:
    plan, _ = expand(config.parse(site), ROOT)
    needs = vault.needs(plan)
    assert {unit.application for unit in needs.units} == {"vault", "mysql-innodb-cluster"}
    assert {integration.key for integration in needs.integrations} == {
        "vault:shared-db vault-mysql-router:shared-db",
        "mysql-innodb-cluster:db-router vault-mysql-router:db-router",
    }


def test_vault_s_resources_follow_the_site(record: Record, site: dict[str, Any]) -> None:
    made = resources(record(with_vault(site, shares=7, threshold=4, rotation="2027", reissue=3, certificate_ttl="720h")))
    assert set(made) == {"RecoveryKey", "Initialisation", "Unsealed", "Authorisation", "RootCertificate"}
    assert (made["Initialisation"]["shares"], made["Initialisation"]["threshold"]) == (7, 4)
    assert (made["Unsealed"]["count"], made["Unsealed"]["sealed"]) == (1, [])
    ca = made["RootCertificate"]
    assert (ca["kind"], ca["triggers"], ca["reissue"], ca["max_ttl"]) == ("generate", "2027", 3, "720h")


def test_a_vault_that_a_person_opens_stays_blocked(record: Record, site: dict[str, Any]) -> None:
    for section in ("day_one", "smoke_test"):  # they need an open cloud
        site["openstack"].pop(section, None)
    seen = record(with_vault(site, manage=False))
    assert resources(seen) == {}
    assert seen["juju:Settled", "openstack"]["expected_blocked"] == {"vault": "Vault needs to be initialized"}


def test_a_request_waits_for_its_signature_and_the_cloud_for_both(record: Record, site: dict[str, Any]) -> None:
    waiting = record(with_vault(site, root_ca="csr", subject={"common_name": "Cloud"}))
    assert waiting["juju:Settled", "openstack"]["expected_blocked"] == {"vault": "Missing CA cert"}
    assert resources(waiting)["RootCertificate"]["subject"] == {"common-name": "Cloud"}
    signed = record(with_vault(site, root_ca="csr", subject={"common_name": "Cloud"}, certificate=PEM, root_certificate=PEM))
    assert signed["juju:Settled", "openstack"]["expected_blocked"] == {}
    assert resources(signed)["RootCertificate"]["certificate"] == PEM


def test_renewed_certificates_are_waited_for(record: Record, site: dict[str, Any]) -> None:
    before, after = record(site), record(with_vault(site, reissue="2027"))
    changed = {kind for kind, name in after if before.get((kind, name)) != after[kind, name]}
    assert {"vault:RootCertificate", "juju:Settled", "openstack:CloudAccess"} <= changed


def test_a_vm_of_another_size_may_have_been_restarted_and_its_vault_is_opened_again(record: Record, site: dict[str, Any]) -> None:
    before = record(site)
    larger = {**site, "controller": {**site["controller"], "control_vms": {"memory": "24G"}}}
    after = resources(record(larger))["Unsealed"]
    assert after["triggers"]["control-1"] == "8 cores, 24576 MiB"
    assert resources(before)["Unsealed"]["triggers"]["control-1"] == "8 cores, 20480 MiB"
    assert set(after["triggers"]) == {"control-1", "vault/0"}  # another unit in its place is sealed, too
