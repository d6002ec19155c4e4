"""Logging in: who may, what a connection offers, and what is said to strangers."""

import aiohttp
import pytest

from tests.unit.simulator_juju.juju_site import PASSWORD, raw, rpc, run


def test_a_controller_connection_offers_the_controllers_facades(site):
    async def look():
        async with raw(site) as connection:
            return await connection.ask("Admin", 3, "Login", {"auth-tag": "user-admin", "credentials": PASSWORD})

    answer = run(look())["response"]
    facades = {facade["name"]: facade["versions"] for facade in answer["facades"]}
    assert facades["ModelManager"] == [9, 10]
    assert facades["Cloud"] == [7]
    assert "Application" not in facades
    assert answer["server-version"].startswith("3.6.")
    assert answer["user-info"]["controller-access"] == "superuser"
    assert answer["model-tag"] == ""


def test_a_model_connection_offers_the_models_facades(site, model):
    async def look():
        async with raw(site, model) as connection:
            return await connection.ask("Admin", 3, "Login", {"auth-tag": "user-admin", "credentials": PASSWORD})

    answer = run(look())["response"]
    facades = {facade["name"]: facade["versions"] for facade in answer["facades"]}
    assert facades["Application"] == [15, 16, 17, 18, 19, 20, 21]
    assert "ModelManager" not in facades
    assert answer["model-tag"] == f"model-{model}"


@pytest.mark.parametrize(("user", "password"), [("admin", "wrong"), ("nobody", PASSWORD), ("admin", "")])
def test_a_wrong_login_is_refused_in_the_controllers_words(site, user, password):
    async def look():
        async with raw(site) as connection:
            return await connection.ask("Admin", 3, "Login", {"auth-tag": f"user-{user}", "credentials": password})

    answer = run(look())
    assert answer["error"] == "invalid entity name or password"
    assert answer["error-code"] == "unauthorized access"
    assert answer["response"] == {}


def test_nothing_but_login_is_answered_before_login(site):
    async def look():
        async with raw(site) as connection:
            return await connection.ask("Cloud", 7, "Clouds")

    answer = run(look())
    assert (answer["error"], answer["error-code"]) == ("not logged in", "unauthorized access")


def test_an_unknown_model_is_named(site):
    nowhere = "00000000-0000-4000-8000-000000000000"

    async def look():
        async with raw(site, nowhere) as connection:
            return await connection.ask("Admin", 3, "Login", {"auth-tag": "user-admin", "credentials": PASSWORD})

    answer = run(look())
    assert answer["error"] == f'unknown model: "{nowhere}"'
    assert answer["error-code"] == "model not found"


@pytest.mark.parametrize(
    ("facade", "version", "method", "error", "code"),
    [
        ("CharmHub", 1, "Info", 'unknown facade type "CharmHub"', "not implemented"),
        ("Cloud", 99, "Clouds", 'unknown version 99 of facade type "Cloud"', "not implemented"),
        ("Cloud", 7, "Fly", "no such request - method Cloud(7).Fly is not implemented", "not implemented"),
        ("Application", 20, "Get", 'facade "Application" not supported for controller API connection', "not supported"),
    ],
)
def test_what_is_not_there_is_named(site, facade, version, method, error, code):
    async def look():
        async with rpc(site) as connection:
            return await connection.ask(facade, version, method)

    answer = run(look())
    assert (answer["error"], answer["error-code"]) == (error, code)


def test_an_unmodelled_method_is_logged(site):
    async def look():
        async with rpc(site) as connection:
            await connection.ask("Cloud", 7, "Dance")

    run(look())
    last = site.rack.requests("juju")[-1]
    assert (last["method"], last["status"], last["mutates"]) == ("Cloud.Dance", 501, False)


def test_only_the_controllers_own_ca_vouches_for_it(site):
    async def look():
        async with aiohttp.ClientSession() as session, session.ws_connect(f"wss://{site.address}/api"):
            pass

    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        run(look())


def test_a_user_sees_only_what_was_granted(site, model):
    async def look():
        async with rpc(site) as admin:
            await admin.get(
                "UserManager", 3, "AddUser", {"users": [{"username": "bob", "display-name": "Bob", "password": "pw"}]}
            )
        async with rpc(site, user="bob", password="pw") as bob:
            before = await bob.get("ModelManager", 10, "ListModelSummaries", {"user-tag": "user-bob", "all": True})
            info = await bob.get("ModelManager", 10, "ModelInfo", {"entities": [{"tag": f"model-{model}"}]})
            clouds = await bob.ask("Cloud", 7, "RemoveClouds", {"entities": [{"tag": "cloud-maas-site"}]})
        async with raw(site, model) as bob:
            login = await bob.ask("Admin", 3, "Login", {"auth-tag": "user-bob", "credentials": "pw"})
        async with rpc(site) as admin:
            change = {"user-tag": "user-bob", "action": "grant", "access": "read", "model-tag": f"model-{model}"}
            await admin.get("ModelManager", 10, "ModifyModelAccess", {"changes": [change]})
        async with rpc(site, model, user="bob", password="pw") as bob:
            status = await bob.ask("Client", 8, "FullStatus")
            deploy = await bob.ask("MachineManager", 10, "AddMachines", {"params": []})
        return before, info, clouds, login, status, deploy

    before, info, clouds, login, status, deploy = run(look())
    assert before["results"] == []
    assert info["results"][0]["error"]["code"] == "unauthorized access"
    assert clouds["error"] == "permission denied"
    assert login["error"] == "permission denied"
    assert "error" not in status
    assert deploy["error-code"] == "unauthorized access"


def test_passwords_and_keys_are_not_in_the_clear(site):
    saved = (site.rack.directory / "world.json").read_text()
    assert PASSWORD not in saved
    assert (site.rack.directory / "world.json").stat().st_mode & 0o077 == 0
    assert (site.rack.directory / "juju-keys" / "server.pem").stat().st_mode & 0o077 == 0
