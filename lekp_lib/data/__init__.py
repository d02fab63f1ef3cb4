"""Data: bring the files of providers in, check them, and keep them so that an edition can be made again."""
