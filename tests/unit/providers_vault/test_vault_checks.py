"""What is refused, compared and said without asking any server."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from pulumi import dynamic
from pulumi.runtime import rpc

from providers._base import ExpectedError
from providers.vault import RootCertificate, _certificates
from providers.vault._common import _several
from providers.vault.initialisation import InitialisationProvider
from providers.vault.root_certificate import RootCertificateProvider
from providers.vault.unsealed import UnsealedProvider

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
BASE = {"model": "uuid", "recovery_key": "k"}


def made(kind: type[Any], **config: str) -> Any:
    provider = kind()
    provider.configure(dynamic.ConfigureRequest(config=config))  # type: ignore[arg-type]
    return provider


def refused(provider: Any, olds: dict[str, Any], news: dict[str, Any]) -> set[str]:
    return {failure.property for failure in provider.check(olds, news).failures}


@pytest.mark.parametrize(
    ("numbers", "wrong"),
    [
        ({}, set()),
        ({"shares": 1, "threshold": 1}, set()),
        ({"shares": 5, "threshold": 1}, {"threshold"}),
        ({"shares": 3, "threshold": 5}, {"threshold"}),
        ({"shares": rpc.UNKNOWN}, set()),
    ],
)
def test_numbers_of_keys(numbers: dict[str, Any], wrong: set[str]) -> None:
    assert refused(made(InitialisationProvider), {}, {**BASE, **numbers}) == wrong


def test_other_numbers_pass_with_the_keys_of_a_rekeying() -> None:
    olds, news = {**BASE, "shares": 5.0, "threshold": 3.0}, {**BASE, "shares": 7, "threshold": 4}
    assert refused(made(InitialisationProvider), olds, news) == {"shares", "threshold"}
    given = {"openstack:vaultKeys": "a,b,c,d", "openstack:vaultRootToken": "s.x"}
    assert refused(made(InitialisationProvider, **given), olds, news) == set()


def test_keys_that_the_operator_gives_are_a_change_until_the_state_has_them() -> None:
    provider = made(InitialisationProvider, **{"openstack:vaultKeys": "a b", "openstack:vaultRootToken": "s.x"})
    news = provider.check({}, dict(BASE)).inputs
    assert provider.diff("id", {**news, "keys": ["c"], "root_token": "s.y"}, news).changes
    assert not provider.diff("id", {**news, "keys": ["a", "b"], "root_token": "s.x"}, news).changes


def test_half_of_what_the_operator_gives_is_refused() -> None:
    with pytest.raises(ExpectedError, match="belong together"):
        made(InitialisationProvider, **{"openstack:vaultKeys": "a b"}).given()


@pytest.mark.parametrize(
    ("written", "keys"), [("a,b , c", ("a", "b", "c")), ("a b", ("a", "b")), ('["a", "b"]', ("a", "b")), (None, ()), ("", ())]
)
def test_lists_of_keys(written: str | None, keys: tuple[str, ...]) -> None:
    assert _several(written) == keys


def test_a_broken_list_of_keys_isn_t_shown() -> None:
    with pytest.raises(ExpectedError) as raised:
        _several('["secret-key')
    assert "secret-key" not in str(raised.value)


def test_a_sealed_unit_is_a_change_and_nothing_else_is() -> None:
    provider = made(UnsealedProvider)
    news = provider.check({}, {"model": "uuid", "keys": ["a"], "sealed": []}).inputs
    assert not provider.diff("id", {**news, "units": ["vault/0"]}, news).changes
    diff = provider.diff("id", {**news, "sealed": ["vault/0"], "units": []}, news)
    assert (diff.changes, diff.replaces) == (True, [])


def test_a_certificate_comes_with_its_root_and_only_for_a_request() -> None:
    provider = made(RootCertificateProvider)
    assert refused(provider, {}, {"model": "m", "certificate": "x", "root_certificate": "y"}) == {"certificate"}
    assert refused(provider, {}, {"model": "m", "kind": "csr", "certificate": "x"}) == {"root_certificate"}
    assert refused(provider, {}, {"model": "m", "kind": "csr", "certificate": "x", "root_certificate": "y"}) == set()


def test_another_kind_of_authority_takes_another_occasion() -> None:
    provider, olds = made(RootCertificateProvider), {"model": "m", "kind": "generate"}
    assert refused(provider, olds, {"model": "m", "kind": "csr"}) == {"kind"}
    assert refused(provider, olds, {"model": "m", "kind": "csr", "triggers": "2027"}) == set()


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (None, None),
        ("2027-03-01T00:00:00+00:00", None),
        ("2026-12-22T00:00:00+00:00", "warning: it ends on 2026-12-22, in 30 days; mend it"),
        ("2026-11-01T00:00:00+00:00", "warning: it ended on 2026-11-01; mend it"),
    ],
)
def test_what_ends_within_sixty_days_is_said(ends: str | None, said: str | None) -> None:
    assert _certificates.warning("it", ends, NOW, "mend it") == said


def test_no_certificate_is_told() -> None:
    with pytest.raises(ExpectedError, match=r"openstack\.vault\.certificate is no certificate in PEM"):
        _certificates.read("nope", "openstack.vault.certificate")


def test_secrets_are_named_as_such() -> None:
    assert InitialisationProvider.secret >= {"keys", "root_token", "recovery_key"}
    assert UnsealedProvider.secret >= {"keys"}
    assert RootCertificate.provider_class.secret == frozenset()
