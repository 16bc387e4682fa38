"""Files to quads, one named graph a file. The only room that parses RDF.

A file is looked at before it is parsed: what is no RDF at all is named as what it is (`sniff`), what would exhaust the
parser is refused (`limits`), JSON-LD and RDF/XML are walked first (`jsonld`, `rdfxml`), and the parser's own sentences
get a rule and a next step (`said`). Nothing here ever opens another file or a connection.
"""

from kgtool.load.dataset import Dataset, load
from kgtool.load.reader import MOST_ERRORS

__all__ = ["MOST_ERRORS", "Dataset", "load"]
