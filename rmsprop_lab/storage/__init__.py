"""Reads and writes a study's folder: its tables, each part of which appears whole or not at all."""
