"""Providers: the dynamic provider host over gRPC, the engine's built-in one, and their registry."""
