"""Another independent look: Juju's own JavaScript client, where node and its packages are to be had."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from tests.unit.simulator_juju.juju_site import PASSWORD, Caller

PACKAGES = ("@canonical/jujulib@9.1.0", "ws@8")
SCRIPT = pathlib.Path(__file__).with_name("look.mjs")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the client in it; JUJULIB_FOLDER names one that is there already."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not here")
    if ready := os.environ.get("JUJULIB_FOLDER"):
        return ready
    place = tmp_path_factory.mktemp("jujulib")
    (place / "package.json").write_text('{"private": true}')
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent", *PACKAGES]
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm takes too long")
    if done.returncode:
        pytest.skip("npm cannot install @canonical/jujulib")
    return str(place)


def test_it_logs_in_reads_the_status_and_follows_changes(site, model, folder):
    Caller(site, model).deploy("keystone")
    given = {"folder": folder, "address": site.address, "ca": site.ca_cert, "password": PASSWORD, "model": model}
    done = subprocess.run(["node", str(SCRIPT)], input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    name = site.model(model).name
    assert sorted(seen["models"]) == sorted(["controller", name])
    assert seen["status"] == {"model": name, "applications": ["keystone"]}
    assert seen["first"][0] == "model change"
    assert "application change" in seen["first"]
    assert "application change" in seen["later"]
