"""One Vault server, typed; hvac speaks, over a session that trusts nothing in the environment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from ._session import open_session
from .errors import ForbiddenError, NotFoundError, VaultError, WrongKeyError, refusal, translated
from .types import Health, Initialised, Seal

TIMEOUT: Final = (5.0, 30.0)
"""Seconds that it may take to be reached, and to answer; initialising and unsealing take a moment."""

MOUNT: Final = "charm-pki-local"
"""Where the charm keeps its certificate authority."""

_HEALTH_STATUSES: Final = frozenset({200, 429, 472, 473, 501, 503})


class Vault:
    """A Vault server.

    Args:
        url: the server's, or what a gateway makes of it.
        ca: certificates (PEM) that vouch for it; without them the system's do.
        timeout: seconds that it may take to be reached, and to answer.
    """

    def __init__(self, url: str, *, ca: str | None = None, timeout: tuple[float, float] = TIMEOUT) -> None:
        self.url = url
        self._session = open_session(ca)
        self._timeout = timeout

    def health(self) -> Health:
        """How it stands, also when it is sealed or not initialised.

        Raises:
            UnreachableError: when something else than a Vault answers, or nothing.
        """
        what = "asking for its health"
        with translated(what, self.url):
            answer = self._session.get(f"{self.url}/v1/sys/health", timeout=self._timeout)
            if answer.status_code in _HEALTH_STATUSES:
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    return Health._from_dict(answer.json())
        words = " ".join(answer.text.split())[:200]
        raise refusal(what, self.url, 502, words or f"status {answer.status_code}, which is none of Vault's")

    def seal(self) -> Seal:
        """The state of its seal."""
        with self._hvac("reading its seal") as client:
            return Seal._from_dict(client.sys.read_seal_status())

    def initialise(self, shares: int, threshold: int) -> Initialised:
        """Makes keys and root token; Vault says them once ever.

        Raises:
            AlreadyInitialisedError: when it has been done before.
        """
        with self._hvac("initialising it") as client:
            answer = client.sys.initialize(secret_shares=shares, secret_threshold=threshold)
        return Initialised(keys=tuple(answer["keys"]), root_token=answer["root_token"])

    def unseal(self, keys: Sequence[str]) -> Seal:
        """Gives as many keys as it wants and says how its seal is then; a member of a cluster may still be on its way open.

        What others have given before is dropped first: one wrong key among them would spoil ours.

        Raises:
            WrongKeyError: when the keys aren't its own, or too few.
        """
        with self._hvac("unsealing it") as client:
            seal = Seal._from_dict(client.sys.submit_unseal_key(reset=True))
            for key in list(dict.fromkeys(keys))[: seal.threshold]:
                if seal.sealed:
                    seal = Seal._from_dict(client.sys.submit_unseal_key(key=key))
        if seal.sealed and seal.progress:
            raise WrongKeyError(
                f"Vault at {self.url}: {seal.progress} keys don't open it, it wants {seal.threshold} different ones"
            )
        return seal

    def check_token(self, token: str) -> None:
        """Asks whether a token is good.

        Raises:
            ForbiddenError: when it isn't.
        """
        with self._hvac("looking up our token", token) as client:
            client.auth.token.lookup_self()

    @contextlib.contextmanager
    def short_lived_token(self, token: str, ttl: str = "10m") -> Iterator[str]:
        """A child of a token that ends with the block, and by itself after `ttl` whatever happens to us.

        Raises:
            ForbiddenError: when `token` is no good.
        """
        with self._hvac("making a short-lived token", token) as client:
            child: str = client.auth.token.create(ttl=ttl, renewable=False)["auth"]["client_token"]
        try:
            yield child
        finally:
            with contextlib.suppress(VaultError), self._hvac("revoking a token", child) as client:
                client.auth.token.revoke_self()

    def ca(self, mount: str = MOUNT) -> str:
        """The certificate (PEM) that signs; empty before there is one. Anybody may read it."""
        try:
            with self._hvac("reading its CA") as client:
                return str(client.secrets.pki.read_ca_certificate(mount_point=mount) or "").strip()
        except (NotFoundError, ForbiddenError):  # where nothing is mounted, Vault first of all wants to know who asks
            return ""

    @contextlib.contextmanager
    def _hvac(self, what: str, token: str = "") -> Iterator[Any]:
        """A client with this token; an empty one keeps hvac from looking for others at home and in the environment."""
        import hvac

        client = hvac.Client(
            url=self.url, token=token, verify=self._session.verify, timeout=self._timeout, session=self._session, namespace=""
        )
        with translated(what, self.url):
            yield client
