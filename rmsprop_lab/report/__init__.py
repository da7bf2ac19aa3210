"""Makes what people read: figures, notes, pages of MLflow, and their wording."""
