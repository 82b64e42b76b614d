"""What members ask people of the shop, as both sides read it."""
