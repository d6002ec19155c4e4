"""The controller's own MAAS client: OAuth 1.0 PLAINTEXT over aiohttp, the few requests that Juju's MAAS provider makes."""

from __future__ import annotations

import secrets
import time
import urllib.parse
from collections.abc import Sequence
from typing import Any

import aiohttp

Fields = Sequence[tuple[str, str]]
_TIMEOUT = aiohttp.ClientTimeout(total=60)


class MaasError(Exception):
    """MAAS refused, or did not answer; the text is what Juju shows."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Maas:
    """One MAAS account.

    Args:
        endpoint: URL of the MAAS, with or without its trailing slash.
        api_key: CONSUMER:TOKEN:SECRET.
    """

    def __init__(self, endpoint: str, api_key: str) -> None:
        self._base = endpoint.rstrip("/").removesuffix("/api/2.0") + "/api/2.0/"
        parts = api_key.split(":")
        if len(parts) != 3:
            raise MaasError("malformed maas-oauth (3 items separated by colons)")
        self._consumer, self._token, self._secret = parts

    async def get(self, path: str, query: Fields = ()) -> Any:
        """Reads."""
        return await self._request("GET", path, query=query)

    async def post(self, path: str, operation: str = "", fields: Fields = ()) -> Any:
        """Creates, or runs an operation."""
        query = [("op", operation)] if operation else []
        return await self._request("POST", path, query=query, fields=fields)

    async def delete(self, path: str) -> None:
        """Deletes; what is gone already is no error."""
        try:
            await self._request("DELETE", path)
        except MaasError as exc:
            if exc.status != 404:
                raise

    async def _request(self, method: str, path: str, query: Fields = (), fields: Fields = ()) -> Any:
        url = self._base + path
        headers = {"Authorization": self._authorization(), "Accept": "application/json"}
        data = aiohttp.FormData(list(fields)) if method == "POST" else None
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT) as session,
                session.request(method, url, params=list(query), data=data, headers=headers) as response,
            ):
                if response.status >= 400:
                    text = (await response.text()).strip()
                    raise MaasError(f"ServerError: {response.status} {response.reason} ({text})", response.status)
                return await response.json(content_type=None) if response.status != 204 else None
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise MaasError(f'{method} "{url}": {exc or "timed out"}') from exc

    def _authorization(self) -> str:
        fields = {
            "oauth_nonce": secrets.token_hex(16),
            "oauth_timestamp": str(int(time.time())),
            "oauth_version": "1.0",
            "oauth_signature_method": "PLAINTEXT",
            "oauth_consumer_key": self._consumer,
            "oauth_token": self._token,
            "oauth_signature": f"&{self._secret}",
        }
        return "OAuth " + ", ".join(f'{key}="{urllib.parse.quote(value, safe="")}"' for key, value in fields.items())
