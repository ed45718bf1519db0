"""How good detections and segmentations are, measured by torchmetrics, which the course itself does without."""

from collections.abc import Sequence
from types import ModuleType

from torch import Tensor

Found = dict[str, Tensor]


def average_precision(found: Sequence[Found], there: Sequence[Found]) -> dict[str, float]:
    """The mean over classes of the average precision of detections, as COCO measures it.

    Args:
        found: for each image ``boxes`` (D, 4), ``labels`` (D,) and ``scores`` (D,).
        there: for each image ``boxes`` (I, 4) and ``labels`` (I,).

    Returns:
        ``AP50`` and ``AP75``, at an overlap of 0.5 and of 0.75, and ``AP``, the mean from 0.5 to 0.95; each 0…1.

    Raises:
        ImportError: torchmetrics or pycocotools is missing.
    """
    measure = _library("torchmetrics.detection").MeanAveragePrecision(backend="pycocotools")
    measure.warn_on_many_detections = False
    measure.update([{key: value.cpu() for key, value in each.items()} for each in found], list(there))
    result = measure.compute()
    return {name: float(result[key]) for name, key in (("AP50", "map_50"), ("AP75", "map_75"), ("AP", "map"))}


def overlaps(said: Tensor, true: Tensor, classes: int) -> list[float]:
    """Intersection over union of each class, over all pixels of all images; 0…1.

    Args:
        said: classes ``(N, H, W)`` that a network gives.
        true: what is there, alike.
        classes: how many.

    Raises:
        ImportError: torchmetrics is missing.
    """
    jaccard = _library("torchmetrics.functional.classification").multiclass_jaccard_index
    return jaccard(said, true, num_classes=classes, average="none").tolist()


def _library(name: str) -> ModuleType:
    import importlib

    try:
        import pycocotools  # noqa: F401 - torchmetrics asks for it late, and with less to go by

        return importlib.import_module(name)
    except ImportError as error:
        remedy = "install the tests' packages: pip install -e .[test]"
        raise ImportError(f"expected torchmetrics and pycocotools, got: {error}; {remedy}") from error
