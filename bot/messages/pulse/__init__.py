"""How it was: the question, what follows from its answer, and the figures."""
