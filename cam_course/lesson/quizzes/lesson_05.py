"""Quiz of lesson 05, Guided Grad-CAM."""

QUESTIONS = [
    {
        "question": "Guided Grad-CAM for “dog” draws every hair of the dog, and nothing of the cat beside it. What does the drawing of the hairs tell you about the network?",
        "answers": {
            "It recognizes the dog by its hairs": (
                "An edge filter in place of guided backpropagation would draw hairs on the same spot, and has seen no network."
            ),
            "Hardly more than that Grad-CAM found evidence there; hairs are what there was to draw": (
                "Where the evidence lies is Grad-CAM's answer. To learn about hairs you would have to change the hairs."
            ),
            "Nothing at all: the picture would be the same for “cat”": (
                "For “cat”, Grad-CAM would move, and with it the drawing. The place depends on the class, the strokes hardly do."
            ),
        },
        "right": "Hardly more than that Grad-CAM found evidence there; hairs are what there was to draw",
    },
    {
        "question": "You take α from the guided pass. On a network that ends in GAP and one linear layer the map does not change; on VGG it does. Why?",
        "answers": {
            "VGG's maps are smaller": "Size has no part in it: α is a mean over places, however many.",
            "Behind VGG's last maps lie rectifiers, at which the guided rule cuts": (
                "The cut removes what speaks against the class before α is averaged. Behind GAP and one linear layer nothing is cut."
            ),
            "GAP averages the difference away": (
                "There is no difference to average: between the last maps of such a network and its logits no rectifier is met."
            ),
        },
        "right": "Behind VGG's last maps lie rectifiers, at which the guided rule cuts",
    },
    {
        "question": "A pixel is white in a Guided Grad-CAM. Which of these can be the reason?",
        "answers": {
            "Only that the pixel does not matter": (
                "A white pixel may speak against the class: Grad-CAM's ReLU made it zero, whatever was drawn there."
            ),
            "Only that Grad-CAM is zero there": "Or nothing was drawn there: evidence in an even patch may leave no stroke.",
            "One of its two factors is zero, or so small beside the maximum that you cannot see it": (
                "The product cannot tell these apart: look at both parents, and at raw values."
            ),
        },
        "right": "One of its two factors is zero, or so small beside the maximum that you cannot see it",
    },
]
