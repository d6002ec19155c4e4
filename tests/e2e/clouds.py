"""An independent look at the cloud: openstacksdk and the `openstack` command by the files that the program wrote."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import warnings
from typing import Any

import yaml
from rehearsal import Rehearsal

CLOUD = "dev"
FOLDER = pathlib.Path(".simulator/cloud")


def files(rehearsal: Rehearsal) -> pathlib.Path:
    """The folder with clouds.yaml and openrc."""
    return rehearsal.folder / FOLDER


def look(rehearsal: Rehearsal) -> Any:
    """The cloud by openstacksdk, as the administrator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the SDK warns of its own future
        import openstack

        entry = yaml.safe_load((files(rehearsal) / "clouds.yaml").read_text())["clouds"][CLOUD]
        known = {key: value for key, value in entry.items() if key in ("auth", "region_name", "identity_api_version", "cacert")}
        return openstack.connect(**known, load_yaml_config=False, load_envvars=False)


def command(rehearsal: Rehearsal, *words: str) -> Any:
    """What `openstack --os-cloud dev …` prints, read as JSON."""
    environment = {**rehearsal.environment(), "OS_CLIENT_CONFIG_FILE": str(files(rehearsal) / "clouds.yaml")}
    program = pathlib.Path(sys.executable).with_name("openstack")
    done = subprocess.run(
        [program, "--os-cloud", CLOUD, *words, "-f", "json"],
        cwd=rehearsal.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
