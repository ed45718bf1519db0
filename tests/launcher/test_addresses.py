"""Names of repositories, tags and branches: GitHub's and git's rules, and nothing that a shell or a page could run."""

import shutil
import subprocess

import pytest

from launcher.addresses import Home, read
from launcher.failures import Problem


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ann/course", ("ann", "course", "main")),
        ("a/b@v1", ("a", "b", "v1")),
        ("Ann-B/.github@2026.10-rc+1", ("Ann-B", ".github", "2026.10-rc+1")),
        ("ann_corp/cam_course@autumn_2026", ("ann_corp", "cam_course", "autumn_2026")),
        ("a" * 39 + "/" + "b" * 100, ("a" * 39, "b" * 100, "main")),
        ("ann/course@deadbeef", ("ann", "course", "deadbeef")),  # short: a name as good as any
    ],
)
def test_a_name_is_read(text, parts):
    assert read(text) == Home(*parts)


@pytest.mark.parametrize("text", ["", "ann", "https:", "course@v1", "@v1"])
def test_what_is_no_owner_and_repository_is_refused(text):
    with pytest.raises(Problem, match=r"^Expected OWNER/REPO or OWNER/REPO@TAG, got .*ann/cam-course@v1\.$"):
        read(text)


OWNERS = ["", "-ann", "ann-", "a--b", "a_b_c", "a" * 40, "ann smith", "änn", "a.b", "a;ls", "$(ls)", "https:", "a\n"]


@pytest.mark.parametrize("owner", OWNERS)
def test_an_owner_that_github_does_not_give_is_refused(owner):
    with pytest.raises(Problem, match="^Expected the owner as GitHub names accounts"):
        read(f"{owner}/course")


REPOSITORIES = ["", ".", "..", "x.git", "x.GIT", "x.wiki", "b" * 101, "a/b", "a b", "x)", "x](y", "x`ls`", "ö", "x\n"]


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_a_repository_that_github_does_not_give_is_refused(repository):
    with pytest.raises(Problem, match="^Expected the repository as GitHub names it"):
        read(f"ann/{repository}@v1")


BAD_FOR_GIT = [
    "",
    "-b",
    ".v1",
    "v1.",
    "v..1",
    "v1.lock",
    "v 1",
    "v~1",
    "v^1",
    "v:1",
    "v?",
    "v*",
    "v[1",
    "v\\1",
    "@{1}",
    "v\n",
]
BAD_BESIDES = [
    "v;ls",
    "v1&&ls",
    "$(ls)",
    "`ls`",
    "v|ls",
    "v>x",
    'v"',
    "v'",
    "v)",
    "v](x",
    "<b>",
    "v#1",
    "v%2e",
    "a/b",
    "HEAD",
    "ü1",
    "v@1",
    "v1\n",
]


@pytest.mark.parametrize("reference", [*BAD_FOR_GIT, *BAD_BESIDES])
def test_a_tag_that_is_more_than_a_name_is_refused(reference):
    with pytest.raises(Problem, match="^Expected a tag or branch of letters, digits"):
        read(f"ann/course@{reference}")


@pytest.mark.parametrize("digits", [40, 64])
def test_a_commit_is_refused_because_no_clone_takes_it_for_a_branch(digits):
    with pytest.raises(Problem, match=r"give it a name: `git tag v1 aaaaaaaa`\."):
        read("ann/course@" + "a" * digits)


def git_takes(reference):
    command = ["git", "check-ref-format", f"refs/tags/{reference}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("reference", ["v1", "2026.10-rc+1", "autumn_2026", "-b", *BAD_FOR_GIT])
def test_git_agrees(reference):
    assert shutil.which("git"), "expected git, which every test of the launcher may use"
    allowed = reference in ("v1", "2026.10-rc+1", "autumn_2026")
    assert git_takes(reference) == allowed or reference == "-b"  # in that form, git check-ref-format lets a hyphen be


def test_the_addresses_open_the_file_at_the_tag():
    home = read("ann/cam-course@v1+2")
    path = "notebooks/04_grad_cam.ipynb"
    assert home.origin == "https://github.com/ann/cam-course"
    place = "ann/cam-course/v1%2B2?urlpath=lab%2Ftree%2Fnotebooks%2F04_grad_cam.ipynb"
    assert home.binder(path) == f"https://mybinder.org/v2/gh/{place}"
    assert home.colab(path) == f"https://colab.research.google.com/github/ann/cam-course/blob/v1%2B2/{path}"
