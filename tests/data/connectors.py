"""What the tests of connectors share: a connection that asks a provider on loopback, and what came of its feeds."""

from lekp_lib.data.fetch import Limits
from lekp_lib.data.importing import ImportContext
from lekp_lib.data.providers import FeedUpdate, update_all
from lekp_lib.data.schema import find_connections
from lekp_lib.pact import load_catalog
from lekp_lib.register import load_register

QUICK = Limits(retries=0, backoff_s=0, pause_s=0, fresh_s=0)


def imports(data_dir) -> ImportContext:
    return ImportContext(load_catalog(), load_register(), data_dir)


def update(name, url, session, data_dir, today, **changes) -> list[FeedUpdate]:
    """What becomes of every feed of a connection."""
    connection = find_connections((name,))[0].model_copy(update={"url": url, **changes})
    asked = {"imports": imports(data_dir), "session": session, "today": today, "progress": lambda *_: None}
    return [feed for _, feed in update_all([connection], **asked)]
