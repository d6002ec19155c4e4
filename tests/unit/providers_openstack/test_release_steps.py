"""One release at a time, said before anything is touched."""

from __future__ import annotations

import pytest
from pulumi.runtime import rpc

from providers.openstack.release import ReleaseProvider

SEQUENCE = ["zed", "antelope", "bobcat", "caracal"]


def failures(before: str | None, after: str) -> list[str]:
    news = {"model": "uuid", "release": after, "sequence": SEQUENCE}
    olds = {} if before is None else {**news, "release": before}
    return [failure.reason for failure in ReleaseProvider().check(olds, news).failures]


@pytest.mark.parametrize(("before", "after"), [(None, "caracal"), ("bobcat", "bobcat"), ("bobcat", "caracal")])
def test_the_first_the_same_and_the_next_are_fine(before: str | None, after: str) -> None:
    assert failures(before, after) == []


def test_what_is_not_known_yet_is_fine() -> None:
    assert failures("bobcat", rpc.UNKNOWN) == []


def test_a_skipped_release_is_refused_with_the_way() -> None:
    (said,) = failures("antelope", "caracal")
    assert said == "the cloud runs antelope: one release at a time, antelope → bobcat → caracal; set bobcat first"


def test_there_is_no_way_back() -> None:
    (said,) = failures("caracal", "bobcat")
    assert "OpenStack doesn't go back" in said


def test_a_longer_list_of_releases_is_no_change() -> None:
    news = {"model": "uuid", "release": "bobcat", "sequence": SEQUENCE}
    provider = ReleaseProvider()
    assert not provider.diff("id", {**news, "sequence": SEQUENCE[:3]}, news).changes
    assert provider.diff("id", {**news, "release": "antelope"}, news).changes
