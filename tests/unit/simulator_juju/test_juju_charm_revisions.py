"""What a charm's revision changes: options, channels, resources."""

import pytest

from simulator.juju import charmresources, charms
from simulator.juju.errors import ApiError
from simulator.juju.records import Model, Status

URL = "ch:amd64/juju-qa-test-22"


@pytest.fixture
def model():
    return Model(uuid="u", name="m", owner="admin", cloud="c", region="", credential="", status=Status(status="available"))


@pytest.fixture
def qa_test():
    return charms.find("juju-qa-test")


def test_a_channel_has_its_own_revision_and_a_closed_one_that_of_the_next_safer(qa_test):
    found = {channel: qa_test.release(channel).revision for channel in ("latest/stable", "candidate", "beta", "edge", "2.0/beta")}
    assert found == {"latest/stable": 26, "candidate": 20, "beta": 20, "edge": 21, "2.0/beta": 22}
    assert qa_test.release("latest/stable", None, 19).revision == 19
    with pytest.raises(ApiError, match='charm "juju-qa-test" revision 18 not found'):
        qa_test.release("latest/stable", None, 18)


def test_an_earlier_revision_lacks_the_options_that_came_later():
    charm = charms.find("github-runner")
    old, new = charm.at(88), charm.at(96)
    assert "runner-storage" in new.options
    assert "runner-storage" not in old.options
    with pytest.raises(ApiError, match='unknown option "runner-storage"'):
        old.convert("runner-storage", "memory", lenient=True)
    assert old.convert("of-no-fact", "x", lenient=True) == "x"


def test_a_resource_is_what_was_released_with_the_charm_unless_it_is_asked_for(model, qa_test):
    assert charmresources.chosen(model, qa_test, 22, {})["foo-file"]["revision"] == 1
    assert charmresources.chosen(model, qa_test, 22, {"foo-file": "4"})["foo-file"]["revision"] == 4
    uploaded = charmresources.chosen(model, qa_test, 22, {"foo-file": "./file.txt"})["foo-file"]
    assert (uploaded["origin"], uploaded["pending-id"]) == ("upload", "./file.txt")
    with pytest.raises(ApiError, match='charm resource "foo-file" at revision 9 not found'):
        charmresources.chosen(model, qa_test, 22, {"foo-file": "9"})
    with pytest.raises(ApiError, match='unrecognized resource "bar"'):
        charmresources.chosen(model, qa_test, 22, {"bar": "1"})


def test_a_reserved_resource_is_taken_once_and_by_its_application(model, qa_test):
    asked = {"name": "foo-file", "revision": 3, "origin": "store"}
    id_ = charmresources.reserve(model, qa_test, 22, "app", asked)
    with pytest.raises(ApiError, match=rf'pending resource "other/foo-file" \({id_}\) not found'):
        charmresources.taken(model, "other", {"foo-file": id_})
    assert charmresources.taken(model, "app", {"foo-file": id_})["foo-file"]["revision"] == 3
    with pytest.raises(ApiError, match="not found"):
        charmresources.taken(model, "app", {"foo-file": id_})
    latest = charmresources.reserve(model, qa_test, 23, "app", {**asked, "revision": charmresources.LATEST})
    assert charmresources.chosen(model, qa_test, 23, {"foo-file": latest})["foo-file"]["revision"] == 3
    assert model.pending_resources == {}
