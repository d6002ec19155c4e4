"""Offers through their lives: who may use them, who does, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
from providers._base import ExpectedError
from providers.juju import Consume, Integration, Offer
from tests.integration.juju.scenarios.steps import add_user, another, deployed, model_in, unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")


def test_Offer_and_Consume_over_models(life: Any, outer: Any, model: juju.Model) -> None:
    deployed(life, "keystone")
    offer = life(Offer, application="keystone", endpoints=["identity-service"])
    offer.up()
    assert unchanged(offer)
    consumer = model_in(outer, "consumer")
    consumer.up()
    inner = type(life)(outer.config, model=consumer.id)
    deployed(inner, "glance")
    consumed = inner(Consume, offer_url=offer["url"], name="identity")
    consumed.up()
    assert consumed["alias"] == "identity"
    assert unchanged(consumed)
    joined = inner(Integration, endpoints=["glance:identity-service", "identity:identity-service"])
    joined.up()
    assert unchanged(joined)
    joined.destroy()
    consumed.destroy()
    offer.destroy()


def users_of(controller: juju.Controller, url: str) -> dict[str, str]:
    name = url.partition("/")[2].partition(".")[0]
    (found,) = [offer for offer in controller.offers(name) if offer["offer-url"] == url]
    return {user["user"]: user["access"] for user in found["users"]}


def in_use(outer: Any, offer: Any, name: str) -> Any:
    """A model whose glance uses the offer; it is nobody's but the test's."""
    inner = another(outer, name)
    deployed(inner, "glance")
    inner(Consume, offer_url=offer["url"], name="identity").up()
    inner(Integration, endpoints=["glance:identity-service", "identity:identity-service"]).up()
    return inner


def test_Offer_DeleteTimeout(life: Any, outer: Any, controller: juju.Controller) -> None:
    deployed(life, "keystone")
    offer = life(Offer, application="keystone", endpoints=["identity-service"], timeout=0.2)
    offer.up()
    user = in_use(outer, offer, "user-of-an-offer")
    with pytest.raises(ExpectedError, match=r"is still in use after 0\.2 s .*offer has 1 relation.*allow_force_destroy=True"):
        offer.destroy()
    assert users_of(controller, offer["url"])
    assert offer.up(allow_force_destroy=True) == "update"
    offer.destroy()
    assert not [found for found in controller.offers("") if found["offer-url"] == "admin/user-of-an-offer.keystone"]
    assert life(Offer, application="keystone", endpoints=["identity-service"]).preview() == "create"
    assert controller.model(user.shared["model"]).status().remotes["identity"].status.current == "terminated"


def test_Offer_MultipleEndpoints_TwoOffersSameApplication(life: Any) -> None:
    deployed(life, "keystone")
    both = life(Offer, name="both", application="keystone", endpoints=["identity-service", "identity-admin"])
    one = life(Offer, name="one", application="keystone", endpoints=["identity-admin"])
    both.up()
    one.up()
    assert unchanged(both)
    assert unchanged(one)
    assert both.preview(endpoints=["identity-admin", "identity-service"]) == "same"
    assert both.preview(endpoints=["identity-admin"]) == "replace"
    one.destroy()
    both.refresh()
    assert both.id is not None


def test_Offer_acl_is_granted_changed_and_taken_away_in_place(life: Any, controller: juju.Controller) -> None:
    add_user(controller, "ann", "ben", "cleo")
    deployed(life, "keystone")
    acl = {"ann": "read", "ben": "admin", "cleo@local": "consume", "admin": "admin"}
    offer = life(Offer, application="keystone", endpoints=["identity-service"], acl=acl)
    offer.up()
    standing = {"admin": "admin", "everyone@external": "read"}
    assert users_of(controller, offer["url"]) == {**standing, "ann": "read", "ben": "admin", "cleo": "consume"}
    assert unchanged(offer)
    assert offer.preview(acl={**acl, "cleo@local": "read"}) == "update"
    assert offer.up(acl={"ann": "consume", "ben": "read"}) == "update"
    assert users_of(controller, offer["url"]) == {**standing, "ann": "consume", "ben": "read"}
    assert unchanged(offer)
    assert offer.up(acl={"everyone@external": "consume"}) == "update"
    assert users_of(controller, offer["url"]) == {"admin": "admin", "everyone@external": "consume"}
    assert unchanged(offer)
    assert offer.up(acl=None) == "update"
    assert users_of(controller, offer["url"]) == standing


def test_Offer_acl_that_somebody_changed_shows_and_is_mended(life: Any, controller: juju.Controller) -> None:
    add_user(controller, "dan", "eve")
    deployed(life, "keystone")
    offer = life(Offer, application="keystone", endpoints=["identity-service"], acl={"dan": "consume"})
    offer.up()
    controller.change_offer_access(offer["url"], "dan", "revoke", "consume")
    controller.change_offer_access(offer["url"], "eve", "grant", "read")
    assert offer.refresh()["acl"] == {"dan": "read", "eve": "read"}
    assert offer.up() == "update"
    assert users_of(controller, offer["url"]) == {"admin": "admin", "everyone@external": "read", "dan": "consume"}
    assert unchanged(offer)


def test_Offer_acl_that_the_program_does_not_manage_is_left_alone(life: Any, controller: juju.Controller) -> None:
    add_user(controller, "fay")
    deployed(life, "keystone")
    offer = life(Offer, application="keystone", endpoints=["identity-service"])
    offer.up()
    controller.change_offer_access(offer["url"], "fay", "grant", "read")
    assert unchanged(offer)
    assert offer.up(timeout=10) == "update"
    assert users_of(controller, offer["url"])["fay"] == "read"


def test_Offer_of_somebody_else_gets_its_users_back(life: Any, model: juju.Model, controller: juju.Controller) -> None:
    add_user(controller, "gil", "hal")
    deployed(life, "keystone")
    controller.offer(model.uuid, "keystone", ["identity-service"], "theirs")
    (there,) = [o for m in controller.models() if m.uuid == model.uuid for o in controller.offers(m.name)]
    url = there["offer-url"]
    controller.change_offer_access(url, "gil", "grant", "consume")
    before = users_of(controller, url)
    offer = life(Offer, name="theirs", application="keystone", endpoints=["identity-service"], acl={"hal": "admin"})
    offer.up()
    assert offer["adopted"] is True
    assert users_of(controller, url) == {"admin": "admin", "everyone@external": "read", "hal": "admin"}
    offer.forget()
    offer.up()
    offer.destroy()
    assert users_of(controller, url) == before
    controller.destroy_offer(url)


def test_Offer_acl_of_users_that_are_not_there_is_one_error(life: Any, controller: juju.Controller) -> None:
    add_user(controller, "ida")
    deployed(life, "keystone")
    acl = {"ida": "read", "nobody": "consume", "noone": "read"}
    offer = life(Offer, application="keystone", endpoints=["identity-service"], acl=acl)
    with pytest.raises(
        ExpectedError, match=r"can't be granted to nobody, noone: the controller 'site' has no such user.*add-user"
    ):
        offer.up()
    assert offer.up(acl={"ida": "read"}) == "create"
    assert (offer["adopted"], users_of(controller, offer["url"])["ida"]) == (False, "read")


def test_Offer_acl_cant_take_from_its_owner_and_knows_three_words(life: Any) -> None:
    deployed(life, "keystone")
    offer = life(Offer, application="keystone", endpoints=["identity-service"], acl={"admin": "read"})
    with pytest.raises(ExpectedError, match="is admin's own, who can't have 'read' of it only"):
        offer.up()
    assert "acl" in next(iter(offer.refusals(acl={"ann": "write"})))
