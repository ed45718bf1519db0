"""Answers to the exercises of lesson 02: wrong ones that must be named, right ones written another way."""

import torch
import torch.nn.functional as F
from torch import nn

from cam_course import explain, targets


def passed(x, g, *, mask=True, positive=True):
    g = F.relu(g) if positive else g
    return torch.where(x > 0, g, torch.zeros_like(g)) if mask else g


def down(W1, W2, w, x, upper=None, lower=None, clip=False):
    before1 = torch.mv(W1, x)
    before2 = torch.mv(W2, F.relu(before1))
    g = passed(before2, w, **(upper or {})) @ W2
    g = passed(before1, g, **(lower or {})) @ W1
    return F.relu(g) if clip else g


def both(**how):
    return {"upper": how, "lower": how}


def positive_weights(W1, W2, w, x):
    before1 = torch.mv(W1, x)
    before2 = torch.mv(W2, F.relu(before1))
    return ((F.relu(w) * (before2 > 0)) @ F.relu(W2) * (before1 > 0)) @ F.relu(W1)


def with_activations(W1, W2, w, x):
    a = torch.mv(W1, x)
    b = torch.mv(W2, F.relu(a))
    return (F.relu(a) * F.relu((F.relu(b) * F.relu(w)) @ W2)) @ W1


def by_hooks(model, images, classes):
    x = images.clone().requires_grad_()
    hooks = [
        m.register_full_backward_hook(lambda module, into, above: (into[0].clamp(min=0),))
        for m in model.modules()
        if isinstance(m, nn.ReLU)
    ]
    score = -model(x).gather(1, classes[:, None]).sum()
    (found,) = torch.autograd.grad(score, x)
    for hook in hooks:
        hook.remove()
    return found


def hooks_left(model, images, classes):
    x = images.clone().requires_grad_()
    for module in model.modules():
        if isinstance(module, nn.ReLU):
            module.register_full_backward_hook(lambda module, into, above: (into[0].clamp(min=0),))
    return torch.autograd.grad(-model(x).gather(1, classes[:, None]).sum(), x)[0]


def asked(score, method="guided_backprop"):
    return lambda model, images, classes: explain(model, images, method, target=score(classes)).attribution


def for_it(model, images, classes):
    return explain(model, images, "guided_backprop", target=classes).attribution


def others(classes):
    return lambda logits: logits.masked_fill(F.one_hot(classes, logits.shape[1]).bool(), 0).sum(1)


def gray(values, limit):
    return (values / limit / 2 + 0.5).clip(0, 1)


def made(image, first, second, *, share=0.995, left=None, panels=None, dim=2, guard=True):
    top = torch.cat([first, second]).abs().reshape(-1).sort().values
    limit = top[int(share * (len(top) - 1))]
    limit = torch.ones(()) if guard and limit == 0 else limit
    left = image if left is None else left
    return torch.cat([left, *(panels or (gray(first, limit), gray(second, limit)))], dim)


def scaled(image, first, second, limit):
    limit = limit if limit > 0 else 1
    return made(image, first, second, panels=(gray(first, limit), gray(second, limit)))


def steep_poster(image, first, second):
    limit = torch.stack([first, second]).abs().flatten().quantile(0.98)
    limit = limit if limit > 0 else 1
    return torch.cat([image, *((0.5 + values / limit).clip(0, 1) for values in (first, second))], 2)


def own_limit(values):
    limit = values.abs().flatten().quantile(0.99)
    return gray(values, limit if limit > 0 else 1)


def stretched(values):
    span = values.max() - values.min()
    return (values - values.min()) / (span if span > 0 else 1)


WRONG = {
    "02.1": {
        "plain gradient": (lambda *layers: down(*layers, **both(positive=False)), "plain gradient"),
        "deconvnet": (lambda *layers: down(*layers, **both(mask=False)), "deconvnet"),
        "upper only": (lambda *layers: down(*layers, lower={"positive": False}), "second rectifier only"),
        "lower only": (lambda *layers: down(*layers, upper={"positive": False}), "first rectifier only"),
        "first mask forgotten": (
            lambda *layers: down(*layers, lower={"mask": False}),
            "At the first rectifier you cut",
        ),
        "second mask forgotten": (lambda *layers: down(*layers, upper={"mask": False}), "At the second rectifier you"),
        "clipped at the end": (lambda *layers: down(*layers, clip=True), "result is signed"),
        "a rectified gradient": (lambda *layers: down(*layers, **both(positive=False), clip=True), "on the way down"),
        "rectified weights": (positive_weights, "rectified the weights"),
        "the first one left out": (lambda W1, W2, w, x: (w.relu() * (W2 @ (W1 @ x).relu() > 0)) @ W2 @ W1, "not there"),
        "magnitudes": (lambda *layers: down(*layers).abs(), "keep the minus"),
        "activations": (with_activations, "multiplied by the activation"),
    },
    "02.2": {
        "for it": (for_it, "speaks for the class"),
        "minus the picture": (lambda *a: -for_it(*a), "strokes lie where they lay"),
        "negative part": (lambda *a: F.relu(-for_it(*a)), "negative part of the finished"),
        "plain gradient": (asked(targets.Counterfactual, "saliency"), "needs the guided rule"),
        "turned twice": (lambda *a: -by_hooks(*a), "opposite sign"),
        "negative part, signed": (lambda *a: for_it(*a).clamp(max=0), "stays negative"),
        "deconvnet": (asked(targets.Counterfactual, "deconvnet"), "deconvnet of −y"),
        "one class for all": (asked(lambda c: targets.Counterfactual(int(c[0]))), "first image's class"),
        "predicted class": (asked(lambda c: targets.Counterfactual()), "predicted class"),
        "everything": (lambda m, x, c: explain(m, x, "guided_backprop", target=c), "all that `explain`"),
        "maps": (lambda m, x, c: explain(m, x, "guided_backprop", target=c).maps, "Sign and colors"),
        "hooks left": (hooks_left, "still on the model"),
        "the other classes": (asked(others), "sum of all other classes"),
    },
    "02.3": {
        "below one another": (lambda i, a, b: made(i, a, b, dim=1), "along the last"),
        "0/0": (lambda i, a, b: made(i, a, b, guard=False), "0/0"),
        "not clamped": (lambda i, a, b: torch.cat([i, 0.5 + a / 2, 0.5 + b / 2], 2), "clamp at last"),
        "gray picture": (lambda i, a, b: made(i, a, b, left=i.mean(0).expand_as(i)), "in its colors"),
        "minimum at black": (lambda i, a, b: made(i, a, b, panels=(stretched(a), stretched(b))), "middle gray"),
        "magnitudes": (lambda i, a, b: made(i, a.abs(), b.abs()), "keep the sign"),
        "inverted": (lambda i, a, b: made(i, -a, -b), "come out dark"),
        "maximum": (lambda i, a, b: made(i, a, b, share=1.0), "one stray pixel"),
        "own scales": (lambda i, a, b: made(i, a, b, panels=(own_limit(a), own_limit(b))), "scale of its own"),
        "swapped": (lambda i, a, b: made(i, b, a), "panels are swapped"),
        "scale too small": (lambda i, a, b: scaled(i, a, b, 0.01 * torch.stack([a, b]).std()), "scale is too small"),
        "twice as steep": (steep_poster, "Half of the scale"),
        "scale of the first": (lambda i, a, b: scaled(i, a, b, a.abs().quantile(0.98)), "its own scale rules"),
        "signed quantile": (lambda i, a, b: scaled(i, a, b, torch.stack([a, b]).quantile(0.97)), "from magnitudes"),
        "no scale": (lambda i, a, b: made(i, a, b, panels=(gray(a, 1), gray(b, 1))), "divide by a measure"),
    },
}

ALSO_RIGHT = {
    "02.1": [down],
    "02.2": [by_hooks],
    "02.3": [made, lambda i, a, b: made(i, a, b, share=0.98), lambda i, a, b: made(i, a, b, share=0.95)],
}
