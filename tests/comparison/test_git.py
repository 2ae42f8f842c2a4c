"""What changed is asked of a true git, in repositories that may be hostile."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ourhalf.comparison.git import GitError, changed_since


def git(*arguments: str, folder: str = ".") -> str:
    call = ["git", "-C", folder, "-c", "user.name=me", "-c", "user.email=me@example.com", *arguments]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two files in one commit, as the current folder."""
    folder = tmp_path / "repository"
    (folder / "deploy").mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    git("init", "-q", "-b", "main")
    (folder / "deploy/a.yaml").write_text("a: 1\n")
    (folder / "b.yaml").write_text("b: 1\n")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    return folder


def test_nothing_changed(repository: Path) -> None:
    assert changed_since(".", "HEAD") == frozenset()


def test_changes_in_the_tree_the_index_and_later_commits(repository: Path) -> None:
    (repository / "b.yaml").write_text("b: 2\n")
    git("commit", "-aqm", "second")
    (repository / "deploy/a.yaml").write_text("a: 2\n")
    (repository / "staged.yaml").write_text("c: 1\n")
    git("add", "staged.yaml")
    assert changed_since(".", "HEAD~1") == {"b.yaml", "deploy/a.yaml", "staged.yaml"}
    assert changed_since(".", "HEAD") == {"deploy/a.yaml", "staged.yaml"}


def test_a_link_changes_with_the_file_that_it_leads_to(repository: Path) -> None:
    (repository / "deploy/link.yaml").symlink_to("../b.yaml")
    git("add", ".")
    git("commit", "-qm", "second")
    assert changed_since("deploy/link.yaml", "HEAD") == frozenset()
    (repository / "b.yaml").write_text("b: 2\n")
    assert changed_since("deploy/link.yaml", "HEAD") == {"link.yaml"}
    (repository / "deploy/a.yaml").write_text("a: 2\n")
    assert changed_since("deploy/link.yaml", "HEAD") == {"link.yaml", "a.yaml"}


def test_untracked_files_count_and_ignored_ones_do_not(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.log\n")
    (repository / "new.yaml").write_text("")
    (repository / "x.log").write_text("")
    assert changed_since(".", "HEAD") == {".gitignore", "new.yaml"}


def test_deleted_and_moved_files_count_under_both_names(repository: Path) -> None:
    git("mv", "b.yaml", "deploy/c.yaml")
    assert changed_since(".", "HEAD") == {"b.yaml", "deploy/c.yaml"}


def test_paths_are_relative_to_the_target(repository: Path) -> None:
    (repository / "deploy/a.yaml").write_text("a: 2\n")
    (repository / "deploy/new.yaml").write_text("")
    (repository / "b.yaml").write_text("b: 2\n")
    assert changed_since("deploy", "HEAD") == {"a.yaml", "new.yaml"}
    assert changed_since("deploy/a.yaml", "HEAD") == {"a.yaml", "new.yaml"}
    assert changed_since(str(repository / "deploy"), "HEAD") == {"a.yaml", "new.yaml"}


@pytest.mark.parametrize("name", ["with space.yaml", "new\nline.yaml", "quote'\".yaml", "-rf", "ünï.yaml"])
def test_odd_names(repository: Path, name: str) -> None:
    (repository / name).write_text("")
    assert changed_since(".", "HEAD") == {name}


@pytest.mark.parametrize("kind", ["branch", "tag", "commit", "short"])
def test_every_way_to_name_a_commit(repository: Path, kind: str) -> None:
    git("tag", "v1")
    commit = git("rev-parse", "HEAD")
    (repository / "b.yaml").write_text("b: 2\n")
    git("commit", "-aqm", "second")
    ref = {"branch": "main~1", "tag": "v1", "commit": commit, "short": commit[:8]}[kind]
    assert changed_since(".", ref) == {"b.yaml"}


@pytest.mark.parametrize("ref", ["--output=stolen", "-h", "--", "", "-", "a\nb", "a\x00b", "\x1b[31m"])
def test_hostile_revisions_are_refused(repository: Path, ref: str) -> None:
    with pytest.raises(GitError, match="is no revision"):
        changed_since(".", ref)
    assert sorted(os.listdir(".")) == [".git", "b.yaml", "deploy"]


@pytest.mark.parametrize("ref", ["nope", "HEAD:b.yaml", "HEAD~7", "main..", "^main", "$(touch stolen)", "b.yaml"])
def test_unknown_revisions_are_told(repository: Path, ref: str) -> None:
    with pytest.raises(GitError, match="no commit is named"):
        changed_since(".", ref)
    assert not (repository / "stolen").exists()


def test_a_repository_without_commits(tmp_path: Path) -> None:
    git("init", "-q", folder=str(tmp_path))
    with pytest.raises(GitError, match="no commit is named HEAD"):
        changed_since(str(tmp_path), "HEAD")


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match=r"is in no git repository$"):
        changed_since(str(tmp_path), "HEAD")


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitError, match="git is needed"):
        changed_since(".", "HEAD")


def test_a_hook_of_another_repository_does_not_mislead(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_WORK_TREE", "/")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    (repository / "b.yaml").write_text("b: 2\n")
    assert changed_since("deploy", "HEAD") == frozenset()
    assert changed_since(".", "HEAD") == {"b.yaml"}


def test_nothing_of_the_repository_is_run(repository: Path) -> None:
    trap = repository.parent / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {repository.parent}/sprung\ncat\n")
    trap.chmod(0o755)
    settings = ("core.fsmonitor", "diff.external", "diff.x.textconv", "diff.x.command", "filter.x=y.clean")
    for name in (*settings, "filter.x.process", "core.pager", "core.sshCommand"):
        git("config", name, str(trap))
    git("config", "filter.x=y.required", "true")
    (repository / ".gitattributes").write_text("*.yaml filter=x=y diff=x\n*.yml filter=x\n")
    (repository / "b.yaml").write_text("b: 2\n")
    (repository / "d.yml").write_text("d: 2\n")
    os.utime(repository / "deploy/a.yaml", (1, 1))
    assert changed_since(".", "HEAD") == {".gitattributes", "b.yaml", "d.yml"}
    assert not (repository.parent / "sprung").exists()
    git("diff", "--stat")
    assert (repository.parent / "sprung").exists(), "the trap works where git is called without care"


def test_a_file_that_was_only_touched_did_not_change(repository: Path) -> None:
    os.utime(repository / "b.yaml", (1, 1))
    assert changed_since(".", "HEAD") == frozenset()


def test_a_submodule_that_moved_and_a_repository_inside(repository: Path) -> None:
    inner = repository / "inner"
    inner.mkdir()
    git("init", "-q", folder="inner")
    git("commit", "-q", "--allow-empty", "-m", "x", folder="inner")
    assert changed_since(".", "HEAD") == {"inner/"}
    git("add", "inner")
    git("commit", "-qm", "inner")
    git("commit", "-q", "--allow-empty", "-m", "y", folder="inner")
    assert changed_since(".", "HEAD") == {"inner"}
