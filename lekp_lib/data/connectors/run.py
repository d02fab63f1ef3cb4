"""All connectors by name, and one update of some of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType

from lekp_lib.data.connectors import bestat, fluvius, lokaalbeslist, mow_laadpunten, statbel_bevolking, vrbg
from lekp_lib.data.connectors.update import UpdateContext, UpdateResult
from lekp_lib.errors import CatalogError

CONNECTORS: MappingProxyType[str, Callable[[UpdateContext], UpdateResult]] = MappingProxyType(
    {
        "bestat": bestat.update,
        "fluvius": fluvius.update,
        "lokaalbeslist": lokaalbeslist.update,
        "mow-laadpunten": mow_laadpunten.update,
        "statbel-bevolking": statbel_bevolking.update,
        "vrbg": vrbg.update,
    }
)


def run(contexts: Iterable[UpdateContext]) -> Iterator[UpdateResult]:
    """Update one connection after the other; boundaries first, because points are laid on them.

    Parameters
    ----------
    contexts
        One per connection.

    Yields
    ------
    UpdateResult
        As soon as a connection is done.

    Raises
    ------
    CatalogError
        When a declared connection has no connector.
    """
    asked = sorted(contexts, key=lambda context: context.connection.id != "vrbg")
    for context in asked:
        if context.connection.id not in CONNECTORS:
            known = ", ".join(CONNECTORS)
            raise CatalogError(f"verbindingen/{context.connection.id}.yaml: no such connector; known are {known}")
    for context in asked:
        yield CONNECTORS[context.connection.id](context)
