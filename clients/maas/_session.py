"""One session with one region: python-libmaas's bones for the requests' shape, our own connection for the rest.

Bones knows MAAS's handlers from its description, builds their bodies and signs them. It opens a connection a request, has no
deadline and crashes on an answer of `null`; so what it prepares is sent from here.
"""

from __future__ import annotations

import atexit
import json
import ssl
import threading
import urllib.parse
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import tenacity
import yarl

from .. import _loop
from . import errors

_SECRET_WORDS: Final = ("pass", "key", "secret", "token", "certificate")
_ACCEPT: Final = {"Accept": "application/json,*/*;q=0.9"}
_CONNECTIONS: Final = 32
_REFUSED: Final = (aiohttp.ClientConnectorError, aiohttp.ClientProxyConnectionError, ConnectionRefusedError)


class Session:
    """Calls MAAS's handlers by name; thread-safe, lazily connected, one keep-alive pool."""

    def __init__(self, url: str, api_key: str, *, ca_file: str | None = None, timeout: float = 120.0, backoff: float = 0.5):
        """Sends nothing yet.

        Args:
            url: of the region, with or without `/api/2.0/`.
            api_key: consumer, token and secret with colons between.
            ca_file: PEM file of the authority that signed the region's certificate, when the system doesn't know it.
            timeout: seconds that one request may take.
            backoff: seconds before the first repetition of a request, doubled for each further one.

        Raises:
            Unauthorised: when the key can't be one.
        """
        self.url = _base(url)
        self._key = api_key
        self._ca_file = ca_file
        self._timeout = timeout
        self.backoff = backoff
        self._lock = threading.Lock()
        self._bones: Any = None
        self._http: aiohttp.ClientSession | None = None
        if len(api_key.split(":")) != 3 or not all(api_key.split(":")):
            raise errors.Unauthorised("maas:apiKey is not a MAAS API key: three parts with colons between are expected")

    def call(self, handler: str, action: str, what: str, **params: Any) -> Any:
        """Calls an action of a handler, e.g. `call("Subnet", "update", "…", id=4, gateway_ip=None)`.

        Path parameters are those the handler's address names; everything else is data. None clears a field, lists repeat it
        (an empty one clears it), mappings become `name_key` fields; a leading underscore tells data from a path parameter of
        the same name. Reads are repeated while the region is away; other calls only when MAAS has certainly done nothing.

        Returns:
            What the answer's JSON says, its text, or None for an empty one.

        Raises:
            MaasError: see `errors`.
        """
        with self._lock:
            if self._bones is None:
                self._bones = self._described()
        try:
            request = _Request(getattr(getattr(self._bones, handler), action), params, self.url)
        except AttributeError:
            raise errors.Unsupported(f"MAAS at {self.url} can't {what}: it has no {handler}.{action}") from None
        return self._repeated(request, what)

    def can(self, handler: str, action: str) -> bool:
        """Whether this MAAS describes such a call."""
        with self._lock:
            if self._bones is None:
                self._bones = self._described()
        return hasattr(getattr(self._bones, handler, None), action)

    def close(self) -> None:
        """Closes the connections; a later call opens new ones."""
        http, self._http = self._http, None
        if http is not None and not http.closed:
            _loop.run(http.close(), 10.0, "the end of the session")

    def _described(self) -> Any:
        """Bones made from the region's own description, its addresses put under the URL that we were given."""
        from maas.client import bones  # a heavy import, and only for those who speak to a MAAS
        from maas.client.utils import creds

        what = "describe its API"
        description = self._repeated(_Get(self.url + "describe/"), what)
        if not isinstance(description, dict) or "resources" not in description:
            raise errors.Unsupported(f"{self.url} is not the URL of a MAAS: it doesn't {what}")
        for resource in description["resources"]:
            for kind in ("anon", "auth"):
                if resource[kind] is not None:
                    resource[kind]["uri"] = _moved(resource[kind]["uri"], self.url)
        session = bones.SessionAPI(description, creds.Credentials.parse(self._key))
        session.scheme = urllib.parse.urlsplit(self.url).scheme
        return session

    def _repeated(self, request: _Get | _Request, what: str) -> Any:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda e: _passes(e, request.is_read)),
            wait=_wait_as_told(self.backoff),
            stop=tenacity.stop_after_attempt(6),
            reraise=True,
        )
        return retrying(self._once, request, what)

    def _once(self, request: _Get | _Request, what: str) -> Any:
        # the request's own time-out comes first and knows more; this one is for a loop that got stuck
        return _loop.run(self._send(request, what), self._timeout + 30, f"MAAS at {self.url}")

    async def _send(self, request: _Get | _Request, what: str) -> Any:
        url, body, headers = request.prepare()
        address = yarl.URL(url, encoded=True)
        try:
            async with self._opened().request(request.method, address, data=body, headers=headers) as response:
                text = (await response.read()).decode("utf-8", "replace")
                if response.status // 100 == 2:
                    return _parsed(response.content_type, text)
                answer = errors.Answer(response.status, response.content_type, text, request.secrets())
                error = errors.of_answer(what, self.url, answer)
                error.retry_after = _seconds(response.headers.get("Retry-After"))
                raise error
        except (aiohttp.ClientError, TimeoutError, OSError) as lost:
            raise self._lost(lost, what, request.is_read) from lost

    def _lost(self, lost: Exception, what: str, is_read: bool) -> errors.MaasError:
        if isinstance(lost, (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError, ssl.SSLError)):
            return errors.Unreachable(
                f"the certificate of MAAS at {self.url} can't be trusted: {lost}. Set maas:caFile to its authority's PEM file"
            )
        if isinstance(lost, _REFUSED):
            return errors.Unreachable(f"MAAS at {self.url} can't be reached to {what}: {lost}")
        reason = f"no answer in {self._timeout:g} s" if isinstance(lost, TimeoutError) else f"connection lost ({lost})"
        if is_read:
            return errors.Unreachable(f"MAAS at {self.url} could not {what}: {reason}")
        return errors.Unknown(f"nobody knows whether MAAS at {self.url} did {what}: {reason}")

    def _opened(self) -> aiohttp.ClientSession:
        """The connection pool; made on the loop that it belongs to."""
        if self._http is None or self._http.closed:
            context = ssl.create_default_context(cafile=self._ca_file) if self.url.startswith("https:") else None
            connector = aiohttp.TCPConnector(limit=_CONNECTIONS, ssl=context or True)
            timeout = aiohttp.ClientTimeout(total=self._timeout, connect=min(30.0, self._timeout))
            self._http = aiohttp.ClientSession(connector=connector, timeout=timeout)
            atexit.register(self.close)
        return self._http


class _Get:
    """A plain unsigned GET, for what tells how to sign."""

    method = "GET"
    is_read = True

    def __init__(self, url: str) -> None:
        self._url = url

    def prepare(self) -> tuple[str, None, dict[str, str]]:
        return self._url, None, {"Accept": "application/json"}

    def secrets(self) -> tuple[str, ...]:
        return ()


class _Request:
    """A call that bones prepares anew for each sending: a signature is good for one."""

    def __init__(self, action: Any, params: Mapping[str, Any], base: str) -> None:
        names = action.handler.params
        self.method: str = action.method
        self.is_read = self.method == "GET"
        self._base = base
        self._data = _fields({k: v for k, v in params.items() if k not in names})
        self._call = action.bind(**{k: urllib.parse.quote(str(params[k]), safe=":") for k in names})

    def prepare(self) -> tuple[str, bytes | None, dict[str, str]]:
        """Address, body and headers; a DELETE carries its data in the address, where MAAS looks for them."""
        if self.method != "DELETE":
            url, body, headers = self._call.prepare(self._data)
            return url, body, {**headers, **_ACCEPT}
        url, _, headers = self._call.prepare({})
        if self._data:
            url += ("&" if "?" in url else "?") + urllib.parse.urlencode(self._data, doseq=True)
        return url, None, {**{k: v for k, v in headers.items() if not k.lower().startswith("content-")}, **_ACCEPT}

    def secrets(self) -> tuple[str, ...]:
        """Values that an error must not repeat."""
        named = (v for k, v in self._data.items() if any(word in k for word in _SECRET_WORDS))
        return tuple(value for value in named if isinstance(value, str))


def _fields(params: Mapping[str, Any]) -> dict[str, Any]:
    """Data as MAAS's forms read them: text, or lists of text for fields that repeat."""
    fields: dict[str, Any] = {}
    for name, value in params.items():
        key = name.removeprefix("_")
        if isinstance(value, Mapping):
            fields.update({f"{key}_{k}": _field(v) for k, v in value.items()})
        else:
            fields[key] = _field(value)
    return fields


def _field(value: Any) -> str | bytes | list[str]:
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_text(v) for v in value] or ""
    return value if isinstance(value, bytes) else _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):  # "0" is true to MAAS's forms
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _parsed(content_type: str, text: str) -> Any:
    if not text:
        return None
    return json.loads(text) if content_type.endswith("json") else text


def _passes(error: BaseException, is_read: bool) -> bool:
    """Whether the same request may be sent again: MAAS has done nothing, and may do better in a moment."""
    if isinstance(error, errors.Refused):
        return error.status == 409 and error.retry_after is not None
    if isinstance(error, errors.Unreachable):
        return "certificate" not in str(error) and (is_read or error.status == 503)
    return isinstance(error, errors.Unknown) and is_read


def _wait_as_told(backoff: float) -> tenacity.wait.WaitBaseT:
    """Doubling, or what `Retry-After` says when it is less than a minute."""
    doubling = tenacity.wait_exponential(multiplier=backoff, max=20 * backoff)

    def wait(state: tenacity.RetryCallState) -> float:
        told = getattr(state.outcome.exception() if state.outcome else None, "retry_after", None)
        return min(told, 120 * backoff) if told is not None else doubling(state)

    return wait


def _seconds(header: str | None) -> float | None:
    try:
        return None if header is None else max(0.0, float(header))
    except ValueError:
        return None


def _base(url: str) -> str:
    """The API's address, whichever of its usual forms was given."""
    trimmed = url.rstrip("/")
    return trimmed + "/" if trimmed.endswith("/api/2.0") else trimmed + "/api/2.0/"


def _moved(uri: str, base: str) -> str:
    """A handler's address under `base`: the region may know itself by a name that this machine doesn't."""
    return base + uri.partition("/api/2.0/")[2]
