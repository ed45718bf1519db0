"""Quiz of lesson 11, beyond classification: detection and segmentation."""

QUESTIONS = [
    {
        "question": "A target adds up the logits of a class over a region of 200 pixels; another takes their mean. What differs in Grad-CAM?",
        "answers": {
            "The strength, 200 to 1; not the shape": (
                "A constant factor goes through every gradient, through the mean and the ReLU. Grad-CAM++ would change its shape too (lesson 06)."
            ),
            "The shape: the mean spreads the light over the region": (
                "The mean is taken over pixels of the *output*, before any gradient is computed: it is one constant factor."
            ),
            "Nothing": "The map is raw, in score units: a score 200 times as large has a map 200 times as high.",
        },
        "right": "The strength, 200 to 1; not the shape",
    },
    {
        "question": "Two rudos stand in the picture. Grad-CAM of the left one's detection is brightest on the right one. What may you conclude?",
        "answers": {
            "The detector used the right rudo to find the left one": (
                "Blur the right one and see. Here the score hardly moved; the averaged gradient cannot tell the two questions apart."
            ),
            "Channels that speak for rudos are more active on the right one": (
                "That is all that a weighted sum of feature maps says. Which of the two was asked about has been averaged away."
            ),
            "The network confuses the two": "It gave each its own box and its own score. The map confuses them, not the network.",
        },
        "right": "Channels that speak for rudos are more active on the right one",
    },
    {
        "question": "HiResCAM at the last layer before a head of 1×1 convolutions is a single bright cell in the middle of the box. What does it tell you?",
        "answers": {
            "That the middle of the plant is what the network looks at": (
                "The cell sees many pixels around it, and the map says nothing of which of them count: read an earlier layer, or occlude."
            ),
            "Which cell was asked about": (
                "A head of 1×1 convolutions reads nothing else, in any network, trained or not. Such a map passes the twin test, and every test of place that the middle of the box passes, and explains nothing."
            ),
            "That the detection is wrong": "Every detection of such a head has a map of one cell there, right or wrong.",
        },
        "right": "Which cell was asked about",
    },
]
