"""Quiz of lesson 06, Grad-CAM++."""

QUESTIONS = [
    {
        "question": "A network ends in GAP and one linear layer. What does Grad-CAM++ leave out that Grad-CAM uses?",
        "answers": {
            "Feature maps whose activations have a small sum": (
                "A small sum S makes α larger, not smaller. Look at what the ReLU round the gradient does to a channel whose gradient has one sign."
            ),
            "Feature maps whose weight for the class is negative": (
                "There the gradient is negative at every place, so nothing is left of it. What these maps held down comes up."
            ),
            "Nothing: it weights places differently": (
                "Behind GAP the gradient of a channel is the same at every place; there is nothing to weight differently."
            ),
        },
        "right": "Feature maps whose weight for the class is negative",
    },
    {
        "question": "A new method finds 0.9 of all plants where Grad-CAM finds 0.65. What do you measure next?",
        "answers": {
            "How strong its maps are before each of them is divided by its own maximum": "Maps are divided by their own maximum before the threshold; their strength plays no part.",
            "The same share of plants found, at many more thresholds than one": (
                "That is worth knowing, but a map that forgot the class passes it at every threshold: all feature maps added up do."
            ),
            "How far its maps still depend on the class, at equal area": (
                "Recall is cheap for a map that marks more, and for one that knows no class. Both have to be ruled out."
            ),
        },
        "right": "How far its maps still depend on the class, at equal area",
    },
    {
        "question": "You divide all logits by a temperature of 5; no decision changes. What happens to the maps, each divided by its maximum?",
        "answers": {
            "Neither changes: a common factor cancels in both": "True of Grad-CAM. In Grad-CAM++ the denominator 2 + S · g holds a 2 that does not shrink with g.",
            "Grad-CAM keeps its shape, Grad-CAM++ does not": (
                "A fifth of every α is a fifth of the map; but g / (2 + S · g) does not shrink by the same factor in every channel."
            ),
            "Both change, Grad-CAM's by the factor of 5": "Grad-CAM's weights all shrink by 5, and that factor cancels when you divide by the maximum.",
        },
        "right": "Grad-CAM keeps its shape, Grad-CAM++ does not",
    },
]
