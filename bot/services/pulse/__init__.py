"""How it was: members are asked, and what they say is followed at once."""
