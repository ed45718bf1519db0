"""Quiz of lesson 12, your own images."""

QUESTIONS = [
    {
        "question": (
            "Of a rocket, one network says baya, 0.35; another says yuki, 1.00. Both know four plants. "
            "Which of them knows more about rockets?"
        ),
        "answers": {
            "The second: it is sure, and a sure network has seen such things": (
                "The probabilities add up to 1 over four plants. *None of these* is not among them, however sure it is."
            ),
            "The first: it has noticed that this is no plant": (
                "It wavers between plants, which can serve as a sign. What it answers is still a plant."
            ),
            "Neither": (
                "No class of theirs is a rocket. That one wavers helps you: a limit on its probability turns the rocket "
                "away. The other one would pass."
            ),
        },
        "right": "Neither",
    },
    {
        "question": (
            "A network names baya in 87 of 100 photographs that were painted in the color of baya's pots. "
            "Does it follow the color?"
        ),
        "answers": {
            "Yes: guessing would give 25": (
                "A network that says baya to most photographs anyway has never been guessing. Count before the edit, too."
            ),
            "It cannot be said from this number": (
                "How many did it name baya without the paint? If it was 68, the paint moved 19; if it was 5, nearly all."
            ),
            "No: 13 do not": "No edit moves all. The question is how many it moved.",
        },
        "right": "It cannot be said from this number",
    },
    {
        "question": (
            "You draw the last layer's weights anew and compare the maps' ranks: 0.96. Once more: -0.75. "
            "What do you report?"
        ),
        "answers": {
            "0.96: the map does not depend on the weights": "One draw. The other one would have said the reverse.",
            "The mean, about 0.1: hardly any likeness is left": (
                "The signs cancel. A reversed map has kept its pattern: look at it beside the first."
            ),
            "The mean size, about 0.9, over some more draws": (
                "The same pattern or its reverse. More draws tell how much that varies."
            ),
        },
        "right": "The mean size, about 0.9, over some more draws",
    },
]
