"""The public models by name: the architecture whose keys the published files have, from the address that they have."""

import pytest
import torch

from cam_course import weights
from cam_course.downloads.public import REPOSITORY, build
from cam_course.pots.nets import CNN, CNNWithGAP

from .conftest import saved

# by hand from the published classes: 3×3 convolutions of 16, 32 and 64 maps, pooled by 2 each time or never
POOLED = {"conv_layers.0": (16, 3, 3, 3), "conv_layers.3": (32, 16, 3, 3), "conv_layers.6": (64, 32, 3, 3)}
UNPOOLED = {"conv_layers.0": (16, 3, 3, 3), "conv_layers.2": (32, 16, 3, 3), "conv_layers.4": (64, 32, 3, 3)}
KEYS = {
    "pot_plant_classifier": POOLED | {"fc_layers.1": (500, 64 * 32 * 32), "fc_layers.3": (4, 500)},
    "pot_plant_classifier_gap": UNPOOLED | {"fc.1": (4, 64)},
    "car_single_room": POOLED | {"fc_layers.1": (500, 64 * 28 * 28), "fc_layers.3": (1, 500)},
}


@pytest.mark.parametrize("name", KEYS)
def test_the_keys_are_the_published_ones(name):
    weight = {f"{layer}.weight": shape for layer, shape in KEYS[name].items()}
    bias = {f"{layer}.bias": shape[:1] for layer, shape in KEYS[name].items()}
    with torch.device("meta"):
        state = build(name).state_dict()
    assert {key: tuple(value.shape) for key, value in state.items()} == weight | bias


@pytest.mark.parametrize(("name", "kind"), [("pot_plant_classifier", CNN), ("pot_plant_classifier_gap", CNNWithGAP)])
def test_the_architecture_has_the_published_name(name, kind):
    with torch.device("meta"):
        assert type(build(name)) is kind


def test_a_public_model_comes_from_its_address_in_eval_mode(hub):
    state = CNNWithGAP().state_dict()
    state["fc.1.bias"] = torch.tensor([1.0, 2.0, 3.0, 4.0])
    hub.put("models/pot_plant_classifier_gap/model.pth", saved(state), repository=REPOSITORY)
    random = torch.get_rng_state()
    net = weights.public("pot_plant_classifier_gap")
    assert torch.equal(torch.get_rng_state(), random)
    assert net.fc[1].bias.tolist() == [1.0, 2.0, 3.0, 4.0] and not net.training
    assert hub.asked[0][1] == "/a-data-odyssey/XAI-for-CV-models/resolve/main/models/pot_plant_classifier_gap/model.pth"


def test_an_unknown_name_is_refused_with_the_nearest(hub):
    with pytest.raises(ValueError, match="got 'pot_plants_gap'; did you mean 'pot_plant_classifier_gap'?"):
        weights.public("pot_plants_gap")
    assert list(weights.PUBLIC) == list(KEYS) and hub.asked == []
