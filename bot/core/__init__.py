"""Rules. Values in, verdicts out."""
