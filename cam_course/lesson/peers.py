"""The public libraries that lessons compare with: imported where they are installed, else a sentence."""

from __future__ import annotations

import importlib
from types import ModuleType

PACKAGES = {"captum": "captum", "pytorch_grad_cam": "grad-cam", "torchcam": "torchcam", "sklearn": "scikit-learn"}


def peer(module: str) -> ModuleType | None:
    """A public library's module, or None and a sentence that says what to do where it is not installed.

    Args:
        module: a key of `PACKAGES`, or a module inside one, as ``"pytorch_grad_cam.utils.model_targets"``.

    Raises:
        ValueError: a library with which no lesson compares.
    """
    top = module.split(".")[0]
    if top not in PACKAGES:
        raise ValueError(f"expected a library out of {list(PACKAGES)}, got {module!r}; name its module")
    try:
        return importlib.import_module(module)
    except ImportError:
        package = PACKAGES[top]
        print(f"{package} is not installed, so this comparison is left out; to make it: pip install {package}")
        return None
