"""Recorded truth against the simulator, and stored forms."""
