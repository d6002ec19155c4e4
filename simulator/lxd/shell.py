"""Commands inside an instance: one program, or a shell script that strings programs together.

Knows pipes, redirections, variables, ;, && and ||. A program that isn't installed ends with 127.
"""

from __future__ import annotations

import dataclasses
import posixpath
import re
import shlex

from . import filesystem, programs
from .errors import LxdError
from .programs import Result, Session

NOT_FOUND = 127
_VARIABLE = re.compile(r"\$(?:\{(\w+|\?)\}|(\w+|\?))")
_CONNECTORS = ("&&", "||", ";", "&")
_REDIRECTS = (">", ">>", "<", ">&")
_READERS = ("cat", "tee", "grep")
_SHELLS = ("ash", "bash", "sh")


class _ExitError(Exception):
    """The shell's `exit`."""

    def __init__(self, code: int, so_far: Result) -> None:
        super().__init__(code)
        self.code = code
        self.so_far = so_far


def wants_input(command: list[str]) -> bool:
    """Whether a command reads what is typed; only then its end has to be waited for."""
    words = command
    if words and posixpath.basename(words[0]) in _SHELLS:
        if len(words) < 2:
            return True
        words = words[-1].split()
    return bool(words) and words[0] in _READERS and (words[0] != "cat" or len(words) == 1 or words[1] in _REDIRECTS)


def is_installed(command: str) -> bool:
    """Whether there is such a program."""
    return posixpath.basename(command) in _PROGRAMS


def run(session: Session, command: list[str], stdin: bytes = b"") -> Result:
    """Runs one program."""
    if not command:
        return Result()
    program = posixpath.basename(command[0])
    if program not in _PROGRAMS:
        return programs.failed(NOT_FOUND, f"{command[0]}: not found")
    try:
        return _PROGRAMS[program](session, command[1:], stdin)
    except LxdError:
        return programs.failed(1, f"{program}: {' '.join(command[1:])}: No such file or directory")


def script(session: Session, text: str, stdin: bytes = b"") -> Result:
    """Runs a shell script: pipelines joined by ;, newlines, && and ||."""
    total = Result()
    skip = False
    for words, connector in _lists(text):
        if words and not skip:
            try:
                total = programs.joined(total, _pipeline(session, words, stdin))
            except _ExitError as exc:
                return dataclasses.replace(programs.joined(total, exc.so_far), code=exc.code)
            session.status = total.code
        skip = (connector == "&&" and session.status != 0) or (connector == "||" and session.status == 0)
    return dataclasses.replace(total, code=session.status)


def _lists(text: str) -> list[tuple[list[str], str]]:
    """Splits a script into pipelines, each with what comes after it."""
    found: list[tuple[list[str], str]] = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip().startswith("#"):
            continue
        words: list[str] = []
        for token in _tokens(line):
            if token in _CONNECTORS:
                found.append((words, token))
                words = []
            else:
                words.append(token)
        found.append((words, ";"))
    return found


def _tokens(line: str) -> list[str]:
    """Words with their quotes still on, and the operators between them."""
    lexer = shlex.shlex(line, posix=False, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    try:
        return list(lexer)
    except ValueError:
        return ["sh:", "unterminated", "quoted", "string"]


def _pipeline(session: Session, words: list[str], stdin: bytes) -> Result:
    stages: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            stages.append([])
        else:
            stages[-1].append(word)
    total = Result(stdout=stdin)
    for stage in stages:
        step = _command(session, stage, total.stdout)
        total = Result(
            code=step.code, stdout=step.stdout, stderr=total.stderr + step.stderr, seconds=total.seconds + step.seconds
        )
    return total


def _command(session: Session, words: list[str], stdin: bytes) -> Result:
    """A program with its redirections."""
    plain: list[str] = []
    outputs: dict[str, tuple[str, str]] = {}
    at = 0
    while at < len(words):
        word = words[at]
        if word in _REDIRECTS and at + 1 < len(words):
            stream = plain.pop() if plain and plain[-1] in ("1", "2") and word != "<" else "1"
            outputs["0" if word == "<" else stream] = (word, _expand(session, words[at + 1]))
            at += 2
            continue
        plain.append(word)
        at += 1
    if "0" in outputs:
        stdin = filesystem.content(session.instance, programs.path_of(session, outputs.pop("0")[1]))
    while plain and re.fullmatch(r"[A-Za-z_]\w*=.*", plain[0]):
        name, _, value = plain.pop(0).partition("=")
        session.environment[name] = _expand(session, value)
    command = [_expand(session, word) for word in plain]
    if command and command[0] in _BUILTINS:
        return _BUILTINS[command[0]](session, command[1:], stdin)
    return _redirected(session, run(session, command, stdin), outputs)


def _redirected(session: Session, result: Result, outputs: dict[str, tuple[str, str]]) -> Result:
    streams = {"1": result.stdout, "2": result.stderr}
    for stream, (how, target) in outputs.items():
        data, streams[stream] = streams[stream], b""
        if how == ">&":
            streams[target] = streams.get(target, b"") + data
        elif target != "/dev/null":
            programs.write(session, target, data, append=how == ">>")
    return dataclasses.replace(result, stdout=streams["1"], stderr=streams["2"])


def _expand(session: Session, word: str) -> str:
    """Takes quotes off and puts variables in."""
    parts = re.findall(r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"|([^'\"]+)", word)
    text = ""
    for single, double, bare in parts:
        if single:
            text += single
        else:
            text += _VARIABLE.sub(lambda found: _variable(session, found[1] or found[2]), double or bare)
    return re.sub(r"\\([\"$\\`])", r"\1", text)


def _variable(session: Session, name: str) -> str:
    return str(session.status) if name == "?" else session.environment.get(name, "")


def _shell(session: Session, arguments: list[str], stdin: bytes) -> Result:
    inner = dataclasses.replace(session, environment=dict(session.environment), status=0)
    for at, argument in enumerate(arguments):
        if argument.startswith("-") and argument.endswith("c"):
            return script(inner, arguments[at + 1] if at + 1 < len(arguments) else "", stdin)
    names = [argument for argument in arguments if not argument.startswith("-")]
    text = filesystem.content(session.instance, programs.path_of(session, names[0])) if names else stdin
    return script(inner, text.decode(errors="replace"))


def _exit(session: Session, arguments: list[str], _stdin: bytes) -> Result:
    raise _ExitError(int(arguments[0]) & 0xFF if arguments and arguments[0].isdigit() else session.status, Result())


_PROGRAMS: dict[str, programs.Program] = programs.PROGRAMS | dict.fromkeys(_SHELLS, _shell)
_BUILTINS: dict[str, programs.Program] = {"exit": _exit}
