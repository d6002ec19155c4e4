"""The stand-in for the `juju` command: what it writes down, says and returns."""

import json
import os
import signal
import subprocess
import time

import pytest
import yaml

from simulator.testing import running_rack

from tests.unit.simulator_juju import juju_site  # isort: skip

BOOTSTRAP = (
    "bootstrap",
    "maas-site",
    "site",
    "--bootstrap-constraints",
    "tags=juju-controller",
    "--bootstrap-base",
    "ubuntu@24.04",
)


class Command:
    """Runs the command in a client store of its own."""

    def __init__(self, rack, directory):
        self.rack, self.store = rack, directory
        endpoints = rack.endpoints
        (rack.directory / "endpoints.json").write_text(json.dumps(endpoints))
        self.clouds = {"maas-site": {"type": "maas", "auth-types": ["oauth1"], "endpoint": endpoints["maas"]["url"]}}
        self.credentials = {"maas-site": {"key": {"auth-type": "oauth1", "maas-oauth": endpoints["maas"]["api_key"]}}}
        self.environment = os.environ | {"JUJU_DATA": str(directory), "HOME": str(directory)}

    def __call__(self, *arguments, stdin=""):
        command = [self.rack.endpoints["juju"]["binary"], *arguments]
        return subprocess.run(
            command, env=self.environment, input=stdin, capture_output=True, text=True, timeout=120, check=False
        )

    def begin(self, *arguments):
        command = [self.rack.endpoints["juju"]["binary"], *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environment, stdout=pipe, stderr=pipe, text=True)

    def ready(self):
        """Notes cloud and credential down, as an operator does."""
        for name, content in (("clouds", self.clouds), ("credentials", self.credentials)):
            path = self.store / f"my-{name}.yaml"
            path.write_text(yaml.safe_dump({name: content}))
        assert self("add-cloud", "maas-site", str(self.store / "my-clouds.yaml"), "--client").returncode == 0
        assert self("add-credential", "maas-site", "-f", str(self.store / "my-credentials.yaml"), "--client").returncode == 0
        return self

    def read(self, name):
        return yaml.safe_load((self.store / name).read_text())


@pytest.fixture
def rack(tmp_path):
    with running_rack(juju_site.rack_data(), factor=3600.0, directory=tmp_path, services=("maas", "juju")) as rack:
        juju_site.run(juju_site._fill(rack))
        yield rack


@pytest.fixture
def juju(rack, tmp_path):
    (tmp_path / "store").mkdir()
    return Command(rack, tmp_path / "store")


def test_from_a_cloud_to_a_controller_and_back(juju):
    assert juju("version").stdout == "3.6.25-genericlinux-amd64\n"
    none = juju("controllers")
    assert (none.returncode, none.stderr.startswith("ERROR No controllers registered.")) == (1, True)
    juju.ready()
    made = juju(*BOOTSTRAP)
    assert made.returncode == 0, made.stderr
    assert 'Creating Juju controller "site" on maas-site/default' in made.stderr
    assert 'Bootstrap complete, controller "site" is now available' in made.stderr

    facts = juju.read("controllers.yaml")
    assert facts["current-controller"] == "site"
    site = facts["controllers"]["site"]
    assert (site["cloud"], site["region"], site["type"]) == ("maas-site", "default", "maas")
    assert site["api-endpoints"][0].startswith("127.0.0.1:")
    assert juju.read("accounts.yaml")["controllers"]["site"]["user"] == "admin"
    assert "admin/controller" in juju.read("models.yaml")["controllers"]["site"]["models"]
    assert juju.read("bootstrap-config.yaml")["controllers"]["site"]["credential"] == "key"
    assert (juju.store / "cookies" / "site.json").exists()
    assert (juju.store / "accounts.yaml").stat().st_mode & 0o077 == 0

    assert "site*" in juju("controllers").stdout
    assert json.loads(juju("controllers", "--format", "json").stdout)["controllers"]["site"]["uuid"] == site["uuid"]
    assert "controller  maas-site/default" in juju("models").stdout
    status = json.loads(juju("status", "-m", "controller", "--format", "json").stdout)
    assert status["machines"]["0"]["juju-status"]["current"] == "started"
    assert "started" in juju("status", "-m", "site:admin/controller").stdout
    again = juju(*BOOTSTRAP)
    assert (again.returncode, again.stderr.strip()) == (1, 'ERROR controller "site" already exists')

    gone = juju("destroy-controller", "site", "--no-prompt", "--destroy-all-models", "--destroy-storage")
    assert gone.returncode == 0, gone.stderr
    assert juju.read("controllers.yaml")["controllers"] == {}
    machine = next(m for m in juju_site.run(_machines(juju.rack)) if m["hostname"] == "juju-1")
    assert machine["status_name"] in ("Releasing", "Ready")


async def _machines(rack):
    from simulator.juju.maasclient import Maas

    return await Maas(rack.endpoints["maas"]["url"], rack.endpoints["maas"]["api_key"]).get("machines/")


def test_a_controller_with_models_is_not_destroyed_by_mistake(juju):
    assert juju.ready()(*BOOTSTRAP).returncode == 0
    facts, account = juju.read("controllers.yaml")["controllers"]["site"], juju.read("accounts.yaml")["controllers"]["site"]
    from simulator.juju.clirpc import call

    call(facts, account, ("ModelManager", 10, "CreateModel"), {"name": "openstack", "owner-tag": "user-admin"})
    refused = juju("destroy-controller", "site", "--no-prompt")
    assert refused.returncode == 1
    assert "The controller has live models." in refused.stderr
    assert "admin/openstack (alive)" in refused.stderr
    aborted = juju("destroy-controller", "site", "--destroy-all-models", stdin="other\n")
    assert aborted.returncode == 1
    assert "aborted" in aborted.stderr
    killed = juju("kill-controller", "site", "-y")
    assert killed.returncode == 0, killed.stderr
    assert juju("destroy-controller", "site", "--no-prompt").stderr.strip() == "ERROR controller site not found"


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("bootstrap", "nowhere", "site"), 1, 'ERROR unknown cloud "nowhere"'),
        (("bootstrap", "maas-site", "site", "--credential", "other"), 1, '"other" credential for cloud "maas-site" not found'),
        (("bootstrap", "maas-site", "site", "--bootstrap-constraints", "memory=3G"), 1, 'unknown constraint "memory"'),
        (("bootstrap", "maas-site", "site", "--bootstrap-constraints", "mem=big"), 1, 'bad "mem" constraint'),
        (("bootstrap", "maas-site", "site", "--bootstrap-base", "noble"), 1, 'invalid base "noble"'),
        (("bootstrap", "maas-site", "site", "--bootstrap-constraints", "tags=none-has-this"), 1, "failed to acquire node"),
        (("fly",), 2, "ERROR argument command: invalid choice: 'fly'"),
        (("status",), 1, "ERROR No selected controller."),
        (("unregister", "site", "-y"), 1, "ERROR controller site not found"),
    ],
)
def test_what_the_command_refuses(juju, arguments, code, text):
    done = juju.ready()(*arguments)
    assert done.returncode == code, done.stderr
    assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert not (juju.store / "controllers.yaml").exists()


def test_without_a_simulator_the_command_says_so(juju):
    juju.ready()
    (juju.rack.directory / "endpoints.json").unlink()
    done = juju(*BOOTSTRAP)
    assert done.returncode == 1
    assert "the simulator is not running" in done.stderr


def test_ctrl_c_takes_a_bootstrap_back(juju):
    juju.rack.call(juju.rack.clock.set_factor, 20.0)
    process = juju.ready().begin(*BOOTSTRAP)
    juju_site.until("the machine", lambda: "juju-1" in [_host(c) for c in _controllers(juju.rack)])
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Interrupt signalled" in said
    assert "Traceback" not in said
    juju.rack.call(juju.rack.clock.set_factor, 3600.0)
    juju_site.until("the controller to go", lambda: not _controllers(juju.rack))
    assert not (juju.store / "controllers.yaml").exists()
    juju_site.until("MAAS to have the machine", lambda: _free(juju.rack))
    assert juju(*BOOTSTRAP).returncode == 0


def test_a_bootstrap_whose_client_was_killed_is_taken_up_again(juju):
    juju.rack.call(juju.rack.clock.set_factor, 20.0)
    process = juju.ready().begin(*BOOTSTRAP)
    juju_site.until("the machine", lambda: "juju-1" in [_host(c) for c in _controllers(juju.rack)])
    process.kill()
    process.communicate(timeout=60)
    juju.rack.call(juju.rack.clock.set_factor, 3600.0)
    done = juju(*BOOTSTRAP)
    assert done.returncode == 0, done.stderr
    assert len(_controllers(juju.rack)) == 1
    assert "controller" in juju("models").stdout


def test_bootstrap_settings_reach_the_controller(juju):
    config = ("--config", "audit-log-max-size=200M", "--config", "update-status-hook-interval=10m")
    assert juju.ready()(*BOOTSTRAP, *config).returncode == 0
    (controller,) = _controllers(juju.rack)
    assert controller.config["audit-log-max-size"] == "200M"
    assert juju.read("bootstrap-config.yaml")["controllers"]["site"]["controller-config"]["update-status-hook-interval"] == "10m"


def _controllers(rack):
    return list(rack.services["juju"].parts.store.controllers.values())


def _host(controller):
    home = next(model for model in controller.models.values() if model.is_controller)
    return next((machine.hostname for machine in home.machines.values()), "")


def _free(rack):
    machine = next(m for m in juju_site.run(_machines(rack)) if m["hostname"] == "juju-1")
    return machine["status_name"] == "Ready"
