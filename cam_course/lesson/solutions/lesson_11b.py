"""Solutions of lesson 11b, captions and questions."""

import torch


# %% 11b.1
def over_the_next(output, step, word):
    """The word's logit at the step, less the largest logit of all other words there: (N,)."""
    others = output[:, step].clone()  # (N, words)
    others[:, word] = -torch.inf
    return output[:, step, word] - others.amax(1)


# %% 11b.2
def needs_picture(own, others, words):
    """Log-probability of each word with its own picture, less the mean over the others: (steps,)."""
    step = torch.arange(len(words), device=words.device)
    return own.log_softmax(-1)[step, words] - others.log_softmax(-1)[:, step, words].mean(0)


# %% 11b.3
def between(net, images, first, second, t):
    """Scores (N, answers) for a question the share t of the way from the first to the second."""
    asked = (1 - t) * net.words(first).sum(0) + t * net.words(second).sum(0)  # (hidden,)
    maps = net.stages(net.normalize(images))
    return net.answer(maps, asked.expand(len(images), -1))
