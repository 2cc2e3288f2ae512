"""The only writers of what people said, and the rules that read it."""
