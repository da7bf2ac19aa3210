"""Does what a command asks for: one module per task, and the modules that they share."""
