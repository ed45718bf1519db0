"""Quiz of lesson 01, saliency and class models."""

QUESTIONS = [
    {
        "question": "A pixel of the wall is the brightest of a saliency map. What do you know?",
        "answers": {
            "The network found evidence for the class there": (
                "Evidence would be a part of the score. The map holds slopes: what a small change there would do."
            ),
            "A small change of this pixel would change the score more than the same change elsewhere": (
                "That is the definition, no more. Whether the change raises or lowers the score, the magnitude hides."
            ),
            "Making this pixel brighter raises the score": "It may as well lower it: the magnitude has dropped the sign.",
        },
        "right": "A small change of this pixel would change the score more than the same change elsewhere",
    },
    {
        "question": "You multiply the last layer, weights and bias, by 10. Which λ gives the same class model as before?",
        "answers": {
            "The same λ": "The scores count ten times as much now, and the price of departing from the mean color as before.",
            "A λ ten times as large": (
                "Then the whole objective is multiplied by 10, and what maximizes it stays where it was."
            ),
            "A λ ten times as small": "That makes scores count a hundred times as much against the price: the wrong way.",
        },
        "right": "A λ ten times as large",
    },
    {
        "question": "Between an image and another one, no ReLU and no max-pool of the network switches. What does the gradient predict?",
        "answers": {
            "The change of the logit, exactly": (
                "Between switches this network is linear, and a first-order prediction of something linear has no error."
            ),
            "The change of the logit, about": "About is for the case that some switches flip. What is left if none does?",
            "The change of the probability, exactly": "The softmax is curved everywhere, whatever the switches do.",
        },
        "right": "The change of the logit, exactly",
    },
]
