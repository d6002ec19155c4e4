"""The commands and flags: Pulumi's names and meanings."""

from __future__ import annotations

import argparse

_EPILOG = """\
The state lives in the folder that PULUMI_BACKEND_URL names (file://FOLDER), in Pulumi's own format: the Pulumi
CLI can take over any stack at any time. Secrets are sealed with PULUMI_CONFIG_PASSPHRASE or
PULUMI_CONFIG_PASSPHRASE_FILE. PULUMI_STACK selects a stack.
"""


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Leaves room for long flags."""

    def __init__(self, prog: str):
        super().__init__(prog, max_help_position=34, width=110)


_OPTIONAL = {
    "init": "name",
    "select": "name",
    "rm": "name",
    "output": "property",
    "set": "value",
    "copy": "key",
    "cancel": "name",
}


def parse(argv: list[str]) -> argparse.Namespace:
    """Parses a command line; an optional argument may also follow flags, which argparse gives up on."""
    parser = build()
    arguments, rest = parser.parse_known_args(argv)
    rest = [word for word in rest if word != "--"]
    optional = _OPTIONAL.get(arguments.verb, "")
    takes = bool(rest) and bool(optional) and not getattr(arguments, optional, True)
    if takes and ("--" in argv or not rest[0].startswith("-")):
        setattr(arguments, optional, rest.pop(0))
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return arguments


def build() -> argparse.ArgumentParser:
    """Returns the parser; the chosen command's function is ``run``'s name in the namespace."""
    parser = argparse.ArgumentParser(
        prog="python -m engine",
        description="Deploy a Pulumi program with its dynamic providers, without the Pulumi CLI.",
        epilog=_EPILOG,
        formatter_class=_Formatter,
    )
    _general(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _deploying(commands)
    _stack(commands)
    _config(commands)
    _state(commands)
    cancel = _command(commands, "cancel", "Remove the lock that a killed update has left on a stack")
    cancel.add_argument("name", nargs="?", default="", metavar="STACK", help="the stack (default: the selected one)")
    cancel.add_argument("--yes", "-y", action="store_true", help="do not ask")
    cancel.add_argument("--stale", action="store_true", help="only if whoever locked it on this host has ended; never asks")
    return parser


def _general(parser: argparse.ArgumentParser, *, sub: bool = False) -> None:
    """Adds the flags that stand before or after a command; after it they win."""

    def default(value: object) -> object:
        return argparse.SUPPRESS if sub else value

    group = parser.add_argument_group("general")
    group.add_argument("--cwd", "-C", default=default("."), metavar="DIR", help="run as if started in DIR")
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default=default("auto"),
        help="colourise the output (default: auto)",
    )
    group.add_argument(
        "--non-interactive", action="store_true", default=default(False), help="never ask, never draw a live display"
    )
    group.add_argument(
        "--disable-integrity-checking",
        action="store_true",
        default=default(False),
        help="use a state that contradicts itself",
    )


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str, *aliases: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name, help=summary, description=f"{summary}.", aliases=aliases, formatter_class=_Formatter, allow_abbrev=False
    )
    _general(parser, sub=True)
    parser.add_argument("--stack", "-s", default=argparse.SUPPRESS, metavar="STACK", help="the stack (default: the selected one)")
    parser.set_defaults(verb=name)
    return parser


def _deploying(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    up = _command(commands, "up", "Create or update the resources of a stack", "update")
    preview = _command(commands, "preview", "Show what an update would change", "pre")
    refresh = _command(commands, "refresh", "Take over into the state what the resources really are")
    destroy = _command(commands, "destroy", "Delete all resources of a stack", "down")
    for parser in (up, preview, refresh, destroy):
        _operation_flags(parser)
    for parser in (up, refresh, destroy):
        _changing_flags(parser)
    for parser in (up, preview):
        _program_flags(parser)
    for parser in (up, preview, destroy):
        parser.add_argument("--refresh", "-r", action="store_true", help="refresh the state first")
    for parser in (up, destroy):
        parser.add_argument(
            "--continue-on-error", action="store_true", help="after a failure go on with what does not depend on it"
        )
    refresh.add_argument(
        "--clear-pending-creates", action="store_true", help="forget creates that an earlier run was interrupted in"
    )
    destroy.add_argument("--remove", action="store_true", help="remove the stack and its configuration afterwards")
    destroy.add_argument("--exclude-protected", action="store_true", help="leave protected resources, and what they need")


def _operation_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", "-t", action="append", default=[], metavar="URN", help="only this resource (* and ** match)")
    parser.add_argument("--target-dependents", action="store_true", help="with --target: also what depends on it")
    parser.add_argument("--exclude", action="append", default=[], metavar="URN", help="all but this resource (* and ** match)")
    parser.add_argument("--exclude-dependents", action="store_true", help="with --exclude: also what depends on it")
    parser.add_argument("--parallel", "-p", type=int, metavar="N", help="run N operations at a time (default: 4 a core)")
    parser.add_argument("--message", "-m", default="", metavar="TEXT", help="a message for the history")
    parser.add_argument("--diff", action="store_true", help="show the changed properties")
    parser.add_argument("--json", "-j", action="store_true", help="print JSON instead of text")
    parser.add_argument("--show-secrets", action="store_true", help="show secrets in clear")
    parser.add_argument("--suppress-outputs", action="store_true", help="do not print the stack's outputs")
    parser.add_argument("--expect-no-changes", action="store_true", help="exit with 7 if there are any changes")
    parser.add_argument("--event-log", default="", metavar="FILE", help="write all engine events to FILE, one a line")
    parser.add_argument("--config-file", default="", metavar="FILE", help="use this stack configuration file")


def _changing_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", "-y", action="store_true", help="do not ask")
    parser.add_argument("--skip-preview", "-f", action="store_true", help="change without a preview before")
    parser.add_argument("--preview-only", action="store_true", help="only show what would change")


def _program_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--replace", action="append", default=[], metavar="URN", help="replace this resource")
    parser.add_argument("--target-replace", action="append", default=[], metavar="URN", help="--replace and --target in one")
    parser.add_argument(
        "--config", "-c", action="append", default=[], metavar="KEY=VALUE", help="set a configuration value and keep it"
    )
    parser.add_argument("--config-path", action="store_true", help="with --config: keys are paths")


def _stack(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    stack = _command(commands, "stack", "Show a stack, or manage stacks")
    stack.add_argument("--show-name", action="store_true", help="print the stack's name only")
    stack.add_argument("--show-urns", "-u", action="store_true", help="show the resources' URNs")
    stack.set_defaults(verb="stack")
    verbs = stack.add_subparsers(dest="subcommand", metavar="SUBCOMMAND")
    new = _command(verbs, "init", "Create a stack")
    new.add_argument("name", nargs="?", default="", metavar="STACK")
    new.add_argument("--no-select", action="store_true", help="do not select it")
    listing = _command(verbs, "ls", "List the stacks of the project")
    listing.add_argument("--json", "-j", action="store_true", help="print JSON")
    listing.add_argument("--all", "-a", action="store_true", help="the stacks of all projects")
    select = _command(verbs, "select", "Choose the stack that commands are about")
    select.add_argument("name", nargs="?", default="", metavar="STACK")
    select.add_argument("--create", "-c", action="store_true", help="create it if there is none")
    output = _command(verbs, "output", "Print the stack's outputs")
    output.add_argument("property", nargs="?", default="", metavar="NAME")
    output.add_argument("--json", "-j", action="store_true", help="print JSON")
    output.add_argument("--shell", action="store_true", help="print assignments for a shell")
    output.add_argument("--show-secrets", action="store_true", help="show secrets in clear")
    export = _command(verbs, "export", "Write the stack's state as JSON")
    export.add_argument("--file", default="", metavar="FILE", help="write to FILE instead of the terminal")
    export.add_argument("--show-secrets", action="store_true", help="write secrets in clear")
    taking = _command(verbs, "import", "Replace the stack's state by an exported one")
    taking.add_argument("--file", default="", metavar="FILE", help="read FILE instead of the standard input")
    taking.add_argument("--force", "-f", action="store_true", help="take a state that looks wrong all the same")
    removal = _command(verbs, "rm", "Remove a stack")
    removal.add_argument("name", nargs="?", default="", metavar="STACK")
    removal.add_argument("--yes", "-y", action="store_true", help="do not ask")
    removal.add_argument("--force", "-f", action="store_true", help="even if it still has resources")
    removal.add_argument("--preserve-config", action="store_true", help="keep the configuration file")
    history = _command(verbs, "history", "List the stack's updates, newest first")
    history.add_argument("--json", "-j", action="store_true", help="print JSON")
    history.add_argument("--show-secrets", action="store_true", help="show secret configuration in clear")
    history.add_argument("--page-size", type=int, default=10, metavar="N", help="updates a page (default: 10)")
    history.add_argument("--page", type=int, default=1, metavar="N", help="which page (default: 1)")


def _config(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    config = _command(commands, "config", "Show or change a stack's configuration")
    _config_flags(config, sub=False)
    config.add_argument("--show-secrets", action="store_true", help="show secrets in clear")
    verbs = config.add_subparsers(dest="subcommand", metavar="SUBCOMMAND")
    get = _command(verbs, "get", "Print one value")
    get.add_argument("key", metavar="KEY")
    setting = _command(verbs, "set", "Set a value")
    setting.add_argument("key", metavar="KEY")
    setting.add_argument("value", nargs="?", metavar="VALUE", help="read from the standard input when left out")
    setting.add_argument("--secret", action="store_true", help="encrypt the value")
    setting.add_argument("--plaintext", action="store_true", help="store it in clear, even if it looks secret")
    several = _command(verbs, "set-all", "Set several values")
    several.add_argument("--plaintext", action="append", default=[], metavar="KEY=VALUE", help="store a value in clear")
    several.add_argument("--secret", action="append", default=[], metavar="KEY=VALUE", help="encrypt a value")
    several.add_argument("--json", dest="values", default="", metavar="JSON", help="values as `config --json` prints them")
    removal = _command(verbs, "rm", "Remove a value")
    removal.add_argument("key", metavar="KEY")
    copying = _command(verbs, "copy", "Copy values to another stack, its secrets sealed anew", "cp")
    copying.add_argument("key", nargs="?", default="", metavar="KEY", help="only this value")
    copying.set_defaults(subcommand="copy")
    copying.add_argument("--dest", "-d", required=True, metavar="STACK", help="the stack to copy to")
    for parser in (get, setting, several, removal, copying):
        parser.add_argument("--path", action="store_true", help="the key is a path such as a.b[0]")
        _config_flags(parser, sub=True, json=parser is not several)


def _state(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    state = _command(commands, "state", "Edit a stack's state; the resources themselves are not touched")
    verbs = state.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
    marks = {
        "protect": "Keep resources from being deleted",
        "unprotect": "Allow resources to be deleted",
        "taint": "Have resources replaced by the next update",
        "untaint": "Take the taint from resources",
    }
    for name, summary in marks.items():
        parser = _command(verbs, name, summary)
        _urns(parser, everything=name != "taint")
    removal = _command(verbs, "remove", "Forget resources that nothing else needs", "rm", "delete")
    _urns(removal, everything=True)
    removal.add_argument("--force", action="store_true", help="even protected ones")
    removal.add_argument("--target-dependents", action="store_true", help="and what depends on them")
    removal.set_defaults(subcommand="remove")
    renaming = _command(verbs, "rename", "Give a resource another name")
    renaming.add_argument("urn", metavar="URN")
    renaming.add_argument("name", metavar="NAME")
    for parser in dict.fromkeys(verbs.choices.values()):
        parser.add_argument("--yes", "-y", action="store_true", help="do not ask")


def _urns(parser: argparse.ArgumentParser, *, everything: bool) -> None:
    parser.add_argument("urns", nargs="*", metavar="URN", help="quote it: it holds characters that shells read")
    parser.set_defaults(all=False)
    if everything:
        parser.add_argument("--all", action="store_true", help="all resources of the stack")


def _config_flags(parser: argparse.ArgumentParser, *, sub: bool, json: bool = True) -> None:
    default: object = argparse.SUPPRESS if sub else ""
    parser.add_argument("--config-file", default=default, metavar="FILE", help="use this stack configuration file")
    if json:
        parser.add_argument("--json", "-j", action="store_true", default=argparse.SUPPRESS if sub else False, help="print JSON")
