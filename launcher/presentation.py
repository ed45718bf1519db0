"""JupyterLab on a projector: large type and one document at a time, for one session, beside the reader's settings."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

#: By JupyterLab's names. Outputs are set in the size of code, widgets in that of the menus.
SETTINGS: dict[str, dict[str, Any]] = {
    "apputils-extension/themes": {
        "overrides": {"code-font-size": "20px", "content-font-size1": "22px", "ui-font-size1": "17px"}
    },
    "application-extension/shell": {"startMode": "single"},
    "notebook-extension/tracker": {"codeCellConfig": {"lineWrap": True}},
    "statusbar-extension/plugin": {"visible": False},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


def prepare(folder: Path) -> dict[str, str]:
    """Write the settings of a presentation into a folder, over a copy of the reader's, which stay as they are.

    Args:
        folder: of this session; removed with it, and with it what is changed meanwhile.

    Returns:
        The variables that lead JupyterLab there. Its windows are arranged anew, too: as if on a first start.
    """
    settings, workspaces = folder / "settings", folder / "workspaces"
    if (own := settings_of_reader()).is_dir():
        shutil.copytree(own, settings)
    for name, values in SETTINGS.items():
        path = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(merged(read(path), values)), encoding="utf-8")
    return {"JUPYTERLAB_SETTINGS_DIR": str(settings), "JUPYTERLAB_WORKSPACES_DIR": str(workspaces)}


def merged(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """Lay settings over others, groups within groups.

    >>> merged({"overrides": {"code-font-family": "Hack"}, "theme": "dark"}, {"overrides": {"code-font-size": "20px"}})
    {'overrides': {'code-font-family': 'Hack', 'code-font-size': '20px'}, 'theme': 'dark'}
    """
    result = dict(theirs)
    for name, value in ours.items():
        old = theirs.get(name)
        result[name] = merged(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return result


def settings_of_reader() -> Path:
    """Return where JupyterLab keeps what its reader has set."""
    if own := os.environ.get("JUPYTERLAB_SETTINGS_DIR"):
        return Path(own)
    config = os.environ.get("JUPYTER_CONFIG_DIR") or Path.home() / ".jupyter"
    return Path(config, "lab", "user-settings")


def read(path: Path) -> dict[str, Any]:
    """Read settings, without the lines that are comments; {} where there are none, or none that can be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        values = json.loads("\n".join(line for line in lines if not line.lstrip().startswith("//")))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
