"""Quiz of lesson 04, Grad-CAM."""

QUESTIONS = [
    {
        "question": "You multiply all logits by 10, weights and bias of the last layer. What happens to a Grad-CAM map?",
        "answers": {
            "It becomes 10 times as strong, with the same shape": (
                "α is a mean of gradients, and gradients scale with the score. After normalizing you would see nothing."
            ),
            "It stays the same": "The normalized picture does. The map itself is in score units, and the scores grew.",
            "It gets sharper": "Sharper would mean another shape. Every α grows by the same factor, so the shape stays.",
        },
        "right": "It becomes 10 times as strong, with the same shape",
    },
    {
        "question": "A Grad-CAM map is zero everywhere. What do you know?",
        "answers": {
            "The network sees nothing in the picture": (
                "It may see a lot, all of it against this class: the ReLU removes that. Look at the map before the ReLU."
            ),
            "No place adds up to evidence for this class at this layer": (
                "That is all that it says. The counterfactual map of the same class shows what speaks against it."
            ),
            "There is a bug": "It can be one, but a map may be empty for an honest reason: everything here speaks against the class.",
        },
        "right": "No place adds up to evidence for this class at this layer",
    },
    {
        "question": "Why is Grad-CAM of the last stage coarse?",
        "answers": {
            "Because of the ReLU": "The ReLU cuts at zero; it does not blur.",
            "Because α is an average": (
                "α is one number for the whole channel; it decides how much of a map is taken, not how fine the map is."
            ),
            "Because the feature maps have 16×16 places": (
                "One place stands for 8×8 pixels; enlarging invents nothing in between."
            ),
        },
        "right": "Because the feature maps have 16×16 places",
    },
]
