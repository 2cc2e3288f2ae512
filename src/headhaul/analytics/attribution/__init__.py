"""What brought a deal: the touches of all rooms as one list, and the models that share a deal out among them."""
