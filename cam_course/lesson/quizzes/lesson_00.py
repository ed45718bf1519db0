"""Quiz of lesson 00, start here."""

QUESTIONS = [
    {
        "question": "A network scores 100 % on unseen pictures. What does that tell you about what it looks at?",
        "answers": {
            "It must look at the plant, since the plant is the label": (
                "The label is what we asked for. The network takes whatever separates the pictures that it was given."
            ),
            "Nothing: the unseen pictures may share the accident of the training pictures": (
                "As here: pot and plant went together in both. Only pictures that break the accident can tell."
            ),
            "It looks at everything a little": "It might, but the score does not say so.",
        },
        "right": "Nothing: the unseen pictures may share the accident of the training pictures",
    },
    {
        "question": "The mask of the plant covers 10 % of a picture. A map has 12 % of its energy inside. Is it a good map?",
        "answers": {
            "Yes, it has more than the plant's share of pixels": (
                "Barely: a map that knew nothing, the same everywhere, would have 10 %."
            ),
            "Hardly: a map that is the same everywhere would have 10 %": (
                "A number means little without the number of something that knows nothing."
            ),
            "One cannot know without the peak": "The peak is another measure; this one has its own point of comparison.",
        },
        "right": "Hardly: a map that is the same everywhere would have 10 %",
    },
    {
        "question": "Why are the pictures of this course rendered?",
        "answers": {
            "Because photographs are too hard for small networks": (
                "They would do well on photographs of this kind. What photographs lack is the truth about each pixel."
            ),
            "Because we then know for every pixel what it belongs to": (
                "So that a heatmap can be compared with the truth, and not only with our taste."
            ),
            "Because rendered pictures are prettier": "We hope that they are pretty; it is not the reason.",
        },
        "right": "Because we then know for every pixel what it belongs to",
    },
]
