"""Who asks a service that has Keystone's middleware before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .call import Call, Refusal, Reply

if TYPE_CHECKING:
    from .cloud import Cloud
    from .keystone.token import Token

_BODY = {"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}


def caller(cloud: Cloud, call: Call) -> Token:
    """What Keystone says of the token that a request bears.

    Raises:
        Refusal: 401, as the middleware words it.
    """
    token = cloud.identity.token(call)
    if token is None:
        where = f'Keystone uri="{cloud.facts.endpoints().get("identity", "")}/v3"'
        raise Refusal(Reply(status=401, body=_BODY, headers={"Www-Authenticate": where}))
    return token
