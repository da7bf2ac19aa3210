"""Turns a composed config into checked objects."""
