"""Quiz of lesson 09, which map to believe."""

QUESTIONS = [
    {
        "question": "You take the square root of every value of a map. Which measures can change?",
        "answers": {
            "Deletion and insertion": "They take the pixels in order, and a root changes no order.",
            "Energy and IoU at a fixed threshold": (
                "They look at values. Pointing, deletion and insertion look at the order, which a root leaves as it is."
            ),
            "All five": "Three of them look only at which pixel comes before which.",
        },
        "right": "Energy and IoU at a fixed threshold",
    },
    {
        "question": "A map passes the randomization test, with a control. What do you know?",
        "answers": {
            "It depends on the weights": "That, and no more: on what in them, and whether truly, other tests must tell.",
            "It explains the network": "Random numbers seeded with the weights pass as well.",
            "It lies on the object": "The test knows no mask.",
        },
        "right": "It depends on the weights",
    },
    {
        "question": "Map X has energy 0.9 in the plants, map Y 0.3, on a network that you know nothing about. Which is the better explanation?",
        "answers": {
            "X": "Only if the network looks at plants. Of one that looks at pots, Y may be the truthful map.",
            "Y": "It may be; nothing here says so.",
            "It cannot be said": "First find out what the network uses: change the plant, change the pot, and watch its answer.",
        },
        "right": "It cannot be said",
    },
]
