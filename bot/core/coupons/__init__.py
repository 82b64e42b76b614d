"""Coupons: codes that a shop has imported and rewards give out."""
