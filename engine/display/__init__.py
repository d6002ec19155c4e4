"""What the operator sees: plain lines, a live tree, property diffs, JSON."""
