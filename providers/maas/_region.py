"""Which region a provider speaks to, and how long it may wait there."""

from __future__ import annotations

from typing import TypeVar

from clients import maas

from .. import _base, _settings

InputsT = TypeVar("InputsT", bound=_base.Inputs)


class RegionProvider(_base.Provider[InputsT]):
    """A provider whose objects live in the region that the stack's configuration names."""

    libraries = ("maas.client.bones", "maas.client.utils.creds")

    def region(self) -> maas.Maas:
        """The region's client, one a process.

        Raises:
            ExpectedError: when the configuration doesn't say where MAAS is, or with which key.
            Unsupported: when that MAAS is too old.
        """
        settings = self._maas_settings()
        missing = [name for key, name in (("url", "maas:apiUrl"), ("api_key", "maas:apiKey")) if not settings.get(key)]
        if missing:
            raise _base.ExpectedError(
                f"{' and '.join(missing)} not set: `pulumi config set maas:apiUrl http://…:5240/MAAS` and "
                "`pulumi config set --secret maas:apiKey …`, or maas:endpointsFile for the simulator"
            )
        poll = _settings.number(settings, "poll_seconds", 5.0)
        region = maas.connect(str(settings["url"]), str(settings["api_key"]), settings.get("ca_file"), poll)
        region.require(maas.OLDEST, "API that this program speaks")
        return region

    def patience(self) -> float:
        """Seconds that a machine may take for one stage."""
        return _settings.number(self._maas_settings(), "timeout_seconds", 2400.0)

    def gone(self, what: str) -> _base.ExpectedError:
        """The error of a change to something that somebody deleted since the last refresh."""
        return _base.ExpectedError(f"the {what} is gone from MAAS: run `pulumi refresh`, then `pulumi up`")

    def _maas_settings(self) -> dict[str, object]:
        return _settings.section(self.setting, "maas")
