"""Replays exchanges recorded from real OpenStack services against the simulated ones.

A recording `FILE.json` is replayed when there is a module `setup_FILE.py` here with a class `Setup(setups.Setup)`: it names the
area and the port, and may prepare what was there before the recording began, let time pass before an exchange, give the bytes
that the recorder masked, and name fields that may be anything. `setups.Setup` documents each hook.

Ids are bound as they are met: where the recorded answer has an id and ours has one in the same place, the one stands for the
other from then on, in later requests too. Tokens are masked in the recordings; `bench.Bench.token` says whose they are.
"""
