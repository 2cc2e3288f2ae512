"""Attribution: deals won, shared out among the touches before them, and the rows behind each share."""
