"""What members ask people of the shop."""
