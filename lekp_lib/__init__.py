"""Climate-pact reports (Lokaal Energie- en Klimaatpact) for every Flemish municipality."""

__version__ = "0.1.0"
