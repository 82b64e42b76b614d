"""Many shops in one process, and many processes for the same shops."""
