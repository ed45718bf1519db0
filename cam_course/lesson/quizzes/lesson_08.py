"""Quiz of lesson 08, LayerCAM."""

QUESTIONS = [
    {
        "question": "At the last stage of `pots` (then global average pooling, then one linear layer), two of these maps are equal. Which?",
        "answers": {
            "Grad-CAM and LayerCAM": (
                "Only if no channel has a negative gradient: LayerCAM drops those channels, Grad-CAM subtracts them."
            ),
            "Grad-CAM and HiResCAM": (
                "The gradient of a channel is the same at every place there, so it equals its own mean."
            ),
            "HiResCAM and LayerCAM": "They differ by the inner ReLU, at every stage that has a negative gradient.",
        },
        "right": "Grad-CAM and HiResCAM",
    },
    {
        "question": "You fuse one more shallow stage by the element-wise maximum. What can happen to a pixel of the fused map?",
        "answers": {
            "It can become brighter or stay, never darker": (
                "A maximum over more maps is at least as large. What the deep stage spills beside the plant stays."
            ),
            "It can become darker where the shallow map is zero": "A zero never wins a maximum; a product or a mean would do that.",
            "It becomes the mean of the two": "That is another rule, which can darken a pixel too; on these pictures it spilled less.",
        },
        "right": "It can become brighter or stay, never darker",
    },
    {
        "question": "LayerCAM at `stages.0` lights up both plants of a picture. What may you conclude?",
        "answers": {
            "That the network takes both for the class": (
                "The map says less: it dropped every term that speaks against the class, and half of its light is on the other plant anyway."
            ),
            "That both plants hold places where more activation would raise the score": (
                "That is what a positive gradient times an activation says. What speaks against the class there was cut off by the inner ReLU."
            ),
            "Nothing at all, an early map is noise": (
                "Much more of its light lies on plants than chance would put there. It knows plants; it hardly knows which."
            ),
        },
        "right": "That both plants hold places where more activation would raise the score",
    },
]
