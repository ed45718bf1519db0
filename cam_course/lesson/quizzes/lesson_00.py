"""Quiz of lesson 00, start here."""

QUESTIONS = [
    {
        "question": "A network scores 100 % on unseen pictures. What does that tell you about what it looks at?",
        "answers": {
            "It must look at the plant, since the plant is the label": (
                "The label is what we asked for. The network takes whatever separates the pictures that it was given."
            ),
            "It looks at everything a little": "It might, but the score does not say so.",
            "Too little: the unseen pictures may share an accident with the training pictures": (
                "As here: pot and plant went together in both. Pictures that break the accident can tell."
            ),
        },
        "right": "Too little: the unseen pictures may share an accident with the training pictures",
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
            "Because we then know for every pixel what it belongs to": (
                "So that a heatmap can be compared with the truth, and not only with our taste."
            ),
            "Because photographs are too hard for small networks": (
                "That is not the reason. What photographs lack is the truth about each pixel."
            ),
            "Because rendered pictures are prettier": "We hope that they are pretty; it is not the reason.",
        },
        "right": "Because we then know for every pixel what it belongs to",
    },
]
