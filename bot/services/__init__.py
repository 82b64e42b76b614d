"""Use cases, one file each: plain functions of one transaction."""
