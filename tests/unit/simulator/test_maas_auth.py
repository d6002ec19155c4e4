"""Who may speak to the simulated region: OAuth signatures as oauthlib makes them, and their faults."""

from __future__ import annotations

import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest
from oauthlib import oauth1

from simulator.testing import Rack, running_rack


@pytest.fixture(scope="module")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    directory: pathlib.Path = tmp_path_factory.mktemp("rack")
    with running_rack(factor=0, directory=directory, services=("maas",)) as running:
        yield running


def ask(
    rack: Rack, path: str, method: str, signature: str, body: dict[str, str] | None = None, **changed: str
) -> tuple[int, str]:
    endpoint = rack.endpoints["maas"]
    consumer, token, secret = endpoint["api_key"].split(":")
    fields = {"resource_owner_key": token, "resource_owner_secret": secret, "client_secret": ""} | changed
    client = oauth1.Client(fields.pop("consumer", consumer), signature_method=signature, **fields)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    form = urllib.parse.urlencode(body) if body else None
    url, headers, data = client.sign(endpoint["url"] + path, method, form, headers)
    request = urllib.request.Request(url, data.encode() if data else None, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code, exc.read().decode()


SIGNATURES = [oauth1.SIGNATURE_PLAINTEXT, oauth1.SIGNATURE_HMAC_SHA1]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_right_signature_is_accepted(rack: Rack, signature: str) -> None:
    assert ask(rack, "api/2.0/users/?op=whoami", "GET", signature)[0] == 200
    name = {"name": f"space-of-{signature.lower()}", "description": "with blanks & signs=ö"}
    status, text = ask(rack, "api/2.0/spaces/", "POST", signature, name)
    assert status == 200, text


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"consumer": "nobody"}, "Invalid API key."),
        ({"resource_owner_key": "nothing"}, "Invalid access token: nothing"),
        ({"resource_owner_secret": "wrong"}, "Invalid signature."),
        ({"timestamp": str(int(time.time()) - 3600)}, "Expired timestamp"),
    ],
)
def test_a_wrong_signature_is_refused(rack: Rack, signature: str, changed: dict[str, str], text: str) -> None:
    status, answer = ask(rack, "api/2.0/users/?op=whoami", "GET", signature, **changed)
    assert status == 401
    assert text in answer


def test_a_nonce_is_good_once(rack: Rack) -> None:
    first, second = (ask(rack, "api/2.0/users/?op=whoami", "GET", oauth1.SIGNATURE_PLAINTEXT, nonce="once") for _ in range(2))
    assert first[0] == 200
    assert second == (401, "Authorization Error: 'Nonce already used: once'")


def test_no_secret_is_written_to_log_or_record(rack: Rack) -> None:
    ask(rack, "api/2.0/users/?op=whoami", "GET", oauth1.SIGNATURE_PLAINTEXT, resource_owner_secret="wrong")
    secret = rack.endpoints["maas"]["api_key"].split(":")[2]
    for name in ("requests.jsonl", "simulator.log"):
        path = rack.directory / name
        assert not path.exists() or secret not in path.read_text()
    assert rack.requests("maas")
