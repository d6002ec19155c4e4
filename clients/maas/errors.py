"""What MAAS and the way to it can say no with.

    ClientError
    └── MaasError
        ├── NotFound        404: there is no such object
        ├── Refused         400, 403, 405, 409, 500: MAAS understood and said no
        │   └── Unsupported this MAAS has no such call: its version, or something else that answers at the URL
        ├── Unauthorised    401: the API key
        ├── Unreachable     no connection, no TLS, 503: nothing was done
        └── Unknown         502, 504, a lost connection: nobody knows whether it was done

This module is the one place where an answer of HTTP becomes one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..errors import ClientError

_LONGEST: Final = 600


class MaasError(ClientError):
    """MAAS said no, or could not be asked.

    Attributes:
        retry_after: seconds after which MAAS wants to be asked again, when it said so.
    """

    retry_after: float | None = None


class NotFound(MaasError):
    """There is no such object."""


class Refused(MaasError):
    """MAAS understood and said no; `body` has its words."""


class Unsupported(Refused):
    """This MAAS has no such call."""


class Unauthorised(MaasError):
    """The API key is not one of this MAAS; its answer is never shown, since it holds the key's secret."""


class Unreachable(MaasError):
    """Nothing was done: no connection, or nobody behind it."""


class Unknown(MaasError):
    """The answer got lost: look before deciding."""


def of_answer(what: str, where: str, answer: Answer) -> MaasError:
    """The error that an answer other than 2xx stands for.

    Args:
        what: what was asked, as an infinitive, e.g. "create the subnet 10.20.0.0/24".
        where: the region's URL.
        answer: the answer, its text free of secrets.
    """
    status, said = answer.status, answer.said
    if status == 401:
        return Unauthorised(_unauthorised(where, answer.body), status=status)
    if status in {502, 504}:
        return Unknown(f"MAAS at {where} did not say in time whether it could {what} ({status})", status=status, body=said)
    if status == 503:
        return Unreachable(f"MAAS could not {what}: {said or 'the service is unavailable'} ({status})", status=status, body=said)
    if status in {404, 501} and (answer.is_html or said.startswith(("Unknown API endpoint", "simulator:"))):
        return Unsupported(
            f"{where} can't {what}: {said or 'no such page'} ({status}). Is it the URL of a MAAS, 3.4 or later?",
            status=status,
            body=said,
        )
    if status == 404:
        return NotFound(f"MAAS could not {what}: {said or 'not found'} ({status})", status=status, body=said)
    return Refused(f"MAAS refused to {what}: {said or _silent(status)} ({status})", status=status, body=said)


class Answer:
    """Status and words of an answer, cut to a length that fits an error."""

    def __init__(self, status: int, content_type: str, body: str, secrets: Iterable[str] = ()) -> None:
        self.status = status
        self.is_html = content_type == "text/html"
        self.body = body
        self.said = "" if self.is_html else _short(_without(_flat(body), secrets))


def _flat(body: str) -> str:
    """MAAS's field errors as one line: `{"cidr": ["Taken."]}` is `cidr: Taken.`."""
    try:
        parsed: Any = json.loads(body)
    except ValueError:
        return " ".join(body.split())
    if not isinstance(parsed, Mapping):
        return " ".join(str(parsed).split()) if parsed is not None else ""
    return "; ".join(_field(str(name), said) for name, said in parsed.items())


def _field(name: str, said: Any) -> str:
    texts = [said] if isinstance(said, str) else list(said) if isinstance(said, list) else [json.dumps(said)]
    joined = " ".join(dict.fromkeys(str(text) for text in texts))
    return joined if name in {"__all__", "error"} else f"{name}: {joined}"


def _without(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        if len(secret) > 3:
            text = text.replace(secret, "[secret]")
    return text


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _silent(status: int) -> str:
    if status == 403:
        return "the API key's user may not, or the machine is locked"
    return "it gave no reason"


def _unauthorised(where: str, body: str) -> str:
    if "Expired timestamp" in body:
        return f"MAAS at {where} refused the request's time stamp: the clocks here and there differ by more than 5 minutes (401)"
    return (
        f"MAAS at {where} does not know the API key (401): take one from the user's preferences in MAAS, or `maas apikey`, "
        "and set it with `pulumi config set --secret maas:apiKey`"
    )
