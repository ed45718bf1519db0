"""`run.py lab --presentation`: larger type for one session, and nothing of the reader's is changed."""

import json
from pathlib import Path

import pytest

from launcher import lab, presentation

THEMES = "@jupyterlab/apputils-extension/themes.jupyterlab-settings"


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """A reader who has chosen a dark theme, a font, and a shortcut."""
    settings = tmp_path / "config" / "lab" / "user-settings"
    (settings / THEMES).parent.mkdir(parents=True)
    (settings / THEMES).write_text('// my own\n{"theme": "Dark", "overrides": {"code-font-family": "Hack"}}')
    (settings / "shortcuts.jupyterlab-settings").write_text("{/* mine */}")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("JUPYTERLAB_SETTINGS_DIR", raising=False)
    return settings


def contents(folder):
    return {path.relative_to(folder): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_readers_settings_hold_but_for_the_size_of_type_and_are_left_as_they_were(reader, tmp_path):
    before = contents(reader)
    variables = presentation.prepare(tmp_path / "session")
    written = Path(variables["JUPYTERLAB_SETTINGS_DIR"])
    themes = json.loads((written / THEMES).read_text())
    assert themes["theme"] == "Dark"
    assert themes["overrides"]["code-font-family"] == "Hack"
    assert themes["overrides"]["code-font-size"] == "20px"
    assert (written / "shortcuts.jupyterlab-settings").read_text() == "{/* mine */}"
    assert contents(reader) == before
    assert all(Path(folder).is_relative_to(tmp_path / "session") for folder in variables.values())


def test_settings_that_cannot_be_read_give_way(reader, tmp_path):
    (reader / THEMES).write_text("{theme: 'Dark'}")
    written = Path(presentation.prepare(tmp_path / "session")["JUPYTERLAB_SETTINGS_DIR"])
    assert json.loads((written / THEMES).read_text()) == presentation.SETTINGS["apputils-extension/themes"]


def test_settings_kept_elsewhere_are_found(reader, tmp_path, monkeypatch):
    elsewhere = reader.rename(tmp_path / "elsewhere")
    monkeypatch.setenv("JUPYTERLAB_SETTINGS_DIR", str(elsewhere))
    written = Path(presentation.prepare(tmp_path / "session")["JUPYTERLAB_SETTINGS_DIR"])
    assert json.loads((written / THEMES).read_text())["theme"] == "Dark"


def test_one_document_is_shown_at_a_time_and_only_then():
    (page,) = [flag for flag in lab.command(Path("python"), [], "doc") if "default_url" in flag]
    assert page.endswith("=/doc/tree/00_start_here.ipynb")
    (page,) = [flag for flag in lab.command(Path("python"), []) if "default_url" in flag]
    assert page.endswith("=/lab/tree/00_start_here.ipynb")


def test_the_flag_is_ours_and_does_not_reach_jupyterlab(monkeypatch):
    asked = {}

    def start(python, arguments, runtime, way):
        asked.update(arguments=arguments, way=way)
        raise KeyboardInterrupt

    monkeypatch.setattr(lab.environment, "ensure", lambda cpu: Path("python"))
    monkeypatch.setattr(lab, "start", start)
    for flags, way in ((["--no-browser", "--presentation"], "doc"), (["--no-browser"], "lab")):
        with pytest.raises(KeyboardInterrupt):
            lab.run(flags)
        assert asked == {"arguments": ["--no-browser"], "way": way}
