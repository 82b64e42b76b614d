"""`passalong doctor`: everything is looked over, and what to do is said."""
