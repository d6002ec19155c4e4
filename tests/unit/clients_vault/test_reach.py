from __future__ import annotations

import pytest

from clients import reach
from clients.errors import ClientError


def test_directly() -> None:
    assert reach.url(None, "http", "10.20.0.33", 8200) == "http://10.20.0.33:8200"
    assert reach.url("", "https", "vault.example", 8200) == "https://vault.example:8200"
    assert reach.url(None, "https", "fd00::33", 5000) == "https://[fd00::33]:5000"


def test_through_a_gateway() -> None:
    gateway = "http://127.0.0.1:8080/at/{host}/{port}"
    assert reach.url(gateway, "https", "10.20.0.33", 5000) == "http://127.0.0.1:8080/at/10.20.0.33/5000"
    assert reach.url(f"{gateway}/", "http", "10.20.0.33", 5000) == "http://127.0.0.1:8080/at/10.20.0.33/5000"


def test_a_template_without_its_places_is_refused() -> None:
    with pytest.raises(ClientError, match=r"needs \{host\} and \{port\}"):
        reach.url("http://127.0.0.1:8080", "http", "10.20.0.33", 5000)


def test_a_gateway_with_a_way_of_its_own_for_tls() -> None:
    gateway = "http://127.0.0.1:8080/at/{host}/{port} https://127.0.0.1:8443/at/{host}/{port}"
    assert reach.url(gateway, "https", "10.20.0.33", 5000) == "https://127.0.0.1:8443/at/10.20.0.33/5000"
    assert reach.url(gateway, "http", "10.20.0.31", 8200) == "http://127.0.0.1:8080/at/10.20.0.31/8200"
    assert reach.behind(gateway, "https://127.0.0.1:8443/at/10.20.0.33/5000/v3")
    assert not reach.behind(gateway, "https://10.20.0.33:5000/v3")
