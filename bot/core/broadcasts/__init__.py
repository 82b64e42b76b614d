"""Messages to many: when each of them is due, and to whom it does not go."""
