"""Expected rows of the named queries, and the plain Python that derives them."""
