"""The dashboard's front door: the login page, to which everything else leads."""

from __future__ import annotations

import html
import secrets
from typing import Any

from ..call import Call, NotModelled, Reply
from ..cloud import Cloud

__all__ = ["Area"]

_LOGIN = "/horizon/auth/login/"
_PAGE = """<!DOCTYPE html>
<html>
  <head><title>Login - OpenStack Dashboard</title></head>
  <body id="splash">
    <form id="" action="{action}" method="POST">
      <input type="hidden" name="csrfmiddlewaretoken" value="{token}">
      <input type="hidden" name="region" value="{region}">
      <label for="id_domain">Domain</label><input type="text" name="domain" id="id_domain" required>
      <label for="id_username">User Name</label><input type="text" name="username" id="id_username" required>
      <label for="id_password">Password</label><input type="password" name="password" id="id_password" required>
      <button id="loginBtn" type="submit">Sign In</button>
    </form>
  </body>
</html>
"""


class Area:
    """The dashboard of a cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def answer(self, call: Call) -> Reply:
        """Answers a request: the login page, or the way to it."""
        if call.method not in ("GET", "HEAD"):
            raise NotModelled
        if call.path == _LOGIN:
            return self._page(call)
        if call.path == "/":
            return _moved(f"{call.base}/horizon")
        if call.path == "/horizon" or call.path.startswith("/horizon/"):
            return _moved(f"{call.base}{_LOGIN}?next={call.path.rstrip('/')}/")
        return Reply(status=404, body="<h1>Not Found</h1>")

    def dump(self) -> dict[str, Any]:
        """Nothing is kept."""
        return {}

    def load(self, data: dict[str, Any]) -> None:
        """Nothing was kept."""

    def _page(self, call: Call) -> Reply:
        token = secrets.token_urlsafe(32)
        values = {"action": f"{call.base}{_LOGIN}", "token": token, "region": self._cloud.facts.region()}
        page = _PAGE.format(**{name: html.escape(value) for name, value in values.items()})
        headers = {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": f"csrftoken={token}; Path=/; SameSite=Lax"}
        return Reply(body=page, headers=headers)


def _moved(where: str) -> Reply:
    return Reply(status=302, headers={"Location": where, "Content-Type": "text/html; charset=utf-8"})
