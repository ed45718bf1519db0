"""From a cell's parts to HTML that loads nothing: text, code, and each kind of output."""

from __future__ import annotations

import html
import re
from collections.abc import Collection

from bs4 import BeautifulSoup, Tag
from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
LOADING = ("iframe", "object", "embed", "link", "base", "meta")  # tags that fetch something, and nothing else
QUESTION = re.compile(r"^\d\d[a-z]?\.q\d  ", re.MULTILINE)  # of a quiz, whose words set names of code in backticks
PLACE_OF_PICTURE = re.compile(r"\A\[.*?\]$\n?", re.DOTALL | re.MULTILINE)  # how our figures and widgets say it in words


def text(source: str, decks: Collection[str]) -> BeautifulSoup:
    """Markdown as HTML.

    Args:
        source: of the cell; its mathematics stays as it is, for MathJax.
        decks: stems of the notebooks that become decks; a link to one of these leads to its deck.

    Returns:
        The parsed page, whose links lead to other decks or to the web, and whose pictures are part of it.
    """
    page = BeautifulSoup(
        MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True)).render(source),
        "html.parser",
    )
    contained(page)
    for link in page("a"):
        _lead(link, decks)
    return page


def contained(page: BeautifulSoup) -> None:
    """Take away what a browser would fetch: badges, frames, and scripts that lie elsewhere."""
    for tag in page([*LOADING, "img", "script", "video", "audio", "source", "track"]):
        source = str(tag.get("src") or "")
        if tag.name in LOADING or (source and not source.startswith(("data:", "blob:"))):
            tag.decompose()
        else:
            del tag["srcset"]


def _lead(link: Tag, decks: Collection[str]) -> None:
    target = str(link.get("href") or "")
    stem = target.removesuffix(".ipynb")
    if not link.get_text(strip=True) and not link.find("img"):
        link.decompose()  # held a badge
    elif stem != target and stem in decks:
        link["href"] = f"{stem}.html"
    elif target.startswith(("https://", "http://")):
        link["target"], link["rel"] = "_blank", "noopener"
    else:
        link.unwrap()  # a page of the repository, which is not beside the deck


def code(source: str) -> str:
    """Python in color, a block a line, so that a long line goes on indented and a long listing on the next slide."""
    return _lines(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)))


def colors() -> str:
    """The style sheet of `code`; each of its colors stands out from white by more than 4.5 to 1."""
    return HtmlFormatter(style="xcode").get_style_defs(".lines")


def output(saved: NotebookNode) -> str:
    """One saved output; "" where it holds nothing to show.

    A page of its own (a slider without kernel) goes before a picture, a picture before words. Words beside a picture
    are shown but for the bracketed line that stands for it where there are no pictures.
    """
    if saved.output_type == "stream":
        return _plain(saved.text)
    if saved.output_type == "error":
        return _plain(f"{saved.ename}: {saved.evalue}")
    data = saved.data
    words = data.get("text/plain", "")
    if "text/html" in data:
        return _html(data["text/html"])
    kind = next((kind for kind in PICTURES if kind in data), None)
    if kind is None:
        said = _plain(words)
        return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", said) if QUESTION.search(words) else said
    alt = (saved.metadata.get(kind) or {}).get("alt", "")
    return _picture(kind, data[kind], alt) + _plain(PLACE_OF_PICTURE.sub("", words))


def _picture(kind: str, content: str, alt: str) -> str:
    if kind == "image/svg+xml":
        return f'<figure class="picture" role="img" aria-label="{html.escape(alt)}">{content}</figure>'
    content = re.sub(r"\s", "", content)
    return f'<figure class="picture"><img alt="{html.escape(alt)}" src="data:{kind};base64,{content}"></figure>'


def _html(content: str) -> str:
    page = BeautifulSoup(content, "html.parser")
    contained(page)
    return f'<div class="html mathjax_ignore">{page}</div>'


def _plain(words: str) -> str:
    words = strip_ansi(words).strip("\n")
    return _lines(html.escape(words, quote=False)) if words.strip() else ""


def _lines(marked: str) -> str:
    """Each line a block, which knows its indent: what has no room in it goes on four columns further in."""
    rows = []
    for line in marked.strip("\n").split("\n"):
        bare = html.unescape(re.sub(r"<[^>]*>", "", line))
        indent = len(bare) - len(bare.lstrip())
        rows.append(f'<div class="line" style="--in: {indent + 4}ch">{line or " "}</div>')
    return f'<div class="lines mathjax_ignore">{"".join(rows)}</div>'
