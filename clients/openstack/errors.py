"""What the OpenStack client raises.

    CloudError
    ├── UnreachableError      no answer: wrong address, service down; nothing was done
    │   └── UntrustedError    … because nothing that we trust vouches for its certificate
    ├── UnknownOutcomeError   the connection broke after a change had been sent: it may have been done or not
    ├── UnauthorisedError     wrong user, password or project
    ├── ForbiddenError        the service knows us, and says that we may not
    ├── NotFoundError         the service has no such thing
    ├── ConflictError         there is one already, or something else still uses it
    ├── QuotaError            the project's quota is used up
    ├── RefusedError          any other no, in the service's own words
    ├── FaultError            the service failed (5xx)
    ├── FailedError           what it had accepted ended in the state ERROR
    ├── AmbiguousError        several things by one name
    └── AbsentServiceError    the cloud's catalogue has no such service in the region

A wait that runs out raises `clients.errors.DeadlineError`. openstacksdk lets keystoneauth's errors, which are no SDKException,
and plain OSErrors through: both are translated too.
"""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterator
from typing import Any

from ..errors import ClientError, DeadlineError


class CloudError(ClientError):
    """OpenStack could not do what was asked."""


class UnreachableError(CloudError):
    """Nothing answers there; nothing was done."""


class UntrustedError(UnreachableError):
    """Something answers, and nothing vouches for its certificate."""


class UnknownOutcomeError(CloudError):
    """Whether the change was made is not known."""


class UnauthorisedError(CloudError):
    """Keystone doesn't know us by this password, or not for this project."""


class ForbiddenError(CloudError):
    """The policy says no."""


class NotFoundError(CloudError):
    """The service has no such thing."""


class ConflictError(CloudError):
    """There is one already, or it is in use."""


class QuotaError(CloudError):
    """A quota is used up."""


class RefusedError(CloudError):
    """The service says no."""


class FaultError(CloudError):
    """The service failed."""


class FailedError(CloudError):
    """What was asked for ended in the state ERROR."""


class AmbiguousError(CloudError):
    """A name stands for several things."""


class AbsentServiceError(CloudError):
    """The cloud has no such service."""


class BrokenError(Exception):
    """The transport's own word: no answer came.

    It is no error of requests, so that keystoneauth doesn't send the request again on its own account.

    Attributes:
        sent: whether the request may have arrived.
        trusted: whether the server's certificate was the reason.
    """

    def __init__(self, message: str, *, sent: bool = False, trusted: bool = True) -> None:
        super().__init__(message)
        self.sent = sent
        self.trusted = trusted


_BY_STATUS: dict[int, type[CloudError]] = {
    401: UnauthorisedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    413: QuotaError,
}
_MENDS: dict[type[CloudError], str] = {
    UnauthorisedError: "; check the user, the password and the role on the project",
    ForbiddenError: "; these credentials need the role admin for that",
    QuotaError: "; raise the project's quota, or delete what nobody needs",
}


@contextlib.contextmanager
def translated(what: str, where: str) -> Iterator[None]:
    """Turns what openstacksdk, keystoneauth and the transport raise into the tree above.

    Args:
        what: the call in the operator's words, e.g. "create the network ext_net".
        where: the cloud.
    """
    import keystoneauth1.exceptions
    import openstack.exceptions

    try:
        yield
    except BrokenError as error:
        raise _broken(what, where, error) from error
    except openstack.exceptions.ResourceTimeout as error:
        raise DeadlineError(f"{where}: {what}: {error}") from error
    except openstack.exceptions.ResourceFailure as error:
        raise FailedError(f"{where}: {what}: {error}") from error
    except openstack.exceptions.DuplicateResource as error:
        raise AmbiguousError(f"{where}: {what}: {error}") from error
    except (openstack.exceptions.ServiceDisabledException, keystoneauth1.exceptions.CatalogException) as error:
        raise AbsentServiceError(
            f"{where}: {what}: its catalogue has no such service: deploy it, or take what needs it out of the site ({error})"
        ) from error
    except openstack.exceptions.HttpException as error:
        raise refusal(what, where, int(error.status_code or 0), _said(error)) from error
    except keystoneauth1.exceptions.HttpError as error:
        raise refusal(what, where, int(error.http_status), str(error.details or error.message)) from error
    except keystoneauth1.exceptions.DiscoveryFailure as error:
        raise UnreachableError(f"{where}: {what}: Keystone doesn't answer there: {words(str(error))}") from error
    except (openstack.exceptions.SDKException, keystoneauth1.exceptions.ClientException) as error:
        raise CloudError(f"{where}: {what}: {words(str(error))}") from error
    except OSError as error:
        raise UnreachableError(f"{where}: {what}: {error}") from error


def refusal(what: str, where: str, status: int, body: str) -> CloudError:
    """The error for an answer: `what` was tried, and the service said `body`."""
    said = words(body) or "no explanation"
    kind = FaultError if status >= 500 else _BY_STATUS.get(status, RefusedError)
    if status in (403, 409) and re.search(r"quota exceeded|OverQuota", said, re.IGNORECASE):
        kind = QuotaError
    return kind(f"{where}: {what}: {said} (HTTP {status}){_MENDS.get(kind, '')}", status=status, body=said)


def words(text: Any) -> str:
    """A service's words on one line: glance and WSGI servers write HTML."""
    bare = html.unescape(re.sub(r"<[^>]*>", " ", str(text)))
    return re.sub(r"\s+", " ", bare).strip()[:500]


def _said(error: Any) -> str:
    """What the service said; openstacksdk leaves plain text out, which is what proxies speak."""
    response = error.response
    if response is not None and response.headers.get("Content-Type", "").startswith("text/plain") and response.text:
        return str(response.text)
    return str(error.details or error.message)


def _broken(what: str, where: str, error: BrokenError) -> CloudError:
    if not error.trusted:
        return UntrustedError(
            f"{where}: {what}: nothing vouches for its certificate: {error}; give the CA that signed it, or wait until the "
            "services have certificates of it"
        )
    if error.sent:
        return UnknownOutcomeError(f"{where}: {what}: {error}; whether it was done is not known, run again")
    return UnreachableError(f"{where}: {what}: {error}; is the service up, and its network reachable from here?")
