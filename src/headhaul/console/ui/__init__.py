"""The design system: tokens, components, the frame around every panel, and the bridge from a view to an action."""
