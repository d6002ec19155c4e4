"""Who asks: OAuth 1 with PLAINTEXT or HMAC-SHA1 signatures, as API keys CONSUMER:TOKEN:SECRET are used.

The refusals are a region's own, also the one that prints the right secret to whoever gives a wrong one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import time
import urllib.parse
from collections import OrderedDict

from .errors import BARE_TEXT, HTML, ApiError
from .records.people import Token, User
from .region import Region

THRESHOLD = 300
_NONCES = 20000
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"


def _check_complete(fields: dict[str, str]) -> None:
    """Since 3.5 a header that lacks a part is a bad request, where earlier versions fell over later or not at all."""
    names = ("oauth_consumer_key", "oauth_token", "oauth_signature", "oauth_signature_method", "oauth_timestamp", "oauth_nonce")
    if lacking := next((name for name in names if name not in fields), None):
        raise ApiError(400, f"'Bad Request: Missing OAuth parameter: {lacking}'", BARE_TEXT)


def random_key(length: int = 18) -> str:
    """A key or token as a region makes them."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


class Authenticator:
    """Checks Authorization headers against a region's tokens, with real time: clients' clocks are real."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._nonces: OrderedDict[tuple[str, str], None] = OrderedDict()

    def user(self, method: str, url: str, header: str | None, parameters: list[tuple[str, str]]) -> User | None:
        """The caller, None for one without OAuth credentials; ApiError when they are wrong.

        Args:
            method: the HTTP method.
            url: scheme, host and path as the client signed them.
            header: the Authorization header.
            parameters: query and form fields, which HMAC signatures cover.
        """
        if not header or not header.startswith("OAuth "):
            return None
        fields = {
            key: urllib.parse.unquote(value) for key, value in re.findall(r'(\w+)="([^"]*)"', header.removeprefix("OAuth "))
        }
        if self._region.since(3, 5):
            _check_complete(fields)
        self._check_timestamp(fields.get("oauth_timestamp", ""))
        token = self._token(fields)
        self._check_nonce(fields)
        self._check_signature(token, fields, method, url, parameters)
        return next(user for user in self._region.store.users.values() if user.username == token.user)

    def _check_timestamp(self, given: str) -> None:
        now = int(time.time())
        if not given.isdigit() or abs(now - int(given)) > THRESHOLD:
            text = f"Expired timestamp: given {given} and now {now} has a greater difference than threshold {THRESHOLD}"
            raise unauthorised(f"'{text}'")

    def _token(self, fields: dict[str, str]) -> Token:
        consumer, key = fields.get("oauth_consumer_key", ""), fields.get("oauth_token", "")
        if not any(token.consumer == consumer for token in self._region.store.tokens.values()):
            raise unauthorised("Invalid API key.")
        found = next((t for t in self._region.store.tokens.values() if (t.consumer, t.key) == (consumer, key)), None)
        if not found:
            raise unauthorised(f"'Invalid access token: {key}'")
        return found

    def _check_nonce(self, fields: dict[str, str]) -> None:
        nonce = (fields.get("oauth_token", ""), fields.get("oauth_nonce", ""))
        if nonce in self._nonces:
            raise unauthorised(f"'Nonce already used: {nonce[1]}'")
        self._nonces[nonce] = None
        while len(self._nonces) > _NONCES:
            self._nonces.popitem(last=False)

    def _check_signature(
        self, token: Token, fields: dict[str, str], method: str, url: str, parameters: list[tuple[str, str]]
    ) -> None:
        given = fields.get("oauth_signature", "")
        if fields.get("oauth_signature_method") == "HMAC-SHA1":
            right = _hmac_sha1(token.secret, fields, method, url, parameters)
        else:
            right = "&" + token.secret
        if not hmac.compare_digest(given.encode(), right.encode()):
            # a region tells the right secret here; clients must cope with that, so the simulated one does too
            raise unauthorised(f"'Invalid signature. Expected signature base string: {right}'")


def unauthorised(text: str) -> ApiError:
    """The answer to wrong credentials."""
    return ApiError(401, f"Authorization Error: {text}", HTML, {"WWW-Authenticate": 'OAuth realm="OAuth"'})


def anonymous() -> ApiError:
    """The answer to no credentials where some are needed."""
    return ApiError(401, "Forbidden", BARE_TEXT)


def _hmac_sha1(secret: str, fields: dict[str, str], method: str, url: str, parameters: list[tuple[str, str]]) -> str:
    signed = [(key, value) for key, value in fields.items() if key not in ("oauth_signature", "realm")] + parameters
    pairs = sorted((_quote(key), _quote(value)) for key, value in signed)
    normal = "&".join(f"{key}={value}" for key, value in pairs)
    base = "&".join([method.upper(), _quote(url), _quote(normal)])
    digest = hmac.new(f"&{_quote(secret)}".encode(), base.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _quote(text: str) -> str:
    return urllib.parse.quote(text, safe="~")
