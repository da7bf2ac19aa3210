"""Figures. Nothing here uses pyplot: a figure belongs to whoever made it, and no window is ever opened."""
