import torch
from torch import nn

from cam_course.lesson import cards, edits


class Always(nn.Module):
    """Says the same of every picture, and has maps that can be asked for."""

    def __init__(self):
        super().__init__()
        self.stages = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU())
        self.gap, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(2, 4)
        with torch.no_grad():
            self.stages[0].weight.zero_(), self.stages[0].bias.fill_(1.0)
            self.fc.weight.fill_(1.0), self.fc.bias.copy_(torch.tensor([1.0, 0, 0, 0]))

    def forward(self, images):
        return self.fc(self.gap(self.stages(images)).flatten(1))


def test_a_network_that_always_says_the_same_never_flips_and_its_map_knows_nothing():
    found = cards.evidence(Always().eval(), "val", 20)
    shown = cards.worlds("val", 20)
    assert {len(values) for values in found.values()} == {20}
    assert found["flips, pot"].sum() == found["flips, plant"].sum() == 0
    for regime, (batch, _) in shown.items():
        assert torch.equal(found[f"accuracy, {regime}"], (batch["label"] == 0).double())
    flat = shown["swapped"][0]["pot"].double().mean((1, 2))
    torch.testing.assert_close(found["energy, pot"], flat, rtol=1e-4, atol=0)


def test_the_colors_belong_to_the_pictures():
    batch, colors = cards.worlds("val", 20)["biased"]
    assert torch.equal(colors, batch["label"])  # every kind in its own pot
    assert (edits.others(colors) != colors).all()


def test_the_table_has_heads(capsys):
    cards.table({"one": {"flips, pot": torch.tensor([0.0, 1.0])}, "two": {"flips, pot": torch.tensor([1.0, 1.0])}})
    head, line = capsys.readouterr().out.splitlines()
    assert head.split() == ["one", "two"]
    assert line.split() == ["flips,", "pot", "≈", "0.50", "≈", "1.00"]


def test_a_card_says_what_is_not_shown(capsys):
    cards.show(None)
    card = {"use": "u", "fails": "f", "figures": {"flips, pot": 0.25}, "claims": {"works on photographs": "nothing"}}
    cards.show(card)
    out = capsys.readouterr().out
    assert "Write the card" in out
    assert "works on photographs: NOT SHOWN" in out
    assert "flips, pot ≈ 0.25" in out
