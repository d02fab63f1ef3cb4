"""Old modules that the site still needs; they leave when it is rebuilt."""
