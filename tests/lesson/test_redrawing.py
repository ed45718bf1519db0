"""Many changes, one picture: in a real kernel, to which a page's messages are sent, and where no event loop runs."""

import ast
import io
import time

import pytest
from jupyter_client.manager import start_new_kernel
from PIL import Image

from cam_course.lesson import widgets
from cam_course.lesson.redrawing import finished

EXPLORER = """
import time
from PIL import Image
from cam_course.lesson import widgets

drawn = []

def draw(number):
    drawn.append(number)
    if number == 13:
        raise ValueError("unlucky")
    return widgets.Frame(Image.new("RGB", (8, 8)), f"number {number}")

def slowly(number):
    for part in range(3):
        if number == 8:
            time.sleep(0.1)
        yield f"part {part} of {number}"
    return draw(number)

quick = widgets.explorer(draw, alt="x", number=widgets.slider("n", {str(i): i for i in range(60)}))
slow = widgets.explorer(slowly, alt="x", number=widgets.slider("n", {str(i): i for i in range(60)}))
drawn.clear()
"""


class Kernel:
    """A kernel, asked as a page asks it."""

    def __init__(self, client):
        self.client = client

    def run(self, code, value="None"):
        """Run a cell; the value of an expression afterwards."""
        reply = self.client.execute(code, user_expressions={"value": value}, reply=True, timeout=60)["content"]
        assert reply["status"] == "ok", reply
        return ast.literal_eval(reply["user_expressions"]["value"]["data"]["text/plain"])

    def move(self, explorer, indices):
        """Send, at once, what a page sends when a slider is moved."""
        model = self.run("", f"{explorer}.controls['number'].model_id")
        for index in indices:
            data = {"method": "update", "state": {"index": index}, "buffer_paths": []}
            self.client.shell_channel.send(self.client.session.msg("comm_msg", {"comm_id": model, "data": data}))
        time.sleep(0.7)


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(startup_timeout=60)
    try:
        found = Kernel(client)
        found.run(EXPLORER)
        yield found
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_thirty_changes_at_once_are_drawn_once_in_their_last_state(kernel):
    kernel.run("drawn.clear()")
    kernel.move("quick", range(20, 50))
    assert kernel.run("", "drawn") == [49]
    assert "number 49<" in kernel.run("", "quick._numbers.value")


def test_an_error_in_a_picture_drawn_later_is_shown(kernel):
    kernel.move("quick", [13])
    shown = kernel.run("", "quick._numbers.value")
    assert 'role="alert"' in shown and "ValueError: unlucky" in shown
    kernel.move("quick", [14])
    assert 'role="alert"' not in kernel.run("", "quick._numbers.value")


def test_the_cell_that_moves_a_control_reads_the_new_picture(kernel):
    kernel.run("drawn.clear(); quick.controls['number'].value = 5; told = quick.text; still = quick.still")
    assert kernel.run("", "(told.endswith('number 5'), drawn)") == (True, [5])
    time.sleep(0.1)
    assert kernel.run("", "drawn") == [5]  # not again when its time comes


def test_a_picture_that_takes_long_says_how_far_it_is_and_is_given_up_for_another(kernel):
    kernel.run("said = []; drawn.clear(); slow._numbers.observe(lambda change: said.append(change['new']), 'value')")
    kernel.move("slow", [7])
    parts = kernel.run("", "[one[one.rindex('>', 0, -6) + 1 :] for one in said]")
    assert parts == [f"{word}</div>" for word in ("part 0 of 7", "part 1 of 7", "part 2 of 7", "number 7")]
    begun = "while 'part' not in slow._numbers.value: await asyncio.sleep(0.001)"
    change = "slow.controls['number'].value"
    kernel.run(f"import asyncio; drawn.clear(); {change} = 8\n{begun}\n{change} = 9; await asyncio.sleep(0.3)")
    assert kernel.run("", "drawn") == [9]


def test_where_no_loop_runs_all_is_done_at_once():
    def slowly(number):
        yield "wait"
        return widgets.Frame(Image.new("RGB", (8, 8)), f"number {number}")

    explorer = widgets.explorer(slowly, alt="x", number=widgets.slider("n", {"1": 1, "2": 2}))
    explorer.controls["number"].value = 2
    assert "number 2<" in explorer.children[-1].value
    assert [frame.numbers for _, frame in explorer.sweep("number")] == ["number 1", "number 2"]
    assert finished(slowly(3)).numbers == "number 3"


def test_a_second_picture_of_another_shape_takes_the_room_of_the_first():
    def draw(wide):
        return widgets.Frame(Image.new("RGB", (wide, 10), "black"), str(wide))

    explorer = widgets.explorer(draw, alt="x", wide=widgets.slider("w", {"30": 30, "10": 10}))
    explorer.controls["wide"].value = 10

    assert Image.open(io.BytesIO(explorer.still)).size == (30, 10)
