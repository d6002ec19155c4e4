"""Integrations through their lives, within a model and over models."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
from providers._base import ExpectedError
from providers.juju import Consume, Integration, Machine, Offer, Unit
from simulator.testing import Rack
from tests.integration.juju.scenarios.steps import BASE, another, deployed, unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")


def test_Integration(life: Any, model: juju.Model) -> None:
    deployed(life, "keystone", "glance")
    made = life(Integration, endpoints=["keystone:identity-service", "glance:identity-service"])
    made.up()
    assert model.status().relation(("glance:identity-service", "keystone:identity-service"))
    assert unchanged(made)
    assert made.preview(endpoints=["glance:identity-service", "keystone:identity-service"]) == "same"
    made.destroy()
    assert model.status().relation(("glance:identity-service", "keystone:identity-service")) is None
    made.destroy()


def test_IntegrationUpdate(life: Any, model: juju.Model) -> None:
    deployed(life, "keystone", "glance", "placement")
    made = life(Integration, endpoints=["keystone:identity-service", "glance:identity-service"])
    made.up()
    assert made.up(endpoints=["keystone:identity-service", "placement:identity-service"]) == "replace"
    assert model.status().relation(("glance:identity-service", "keystone:identity-service")) is None
    assert model.status().relation(("keystone:identity-service", "placement:identity-service")) is not None
    assert unchanged(made)


def test_MultipleIntegrationsSameEndpoint(life: Any, model: juju.Model) -> None:
    deployed(life, "keystone", "glance", "placement")
    for name in ("glance", "placement"):
        life(Integration, endpoints=["keystone:identity-service", f"{name}:identity-service"]).up()
    assert len([r for r in model.status().relations if len(r.endpoints) == 2]) == 2


def test_Integration_removed_elsewhere_is_gone_and_comes_again(life: Any, model: juju.Model, until: Any) -> None:
    deployed(life, "keystone", "glance")
    ends = ("glance:identity-service", "keystone:identity-service")
    made = life(Integration, endpoints=list(ends))
    made.up()
    model.relations.destroy(ends)
    until(lambda: model.status().relation(ends) is None)
    made.refresh()
    assert made.id is None
    assert made.up() == "create"


def test_Integration_an_interrupted_create_is_taken_up(life: Any, model: juju.Model) -> None:
    deployed(life, "keystone", "glance")
    made = life(Integration, endpoints=["keystone:identity-service", "glance:identity-service"])
    made.up()
    made.forget()
    made.up()
    assert made["adopted"] is False


def test_Integration_of_endpoints_that_dont_fit_is_refused(life: Any) -> None:
    deployed(life, "keystone", "glance")
    with pytest.raises(juju.JujuError):
        life(Integration, endpoints=["keystone:identity-service", "glance:amqp"]).up()


def offered(life: Any) -> Any:
    """Keystone, for other models."""
    deployed(life, "keystone")
    return life.made(Offer, application="keystone", endpoints=["identity-service"])


def test_Integration_WithViaCIDRs(life: Any, outer: Any, controller: juju.Controller, rack: Rack) -> None:
    offer, inner = offered(life), another(outer, "via")
    deployed(inner, "glance")
    inner(Consume, offer_url=offer["url"]).up()
    ends = ["glance:identity-service", "keystone:identity-service"]
    joined = inner(Integration, endpoints=ends, via_cidrs=["127.0.0.1/32", "127.0.0.3/32"])
    joined.up()
    (relation,) = [r for r in there(rack, inner).relations.values() if "keystone" in r.key]
    assert relation.via == ["127.0.0.1/32", "127.0.0.3/32"]
    assert unchanged(joined)
    assert joined.preview(via_cidrs=["127.0.0.3/32", "127.0.0.1/32"]) == "same"
    assert joined.preview(via_cidrs=["127.0.0.1/32"]) == "replace"
    assert "no CIDR" in joined.refusals(via_cidrs=["127.0.0.1/33"])["via_cidrs"]
    assert "everywhere" in joined.refusals(via_cidrs=["0.0.0.0/0"])["via_cidrs"]


def test_Integration_WithViaCIDRs_within_a_model_is_refused(life: Any) -> None:
    deployed(life, "keystone", "glance")
    ends = ["keystone:identity-service", "glance:identity-service"]
    with pytest.raises(ExpectedError, match="via_cidrs is for relations with an application of another model"):
        life(Integration, endpoints=ends, via_cidrs=["10.0.0.0/8"]).up()


def test_Integration_WithMultipleConsumers(life: Any, outer: Any, controller: juju.Controller, until: Any) -> None:
    """Two applications of one model use one offer; one after the other leaves off, and the other is not touched."""
    offer, inner = offered(life), another(outer, "consumers")
    inner(Machine, name="any", base=BASE).up()
    deployed(inner, "glance", "placement")
    inner(Consume, offer_url=offer["url"]).up()
    model = controller.model(inner.shared["model"])
    made = []
    for name in ("glance", "placement"):
        inner(Unit, application=name, machine="0").up()
        made.append(inner.made(Integration, endpoints=[f"{name}:identity-service", "keystone:identity-service"]))
    first, second = made
    until(lambda: [r.status.current for r in with_keystone(model)] == ["joined", "joined"])
    assert unchanged(first)
    assert unchanged(second)
    second.destroy()
    assert unchanged(first)
    first.destroy()
    offer.refresh()
    assert offer.id is not None
    assert with_keystone(model) == []


def with_keystone(model: juju.Model) -> list[juju.Relation]:
    return [relation for relation in model.status().relations if "keystone:identity-service" in relation.endpoints]


def test_Integration_CrossControllers(life: Any, outer: Any, controller: juju.Controller, second: str) -> None:
    """An offer of one controller's model is consumed in a model of another controller."""
    offer = offered(life)
    inner = another(outer, "afar", controller=second)
    deployed(inner, "glance")
    consumed = inner(Consume, offer_url=f"site:{offer['url']}", name="identity")
    consumed.up()
    assert unchanged(consumed)
    joined = inner(Integration, endpoints=["glance:identity-service", "identity:identity-service"])
    joined.up()
    assert unchanged(joined)
    far = juju.connect(juju.Access(controller=second, folder=controller.access.folder, poll=0.05)).model(inner.shared["model"])
    assert far.status().remotes["identity"].url == f"site:{offer['url']}"
    with pytest.raises(juju.Refused, match="offer has 1 relation"):
        controller.destroy_offer(offer["url"])
    joined.destroy()
    consumed.destroy()
    assert far.status().remotes == {}
    with pytest.raises(juju.NoController, match="has no controller 'nowhere'"):
        inner(Consume, offer_url=f"nowhere:{offer['url']}").up()


def there(rack: Rack, inner: Any) -> Any:
    """The model as the simulated controller remembers it."""
    return rack.services["juju"].parts.store.find_model(inner.shared["model"])
