"""Other systems hear of what happens here."""
