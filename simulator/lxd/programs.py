"""The programs inside an instance: what each does to its files, and prints.

A program that isn't here isn't installed.
"""

from __future__ import annotations

import dataclasses
import posixpath
import re
from collections.abc import Callable

from . import filesystem
from .records import File, Instance


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """How a command ended: exit code, output, and the virtual seconds it took."""

    code: int = 0
    stdout: bytes = b""
    stderr: bytes = b""
    seconds: float = 0.0


@dataclasses.dataclass(kw_only=True)
class Session:
    """Where a command runs: the instance, variables, working folder, user, and the time that file changes are given."""

    instance: Instance
    environment: dict[str, str]
    cwd: str = "/root"
    uid: int = 0
    now: float = 0.0
    status: int = 0


def _echo(_: Session, arguments: list[str], _stdin: bytes) -> Result:
    bare = arguments[:1] == ["-n"]
    return Result(stdout=(" ".join(arguments[bare:]) + ("" if bare else "\n")).encode())


def _printf(_: Session, arguments: list[str], _stdin: bytes) -> Result:
    text = arguments[0] if arguments else ""
    for argument in arguments[1:]:
        text = text.replace("%s", argument, 1)
    return Result(stdout=text.replace("\\n", "\n").replace("\\t", "\t").encode())


def _cat(session: Session, arguments: list[str], stdin: bytes) -> Result:
    if not arguments:
        return Result(stdout=stdin)
    total = Result()
    for name in arguments:
        try:
            step = Result(stdout=filesystem.content(session.instance, path_of(session, name)))
        except filesystem.MissingFileError:
            step = failed(1, f"cat: can't open '{name}': No such file or directory")
        total = dataclasses.replace(joined(total, step), code=max(total.code, step.code))
    return total


def _tee(session: Session, arguments: list[str], stdin: bytes) -> Result:
    for name in arguments:
        if name != "-a":
            write(session, name, stdin, append="-a" in arguments)
    return Result(stdout=stdin)


def _ls(session: Session, arguments: list[str], _stdin: bytes) -> Result:
    paths = [argument for argument in arguments if not argument.startswith("-")] or ["."]
    lines: list[str] = []
    for path in paths:
        full = path_of(session, path)
        folder = filesystem.read(session.instance, full).type == "directory"
        lines += filesystem.names(session.instance, full) if folder else [path]
    return Result(stdout="".join(f"{line}\n" for line in lines).encode())


def _mkdir(session: Session, arguments: list[str], _stdin: bytes) -> Result:
    folder = File(type="directory", mode=0o755, uid=session.uid, gid=session.uid, modified=session.now)
    for name in (argument for argument in arguments if not argument.startswith("-")):
        path = filesystem.normal(path_of(session, name))
        if filesystem.exists(session.instance, path):
            if "-p" not in arguments:
                return failed(1, f"mkdir: can't create directory '{name}': File exists")
            continue
        if "-p" in arguments:
            _mkdir(session, ["-p", posixpath.dirname(path)], b"")
        filesystem.write(session.instance, path, folder)
    return Result()


def _rm(session: Session, arguments: list[str], _stdin: bytes) -> Result:
    flags = "".join(argument[1:] for argument in arguments if argument.startswith("-"))
    for name in (argument for argument in arguments if not argument.startswith("-")):
        path = path_of(session, name)
        if not filesystem.exists(session.instance, path):
            if "f" not in flags:
                return failed(1, f"rm: can't remove '{name}': No such file or directory")
            continue
        if "r" in flags and filesystem.read(session.instance, path).type == "directory":
            for inner in filesystem.names(session.instance, path):
                _rm(session, ["-rf", posixpath.join(path, inner)], b"")
        filesystem.remove(session.instance, path)
    return Result()


def _touch(session: Session, arguments: list[str], _stdin: bytes) -> Result:
    for name in arguments:
        write(session, name, b"", append=True)
    return Result()


def _test(session: Session, arguments: list[str], _stdin: bytes) -> Result:
    words = arguments[:-1] if arguments[-1:] == ["]"] else arguments
    return Result(code=0 if _holds(session, words) else 1)


def _holds(session: Session, words: list[str]) -> bool:
    if words[:1] == ["!"]:
        return not _holds(session, words[1:])
    if len(words) == 3:
        return (words[0] == words[2]) == (words[1] in ("=", "==", "-eq"))
    if len(words) == 2 and words[0] in ("-e", "-f", "-d"):
        path = path_of(session, words[1])
        kinds = {"-e": ("file", "directory", "symlink"), "-f": ("file",), "-d": ("directory",)}[words[0]]
        return filesystem.exists(session.instance, path) and filesystem.read(session.instance, path).type in kinds
    if len(words) == 2 and words[0] in ("-z", "-n"):
        return bool(words[1]) == (words[0] == "-n")
    return bool(words and words[0])


def _cd(session: Session, arguments: list[str], _stdin: bytes) -> Result:
    session.cwd = filesystem.normal(path_of(session, arguments[0] if arguments else "/root"))
    return Result()


def _sleep(_: Session, arguments: list[str], _stdin: bytes) -> Result:
    return Result(seconds=float(arguments[0])) if arguments else Result()


def _export(session: Session, arguments: list[str], _stdin: bytes) -> Result:
    for argument in arguments:
        name, _, value = argument.partition("=")
        session.environment[name] = value
    return Result()


def _env(session: Session, _arguments: list[str], _stdin: bytes) -> Result:
    return Result(stdout="".join(f"{key}={value}\n" for key, value in session.environment.items()).encode())


def _grep(_: Session, arguments: list[str], stdin: bytes) -> Result:
    words = [argument for argument in arguments if not argument.startswith("-")]
    lines = [line for line in stdin.decode(errors="replace").splitlines() if words and re.search(words[0], line)]
    shown = "" if "-q" in arguments else "".join(f"{line}\n" for line in lines)
    return Result(code=0 if lines else 1, stdout=shown.encode())


def joined(first: Result, second: Result) -> Result:
    """Two results one after the other; the second one's code counts."""
    return Result(
        code=second.code,
        stdout=first.stdout + second.stdout,
        stderr=first.stderr + second.stderr,
        seconds=first.seconds + second.seconds,
    )


def failed(code: int, text: str) -> Result:
    """A complaint on standard error."""
    return Result(code=code, stderr=f"{text}\n".encode())


def path_of(session: Session, path: str) -> str:
    """A path from where the command runs."""
    return posixpath.join(session.cwd, path)


def write(session: Session, path: str, data: bytes, *, append: bool = False) -> None:
    """Writes a file as the command's user."""
    file = File(content=filesystem.encode(data), uid=session.uid, gid=session.uid, modified=session.now)
    filesystem.write(session.instance, path_of(session, path), file, append=append)


Program = Callable[[Session, list[str], bytes], Result]

PROGRAMS: dict[str, Program] = {
    ":": lambda _s, _a, _i: Result(),
    "[": _test,
    "cat": _cat,
    "cd": _cd,
    "chmod": lambda _s, _a, _i: Result(),
    "chown": lambda _s, _a, _i: Result(),
    "echo": _echo,
    "env": _env,
    "export": _export,
    "false": lambda _s, _a, _i: Result(code=1),
    "grep": _grep,
    "hostname": lambda s, _a, _i: Result(stdout=f"{s.instance.name}\n".encode()),
    "id": lambda s, _a, _i: Result(stdout=f"{s.uid}\n".encode()),
    "ls": _ls,
    "mkdir": _mkdir,
    "printenv": _env,
    "printf": _printf,
    "pwd": lambda s, _a, _i: Result(stdout=f"{s.cwd}\n".encode()),
    "rm": _rm,
    "sleep": _sleep,
    "tee": _tee,
    "test": _test,
    "touch": _touch,
    "true": lambda _s, _a, _i: Result(),
    "uname": lambda _s, _a, _i: Result(stdout=b"Linux\n"),
    "whoami": lambda s, _a, _i: Result(stdout=b"root\n" if s.uid == 0 else f"{s.uid}\n".encode()),
}
