"""Quiz of lesson 07, Score-CAM."""

QUESTIONS = [
    {
        "question": "A feature map lies on the other plant only. Which weight can `channel_softmax` give it?",
        "answers": {
            "A negative one: it speaks against the class": (
                "A softmax has no negative values. Only a difference, as in `increase`, can speak against a class."
            ),
            "A small positive one": (
                "However low its score, e to the power of it is positive: the other plant stays in the map, dimmed."
            ),
            "Exactly zero": "Only a flat map gets exactly zero, because it has no mask. A low score gives a low weight.",
        },
        "right": "A small positive one",
    },
    {
        "question": "You explain all 4 classes instead of 1, for the same picture and layer. How many more runs?",
        "answers": {
            "None": "The masks come from the feature maps, which know no class; each run gives the logits of all classes.",
            "Four times as many": "Does the mask of a map depend on the class? Look at its equation again.",
            "As many again for each class as there are feature maps": (
                "That would be so if every class had masks of its own. Which symbol in the mask stands for the class?"
            ),
        },
        "right": "None",
    },
    {
        "question": "Your network takes images with the mean color subtracted. You compute `image * mask`. What is a masked pixel?",
        "answers": {
            "Black": "Black is 0 in a picture of 0…1. Which color has become 0 after the subtraction?",
            "The mean color": "0 is what the mean color became. The same line of code means another question to another network.",
            "Nothing: the network ignores it": "A convolution cannot ignore a pixel; every value is some color to it.",
        },
        "right": "The mean color",
    },
]
