"""The rows of the table: what is measured, on which networks, by whom, and what is to be reached."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import ours, peers
from benchmarks.setting import Setting

Make = Callable[[Setting], ours.Run]
LIBRARIES = ("cam_course", "captum", "pytorch-grad-cam", "torchcam")


@dataclass(frozen=True)
class Row:
    """One thing to do; `goal` is the most forward passes it may cost or, `against_peers`, the least gain over them."""

    what: str
    needs: tuple[str, ...]
    networks: tuple[str, ...]
    makers: dict[str, Make]
    goal: float
    against_peers: bool = False
    share_of_rounds: float = 1.0

    def reached(self, cost: dict[str, float]) -> bool:
        if not self.against_peers:
            return cost["cam_course"] <= self.goal
        return (
            min(cost[name] for name in cost if name not in ("forward", "cam_course")) >= self.goal * cost["cam_course"]
        )

    @property
    def wanted(self) -> str:
        return f"{self.goal:.2f} × faster than the best" if self.against_peers else f"≤ {self.goal:.2f}"


def _makers(*makers: Make | None) -> dict[str, Make]:
    return {name: make for name, make in zip(LIBRARIES, makers, strict=True) if make}


ROWS = (
    Row(
        "Grad-CAM, one class",
        ("grad_cam",),
        ("resnet18", "resnet34", "vgg16"),
        _makers(ours.grad_cam, peers.captum_grad_cam, peers.pytorch_grad_cam_grad_cam, peers.torchcam_grad_cam),
        goal=1.10,
    ),
    Row(
        "Grad-CAM, Grad-CAM++, LayerCAM, HiResCAM (torchcam has three of them)",
        ours.FOUR,
        ("resnet18",),
        _makers(ours.four_methods, None, peers.pytorch_grad_cam_four_methods, peers.torchcam_three_methods),
        goal=1.12,
    ),
    Row(
        "Grad-CAM, ten classes of one image",
        ("grad_cam",),
        ("resnet18",),
        _makers(
            ours.ten_classes, peers.captum_ten_classes, peers.pytorch_grad_cam_ten_classes, peers.torchcam_ten_classes
        ),
        goal=1.15,
    ),
    Row(
        "Grad-CAM, four layers",
        ("grad_cam",),
        ("resnet18",),
        _makers(
            ours.four_layers, peers.captum_four_layers, peers.pytorch_grad_cam_four_layers, peers.torchcam_four_layers
        ),
        goal=1.7,
    ),
    Row(
        "guided backpropagation",
        ("guided_backprop",),
        ("resnet18", "vgg16"),
        _makers(ours.guided_backprop, peers.captum_guided_backprop, peers.pytorch_grad_cam_guided_backprop, None),
        goal=2.3,
    ),
    Row(
        "Score-CAM, 512 channels",
        ("score_cam",),
        ("resnet18",),
        _makers(ours.score_cam, None, peers.pytorch_grad_cam_score_cam, peers.torchcam_score_cam),
        goal=1.35,
        against_peers=True,
        share_of_rounds=0.2,  # each run is several hundred forward passes
    ),
)
MEMORY = {"Grad-CAM, one class": 5.0, "Score-CAM, 512 channels": None}  # MB over a forward pass that are allowed
