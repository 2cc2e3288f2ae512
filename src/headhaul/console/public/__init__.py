"""Pages for people outside, without sign-in: tracked links and unsubscribing."""
