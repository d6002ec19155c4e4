"""A controller whose machine is off: what is known stays, changes wait; what is wrong is an error all the same."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from clients import juju
from providers.juju import Application, _outage

BASE = "ubuntu@24.04"


@pytest.fixture
def host(rack: Any, controller: juju.Controller) -> Any:
    """The machine that the controller lives on; on again after the test."""
    home = next(m for m in rack.services["juju"].parts.store.models() if m.is_controller)
    (machine,) = home.machines.values()
    macs = {nic["mac-address"] for nic in machine.interfaces.values() if "mac-address" in nic}
    found = next(h for h in rack.world.machines.values() if macs & {nic.mac for nic in h.nics})
    yield found.key
    rack.call(rack.world.power_on, found.key)
    controller.session.close()
    controller.session.reach(60, print)


def test_a_refresh_keeps_what_is_known(
    life: Any, rack: Any, host: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = life.made(Application, name="keystone", charm="keystone", base=BASE)
    two = life.made(Application, name="placement", charm="placement", base=BASE)
    before = dict(one.outs), dict(two.outs)
    for thing in (one, two):  # another process, which has not reached the controller yet
        thing.provider.configure(type("Asked", (), {"config": {**life.config, "juju:pollSeconds": "0.06"}}))
    monkeypatch.setattr("clients.juju._session.FIRST_PATIENCE", 0.5)
    capsys.readouterr()
    rack.call(rack.world.power_off, host)
    one.refresh()
    two.refresh()
    assert (one.outs, two.outs) == before
    said = [line for line in capsys.readouterr().out.splitlines() if "taken to be as it was" in line]
    assert len(said) == 1
    assert "Connection refused" in said[0]


def test_a_change_waits_until_the_machine_is_on(life: Any, rack: Any, host: str, model: juju.Model) -> None:
    one = life.made(Application, name="keystone", charm="keystone", base=BASE)
    juju.connect(one.provider._access(None)).close()
    rack.call(rack.world.power_off, host)
    threading.Timer(1.0, lambda: rack.call(rack.world.power_on, host)).start()
    one.up(options={"debug": True})
    assert model.applications.get("keystone").options["debug"].value is True


def test_addresses_that_the_configuration_gives_may_be_wrong(life: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clients.juju._session.FIRST_PATIENCE", 0.5)
    one = life.made(Application, name="keystone", charm="keystone", base=BASE)
    one.provider.configure(type("Asked", (), {"config": {**life.config, "juju:addresses": "127.0.0.1:9", "juju:password": "x"}}))
    with pytest.raises(juju.Unreachable, match=r"no connection to 127\.0\.0\.1:9: Connection refused"):
        one.refresh()


def test_a_wrong_password_is_not_taken_for_silence(life: Any, controller: juju.Controller) -> None:
    one = life.made(Application, name="keystone", charm="keystone", base=BASE)
    entry = controller.access.entry()
    wrong = {"juju:addresses": ",".join(entry.addresses), "juju:password": "wrong", "juju:caCert": entry.ca_cert}
    one.provider.configure(type("Asked", (), {"config": {**life.config, **wrong}}))
    with pytest.raises(juju.Unauthorised):
        one.refresh()


def test_a_certificate_of_somebody_else_is_not_taken_for_silence(life: Any, controller: juju.Controller) -> None:
    one = life.made(Application, name="keystone", charm="keystone", base=BASE)
    entry = controller.access.entry()
    wrong = {"juju:addresses": ",".join(entry.addresses), "juju:password": entry.password}  # no CA: the system's
    one.provider.configure(type("Asked", (), {"config": {**life.config, **wrong}}))
    with pytest.raises(juju.Unreachable, match="certificate") as caught:
        one.refresh()
    assert not isinstance(caught.value, juju.Silent)
    assert not _outage.keeps([one.provider._access(None)], juju.Silent("x"))
