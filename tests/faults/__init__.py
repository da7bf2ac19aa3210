"""What survives: faults of many kinds against the real command, and one audit of what is left afterwards."""
