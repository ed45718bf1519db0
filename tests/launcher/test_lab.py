"""`run.py lab`: a real JupyterLab, started as a reader starts it, asked over HTTP, and stopped by Ctrl-C."""

import json
import os
import re
import shutil
import signal
import site
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from jupyter_client.blocking import BlockingKernelClient

from launcher import lab

from .course import bare_python

ADDRESS = re.compile(r"^    (http://127\.0\.0\.1:(\d+)/)lab/tree/00_start_here\.ipynb\?token=([0-9a-f]{48})$", re.M)


def hear_ctrl_c():
    """Undo what a shell does to programs in the background, these tests among them: it makes them deaf to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


OWN_GROUP = {"creationflags": 0x200} if os.name == "nt" else {"start_new_session": True, "preexec_fn": hear_ctrl_c}
STOPS = ["SIGBREAK"] if os.name == "nt" else ["SIGINT", "SIGTERM"]


@pytest.fixture
def ready(course):
    """A course that is set up: its environment borrows the packages of the one that runs the tests."""
    bare_python(course.venv)
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([course.python(), "-c", query], capture_output=True, text=True, check=True).stdout
    Path(packages.strip(), "borrowed.pth").write_text("\n".join(site.getsitepackages()))
    kernels = Path("share", "jupyter", "kernels")
    shutil.copytree(Path(sys.prefix, kernels), course.venv / kernels)
    stamp = "from launcher import environment as e; e.write_stamp({'complete': True, 'key': e.current_key()})"
    subprocess.run([sys.executable, "-c", stamp], cwd=course.folder, check=True)
    (course.folder / "notebooks").mkdir()
    (course.folder / "notebooks" / "00_start_here.ipynb").write_text("{}")
    course.variables["JUPYTERLAB_DIR"] = str(Path(sys.prefix, "share", "jupyter", "lab"))
    course.variables["JUPYTER_DATA_DIR"] = str(foreign_kernel(course.tools / "data"))
    return course


def foreign_kernel(folder):
    """Put a kernel named python3 into the reader's home, as other courses have done."""
    spec = folder / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["false"], "display_name": "another course's", "language": "python"}))
    return folder


def start(course, *flags):
    process = subprocess.Popen(
        course.command("lab", "--no-browser", "--port=0", "--allow-root", *flags),
        env=course.variables,
        cwd=course.tools,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        **OWN_GROUP,
    )
    printed = ""
    for line in process.stdout:
        printed += line
        if line.startswith("Stop it"):
            break
    return process, printed


def press(process, name):
    """Send what a terminal sends: a signal to everything that runs in it."""
    number = getattr(signal, name)
    if os.name == "nt" or number == signal.SIGTERM:
        process.send_signal(number)
    else:
        os.killpg(process.pid, number)


def ask(url, token="", post=None):
    headers = {"Authorization": f"token {token}"} if token else {}
    data = json.dumps(post).encode() if post else None
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:  # noqa: S310 - of the server that was just started
        return json.load(answer)


def wait_until_ready(kernel):
    """Wait until a kernel computes; one that is ended while it starts complains."""
    client = BlockingKernelClient(connection_file=kernel.cmdline()[-1])
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    client.stop_channels()


@pytest.mark.parametrize("stop", STOPS)
def test_the_course_opens_on_this_machine_only_and_closes_without_a_trace(ready, stop):
    process, printed = start(ready)
    try:
        url, port, token = ADDRESS.search(printed).groups()
        assert ask(f"{url}api/contents", token)["content"][0]["path"] == "00_start_here.ipynb"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            ask(f"{url}api/contents")
        with socket.socket() as elsewhere:
            elsewhere.settimeout(2)
            assert elsewhere.connect_ex(("127.0.0.2", int(port))) != 0
        ask(f"{url}api/kernels", token, post={"name": "python3"})
        family = psutil.Process(process.pid).children(recursive=True)
        (kernel,) = [child for child in family if "ipykernel_launcher" in child.cmdline()]
        assert kernel.cmdline()[0] == ready.python()
        wait_until_ready(kernel)
    finally:
        press(process, stop)
        rest = process.communicate(timeout=60)[0]  # a guard against hanging; a loaded machine may need its while
    assert process.returncode == 0
    assert rest.endswith("\nJupyterLab has stopped.\n")
    assert not re.search(r"Traceback|\[n\]|\[y", rest), rest
    assert psutil.wait_procs(family, timeout=5)[1] == []


@pytest.mark.parametrize(("flag", "status"), [("--version", 0), ("--ServerApp.quit_button=perhaps", 1)])
def test_the_status_of_a_jupyterlab_that_ends_by_itself_is_passed_on(ready, flag, status):
    process, printed = start(ready, flag)
    assert process.wait(30) == status
    assert ADDRESS.search(printed) is None


def test_a_port_that_another_program_uses_is_refused_before_anything_else(course):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for flags in ([f"--port={port}"], ["--port", f"{port}"]):
            result = course.run("lab", *flags)
            assert result.returncode == 1
            assert result.stderr.startswith(f"Expected a free port, got {port}, which another program uses")
    assert not course.venv.exists()


@pytest.mark.parametrize(
    ("flags", "got"), [(["--port"], "none"), (["--port=nine"], "nine"), (["--port=70000"], "70000")]
)
def test_a_port_is_a_number(course, flags, got):
    result = course.run("lab", *flags)
    assert (result.returncode, f"Expected a port from 0 to 65535, got {got};" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("flag", "replaced"),
    [
        ("--ip=0.0.0.0", "--ServerApp.ip"),
        ("--ServerApp.root_dir=elsewhere", "--ServerApp.root_dir"),
        ("--debug", "--log-level"),
        ("--LabApp.default_url=/lab", "--LabApp.default_url"),
    ],
)
def test_a_readers_flag_takes_the_place_of_ours(flag, replaced):
    ours = lab.command(Path("python"), ["--no-browser"])
    assert ours[:3] == ["python", "-m", "jupyterlab"]
    assert ours[-1] == "--no-browser"
    assert any(argument.startswith(replaced) for argument in ours)
    theirs = lab.command(Path("python"), [flag])
    assert [argument for argument in theirs if argument.split("=")[0] == replaced and argument != flag] == []
    assert len(theirs) <= len(ours) - 1 + (replaced == flag.split("=")[0])
