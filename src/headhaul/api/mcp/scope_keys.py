"""Under which names the caller travels from the door to the tools, in the ASGI scope."""

ACTOR, REQUEST_ID = "headhaul.actor", "headhaul.request_id"
