"""One municipality: run the notebook, export it, check the result."""
