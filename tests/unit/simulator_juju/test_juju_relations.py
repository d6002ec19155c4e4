"""Relations: which endpoints fit, who meets whom, what a relation brings and takes."""

import pytest

from tests.unit.simulator_juju.juju_site import Caller, until


@pytest.fixture
def juju(site, model):
    return Caller(site, model)


def keys(juju):
    return {relation["key"] for relation in juju.status()["relations"]}


def test_a_relation_needs_two_fitting_ends(juju):
    for charm in ("keystone", "mysql-router", "mysql-innodb-cluster", "glance"):
        juju.deploy(charm)
    ends = juju("Application.AddRelation", {"endpoints": ["keystone:shared-db", "mysql-router:shared-db"]})["endpoints"]
    assert ends["keystone"]["role"] == "requirer"
    assert ends["mysql-router"]["scope"] == "container"
    juju.relate("glance:identity-service", "keystone")
    assert "glance:identity-service keystone:identity-service" in keys(juju)
    assert "keystone:shared-db mysql-router:shared-db" in keys(juju)
    assert "mysql-innodb-cluster:cluster" in keys(juju)


@pytest.mark.parametrize(
    ("ends", "text", "code"),
    [
        (["keystone:shared-db", "nothing:db"], 'application "nothing" not found', "not found"),
        (["keystone:nothing", "glance"], 'application "keystone" has no "nothing" relation', "not found"),
        (["keystone:shared-db", "glance:identity-service"], "no relations found", "not found"),
        (["keystone"], "relation must have two endpoints", "bad request"),
        (["nova-cloud-controller", "rabbitmq-server"], "ambiguous relation", "bad request"),
    ],
)
def test_relations_that_cannot_be(juju, ends, text, code):
    for charm in ("keystone", "glance", "nova-cloud-controller", "rabbitmq-server"):
        juju.deploy(charm)
    found = juju.refusal("Application.AddRelation", {"endpoints": ends})
    assert text in found[0]
    assert found[1] == code


def test_a_relation_is_made_once_and_ended_once(juju):
    juju.deploy("keystone")
    juju.deploy("glance")
    ends = ["glance:identity-service", "keystone:identity-service"]
    juju.relate(*ends)
    text, code = juju.refusal("Application.AddRelation", {"endpoints": ends})
    key = "glance:identity-service keystone:identity-service"
    assert (text, code) == (f'cannot add relation "{key}": relation {key} already exists', "already exists")
    juju("Application.DestroyRelation", {"endpoints": ends[::-1]})
    assert key not in keys(juju)
    assert juju.refusal("Application.DestroyRelation", {"endpoints": ends}) == (f'relation "{key}" not found', "not found")


def test_the_charms_of_principal_and_subordinate_must_have_a_base_in_common(juju):
    juju.deploy("keystone", channel="ussuri/stable", base={"name": "ubuntu", "channel": "20.04/stable"})
    juju.deploy("hacluster", channel="2.8/stable", base={"name": "ubuntu", "channel": "24.04/stable"})
    text, code = juju.refusal("Application.AddRelation", {"endpoints": ["keystone:ha", "hacluster:ha"]})
    assert "principal and subordinate applications' bases must match" in text
    assert code == "incompatible base"
    # on which of them each runs does not matter
    juju.deploy("mysql-router", base={"name": "ubuntu", "channel": "22.04/stable"})
    juju.relate("keystone:shared-db", "mysql-router:shared-db")


def test_a_subordinate_follows_its_principal_and_leaves_with_the_relation(juju):
    juju.deploy("keystone")
    juju.deploy("mysql-router", "keystone-mysql-router")
    juju.unit("keystone", juju.machine("control-1"))
    juju.until_unit("keystone/0", "blocked", "Missing relations: database")
    juju.relate("keystone:shared-db", "keystone-mysql-router:shared-db")
    juju.until_unit("keystone/0", "waiting", "Incomplete relations: database")
    juju.until_unit("keystone-mysql-router/0", "blocked", "'db-router' missing")
    shown = juju.status()["applications"]
    assert list(shown["keystone"]["units"]["keystone/0"]["subordinates"]) == ["keystone-mysql-router/0"]
    assert shown["keystone-mysql-router"]["subordinate-to"] == ["keystone"]
    assert shown["keystone-mysql-router"]["units"] == {}
    text, _ = juju.refusal("Application.DestroyUnit", {"units": [{"unit-tag": "unit-keystone-mysql-router-0"}]})
    assert "is a subordinate" in text
    juju("Application.DestroyRelation", {"endpoints": ["keystone:shared-db", "keystone-mysql-router:shared-db"]})
    until("the subordinate to leave", lambda: "keystone-mysql-router/0" not in juju.record.units)
    juju.until_unit("keystone/0", "blocked", "Missing relations: database")
    assert list(juju.record.machines) == ["0"]


def test_subordinates_leave_before_their_principal(juju):
    juju.deploy("keystone")
    juju.deploy("mysql-router")
    juju.relate("keystone:shared-db", "mysql-router:shared-db")
    juju.unit("keystone", juju.machine("control-1"))
    juju.until_unit("mysql-router/0", "blocked")
    juju("Application.DestroyApplication", {"applications": [{"application-tag": "application-keystone"}]})
    until("the subordinate to leave", lambda: "mysql-router/0" not in juju.record.units)
    until("keystone to go", lambda: "keystone" not in juju.record.applications)
    assert "mysql-router" in juju.record.applications
    assert keys(juju) == set()


def test_a_relation_that_never_joins_keeps_its_units_waiting(site, juju):
    site.rack.fault("relation-never-joins", "keystone:shared-db")
    juju.deploy("keystone")
    juju.deploy("mysql-router")
    juju.relate("keystone:shared-db", "mysql-router:shared-db")
    juju.unit("keystone", juju.machine("control-1"))
    juju.until_unit("keystone/0", "waiting", "Incomplete relations: database")
    (relation,) = [r for r in juju.status()["relations"] if r["scope"] == "container"]
    assert relation["status"]["status"] == "joining"


def test_an_offer_is_consumed_by_another_model(site, juju, request):
    juju.deploy("mysql-innodb-cluster")
    controller = Caller(site)
    name = juju.record.name
    offer = {"model-tag": f"model-{juju.model}", "offer-name": "db", "application-name": "mysql-innodb-cluster"}
    controller(
        "ApplicationOffers.Offer", {"Offers": [offer | {"endpoints": {"db-router": "db-router"}, "application-description": ""}]}
    )
    url = f"admin/{name}.db"
    (listed,) = controller("ApplicationOffers.ListApplicationOffers", {"Filters": [{"model-name": name}]})["results"]
    assert (listed["offer-url"], listed["endpoints"][0]["interface"]) == (url, "mysql-router")
    other = controller("ModelManager.CreateModel", {"name": f"consumer-of-{name}", "owner-tag": "user-admin"})["uuid"]
    request.addfinalizer(lambda: controller("ModelManager.DestroyModels", {"models": [{"model-tag": f"model-{other}"}]}))
    details = controller("ApplicationOffers.GetConsumeDetails", {"offer-urls": {"offer-urls": [url]}})["results"][0]
    consumer = Caller(site, other)
    consumer(
        "Application.Consume", {"args": [details["offer"] | {"macaroon": details["macaroon"], "application-alias": "far-db"}]}
    )
    consumer.deploy("mysql-router")
    consumer.relate("mysql-router:db-router", "far-db")
    shown = consumer.status()["remote-applications"]["far-db"]
    assert (shown["offer-url"], shown["relations"]) == (url, {"db-router": ["mysql-router"]})
    text, _ = controller.refusal("ApplicationOffers.DestroyOffers", {"offer-urls": [url]})
    assert text == 'cannot delete application offer "db": offer has 1 relation'
    text, _ = juju.refusal(
        "Application.DestroyApplication", {"applications": [{"application-tag": "application-mysql-innodb-cluster"}]}
    )
    assert "application is used by 1 offer" in text
    consumer("Application.DestroyConsumedApplications", {"applications": [{"application-tag": "application-far-db"}]})
    controller("ApplicationOffers.DestroyOffers", {"offer-urls": [url]})
    assert controller.refusal("ApplicationOffers.GetConsumeDetails", {"offer-urls": {"offer-urls": [url]}})[1] == "not found"


def test_access_to_an_offer_is_granted_and_revoked_level_by_level(site, juju):
    juju.deploy("mysql-innodb-cluster")
    controller, name = Caller(site), juju.record.name
    url = f"admin/{name}.db"
    offer = {"model-tag": f"model-{juju.model}", "offer-name": "db", "application-name": "mysql-innodb-cluster"}
    controller(
        "ApplicationOffers.Offer", {"Offers": [offer | {"endpoints": {"db-router": "db-router"}, "application-description": ""}]}
    )
    controller("UserManager.AddUser", {"users": [{"username": f"of-{name}", "display-name": "", "password": "sesame"}]})

    def change(user: str, action: str, access: str) -> dict:
        return {"changes": [{"user-tag": f"user-{user}", "action": action, "access": access, "offer-url": url}]}

    def modify(user: str, action: str, access: str) -> dict[str, str]:
        controller("ApplicationOffers.ModifyOfferAccess", change(user, action, access))
        (listed,) = controller("ApplicationOffers.ListApplicationOffers", {"Filters": [{"model-name": name}]})["results"]
        return {found["user"]: found["access"] for found in listed["users"]}

    def refusal(user: str, action: str, access: str) -> tuple[str, str]:
        return controller.refusal("ApplicationOffers.ModifyOfferAccess", change(user, action, access))

    standing = {"admin": "admin", "everyone@external": "read"}
    assert modify(f"of-{name}", "grant", "admin") == {**standing, f"of-{name}": "admin"}
    assert refusal(f"of-{name}", "grant", "read") == ('user already has "read" access or greater', "")
    assert modify(f"of-{name}", "revoke", "consume") == {**standing, f"of-{name}": "read"}
    assert modify(f"of-{name}", "revoke", "read") == standing
    text, code = refusal(f"of-{name}", "revoke", "read")
    assert (text, code) == (f'could not revoke offer access: offer user "of-{name}" does not exist', "not found")
    text, code = refusal("nobody", "grant", "read")
    assert text == 'could not grant offer access: user "nobody" does not exist locally: user "nobody" not found'
    assert code == "not found"
    assert refusal(f"of-{name}", "grant", "write") == ('"write" offer access not valid', "not valid")
    assert refusal(f"of-{name}", "lend", "read")[0] == 'unknown action "lend"'


def test_charms_of_which_the_name_alone_is_known_fit_what_they_are_related_to(juju):
    for charm in ("nova-compute", "lxd", "kubernetes-worker", "kubernetes-control-plane"):
        juju.deploy(charm, channel="1.29/edge" if "kube" in charm else "")
    juju.relate("nova-compute:lxd", "lxd:lxd")
    juju.relate("kubernetes-worker:kube-control", "kubernetes-control-plane:kube-control")
    found = {relation["key"]: relation for relation in juju.status()["relations"]}
    assert found["nova-compute:lxd lxd:lxd"]["scope"] == "container"
    assert found["kubernetes-worker:kube-control kubernetes-control-plane:kube-control"]["scope"] == "global"
    assert juju.refusal("Application.AddRelation", {"endpoints": ["kubernetes-worker", "kubernetes-control-plane"]})[0] == (
        "no relations found"
    )


def test_a_compute_host_may_be_in_a_cell_of_its_own(juju):
    juju.deploy("nova-cloud-controller")
    juju.deploy("nova-cell-controller")
    juju.unit("nova-cloud-controller", juju.machine("control-1"))
    juju.unit("nova-cell-controller", juju.machine("control-2"))
    said = juju.until_unit("nova-cloud-controller/0", "blocked", "compute").workload.info
    assert "image" in said
    juju.relate("nova-cloud-controller:nova-cell-api", "nova-cell-controller:nova-cell-compute")
    until("the cell to do", lambda: "compute" not in juju.record.units["nova-cloud-controller/0"].workload.info)
