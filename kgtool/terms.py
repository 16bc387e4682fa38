"""Namespaces and the terms that the program itself reads. Cost: none; plain strings.

The program knows the city-diplomacy vocabulary (evidence, sources, dates) and the W3C's, and no city.
"""

from __future__ import annotations

CD = "https://w3id.org/city-diplomacy/ns#"
KIND = "https://w3id.org/city-diplomacy/ns/kind#"
STATUS = "https://w3id.org/city-diplomacy/ns/status#"
SHAPE = "https://w3id.org/city-diplomacy/shapes#"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
OA = "http://www.w3.org/ns/oa#"
ORG = "http://www.w3.org/ns/org#"
PROV = "http://www.w3.org/ns/prov#"
SCHEMA = "https://schema.org/"
FOAF = "http://xmlns.com/foaf/0.1/"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"

# Prefixes that every project has without declaring them; [tool.kgtool.prefixes] adds to them.
WELL_KNOWN = {
    "cd": CD,
    "k": KIND,
    "s": STATUS,
    "shape": SHAPE,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "sh": SH,
    "skos": SKOS,
    "dct": DCT,
    "oa": OA,
    "org": ORG,
    "prov": PROV,
    "schema": SCHEMA,
}

# The IRI of the named graph that holds a file: this, then the file's percent-encoded path in the project.
GRAPH = "urn:kgtool:graph:"
# Graphs of files that come with the program (`model = "city-diplomacy"`).
MODEL_GRAPH = "urn:kgtool:model:"
