"""What the accounts' actions take and give."""
