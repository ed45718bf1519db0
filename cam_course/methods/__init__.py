"""The equations of the papers, as pure functions of activations and gradients."""
