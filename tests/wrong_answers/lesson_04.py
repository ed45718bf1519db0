"""Answers to the exercises of lesson 04: wrong ones that must be named, right ones written another way."""

import torch
import torch.nn.functional as F


def cam(activations, gradients):
    return F.relu(torch.einsum("khw,k->hw", activations, gradients.mean((1, 2))))


def after(head, activations, target, change):
    batch = torch.stack([change(activations.clone(), k) for k in range(activations.shape[0])])
    return head(batch)[:, target].detach()


def zero(activations, k):
    activations[k] = 0
    return activations


def keep_only(activations, k):
    activations[torch.arange(len(activations)) != k] = 0
    return activations


def full(head, activations, target):
    return head(activations[None])[0, target].detach()


def piling(head, activations, target):
    changed, fell = activations, []
    before = full(head, activations, target)
    for k in range(len(activations)):
        changed[k] = 0
        fell.append(before - full(head, changed, target))
    return torch.stack(fell)


def gradient(head, activations, target):
    activations = activations.clone().requires_grad_()
    return torch.autograd.grad(head(activations[None])[0, target], activations)[0]


def all_logits(head, activations, target):
    batch = torch.stack([zero(activations.clone(), k) for k in range(activations.shape[0])])
    return (head(activations[None]).sum() - head(batch).sum(1)).detach()


def painted(
    image, map_a, map_b, *, order=(0, 2), gray=None, separate=False, guard=True, clamp=True, through=True, scaled=True
):
    top_a, top_b = (map_a.max(), map_b.max()) if separate else (max(map_a.max(), map_b.max()),) * 2
    top_a, top_b = (top_a, top_b) if scaled else (torch.tensor(1.0),) * 2
    a = map_a / top_a if not guard or top_a > 0 else map_a
    b = map_b / top_b if not guard or top_b > 0 else map_b
    gray = image.mean(0, keepdim=True).expand(3, -1, -1) if gray is None else gray
    shown = gray * (1 - a - b).clamp(min=0) if through else torch.zeros_like(gray)
    shown = shown.clone()
    shown[order[0]] += a if clamp else 3 * a
    shown[order[1]] += b if clamp else 3 * b
    return shown.clamp(0, 1) if clamp else shown


WRONG = {
    "04.1": {
        "subtracted finished maps": (lambda A, a, b: cam(A, a) - cam(A, b), "one ReLU"),
        "subtracted and rectified again": (lambda A, a, b: F.relu(cam(A, a) - cam(A, b)), "rectified again"),
        "forgot the ReLU": (lambda A, a, b: torch.einsum("khw,k->hw", A, (a - b).mean((1, 2))), "ReLU is missing"),
        "the wrong way round": (lambda A, a, b: cam(A, b - a), "b rather than a"),
        "added": (lambda A, a, b: cam(A, a + b), "added the two scores"),
        "no averaging": (lambda A, a, b: F.relu(((a - b) * A).sum(0)), "HiResCAM"),
    },
    "04.2": {
        "the logit itself": (lambda head, A, c: after(head, A, c, zero), "logits without each channel"),
        "the sign": (lambda head, A, c: after(head, A, c, zero) - full(head, A, c), "sign is reversed"),
        "kept": (lambda head, A, c: full(head, A, c) - after(head, A, c, keep_only), "kept channel k"),
        "zeros pile up": (piling, "pile up"),
        "gradient × activation": (lambda h, A, c: (gradient(h, A, c) * A).sum((1, 2)), "gradient × activation"),
        "alpha": (lambda head, A, c: gradient(head, A, c).mean((1, 2)), "mean gradient"),
        "all logits": (all_logits, "all classes"),
    },
    "04.3": {
        "red and blue swapped": (lambda i, a, b: painted(i, a, b, order=(2, 0)), "blue and not red"),
        "scaled each map by itself": (lambda i, a, b: painted(i, a, b, separate=True), "its own maximum"),
        "kept the image in color": (lambda i, a, b: painted(i, a, b, gray=i), "must be gray"),
        "left the image out": (lambda i, a, b: painted(i, a, b, through=False), "must show through"),
        "no clamp": (lambda i, a, b: painted(i, a, b, clamp=False), "stay in 0…1"),
        "not scaled": (lambda i, a, b: painted(i, a, b, scaled=False), "in score units"),
        "0/0": (lambda i, a, b: painted(i, a, b, guard=False), "0/0"),
        "channels last": (lambda i, a, b: painted(i, a, b).permute(1, 2, 0), "torch.stack"),
        "too pale": (lambda i, a, b: painted(i, a * 0.2, b * 0.2) * 0.2 + 0.8 * i.mean(0), "stand out"),
    },
}

ALSO_RIGHT = {
    "04.1": [lambda A, a, b: cam(A, a - b), lambda A, a, b: F.relu((A * (a - b).mean((1, 2))[:, None, None]).sum(0))],
    "04.2": [lambda head, A, c: full(head, A, c) - after(head, A, c, zero)],
    "04.3": [painted, lambda i, a, b: painted(i, a, b, gray=i.amax(0, keepdim=True).expand(3, -1, -1))],
}
