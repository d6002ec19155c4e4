"""More machines for a controller."""

from __future__ import annotations

from tests.unit.simulator_juju import juju_site


def test_a_controller_becomes_three_and_never_fewer(site: juju_site.Site) -> None:
    call = juju_site.Caller(site)
    asked = {"num-controllers": 3, "constraints": {"tags": ["openstack-control"]}}
    result = call("HighAvailability.EnableHA", {"specs": [asked]})["results"][0]["result"]
    assert result == {"added": ["machine-1", "machine-2"], "maintained": ["machine-0"]}
    home = next(model for model in site.parts.store.models() if model.is_controller)
    juju_site.until("the new machines", lambda: all(machine.started for machine in home.machines.values()))
    shown = juju_site.Caller(site, home.uuid).status()["machines"]
    assert [machine["wants-vote"] for machine in shown.values()] == [True, True, True]
    assert call("HighAvailability.EnableHA", {"specs": [{"num-controllers": 0}]})["results"][0]["result"]["added"] == []
    for number, words in ((4, "must be odd"), (1, "cannot remove controllers with enable-ha")):
        assert words in call.refusal("HighAvailability.EnableHA", {"specs": [{"num-controllers": number}]})[0]
