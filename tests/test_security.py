"""What SECURITY.md promises and no other test proves: reasons for exceptions, names as text, nothing unasked."""

import os
import re
import subprocess
import sys
import textwrap

import pytest
from PIL import Image

from cam_course.lesson import cards
from cam_course.lesson.explorer import Frame, choice, explorer
from cam_course.lesson.quiz import quiz

from .test_style import ROOT, texts

EVIL = "<img src=x onerror=alert(1)>"
SAFE = "&lt;img src=x onerror=alert(1)&gt;"
EXCEPTION = re.compile(r"# noqa: [^\n]*\bS\d{3}\b[^\n]*")
REASON = re.compile(r"# noqa: [A-Z]+\d+(, [A-Z]+\d+)* - \w+.* \w+")
SETTING = re.compile(r"^[^#\n]*\"S\d{3}\"[^\n]*", re.MULTILINE)


def without_reason(text):
    """Exceptions from security rules in a file of code that do not say why."""
    return [found for found in EXCEPTION.findall(text) if not REASON.match(found)]


def test_every_exception_from_a_security_rule_has_its_reason():
    code = {name: text for name, text in texts() if name.endswith(".py") and name != "tests/test_security.py"}
    assert sum(len(EXCEPTION.findall(text)) for text in code.values()) >= 10
    assert {name: without_reason(text) for name, text in code.items() if without_reason(text)} == {}


@pytest.mark.parametrize(("line", "count"), [("# noqa: S310", 1), ("# noqa: S310 - read from our own page", 0)])
def test_an_exception_without_reason_would_be_found(line, count):
    assert len(without_reason(f"open(x)  {line}")) == count


def test_every_setting_that_lifts_a_security_rule_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (select,) = re.findall(r"^select = .*", text, re.MULTILINE)
    assert '"S"' in select
    lifted = SETTING.findall(text)
    assert len(lifted) == 5
    before = {line: above for above, line in zip(["", *text.splitlines()], text.splitlines(), strict=False)}
    assert [line for line in lifted if "  # " not in line and not before[line].startswith("# ")] == []


def test_a_class_named_like_html_is_text_in_a_widget():
    def draw(class_):
        if class_ == 1:
            raise ValueError(f"expected another class, got {EVIL}")
        return Frame(Image.new("RGB", (4, 4)), f"{EVIL}: 0.5")

    shown = explorer(draw, alt="four times four pixels", class_=choice("class", {EVIL: 0, "b": 1}))
    assert SAFE in shown.children[2].value and EVIL not in shown.children[2].value
    shown.controls["class_"].value = 1
    assert f"ValueError: expected another class, got {SAFE}" in shown.children[2].value


def test_a_question_named_like_html_is_text():
    question = quiz("1", f"Is {EVIL} a name?", {EVIL: "yes", "no": "no"}, right=EVIL)
    assert SAFE in question.children[0].value
    question.options.index = 0
    assert EVIL not in question.feedback.value + question.children[0].value


def test_a_card_is_text(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data["text/html"]))
    cards.show({"use": EVIL, "fails": EVIL, "figures": {EVIL: 1.0}, "claims": {EVIL: EVIL}})
    assert EVIL not in shown[0] and shown[0].count(SAFE) == 5


QUIET = """
    import io, sys
    from PIL import Image

    seen, watching = [], []

    def watch(event, arguments):
        if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
            seen.append((event, str(arguments[-1])))
        elif watching and event == "open" and str(arguments[1]) not in ("r", "rb", "None"):
            seen.append((event, str(arguments[0])))
        elif watching and event in ("os.mkdir", "os.rename", "os.link", "os.symlink", "subprocess.Popen", "os.system"):
            seen.append((event, str(arguments)))

    sys.addaudithook(watch)
    import cam_course
    from cam_course import images, lesson, report, weights
    from cam_course.lesson.upload import upload

    content = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(content, "PNG")
    sent = {"name": "../../x.png", "type": "image/png", "size": 3, "last_modified": 0, "error": ""}
    watching.append(True)
    taken = []
    button, line = upload(taken.append).children
    button.set_state({"value": [{**sent, "content": memoryview(content.getvalue())}]})
    html = report.report("pots", button.value, methods=["cam", "score_cam", "saliency"], steps=2)
    assert len(taken) == 1 and "x.png" in html
    assert seen == [], seen
    if sys.argv[1:] == ["open"]:
        open("written.txt", "w")
        assert seen == [("open", "written.txt")]
        import socket
        try:
            socket.create_connection(("127.0.0.1", 9), 0.1)
        except OSError:
            pass
        assert [event for event, _ in seen[1:]] == ["socket.getaddrinfo", "socket.connect"]
    print("quiet")
"""


def test_an_upload_and_its_report_write_nothing_and_ask_nobody(tmp_path):
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-B", "-c", textwrap.dedent(QUIET), "open"]
    result = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert (result.stdout.strip(), result.returncode) == ("quiet", 0), result.stderr
