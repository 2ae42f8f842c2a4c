"""What changed, as the user's own git tells it: with fixed arguments, and nothing of the repository is run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping

SECONDS = 120

# What a repository's own configuration could make git run or fetch while it compares files.
_HARMLESS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "submodule.recurse": "false",
}
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_COMMIT = re.compile(rb"[0-9a-f]{40,64}\n")
_DIFF = ("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--relative")


class GitError(Exception):
    """What changed cannot be told: the reason in words."""


def changed_since(target: str, ref: str) -> frozenset[str]:
    """The files below a folder (or beside a file) that differ from `ref` or are not in git, by relative path.

    A folder stands for a submodule that moved or a repository inside. Raises GitError.
    """
    if not ref or ref.startswith("-") or not ref.isprintable():
        raise GitError(f"{ref or 'an empty text'} is no revision; write a branch, a tag or a commit")
    if os.path.isdir(target):
        return _changed_below(os.path.realpath(target), target, ref)
    folder, name = os.path.split(target)
    found = _changed_below(os.path.realpath(folder), target, ref)
    if os.path.islink(target):  # it changes with the file that it leads to, wherever that lies
        folder, real = os.path.split(os.path.realpath(target))
        if real in _changed_below(folder, target, ref):
            found |= {name}
    return found


def _changed_below(folder: str, target: str, ref: str) -> frozenset[str]:
    git = _Git(folder, target)
    commit = git.commit(ref)
    found = git.run(*_DIFF, "--ignore-submodules=dirty", commit, "--")
    found += git.run("ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(os.fsdecode(name) for name in found.split(b"\0") if name)


class _Git:
    """The git of the user in the repository that holds a folder."""

    def __init__(self, folder: str, target: str) -> None:
        program = shutil.which("git")
        if program is None:
            raise GitError("git is needed to tell what changed, and it is not on the path")
        self._program = program
        self._folder = folder
        self._target = target
        self._environment = _environment({})
        if self.asked("rev-parse", "--is-inside-work-tree") != b"true\n":
            raise GitError(f"{target} is in no git repository{self._why()}")
        self._environment = _environment(self._without_filters())

    def commit(self, ref: str) -> str:
        """The id of the commit that `ref` names."""
        found = self.asked("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        if not found or not _COMMIT.fullmatch(found):
            raise GitError(f"no commit is named {ref} in the repository of {self._target}; is its history fetched?")
        return found.decode().strip()

    def run(self, *arguments: str) -> bytes:
        """What git writes; its failure is an error."""
        done = self._call(arguments)
        if done.returncode != 0:
            raise GitError(f"git cannot tell what changed in {self._target}: {_last(done.stderr)}")
        return done.stdout

    def asked(self, *arguments: str) -> bytes | None:
        """What git writes; None where it says no."""
        done = self._call(arguments)
        self._said = done.stderr
        return done.stdout if done.returncode == 0 else None

    def _why(self) -> str:
        """The reason that git gave, where it is not the plain one."""
        return "" if b"not a git repository" in self._said or not self._said else f": {_last(self._said)}"

    def _without_filters(self) -> dict[str, str]:
        """Settings that take the program out of each filter: they would be run over changed files."""
        listed = self.asked("config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|smudge)$")
        names = {name.decode("utf-8", "surrogateescape") for name in (listed or b"").split(b"\0") if name}
        required = {f"{name.rpartition('.')[0]}.required": "false" for name in names}
        return {**dict.fromkeys(names, ""), **required}

    def _call(self, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - the user's own git, because the user asked for it
                [self._program, "-C", self._folder, *arguments],
                capture_output=True,
                timeout=SECONDS,
                check=False,
                stdin=subprocess.DEVNULL,
                env=self._environment,
            )
        except subprocess.TimeoutExpired:
            raise GitError(f"git took longer than {SECONDS} s") from None
        except OSError as error:
            raise GitError(f"git cannot be started: {error.strerror}") from None


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Ours, without what a hook sets for the repository that it runs in, and with `settings` in force."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept |= {name: os.environ[name] for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM") if name in os.environ}
    every = {**_HARMLESS, **settings}
    kept["GIT_CONFIG_COUNT"] = str(len(every))
    for number, (name, value) in enumerate(every.items()):
        kept[f"GIT_CONFIG_KEY_{number}"] = name
        kept[f"GIT_CONFIG_VALUE_{number}"] = value
    return kept | _ENVIRONMENT


def _last(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
    return lines[-1][:300]
