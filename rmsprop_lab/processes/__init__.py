"""Files that several processes share: locks, and temporary files."""
