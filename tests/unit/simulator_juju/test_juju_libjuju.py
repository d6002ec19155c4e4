"""An independent look: python-libjuju itself, against the simulated controller."""

import asyncio
import io
import logging
import zipfile

import pytest

from tests.unit.simulator_juju import juju_site

juju = pytest.importorskip("juju")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch, tmp_path):
    """libjuju looks for a client store, and talks in its sleep."""
    monkeypatch.setenv("JUJU_DATA", str(tmp_path))
    for name in ("juju", "asyncio", "websockets"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)


def access(site):
    return {"endpoint": site.address, "username": "admin", "password": juju_site.PASSWORD, "cacert": site.ca_cert, "retries": 0}


def use(work):
    """Runs work and lets what libjuju leaves behind end in peace."""

    async def whole():
        result = await asyncio.wait_for(work, 120)
        await asyncio.sleep(0.2)
        return result

    return asyncio.run(whole())


async def connected(site, uuid):
    from juju.model import Model

    model = Model()
    await model.connect(uuid=uuid, **access(site))
    return model


async def controller_of(site):
    from juju.controller import Controller

    controller = Controller()
    await controller.connect(**access(site))
    return controller


def test_a_controller_is_connected_to_and_has_models(site):
    async def look():
        controller = await controller_of(site)
        try:
            model = await controller.add_model("own", config={"authorized-keys": "ssh-ed25519 AAAA me@site"})
            names = await controller.list_models()
            clouds = list((await controller.clouds()).clouds)
            user = await controller.add_user("dave", "pw", "Dave")
            await controller.grant_model("dave", model.uuid, "read")
            await model.disconnect()
            await controller.destroy_models(model.uuid, destroy_storage=True, force=True, max_wait=1)
            return names, clouds, user.username, await controller.list_models()
        finally:
            await controller.disconnect()

    names, clouds, user, left = use(look())
    assert sorted(names) == ["controller", "own"]
    assert clouds == ["cloud-maas-site"]
    assert user == "dave"
    assert left == ["controller"]


def test_a_wrong_password_and_a_wrong_model_are_its_errors(site):
    from juju.controller import Controller
    from juju.errors import JujuAPIError

    async def wrong_password():
        await Controller().connect(**(access(site) | {"password": "no"}))

    async def wrong_model():
        await connected(site, "00000000-0000-4000-8000-000000000000")

    with pytest.raises(JujuAPIError, match="invalid entity name or password"):
        use(wrong_password())
    with pytest.raises(JujuAPIError, match="unknown model"):
        use(wrong_model())


def test_a_small_cloud_is_deployed_and_waited_for(site, model):
    async def look():
        connection = await connected(site, model)
        try:
            machines = [await connection.add_machine(constraints={"tags": ["openstack-control"]}) for _ in range(3)]
            database = await connection.deploy(
                "mysql-innodb-cluster", series="noble", channel="8.0/stable", num_units=3, to=[m.id for m in machines]
            )
            keystone = await connection.deploy(
                "keystone", series="noble", channel="2024.1/stable", to="lxd:0", config={"openstack-origin": "caracal"}
            )
            router = await connection.deploy(
                "mysql-router", "keystone-mysql-router", series="noble", channel="8.0/stable", num_units=0
            )
            await connection.integrate("keystone:shared-db", "keystone-mysql-router:shared-db")
            await connection.integrate("keystone-mysql-router:db-router", "mysql-innodb-cluster:db-router")
            await connection.wait_for_idle(
                apps=[database.name, keystone.name], status="active", timeout=60, idle_period=0.1, check_freq=0.2
            )
            unit = keystone.units[0]
            action = await (await unit.run_action("get-admin-password")).wait()
            status = await connection.get_status()
            config = await keystone.get_config()
            await keystone.set_config({"debug": "true"})
            changed = await keystone.get_config()
            await keystone.set_constraints({"mem": 2048})
            await keystone.expose()
            return {
                "router": router.name,
                "password": action.results["admin-password"],
                "leader": await unit.is_leader_from_status(),
                "machines": sorted(connection.machines),
                "subordinates": list(status.applications["keystone"].units["keystone/0"].subordinates),
                "config": (config["debug"]["value"], changed["debug"]["value"]),
                "constraints": (await keystone.get_constraints())["mem"],
                "relations": sorted(relation.key for relation in connection.relations),
            }
        finally:
            await connection.disconnect()

    found = use(look())
    assert found["password"]
    assert found["leader"] is True
    assert found["machines"] == ["0", "0/lxd/0", "1", "2"]
    assert found["subordinates"] == ["keystone-mysql-router/0"]
    assert found["config"] == (False, True)
    assert found["constraints"] == 2048
    assert "keystone:shared-db keystone-mysql-router:shared-db" in found["relations"]


def test_what_is_removed_goes(site, model):
    async def look():
        connection = await connected(site, model)
        try:
            machine = await connection.add_machine()
            app = await connection.deploy("rabbitmq-server", series="noble", channel="3.12/stable", to=machine.id)
            await connection.wait_for_idle(apps=[app.name], status="active", timeout=60, idle_period=0.1, check_freq=0.2)
            await app.set_annotations({"pulumi-name": "mq"})
            notes = await app.get_annotations()
            await connection.remove_application(app.name, block_until_done=True, timeout=60)
            await connection.block_until(lambda: not connection.machines, timeout=60)
            return notes, list(connection.applications)
        finally:
            await connection.disconnect()

    notes, left = use(look())
    assert notes == {"pulumi-name": "mq"}
    assert left == []


def test_a_charm_moves_to_another_channel(site, model):
    async def look():
        connection = await connected(site, model)
        try:
            app = await connection.deploy("keystone", series="jammy", channel="2023.1/stable", num_units=0)
            await app.upgrade_charm(channel="2023.2/stable", revision=None)
            return (await connection.get_status()).applications["keystone"].charm_channel
        finally:
            await connection.disconnect()

    assert use(look()) == "2023.2/stable"


def test_errors_arrive_as_its_errors(site, model):
    from juju.errors import JujuError

    async def look():
        connection = await connected(site, model)
        found = []
        try:
            await connection.deploy("vault", series="noble", channel="1.8/stable", num_units=0)
            for work in (
                lambda: connection.deploy("nope"),
                lambda: connection.deploy("vault", series="noble", channel="1.8/stable", num_units=0),
                lambda: connection.integrate("vault:shared-db", "nothing:db"),
                lambda: connection.applications["vault"].set_config({"bogus": "1"}),
            ):
                try:
                    await asyncio.wait_for(work(), 30)
                except JujuError as exc:
                    found.append(str(exc))
            return found
        finally:
            await connection.disconnect()

    found = use(look())
    assert 'No charm or bundle with name "nope".' in found[0]
    assert found[1] == 'deploy: application "vault": application already exists'
    assert found[2] == 'application "nothing" not found'
    assert 'unknown option "bogus"' in found[3]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # its upload leaves the socket to the collector
def test_a_local_charm_is_uploaded_and_deployed(site, model, tmp_path):
    path = tmp_path / "tiny.charm"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(
            "metadata.yaml",
            "name: tiny\nsummary: t\ndescription: t\nprovides: {db: {interface: mysql-shared}}\nseries: [noble]\n",
        )
        archive.writestr("config.yaml", "options: {size: {type: int, default: 3, description: d}}\n")
        archive.writestr("manifest.yaml", "bases: [{name: ubuntu, channel: 24.04/stable, architectures: [amd64]}]\n")
    path.write_bytes(content.getvalue())

    async def look():
        connection = await connected(site, model)
        try:
            app = await connection.deploy(str(path), "tiny", series="noble", num_units=0)
            return (await app.get_config())["size"]["value"], (await connection.get_status()).applications["tiny"].charm
        finally:
            await connection.disconnect()

    assert use(look()) == (3, "local:noble/tiny-0")


BUNDLE = """
default-base: ubuntu@24.04
applications:
  rabbitmq-server: {charm: rabbitmq-server, channel: 3.12/stable, num_units: 1, to: ["0"]}
  cinder: {charm: cinder, channel: 2024.1/stable, num_units: 1, to: ["lxd:0"], options: {debug: true}, expose: true}
machines:
  "0": {constraints: tags=openstack-control}
relations:
- [cinder:amqp, rabbitmq-server:amqp]
"""


def test_a_bundle_is_planned_by_the_controller_and_carried_out(site, model, tmp_path):
    (tmp_path / "bundle.yaml").write_text(BUNDLE)

    async def look():
        connection = await connected(site, model)
        try:
            await asyncio.wait_for(connection.deploy(str(tmp_path / "bundle.yaml")), 90)
            return await connection.get_status()
        finally:
            await connection.disconnect()

    status = use(look())
    apps = status.applications
    assert {name: [unit.machine for unit in app.units.values()] for name, app in apps.items()} == {
        "rabbitmq-server": ["0"],
        "cinder": ["0/lxd/0"],
    }
    assert [relation.key for relation in status.relations if len(relation.endpoints) == 2] == ["cinder:amqp rabbitmq-server:amqp"]
    assert apps["cinder"].exposed
    assert site.model(model).applications["cinder"].options == {"debug": True}
