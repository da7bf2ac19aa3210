"""A study's folder on disk: its tables, and how they get there whole."""
