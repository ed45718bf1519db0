"""The mouse on an explorer's controls: a handle is dragged, a button clicked, an entry of a list chosen."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Locator

from . import notebook_page

PLACES = (0.0, 1.0, 0.5, 0.25)  # of a slider's track, tried in this order, but for the end where its handle is
TRIES = 4


def move(explorer: notebook_page.Explorer, control: Locator) -> tuple[bool, bool]:
    """Move a control with the mouse until pictures and numbers have changed; return whether they have."""
    before, changed = explorer.shown(), (False, False)
    for _ in ways(control):
        changed = explorer.changed(before, notebook_page.MOVE_SECONDS / TRIES)
        if all(changed):
            break
    return changed


def ways(control: Locator) -> Iterator[None]:
    """Move a control a little further with each step."""
    kind = control.evaluate("part => part.getAttribute('role') || part.tagName.toLowerCase()")
    if kind == "slider":
        yield from _dragged(control)
    elif kind == "select":
        yield from _chosen(control)
    else:
        for _ in range(TRIES):
            control.click()
            yield


def _dragged(handle: Locator) -> Iterator[None]:
    handle.scroll_into_view_if_needed()
    mouse, track = handle.page.mouse, handle.locator("xpath=ancestor::*[contains(@class, 'noUi-base')]")
    at = handle.bounding_box()["x"] - track.bounding_box()["x"]
    for place in PLACES if at > track.bounding_box()["width"] / 2 else (PLACES[1], PLACES[0], *PLACES[2:]):
        box, start = track.bounding_box(), handle.bounding_box()
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        mouse.move(box["x"] + place * box["width"], box["y"] + box["height"] / 2, steps=3)
        mouse.up()
        yield


def _chosen(choices: Locator) -> Iterator[None]:
    # an open list is a window of the system's own, which no test reaches; this sends what a choice in it sends
    count = choices.locator("option").count()
    for step in range(1, min(count, TRIES + 1)):
        choices.select_option(index=(choices.evaluate("part => part.selectedIndex") + step) % count)
        yield
