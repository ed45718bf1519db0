"""Quiz of lesson 03, class activation mapping."""

QUESTIONS = [
    {
        "question": "A network ends: feature maps → GAP → linear → ReLU → linear. Can its logit be split over places with weights that are the same for every picture, as CAM does?",
        "answers": {
            "No: a ReLU of a sum cannot be taken apart with fixed weights": (
                "Which units pass depends on the whole picture, and so would the weights. `explain` refuses."
            ),
            "Yes: it has GAP": "GAP alone is not enough: what stands behind it has to be linear.",
            "Yes, with the product of both weight matrices": (
                "That product is the network without its ReLU: another network, with other logits."
            ),
        },
        "right": "No: a ReLU of a sum cannot be taken apart with fixed weights",
    },
    {
        "question": "Somebody tries 19 thresholds on 200 test pictures with boxes and reports the best result on them. What is wrong?",
        "answers": {
            "Nothing: the network never saw a box": "The network did not, but the method did: the threshold was fitted to the boxes on which it is judged.",
            "The threshold is a choice made with the answers in hand": (
                "Choose it on pictures that you do not report on. It is one number only, but methods have been ranked by less."
            ),
            "200 pictures are too few": "The interval says how far 200 pictures carry. The fault is in whose boxes chose the threshold.",
        },
        "right": "The threshold is a choice made with the answers in hand",
    },
    {
        "question": "The mean of a map plus the bias is the logit, exactly. What follows about the map?",
        "answers": {
            "It shows which pixels the network used": (
                "A place is not a window on the pixels below it: the network with shuffled places adds up exactly too."
            ),
            "No other map adds up to the same logit": (
                "Shuffle the map's values, and it adds up as well. A sum does not fix its terms."
            ),
            "It is faithful to the last layer: nothing between map and logit is hidden": (
                "That much, and it is worth having. What reached each place from the picture is a matter of the layers before."
            ),
        },
        "right": "It is faithful to the last layer: nothing between map and logit is hidden",
    },
]
