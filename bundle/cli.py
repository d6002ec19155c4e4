"""The command line: check, show and diff bundles, draw the placement, refresh the charm catalogue."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from . import catalogue, difference, expansion, harvest, model, picture, plan, pools, problems, reading, tables, tree, validation

_FILE_WIDTH = 160
"""Columns when the output goes to a file or a pipe, which has no width of its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: of the command line; None takes the process's own.

    Returns:
        0 when all is well (diff: nothing differs), 1 for errors in a bundle (diff: a difference), 2 for wrong use.
    """
    parsed = _parser().parse_args(arguments)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_FILE_WIDTH)
    try:
        return int(parsed.run(parsed, console))
    except problems.BundleErrors as error:
        console.print(tables.problem_lines(error.problems), soft_wrap=True)
        return 1
    except (OSError, ValueError) as error:
        console.print(f"error: {error}", style="red", markup=False, soft_wrap=True)
        return 2


def _check(parsed: argparse.Namespace, console: Console) -> int:
    bundle, facts = _load(parsed, parsed.file, parsed.overlay)
    found = [*bundle.warnings, *validation.validate(bundle, facts)]
    console.print(tables.problem_lines(found), soft_wrap=True)
    if any(problem.severity == "error" for problem in found):
        return 1
    made = expansion.expand(bundle, facts)
    _draw(parsed, made)
    console.print(f"{parsed.file}: good: {tables.summary(made)}", markup=False, soft_wrap=True)
    return 0


def _show(parsed: argparse.Namespace, console: Console) -> int:
    bundle, facts = _load(parsed, parsed.file, parsed.overlay)
    made = expansion.expand(bundle, facts)
    console.print(tables.problem_lines(bundle.warnings), soft_wrap=True)
    _draw(parsed, made)
    console.print(tables.show(made))
    return 0


def _diff(parsed: argparse.Namespace, console: Console) -> int:
    plans = []
    for file, overlays in ((parsed.old, parsed.old_overlay), (parsed.new, parsed.overlay)):
        bundle, facts = _load(parsed, file, overlays)
        plans.append(expansion.expand(bundle, facts))
    found = difference.diff(plans[0], plans[1])
    console.print(tables.changes(found) if found else "no difference", soft_wrap=True)
    return 1 if found else 0


def _catalogue(parsed: argparse.Namespace, console: Console) -> int:
    for name in parsed.charm:
        if parsed.source:
            layers = [Path(layer) for layer in parsed.layer]
            charm = harvest.from_source(Path(parsed.source), parsed.channel.partition("/")[0], layers)
        else:
            charm = harvest.from_charmhub(name, parsed.channel or None, parsed.store)
        if charm.name != name:
            raise ValueError(f'that is the charm "{charm.name}", not "{name}"; check the folder or the name')
        file = Path(parsed.folder) / f"{name}.json"
        file.write_text(catalogue.dump(charm), encoding="utf-8")
        console.print(f"{file}: written", markup=False, soft_wrap=True)
    return 0


def _load(parsed: argparse.Namespace, file: str, overlays: Sequence[str]) -> tuple[model.Bundle, catalogue.Catalogue]:
    facts = catalogue.Catalogue.load(parsed.catalogue) if parsed.catalogue else catalogue.Catalogue.builtin()
    bundle = reading.load(
        file,
        overlays,
        overrides=_overrides(parsed.set),
        substitutions=dict(_pair(word, "--with", "name=value") for word in parsed.value),
        sizes={name: _size(value) for name, value in (_pair(word, "--pool", "name=count") for word in parsed.pool)},
    )
    return bundle, facts


def _pair(word: str, flag: str, form: str) -> tuple[str, str]:
    key, separator, value = word.partition("=")
    if not separator or not key:
        raise ValueError(f'{flag} takes {form}, not "{word}"')
    return key, value


def _size(value: str) -> pools.Size:
    return int(value) if value.isdigit() else tuple(value.split(","))


def _overrides(words: Sequence[str]) -> dict[str, dict[str, tree.Value]]:
    found: dict[str, dict[str, tree.Value]] = {}
    for word in words:
        path, value = _pair(word, "--set", "application.option=value")
        application, dot, option = path.partition(".")
        if not dot or not option:
            raise ValueError(f'--set takes application.option=value, not "{word}"')
        found.setdefault(application, {})[option] = tree.resolve(value)
    return found


def _draw(parsed: argparse.Namespace, made: plan.Plan) -> None:
    if parsed.svg:
        Path(parsed.svg).write_text(picture.placement_svg(made, title=Path(parsed.file).stem), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bundle", description="Looks at Juju bundles without a cloud.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = _common()
    check = commands.add_parser("check", parents=[common], help="say what is wrong, with file and line")
    show = commands.add_parser("show", parents=[common], help="print the plan")
    for command, run in ((check, _check), (show, _show)):
        command.add_argument("file", help="the bundle")
        command.add_argument("--svg", metavar="FILE", help="draw the placement")
        command.set_defaults(run=run)
    diff = commands.add_parser("diff", parents=[common], help="print what differs between two bundles")
    diff.add_argument("old", help="a bundle")
    diff.add_argument("new", help="another one; --overlay applies to it")
    diff.add_argument("--old-overlay", action="append", default=[], metavar="FILE", help="overlay of the old bundle")
    diff.set_defaults(run=_diff)
    _catalogue_parser(commands.add_parser("catalogue", help="write the facts of charms, from Charmhub or a checkout"))
    return parser


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--overlay", action="append", default=[], metavar="FILE", help="overlay; can be repeated")
    common.add_argument("--set", action="append", default=[], metavar="APP.OPTION=VALUE", help="option to set last")
    common.add_argument(
        "--with", dest="value", action="append", default=[], metavar="NAME=VALUE", help="value of a ${NAME} placeholder"
    )
    common.add_argument(
        "--pool", action="append", default=[], metavar="NAME=COUNT", help="size of a machine pool, or names: a,b,c"
    )
    common.add_argument("--catalogue", metavar="FOLDER", help="charm facts to use instead of the built-in ones")
    return common


def _catalogue_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("charm", nargs="+", help="name of a charm")
    parser.add_argument("--channel", default="", help="channel to take the facts from; default: the charm's own")
    parser.add_argument("--store", default=harvest.CHARMHUB, metavar="URL", help="the store's API")
    parser.add_argument("--source", metavar="FOLDER", help="a checkout of the charm's source, instead of the store")
    parser.add_argument("--layer", action="append", default=[], metavar="FOLDER", help="checkout of a layer, lowest first")
    parser.add_argument("--folder", default=str(catalogue.BUILTIN), help="where entries are written")
    parser.set_defaults(run=_catalogue)
