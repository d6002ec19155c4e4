"""The simulated controller has every facade method that python-libjuju was recorded to call, at the versions it settles on."""

import json
import re

import pytest

from simulator.juju.facades import FACADES

from tests.contract.juju.frames import SCHEMA, SHARED  # isort: skip

RECORD = SHARED / "truth" / "juju" / "facades.json"
NOT_CARRIED = {"Bundle.GetChangesMapArgs": "bundles are expanded by the program, never by the controller"}


@pytest.fixture(scope="module")
def record():
    if not RECORD.exists():
        pytest.skip(f"the recorded requests are not at {RECORD}")
    return json.loads(RECORD.read_text())


def test_every_recorded_method_is_served(record):
    missing = []
    for name, facts in record["methods"].items():
        facade, version, method = re.match(r"(\w+)\((\d+)\)\.(\w+)", name).groups()
        if f"{facade}.{method}" in NOT_CARRIED:
            continue
        known = FACADES.get(facade)
        served = known and int(version) in known.versions and method in known.methods
        if not served or not set(facts["scope"]) <= set(known.scopes):
            missing.append((name, facts["scope"]))
    assert missing == []


def test_versions_are_those_that_the_client_wants(record):
    wanted = record["libjuju_client_versions"]
    for name, facade in FACADES.items():
        if name in wanted:
            assert max(wanted[name]) in facade.versions, name
    assert list(FACADES["Application"].versions) == record["controller_should_advertise_3_6"]["Application"]


def test_the_schemas_methods_are_served_but_those_named_here():
    if not SCHEMA.exists():
        pytest.skip(f"the controller's schema is not at {SCHEMA}")
    left_out = {
        "Action": {"WatchActionsProgress"},
        "Application": {"SetMetricCredentials"},
        "Bundle": {"GetChanges", "GetChangesMapArgs"},
        "Client": {"FindTools"},
        "Cloud": {"CheckCredentialsModels", "InstanceTypes", "ModifyCloudAccess"},
        "Controller": {
            "DashboardConnectionInfo",
            "GetCloudSpec",
            "InitiateMigration",
            "WatchAllModelSummaries",
            "WatchAllModels",
            "WatchCloudSpecsChanges",
            "WatchModelSummaries",
        },
        "MachineManager": {
            "GetUpgradeSeriesMessages",
            "UpgradeSeriesComplete",
            "UpgradeSeriesPrepare",
            "UpgradeSeriesValidate",
            "WatchUpgradeSeriesNotifications",
        },
        "ModelConfig": {"SetSLALevel"},
        "ModelManager": {"DumpModels", "DumpModelsDB"},
        "SSHClient": {"ModelCredentialForSSH"},
    }
    for facade in json.loads(SCHEMA.read_text())["facades"]:
        methods = set(facade["Schema"]["properties"]) - left_out.get(facade["Name"], set())
        assert methods <= set(FACADES[facade["Name"]].methods), facade["Name"]
