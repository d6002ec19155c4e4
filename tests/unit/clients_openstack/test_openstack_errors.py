"""What the services say, as errors for the operator."""

from __future__ import annotations

import keystoneauth1.exceptions
import openstack.exceptions
import pytest
import requests

from clients import openstack as ours
from clients.errors import DeadlineError
from clients.openstack import errors

WHERE = "OpenStack at http://keystone:5000/v3"


def answer(status: int, body: str, kind: str = "application/json") -> requests.Response:
    response = requests.Response()
    response.status_code, response._content = status, body.encode()
    response.headers["Content-Type"] = kind
    response.request = requests.Request("POST", "http://neutron/v2.0/networks").prepare()
    return response


def raised(status: int, body: str, kind: str = "application/json") -> errors.CloudError:
    with pytest.raises(errors.CloudError) as caught, errors.translated("create the network a", WHERE):
        openstack.exceptions.raise_from_response(answer(status, body, kind))
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, '{"NeutronError": {"type": "HTTPBadRequest", "message": "bad", "detail": ""}}', errors.RefusedError),
        (401, '{"error": {"code": 401, "message": "not you", "title": "Unauthorized"}}', errors.UnauthorisedError),
        (403, '{"NeutronError": {"type": "PolicyNotAuthorized", "message": "not you", "detail": ""}}', errors.ForbiddenError),
        (403, '{"forbidden": {"code": 403, "message": "Quota exceeded for cores: Requested 9"}}', errors.QuotaError),
        (404, '{"itemNotFound": {"code": 404, "message": "no"}}', errors.NotFoundError),
        (409, '{"NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: [x]"}}', errors.QuotaError),
        (409, '{"NeutronError": {"type": "InUse", "message": "in use", "detail": ""}}', errors.ConflictError),
        (413, '{"overLimit": {"code": 413, "message": "VolumeLimitExceeded"}}', errors.QuotaError),
        (500, '{"computeFault": {"code": 500, "message": "oops"}}', errors.FaultError),
    ],
)
def test_statuses_become_classes(status: int, body: str, kind: type[errors.CloudError]) -> None:
    error = raised(status, body)
    assert type(error) is kind
    assert error.status == status
    assert str(error).startswith(f"{WHERE}: create the network a: ")
    assert f"(HTTP {status})" in str(error)


def test_html_is_read_as_words() -> None:
    page = "<html><body><h1>404 Not Found</h1>The resource could not be <br/> found.</body></html>"
    assert "404 Not Found The resource could not be found." in str(raised(404, page, "text/plain"))
    assert "nothing listens at 10.20.0.33:9696" in str(raised(502, "nothing listens at 10.20.0.33:9696", "text/plain"))
    assert errors.words("a&lt;b<br />c") == "a<b c"
    assert len(errors.words("x" * 9999)) == 500


@pytest.mark.parametrize(
    ("foreign", "kind"),
    [
        (keystoneauth1.exceptions.Unauthorized("no"), errors.UnauthorisedError),
        (keystoneauth1.exceptions.InternalServerError("no"), errors.FaultError),
        (keystoneauth1.exceptions.EndpointNotFound("no"), errors.AbsentServiceError),
        (keystoneauth1.exceptions.DiscoveryFailure("no"), errors.UnreachableError),
        (keystoneauth1.exceptions.MissingRequiredOptions([]), errors.CloudError),
        (openstack.exceptions.ServiceDisabledException("no"), errors.AbsentServiceError),
        (openstack.exceptions.ResourceFailure("no"), errors.FailedError),
        (openstack.exceptions.DuplicateResource("no"), errors.AmbiguousError),
        (openstack.exceptions.NotSupported("no"), errors.CloudError),
        (OSError("no such CA file"), errors.UnreachableError),
        (errors.BrokenError("refused"), errors.UnreachableError),
        (errors.BrokenError("reset", sent=True), errors.UnknownOutcomeError),
        (errors.BrokenError("not signed", trusted=False), errors.UntrustedError),
    ],
)
def test_all_that_the_libraries_raise_is_one_tree(foreign: Exception, kind: type[errors.CloudError]) -> None:
    with pytest.raises(errors.CloudError) as caught, errors.translated("log in", WHERE):
        raise foreign
    assert type(caught.value) is kind
    assert caught.value.__cause__ is foreign


def test_a_wait_that_runs_out_is_a_deadline() -> None:
    with pytest.raises(DeadlineError, match="wait for it"), errors.translated("wait for it", WHERE):
        raise openstack.exceptions.ResourceTimeout("too long")


def test_mistakes_of_ours_pass() -> None:
    with pytest.raises(ZeroDivisionError), errors.translated("x", WHERE):
        1 / 0  # noqa: B018 - a mistake


def test_passwords_are_in_no_text_of_an_access() -> None:
    access = ours.Access(auth_url="http://a/v3", password="a-secret-word", ca="PEM")
    assert "a-secret-word" not in repr(access) + access.where
    assert access.in_project("p").password == "a-secret-word"
