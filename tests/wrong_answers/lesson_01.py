"""Answers to the exercises of lesson 01: wrong ones that must be named, right ones written another way."""

import torch


def slope(score, image):
    x = image.clone().requires_grad_()
    score(x).backward()
    return x.grad


def forward_mode(score, image, step):
    return torch.func.jvp(score, (image,), (step,))[1]


def one_by_one(gradient_at, image, noise):
    total = torch.zeros_like(image)
    for one in noise:
        total += gradient_at((image + one)[None])[0]
    return torch.stack([total / len(noise), -total / len(noise)]).amax((0, 1))


def climbed(
    model, image, target, budget, *, steps=10, way=torch.sign, up=1, rate=4, project=True, clamp=True, logits=None
):
    x = image.clone()
    for _ in range(steps):
        x = x.detach().requires_grad_()
        out = model(x[None])[0]
        score = out[target] if logits is None else logits(out, target)
        (g,) = torch.autograd.grad(score, x)
        x = x + up * budget / rate * way(g)
        x = torch.minimum(torch.maximum(x, image - budget), image + budget) if project else x
        x = x.clamp(0, 1) if clamp else x
    return x.detach()


def total(logits, target):
    return logits.sum()


def one_step(model, image, target, budget, scale=torch.sign):
    g = slope(lambda x: model(x[None])[0, target], image)
    return (image + budget * scale(g)).clamp(0, 1)


def one_step_down(model, image, budget):
    return one_step(model, image, int(model(image[None]).argmax()), budget, lambda g: -g.sign())


def tuple_times_step(score, image, step):
    x = image.clone().requires_grad_()
    return (torch.autograd.grad(score(x), x) * step).sum()


def by_optimizer(model, image, target, budget, steps=20):
    change = torch.zeros_like(image, requires_grad=True)
    optimizer = torch.optim.Adam([change], lr=budget, maximize=True)
    for _ in range(steps):
        optimizer.zero_grad()
        model((image + change)[None])[0, target].backward()
        optimizer.step()
        change.data = ((image + change.data.clamp(-budget, budget)).clamp(0, 1) - image).clamp(-budget, budget)
    return (image + change).detach()


WRONG = {
    "01.1": {
        "the true change": (lambda s, x, d: s(x + d) - s(x), "true change"),
        "the mean": (lambda s, x, d: (slope(s, x) * d).mean(), "averaged over pixels"),
        "magnitudes": (lambda s, x, d: (slope(s, x) * d).abs().sum(), "every pixel seems to raise"),
        "saliency × step": (lambda s, x, d: (slope(s, x).abs().max(0).values * d).sum(), "saliency map times"),
        "the gradient's magnitude": (lambda s, x, d: (slope(s, x).abs() * d).sum(), "sign of the gradient"),
        "the gradient at the end": (lambda s, x, d: (slope(s, x + d) * d).sum(), "end of the step"),
        "the score after the step": (lambda s, x, d: s(x) + (slope(s, x) * d).sum(), "predicted score"),
        "the gradient alone": (lambda s, x, d: slope(s, x).sum(), "added up the gradient"),
        "no sign at the end": (lambda s, x, d: (slope(s, x) * d).sum().abs(), "A change can be negative"),
        "a minus": (lambda s, x, d: (slope(s, x) * -d).sum(), "uphill counts as plus"),
        "not added up": (lambda s, x, d: slope(s, x) * d, "now add them all up"),
        "the step's sign": (lambda s, x, d: (slope(s, x) * d.sign()).sum(), "sign of the step"),
        "halfway": (lambda s, x, d: (slope(s, x + d / 2) * d).sum(), "halfway along"),
        "a tuple": (tuple_times_step, "unpack it"),
    },
    "01.2": {
        "the mean of the maps": (lambda f, x, n: f(x + n).abs().max(1).values.mean(0), "finished maps"),
        "the mean of magnitudes": (lambda f, x, n: f(x + n).abs().mean(0).max(0).values, "before the mean"),
        "the mean image": (lambda f, x, n: f(x[None] + n.mean(0))[0].abs().amax(0), "one gradient for each copy"),
        "no noise": (lambda f, x, n: f(x[None])[0].abs().amax(0), "noise is not used"),
        "the sum": (lambda f, x, n: f(x + n).sum(0).abs().amax(0), "grows with the number"),
        "the noise alone": (lambda f, x, n: f(n).mean(0).abs().amax(0), "noise alone"),
        "three colors": (lambda f, x, n: f(x + n).mean(0).abs(), "three colors"),
        "no magnitude": (lambda f, x, n: f(x + n).mean(0).max(0).values, "not the largest magnitude"),
        "the largest color first": (lambda f, x, n: f(x + n).amax(1).mean(0).abs(), "nothing can cancel as it should"),
        "clamped": (lambda f, x, n: f((x + n).clamp(0, 1)).mean(0).abs().amax(0), "Do not clamp"),
        "the mean over colors": (lambda f, x, n: f(x + n).mean(0).abs().mean(0), "averaged over the colors"),
    },
    "01.3": {
        "no budget": (lambda m, x, t, b: climbed(m, x, t, b, project=False), "Several steps add up"),
        "no clamp": (lambda m, x, t, b: climbed(m, x, t, b, clamp=False), "stay in 0…1"),
        "downhill": (lambda m, x, t, b: climbed(m, x, t, b, up=-1), "downhill"),
        "the magnitude": (lambda m, x, t, b: climbed(m, x, t, b, way=lambda g: g.abs().sign()), "became brighter"),
        "the gradient as it is": (lambda m, x, t, b: one_step(m, x, t, b, lambda g: g / g.abs().max()), "tiny at most"),
        "all logits": (
            lambda m, x, t, b: climbed(m, x, t, b, steps=1, rate=1, logits=total),
            "sum of all",
        ),
        "nothing": (lambda m, x, t, b: x, "not changed at all"),
        "a batch": (lambda m, x, t, b: climbed(m, x, t, b)[None], "shape of `image`"),
        "a budget of its own": (lambda m, x, t, b: climbed(m, x, t, 0.05), "also where the budget is less"),
        "the lesson's budget": (lambda m, x, t, b: climbed(m, x, t, 4 / 255), "whatever the budget"),
        "the present answer lowered": (lambda m, x, t, b: one_step_down(m, x, b), "lowered the logit"),
        "written into the image": (lambda m, x, t, b: x.copy_(one_step(m, x, t, b)), "changed `image` itself"),
    },
}

ALSO_RIGHT = {
    "01.1": [forward_mode, lambda s, x, d: torch.dot(slope(s, x).flatten(), d.flatten())],
    "01.2": [one_by_one],
    "01.3": [climbed, one_step, by_optimizer],
}
