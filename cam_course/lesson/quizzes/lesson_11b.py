"""Quiz of lesson 11b, captions and questions."""

QUESTIONS = [
    {
        "question": "A HiResCAM map of the word “pot” lies exactly on the pot. What do you know?",
        "answers": {
            "The network said “pot” because it saw the pot": (
                "Exchange the picture, and it says “pot” just as surely: the words before it leave no other choice."
            ),
            "A little more of what lies there, and the logit of “pot” grows": (
                "To first order: gradient times activation, place by place. Whether the word needs it, only an "
                "exchanged picture tells."
            ),
            "Nothing, since “pot” is a word and no class": (
                "At its step a word is a class among the words, and its logit a score like any other."
            ),
        },
        "right": "A little more of what lies there, and the logit of “pot” grows",
    },
    {
        "question": (
            "One word at two steps. The gradient has the same sum over the places at both, but it is zero except at the "
            "three places looked at, other ones at each step. Which map cannot tell the steps apart?"
        ),
        "answers": {
            "Grad-CAM": "Its weights are means over all places: where the gradient was is lost before the map is made.",
            "HiResCAM": "It multiplies gradient and activation place by place, so the map is zero where the step does not look.",
            "The attention": "It is the network's own look at each step; that is what differs between the two.",
        },
        "right": "Grad-CAM",
    },
    {
        "question": "You shuffle the places of the last feature maps. A network whose question joins after the pooling gives…",
        "answers": {
            "a random answer": "What it answers from is a mean over places, and a mean does not know their order.",
            "the same answer only if it is sure": "Sure or not: every number behind the pooling is the same as before.",
            "the same answer, up to rounding": (
                "And so it cannot tell what stood beside what, unless one feature map said so before the question came."
            ),
        },
        "right": "the same answer, up to rounding",
    },
]
