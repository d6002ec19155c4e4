"""Dynamic providers: one resource a file, each Inputs, Provider and Resource in that order."""
