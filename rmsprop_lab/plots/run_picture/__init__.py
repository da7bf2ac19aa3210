"""The contour plot of a run: a background drawn once per problem, and the paths over it."""
