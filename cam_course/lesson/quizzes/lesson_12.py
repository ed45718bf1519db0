"""Quiz of lesson 12, your own images."""

QUESTIONS = [
    {
        "question": "A network of four plants says of your cat: baya, probability 0.99. What do you know?",
        "answers": {
            "That the cat looks more like a baya than like the other three, to this network": (
                "A softmax compares the classes that there are. How far the cat is from all four it does not say."
            ),
            "That a baya is in the picture, very probably": (
                "The probabilities add up to 1 over four plants: *none of these* is not among the answers."
            ),
            "That the network is broken": "It does what it was trained to do. It was asked a question that has no answer.",
        },
        "right": "That the cat looks more like a baya than like the other three, to this network",
    },
    {
        "question": "The map of a wrong answer changes when the network's weights are drawn anew. What follows?",
        "answers": {
            "The map shows something that was learned; whether that is right is another question": (
                "The sanity control asks whether a map depends on the weights. Weights can have learned a shortcut."
            ),
            "The answer can be trusted": "The map passed. The answer was never tested: a map explains, and does not check.",
            "The map is wrong, as the answer is": "A faithful map of a wrong answer is a good map. It shows why it is wrong.",
        },
        "right": "The map shows something that was learned; whether that is right is another question",
    },
    {
        "question": "Your network expects normalized colors, and you give it 0…1. What happens?",
        "answers": {
            "An error": "The shape fits, so it runs. Nothing warns you.",
            "An answer and a map, both of another picture than yours": (
                "Numbers go in, numbers come out. Check the space on pictures whose answer you know."
            ),
            "The same answer, a paler map": "The first convolution sees other numbers; what comes after need not stay the same.",
        },
        "right": "An answer and a map, both of another picture than yours",
    },
]
