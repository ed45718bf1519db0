"""What a screen reader finds in the widgets of a page: every part with a name, numbers that speak when they change."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page

WIDGETS = ".jp-OutputArea-output > .jupyter-widgets"
PARTS = "slider|combobox|button|radio|radiogroup|img|checkbox|textbox|spinbutton|listbox|progressbar"
LINE = re.compile(rf'^\s*- (?:({PARTS})\b)(?: "((?:[^"\\]|\\.)*)")?')
QUIET = ".cam-numbers .widget-html-content:not([aria-live=polite])"


def nameless(page: Page) -> list[str]:
    """Return the parts of the page's widgets that have no name, and numbers that would change in silence."""
    widgets = page.locator(WIDGETS).all()
    quiet = [f"numbers: {one.inner_text()}" for one in page.locator(QUIET).all()]
    return [line for widget in widgets for line in parts_without_name(widget)] + quiet


def parts_without_name(widget: Locator) -> list[str]:
    return without_name(widget.aria_snapshot())


def without_name(snapshot: str) -> list[str]:
    """Return the lines of an accessibility tree that name no letter or digit: icons are letters of a private kind.

    >>> without_name('- slider "class rudo"\\n- slider\\n- img ""\\n- text: class')
    ['- slider', '- img ""']
    """
    found = [(line.strip(), LINE.match(line)) for line in snapshot.splitlines()]
    return [line for line, match in found if match and not any(letter.isalnum() for letter in match[2] or "")]
