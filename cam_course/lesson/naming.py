"""What a screen reader says of a widget: names for the parts that ipywidgets draws without one."""

from __future__ import annotations

import html

# ipywidgets gives no name to a slider's handle, to the buttons of Play, to a picture, to a group of radio buttons
# (8.1; 7.7 neither), and its core has no trait for one. An HTML widget may carry an event handler, and that is all
# that is needed; where a page forbids it, the widget works as before, and its label is read before its handle.
_SCRIPT = """
(function name(mark, tries) {
  const root = mark.closest('.cam-explorer, .cam-quiz, .cam-picture');
  if (!root || root.querySelectorAll('.widget-slider').length < +mark.dataset.sliders) {
    if (tries) setTimeout(() => name(mark, tries - 1), 100);
    return;
  }
  const id = part => part.id || (part.id = 'cam-' + Math.random().toString(36).slice(2));
  const called = (part, labels) => {
    if (part) part.setAttribute('aria-labelledby', labels.filter(Boolean).map(id).join(' '));
  };
  root.querySelectorAll('.widget-slider').forEach(slider => called(
    slider.querySelector('[role=slider], .ui-slider-handle'),
    [slider.querySelector('.widget-label'), slider.querySelector('.widget-readout')]));
  root.querySelectorAll('.widget-radio-box').forEach(group => {
    group.setAttribute('role', 'radiogroup');
    called(group, [root.querySelector('.widget-html-content')]);
  });
  const words = {'fa-play': 'play or pause', 'fa-pause': 'pause', 'fa-stop': 'stop', 'fa-retweet': 'repeat'};
  root.querySelectorAll('.widget-play button').forEach(button => {
    const icon = Object.keys(words).find(icon => button.querySelector('.' + icon));
    if (icon && !button.hasAttribute('aria-label')) button.setAttribute('aria-label', words[icon]);
  });
  const numbers = root.querySelector('.cam-numbers .widget-html-content');
  if (numbers) numbers.setAttribute('aria-live', 'polite');
  const picture = root.querySelector('img.widget-image');
  if (picture) picture.alt = mark.dataset.alt;
})(this, 100)
"""
_DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="  # one pixel, transparent


def mark(alt: str = "", *, sliders: int = 0) -> str:
    """HTML for the value of an `ipywidgets.HTML` that names the parts of the explorer or quiz that it stands in.

    Args:
        alt: what the picture shows.
        sliders: how many there are; they may be drawn later than this.
    """
    code = " ".join(line.strip() for line in _SCRIPT.strip().splitlines())
    data = f'data-alt="{html.escape(alt)}" data-sliders="{sliders}"'
    return f'<img src="{_DOT}" alt="" hidden class="cam-names" {data} onload="{html.escape(code)}">'
