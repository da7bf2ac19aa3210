"""The pages of `rmsprop-lab-ui`, in front of MLflow's own: they serve what the store holds and write nothing."""
