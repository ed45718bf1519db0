"""Quiz of lesson 10, the pot lab."""

QUESTIONS = [
    {
        "question": "After a penalty on the energy inside the pot, the map lies beside the pot and on the plant. What follows?",
        "answers": {
            "The network no longer uses the pot": (
                "The hushed network's maps were as clean, and nearly every new pot color changed its answer."
            ),
            "Nothing about what the answer depends on, for the map is what was trained": (
                "A measure that is trained on no longer tests. And a place beside the pot still sees the pot."
            ),
            "The maps are broken": (
                "They are exact: the logit is the mean of the signed map, plus the bias. They say from which places, not from what."
            ),
        },
        "right": "Nothing about what the answer depends on, for the map is what was trained",
    },
    {
        "question": "Pots in new colors flip every answer, leaves in the same colors two fifths, to the kind of that color. What may you say?",
        "answers": {
            "The network looks at the pot and at nothing else": (
                "Then leaves in that color would change nothing. They do."
            ),
            "The edit is broken, since the control flips too": (
                "The control of the edit itself, a pot recolored to its own color, flips nothing."
            ),
            "It reads the color, and not on the pot alone": (
                "That is what treatment and control say together; 'the pot' was our word for it."
            ),
        },
        "right": "It reads the color, and not on the pot alone",
    },
    {
        "question": "A repaired network never flips when pots are recolored. Is it a good classifier?",
        "answers": {
            "Yes: it has learned the plants": (
                "A network that always says rudo never flips either. Being right must be measured: on swapped pictures."
            ),
            "Not shown: flips say what an answer depends on, not whether it is right": (
                "Two questions, two measures. Only together do they make a repair."
            ),
            "No: it should flip sometimes": "The plant is the same: its name should not change with the pot.",
        },
        "right": "Not shown: flips say what an answer depends on, not whether it is right",
    },
]
