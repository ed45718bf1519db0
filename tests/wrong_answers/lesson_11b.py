"""Answers to the exercises of lesson 11b: wrong ones that must be named, right ones written another way."""

import torch


def rest(output, step, word):
    return torch.cat([output[:, step, :word], output[:, step, word + 1 :]], 1)


def written_into(output, step, word):
    own = output[:, step, word]
    output[:, step, word] = -torch.inf
    return own - output[:, step].amax(1)


def likeliest(output, step, word):
    p = output[:, step].softmax(1)
    return p[:, word] - torch.cat([p[:, :word], p[:, word + 1 :]], 1).amax(1)


def filled(output, step, word, value):
    others = output[:, step].clone()
    others[:, word] = value
    return output[:, step, word] - others.amax(1)


def detached_rival(output, step, word):
    return output[:, step, word] - rest(output, step, word).detach().amax(1)


def overwritten(output, step, word):
    others = output[:, step].clone()
    others[:, word] = others.min()
    return output[:, step, word] - others.amax(1)


def any_step(output, step, word):
    others = output.clone()
    others[:, :, word] = -torch.inf
    return output[:, step, word] - others.flatten(1).amax(1)


def looked_up(table, words):
    return table.gather(-1, words.expand(table.shape[:-1])[..., None])[..., 0]


def log_p(logits, words):
    return looked_up(logits - logits.logsumexp(-1, keepdim=True), words)


def scores(net, images, asked):
    maps = net.stages(net.normalize(images))
    return net.answer(maps, torch.stack([asked] * len(images)))


def meaning(net, words):
    return sum(net.words(word) for word in words)


def blend(net, first, second, t):
    return torch.lerp(meaning(net, first), meaning(net, second), t)


def doubled(net, images, first, second, t):
    return scores(net, images, meaning(net, first) + t * meaning(net, second))


def raw(net, images, first, second, t):
    maps = net.stages(images)
    return net.answer(maps, torch.stack([blend(net, first, second, t)] * len(images)))


WRONG = {
    "11b.1": {
        "compared with itself": (lambda y, t, w: y[:, t, w] - y[:, t].max(1).values, "compared with itself"),
        "second in rank": (lambda y, t, w: y[:, t, w] - y[:, t].sort(1).values[:, -2], "second largest"),
        "mean of the others": (lambda y, t, w: y[:, t, w] - rest(y, t, w).mean(1), "mean of the other words"),
        "log-probability": (lambda y, t, w: y.log_softmax(2)[:, t, w], "all words at once"),
        "step before": (lambda y, t, w: y[:, t - 1, w] - rest(y, t - 1, w).amax(1), "the step before"),
        "turned round": (lambda y, t, w: rest(y, t, w).amax(1) - y[:, t, w], "rival wins"),
        "one number": (lambda y, t, w: (y[:, t, w] - rest(y, t, w).amax(1)).sum(), "one score per picture"),
        "one rival for all": (lambda y, t, w: y[:, t, w] - rest(y, t, w).max(), "a rival of its own"),
        "step after": (lambda y, t, w: y[:, t + 1, w] - rest(y, t + 1, w).amax(1), "the step after"),
        "probabilities": (likeliest, "stay with logits"),
        "cut off": (lambda y, t, w: (y[:, t, w] - rest(y, t, w).amax(1)).clamp(min=0), "never negative"),
        "written into": (written_into, "Write into a copy"),
        "zero instead of minus infinity": (lambda y, t, w: filled(y, t, w, 0.0), "beats all other words"),
        "minus a hundred": (lambda y, t, w: filled(y, t, w, -100.0), "beats all other words"),
        "rival without gradient": (detached_rival, "the word alone"),
        "word without gradient": (lambda y, t, w: y[:, t, w].detach() - rest(y, t, w).amax(1), "the rival alone"),
        "overwritten": (overwritten, "autograd finds"),
        "rival from any step": (any_step, "any step of the sentence"),
        "logsumexp": (lambda y, t, w: y[:, t, w] - rest(y, t, w).logsumexp(1), "counts a little"),
        "no gradient": (lambda y, t, w: (y[:, t, w] - rest(y, t, w).amax(1)).detach(), "no gradient"),
    },
    "11b.2": {
        "logits": (lambda a, b, w: looked_up(a, w) - looked_up(b, w).mean(0), "compared logits"),
        "probabilities": (lambda a, b, w: log_p(a, w).exp() - log_p(b, w).exp().mean(0), "compared probabilities"),
        "mean before logarithm": (lambda a, b, w: log_p(a, w) - log_p(b, w).exp().mean(0).log(), "logarithm first"),
        "base 10": (lambda a, b, w: (log_p(a, w) - log_p(b, w)).mean(0) / 2.302585093, "base 10"),
        "over the steps": (
            lambda a, b, w: looked_up(a.log_softmax(0), w) - looked_up(b.log_softmax(1), w).mean(0),
            "over the steps",
        ),
        "over the pictures": (
            lambda a, b, w: log_p(a, w) - looked_up(b.log_softmax(0), w).mean(0),
            "over the pictures",
        ),
        "axis 1 of the others": (
            lambda a, b, w: log_p(a, w) - looked_up(b.log_softmax(1), w).mean(0),
            "axis 1 is not the words",
        ),
        "mean picture": (lambda a, b, w: log_p(a, w) - log_p(b.mean(0), w), "picture that nobody showed"),
        "sign": (lambda a, b, w: log_p(b, w).mean(0) - log_p(a, w), "Own picture first"),
        "sum of the others": (lambda a, b, w: log_p(a, w) - log_p(b, w).sum(0), "Take their mean"),
        "any word": (
            lambda a, b, w: a.log_softmax(1).max(1).values - b.log_softmax(2).max(2).values.mean(0),
            "whatever it would say",
        ),
    },
    "11b.3": {
        "answers blended": (
            lambda n, x, a, b, t: (1 - t) * scores(n, x, meaning(n, a)) + t * scores(n, x, meaning(n, b)),
            "no third question",
        ),
        "numbers blended": (
            lambda n, x, a, b, t: scores(n, x, meaning(n, (a + t * (b - a)).round().long())),
            "Numbers are names",
        ),
        "turned round": (lambda n, x, a, b, t: scores(n, x, blend(n, b, a, t)), "At t = 0"),
        "a switch": (lambda n, x, a, b, t: scores(n, x, meaning(n, a if t < 0.5 else b)), "either the first"),
        "mean of the words": (lambda n, x, a, b, t: scores(n, x, blend(n, a, b, t) / len(a)), "trained on their *sum*"),
        "not normalized": (raw, "net.normalize"),
        "first stays": (doubled, "It should fade"),
        "probabilities": (lambda n, x, a, b, t: scores(n, x, blend(n, a, b, t)).softmax(1), "before softmax"),
        "no gradient": (torch.no_grad()(lambda n, x, a, b, t: scores(n, x, blend(n, a, b, t))), "have no gradient"),
        "one question for all": (
            lambda n, x, a, b, t: n.answer(n.stages(n.normalize(x)), blend(n, a, b, t)[None]),
            "one question *per picture*",
        ),
    },
}

ALSO_RIGHT = {
    "11b.1": [
        lambda y, t, w: y[:, t, w] - rest(y, t, w).max(1).values,
        lambda y, t, w: filled(y, t, w, -1e9),
    ],
    "11b.2": [lambda a, b, w: (log_p(a, w) - log_p(b, w)).mean(0)],
    "11b.3": [lambda n, x, a, b, t: scores(n, x, blend(n, a, b, t))],
}
