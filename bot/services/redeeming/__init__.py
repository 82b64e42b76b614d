"""Having something for points."""
