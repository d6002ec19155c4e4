"""Draws the site: `python docs/draw.py [STACK]` writes the pictures of docs/img/ from Pulumi.STACK.yaml.

A password that is encrypted stays so: what is drawn needs none.
"""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Mapping
from typing import Any

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import bundle  # noqa: E402 - the checkout isn't installed
import config  # noqa: E402
from components.plan import expand  # noqa: E402
from config import drawing  # noqa: E402

PORTUGUESE: Mapping[str, str] = {
    **drawing.WORDS,
    "management": "gerenciamento",
    "external": "externa",
    "floating": "flutuantes",
    "controller": "controlador: MAAS, LXD",
    "worker": "trabalhador: computação, armazenamento",
    "cores": "núcleos",
}

SERVICES: Mapping[str, str] = {
    "data": "banco de dados, mensagens",
    "trust": "certificados, segredos",
    "network": "rede",
    "storage": "armazenamento",
    "compute": "computação",
    "other": "identidade, painel, serviços",
    "container": "tracejado: num contêiner; cheio: na própria máquina",
    "subordinate": "+ subordinado ao lado do principal",
    "machines": "máquinas",
    "containers": "contêineres",
    "applications": "aplicações",
    "units": "unidades",
    "subordinates": "subordinados",
}


def pictures(stack: str) -> dict[str, str]:
    """File name → SVG, for a stack."""
    document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())
    site = config.parse(_hidden(document["config"]["openstack-on-metal:site"]))
    plan, _warnings = expand(site, ROOT)
    return {
        "networks.svg": drawing.networks_svg(site),
        "redes.svg": drawing.networks_svg(site, PORTUGUESE),
        "services.svg": bundle.placement_svg(plan),
        "servicos.svg": bundle.placement_svg(plan, title="Distribuição dos serviços", notes=SERVICES),
    }


def _hidden(value: Any) -> Any:
    if isinstance(value, Mapping):
        return "hidden" if set(value) == {"secure"} else {key: _hidden(inner) for key, inner in value.items()}
    return [_hidden(inner) for inner in value] if isinstance(value, list) else value


def main() -> None:
    """Writes the pictures."""
    folder = ROOT / "docs/img"
    folder.mkdir(exist_ok=True)
    try:
        drawn = pictures(sys.argv[1] if len(sys.argv) > 1 else "dev")
    except config.SiteError as error:
        sys.exit(str(error))
    for name, svg in drawn.items():
        (folder / name).write_text(svg)


if __name__ == "__main__":
    main()
