"""Draws the contour plots of runs: a background, drawn once per problem, and the paths of each run over it."""
