"""What people read: figures, notes, pages of MLflow, and the words in them."""
