"""Where a hosted course lies: OWNER/REPO[@TAG], read strictly, and the addresses that Binder and Colab make of it."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from launcher.failures import Problem

MAIN = "main"  # what GitHub calls a new repository's branch

# GitHub's: letters, digits and single hyphens inside; behind an underscore the short name of a company that runs
# its own accounts.
OWNER = re.compile(r"(?=.{1,39}\Z)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?:_[A-Za-z0-9]+)?")
REPOSITORY = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}")
RESERVED = (".git", ".wiki")  # endings that GitHub takes for itself

# What `git check-ref-format` allows, less what a shell, Markdown, HTML or an address would read as more than a name.
REFERENCE = re.compile(r"(?![-.])(?!.*\.\.)[A-Za-z0-9._+-]{1,200}(?<!\.)(?<!\.lock)")
COMMIT = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")  # `git clone --branch` knows names only

EXAMPLE = "for example ann/cam-course@v1"


@dataclass(frozen=True)
class Home:
    """A public repository on GitHub, and the branch or tag of it that readers get."""

    owner: str
    repository: str
    reference: str

    @property
    def origin(self) -> str:
        """The address to clone."""
        return f"https://github.com/{self.owner}/{self.repository}"

    def binder(self, path: str) -> str:
        """The address at which Binder opens JupyterLab on a file of the repository."""
        place = f"{self.owner}/{self.repository}/{quote(self.reference, safe='')}"
        return f"https://mybinder.org/v2/gh/{place}?urlpath={quote(f'lab/tree/{path}', safe='')}"

    def colab(self, path: str) -> str:
        """The address at which Colab opens a notebook of the repository."""
        place = f"{self.owner}/{self.repository}/blob/{quote(self.reference, safe='')}"
        return f"https://colab.research.google.com/github/{place}/{quote(path)}"


def read(text: str) -> Home:
    """Read OWNER/REPO or OWNER/REPO@TAG.

    >>> read("ann/cam-course@v1")
    Home(owner='ann', repository='cam-course', reference='v1')
    >>> read("ann/cam-course").reference
    'main'

    Raises:
        Problem: a part is none that GitHub gives or git takes.
    """
    name, at, reference = text.partition("@")
    owner, slash, repository = name.partition("/")
    if not slash:
        raise Problem(f"Expected OWNER/REPO or OWNER/REPO@TAG, got {text!r}; write it as on GitHub, {EXAMPLE}.")
    if not OWNER.fullmatch(owner):
        raise Problem(
            f"Expected the owner as GitHub names accounts (letters, digits, single hyphens inside), got {owner!r}; "
            f"copy OWNER/REPO from the repository's address, {EXAMPLE}."
        )
    if not REPOSITORY.fullmatch(repository) or repository.lower().endswith(RESERVED):
        raise Problem(
            f"Expected the repository as GitHub names it (letters, digits, . _ -; not ending in .git), "
            f"got {repository!r}; copy OWNER/REPO from the repository's address, {EXAMPLE}."
        )
    return Home(owner, repository, read_reference(reference) if at else MAIN)


def read_reference(text: str) -> str:
    """Return the name of a tag or branch, if Binder, Colab and `git clone --branch` all take it."""
    if not REFERENCE.fullmatch(text) or text == "HEAD":
        raise Problem(
            f"Expected a tag or branch of letters, digits and . _ + - (as `git check-ref-format` has it, and without "
            f"a slash, which Colab takes for a folder), got {text!r}; make one with `git tag v1`."
        )
    if COMMIT.fullmatch(text):
        raise Problem(f"Expected a tag or branch, got the commit {text}; give it a name: `git tag v1 {text[:8]}`.")
    return text
