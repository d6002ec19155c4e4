"""The checks, by what they look at; each module's CHECKS are in the order of the report."""
