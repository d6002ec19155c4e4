"""Rows as a region shows them in JSON."""
