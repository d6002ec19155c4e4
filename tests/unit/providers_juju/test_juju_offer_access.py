"""Who may use an offer: the steps from what is to what is asked."""

from __future__ import annotations

import pytest

from providers.juju import _offer_access as access


@pytest.mark.parametrize(
    ("has", "wanted", "steps"),
    [
        ({}, {"ann": "read"}, [("ann", "grant", "read")]),
        ({"ann": "read"}, {"ann": "admin"}, [("ann", "grant", "admin")]),
        ({"ann": "admin"}, {"ann": "consume"}, [("ann", "revoke", "admin")]),
        ({"ann": "admin"}, {"ann": "read"}, [("ann", "revoke", "consume")]),
        ({"ann": "admin"}, {}, [("ann", "revoke", "read")]),
        ({"ann": "read", "ben": "consume"}, {"ben": "consume"}, [("ann", "revoke", "read")]),
        ({"ann": "read"}, {"ann": "read"}, []),
    ],
)
def test_steps(has: dict[str, str], wanted: dict[str, str], steps: list[tuple[str, str, str]]) -> None:
    assert list(access.steps(has, wanted)) == steps


def test_the_owner_and_everyone_keep_theirs_unless_named() -> None:
    has = {"admin": "admin", access.EVERYONE: "read", "ann": "read"}
    assert access.complete({"ben": "read"}, {}, has, "admin") == {"admin": "admin", access.EVERYONE: "read", "ben": "read"}
    assert access.complete({access.EVERYONE: "consume"}, {}, has, "admin")[access.EVERYONE] == "consume"
    assert access.complete({}, {access.EVERYONE: "consume"}, {access.EVERYONE: "consume"}, "admin") == {access.EVERYONE: "read"}
    assert access.named(has, {}, "admin") == {"ann": "read"}
    assert access.named(has, {"admin": "admin"}, "admin") == {"admin": "admin", "ann": "read"}
