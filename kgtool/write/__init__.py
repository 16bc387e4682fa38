"""Serialising: terms to rdflib and back, solutions and triples to text, files written whole or not at all."""
