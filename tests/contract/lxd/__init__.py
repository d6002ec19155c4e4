"""Recorded conversations with a real LXD 5.0.2, held again with the simulator: `python -m tests.contract.lxd --truth DIR`."""
