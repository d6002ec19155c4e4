"""Site and bundle are read together: what is wrong with either is said at once."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

import config
from components import plan

ROOT = pathlib.Path(__file__).resolve().parents[3]


def test_problems_of_the_site_and_of_its_bundle_come_together(site: dict[str, Any]) -> None:
    site["networks"]["management"]["gateway"] = "192.0.2.1"
    site["openstack"]["options"] = {"keystone": {"debugg": True}}
    with pytest.raises(config.SiteError) as caught:
        plan.make(site, ROOT)
    text = str(caught.value)
    assert "networks.management.gateway = 192.0.2.1" in text
    assert "debugg" in text


def test_a_site_that_is_wrong_is_said_to_be_so_before_its_bundle_is(site: dict[str, Any]) -> None:
    site["workers"][1]["hostname"] = site["workers"][0]["hostname"]
    with pytest.raises(config.SiteError) as caught:
        plan.make(site, ROOT)
    assert [problem.path for problem in caught.value.problems] == ["workers[1].hostname", "openstack.bundle"]
