"""Replays exchanges recorded from a real region against the simulated one."""
