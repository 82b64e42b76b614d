"""What a person sees, one file per capability: plain functions from values to a Screen."""
