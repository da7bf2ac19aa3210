"""Processes that share a folder: locks that say who holds them, temporary files that say who writes them."""
