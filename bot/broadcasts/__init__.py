"""A message to many: claimed deliveries on their way."""
