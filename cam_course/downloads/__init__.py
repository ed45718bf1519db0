"""Weights from elsewhere: from the Hugging Face Hub, from torchvision, from a file, each checked before use."""
