"""Coupons: imported by the shop, given for grants, taken at the counter."""
