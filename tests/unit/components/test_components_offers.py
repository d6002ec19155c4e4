"""What a bundle offers to other models, and to whom."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import pytest

Record = Callable[[dict[str, Any]], dict[tuple[str, str], dict[str, Any]]]

pytestmark = pytest.mark.xdist_group("components")


def test_an_offer_has_the_users_that_the_bundle_names(record: Record, site: dict[str, Any], tmp_path: pathlib.Path) -> None:
    overlay = tmp_path / "offers.yaml"
    overlay.write_text(
        "applications:\n"
        "  keystone: {offers: {identity: {endpoints: [identity-service], acl: {ann: consume}}}}\n"
        "  rabbitmq-server: {offers: {mq: {endpoints: [amqp]}}}\n"
    )
    site["openstack"]["overlays"] = [str(overlay)]
    seen = record(site)
    assert seen["juju:Offer", "identity"]["acl"] == {"ann": "consume"}
    assert "acl" not in seen["juju:Offer", "mq"]
