"""The command line: Pulumi's commands and flags."""
