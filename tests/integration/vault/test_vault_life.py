"""Vault from its first keys to a restart, as the engine drives it."""

from __future__ import annotations

import pathlib
import stat
from typing import Any

import pytest

from clients import vault as client
from providers import vault
from providers._base import ExpectedError
from providers.juju import Application, Unit
from providers.vault import _safe

pytestmark = pytest.mark.xdist_group("vault")


def sealed_files(home: pathlib.Path) -> list[pathlib.Path]:
    return list((home / ".cache" / "vault").glob("*"))


def test_from_nothing_to_certificates(cloud: Any, until: Any, said: Any) -> None:
    keys, opened = cloud.ready()
    assert len(keys["keys"]) == 5
    assert keys["root_token"].startswith("s.")
    assert opened["units"] == ["vault/0"]
    ca = cloud.life(vault.RootCertificate)
    assert ca.up() == "create"
    assert ca["ca"].startswith("-----BEGIN CERTIFICATE-----")
    assert ca["fingerprint"].count(":") == 31
    assert ca["expires"] > ca["certificates_expire"]
    until(lambda: said("vault/0") == "Unit is ready (active: true, mlock: disabled)")
    for thing in cloud.life.things:
        assert thing.preview() == "same"
    for thing in (keys, opened, ca):
        assert thing.refresh() == {}


def test_a_run_that_is_killed_between_vault_s_answer_and_the_saved_state_loses_nothing(
    cloud: Any, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = cloud.keys()
    asked = list[int]()
    monkeypatch.setattr(client.Vault, "initialise", _counting(client.Vault.initialise, asked))
    keys.up()
    first = (keys["keys"], keys["root_token"])
    (kept,) = sealed_files(home)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not any(secret.encode() in kept.read_bytes() for secret in (*first[0], first[1]))
    keys.forget()
    assert keys.up() == "create"
    assert (keys["keys"], keys["root_token"]) == first
    assert asked == [1]
    cloud.opened(keys).up()
    assert sealed_files(home) == []


def _counting(real: Any, asked: list[int]) -> Any:
    def initialise(self: client.Vault, *args: Any) -> client.Initialised:
        asked.append(1)
        answer: client.Initialised = real(self, *args)
        return answer

    return initialise


def test_a_refresh_drops_the_sealed_file_too(cloud: Any, home: pathlib.Path) -> None:
    keys = cloud.keys()
    keys.up()
    assert keys.refresh() == {}
    assert sealed_files(home) == []


def test_a_restart_seals_it_which_a_refresh_shows_and_an_up_mends(cloud: Any, said: Any, until: Any) -> None:
    _, opened = cloud.ready()
    cloud.act("restart")
    until(lambda: said("vault/0") == "Unit is sealed")
    assert opened.refresh() == {"sealed": ["vault/0"], "units": []}
    assert opened.up() == "update"
    assert opened["units"] == ["vault/0"]
    assert opened.refresh() == {}


def test_all_units_of_a_cluster_are_opened_and_a_restarted_one_again(cluster: Any, until: Any, said: Any) -> None:
    _, opened = cluster.ready()
    assert opened["units"] == ["vault/0", "vault/1", "vault/2"]
    until(lambda: said("vault/1") == "Unit is ready (active: false, mlock: disabled)")
    cluster.act("restart", unit="vault/1")
    assert opened.refresh() == {"sealed": ["vault/1"], "units": ["vault/0", "vault/2"]}
    assert opened.up() == "update"
    cluster.units.append(cluster.add_unit(3))
    assert opened.up(count=4) == "update"
    assert opened["units"] == ["vault/0", "vault/1", "vault/2", "vault/3"]


def test_a_vault_that_others_initialised_is_refused_until_its_keys_are_given(cloud: Any, home: pathlib.Path) -> None:
    keys = cloud.keys()
    keys.up()
    known = (keys["keys"], keys["root_token"])
    for kept in sealed_files(home):
        kept.unlink()
    keys.forget()
    with pytest.raises(ExpectedError, match=r"(?s)it is already initialised.*openstack:vaultKeys") as raised:
        keys.up()
    assert known[1] not in str(raised.value)
    configure(cloud, keys, known[0][:2], known[1])
    with pytest.raises(ExpectedError, match="has 2 different keys, Vault wants 3"):
        keys.up()
    configure(cloud, keys, ["00" * 33, *known[0][:2]], known[1])
    with pytest.raises(ExpectedError, match="is not this Vault's"):
        keys.up()
    configure(cloud, keys, known[0][1:4], known[1])
    assert keys.up() == "create"
    assert (keys["keys"], keys["root_token"]) == (known[0][1:4], known[1])


def configure(cloud: Any, thing: Any, keys: list[str], token: str) -> None:
    thing.provider._config = {**cloud.life.config, "openstack:vaultKeys": ",".join(keys), "openstack:vaultRootToken": token}


def test_other_numbers_of_keys_are_refused_at_preview(cloud: Any) -> None:
    keys = cloud.keys()
    keys.up()
    result = keys.provider.check(keys.outs, {**keys.props, "shares": 7})
    assert [(f.property, f.reason.split(";")[0]) for f in result.failures] == [("shares", "Vault was initialised with 5, not 7")]


def test_the_only_copy_of_the_keys_is_not_let_go_of(cloud: Any) -> None:
    keys = cloud.keys()
    keys.up()
    with pytest.raises(ExpectedError, match="nowhere else"):
        keys.destroy()
    keys.provider._config = {**cloud.life.config, "openstack:vaultForget": "vault"}
    keys.destroy()


def test_keys_sealed_with_another_state_s_key_are_not_thrown_away(cloud: Any, home: pathlib.Path) -> None:
    keys = cloud.keys()
    keys.up()
    keys.forget()
    with pytest.raises(ExpectedError, match="sealed with a recovery key that is not this state's"):
        keys.up(recovery_key=_safe.new_key())
    assert sealed_files(home)


def test_wrong_keys_in_the_state_are_told(cloud: Any) -> None:
    keys = cloud.keys()
    keys.up()
    opened = cloud.life(vault.Unsealed, keys=[f"{n:066d}" for n in range(3)], sealed=[])
    with pytest.raises(ExpectedError, match="isn't opened by the keys that the stack has"):
        opened.up()


def test_the_charm_gets_a_token_that_ends_with_the_action(cloud: Any, model: Any, rack: Any) -> None:
    keys, _ = cloud.ready()
    record = rack.services["juju"].parts.store.find_model(model.uuid)
    (action,) = [a for a in record.actions.values() if a.name == "authorize-charm"]
    lent = action.parameters["token"]
    assert lent != keys["root_token"]
    assert lent not in record.applications["vault"].state["vault"]["tokens"]


def test_a_charm_that_lost_its_role_is_authorised_again(cloud: Any, rack: Any, model: Any, said: Any, until: Any) -> None:
    cloud.ready()
    authorised = cloud.life.things[-1]
    parts = rack.services["juju"].parts
    record = parts.store.find_model(model.uuid)

    def lose() -> None:
        record.applications["vault"].state["vault"]["authorised"] = False
        parts.settle.refresh(record, "vault")

    rack.call(lose)
    until(lambda: said("vault/0").startswith("Vault charm not yet authorized"))
    assert authorised.refresh() == {"authorised": False}
    assert authorised.up() == "update"
    until(lambda: not said("vault/0").startswith("Vault charm not yet authorized"))


def test_a_root_token_that_was_revoked_is_told(cloud: Any) -> None:
    keys = cloud.keys()
    keys.up()
    cloud.opened(keys).up()
    with pytest.raises(ExpectedError, match="the root token that the stack has is no longer valid"):
        cloud.life(vault.Authorisation, root_token="s.000000000000000000000000", authorised=True).up()


def test_a_wait_ends_in_time_and_says_what_for(cloud: Any) -> None:
    for unit in cloud.units:
        unit.destroy()
    keys = cloud.keys()
    keys.provider._config = {**cloud.life.config, "openstack:timeoutSeconds": "0.2"}
    with pytest.raises(ExpectedError, match=r"Vault isn't ready in time \(0\.2 s\): has no units yet"):
        keys.up()
    cloud.units = []


def test_what_fails_for_good_elsewhere_ends_the_wait_at_once(cloud: Any, rack: Any) -> None:
    rack.fault("hook-error", "keystone")
    cloud.life(Application, name="keystone", charm="keystone", base="ubuntu@24.04").up()
    cloud.life(Unit, application="keystone", machine=cloud.host.id).up()
    opened = cloud.life(vault.Unsealed, keys=["aa"], sealed=[], count=3)
    with pytest.raises(ExpectedError, match="keystone/0 has failed"):
        opened.up()


def test_a_machine_that_is_off_is_waited_for(cloud: Any, rack: Any) -> None:
    _, opened = cloud.ready()
    hardware = rack.world.by_mac(next(iter(mac(rack, cloud))))
    rack.call(rack.world.power_off, hardware.key)
    assert opened.refresh() == {"sealed": ["vault/0"], "units": []}
    rack.call(rack.world.power_on, hardware.key)
    assert opened.up() == "update"
    assert opened["units"] == ["vault/0"]


def mac(rack: Any, cloud: Any) -> list[str]:
    record = rack.services["juju"].parts.store.find_model(cloud.life.shared["model"])
    return [nic["mac-address"] for nic in record.machines[cloud.host.id.rpartition("/")[2]].interfaces.values()]


def test_an_answer_that_is_lost_on_the_wire_is_told_for_what_it_is(cloud: Any, rack: Any) -> None:
    keys = cloud.keys()
    rack.fault("drop-after-effect", "openstack PUT */sys/init")
    with pytest.raises(ExpectedError, match="whether it was initialised nobody can tell: run again"):
        keys.up()
    rack.clear_faults()
    with pytest.raises(ExpectedError, match="If nobody has them"):
        keys.up()
