"""What comes in: durable intake, dispatch, and what handlers hold."""
