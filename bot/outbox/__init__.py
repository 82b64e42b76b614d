"""What the bot owes people, on its way to them."""
