"""Quiz of lesson 02, deconvnet and guided backpropagation."""

QUESTIONS = [
    {
        "question": "A network has convolutions, ReLUs and linear layers only, and no pooling. You draw the deconvnet of one class for two different photographs. What do you get?",
        "answers": {
            "Two pictures, each sharp on its own photograph": (
                "What would carry the photograph down? The rule ignores what the rectifiers cut, and there are no pooling switches."
            ),
            "The same picture twice": (
                "The backward pass meets nothing that depends on the photograph: the rule ignores what the "
                "rectifiers cut, and the switches of max-pooling are missing."
            ),
            "Two blank pictures": "The positive part of the gradient still flows, through the weights; only the photograph is missing.",
        },
        "right": "The same picture twice",
    },
    {
        "question": "Guided backpropagation for `rudo` draws every leaf of the plant, razor-sharp. What do you know?",
        "answers": {
            "The leaves are why the network says rudo": (
                "They may be. But the picture for another class may draw the same leaves: sharpness says nothing about the class."
            ),
            "The network has never looked at the pot": (
                "What is cut on the way down, all negative evidence among it, cannot be seen. Absence proves nothing here."
            ),
            "Nothing about the class, until you have drawn another class beside it": (
                "And the network with its last layer drawn anew. If all three look alike, the picture is about the image."
            ),
        },
        "right": "Nothing about the class, until you have drawn another class beside it",
    },
    {
        "question": "A library's guided backpropagation equals the plain gradient, to the last digit. What is most likely?",
        "answers": {
            "Its hooks found no rectifier module": (
                "A rectifier called as a function, `F.relu`: no hook, no rule, no error. Count what was intercepted, or compare with the plain gradient."
            ),
            "All gradients of this network are positive": (
                "At every rectifier, for every channel? Weights of both signs make gradients of both signs."
            ),
            "The network is in evaluation mode": (
                "The mode changes dropout and batch norm. The rule at a rectifier is the same in both."
            ),
        },
        "right": "Its hooks found no rectifier module",
    },
]
