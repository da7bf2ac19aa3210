"""Writes the page that stands alone: `report.html`, a study with its race, verdict and runs in one file."""
