"""Where a reader can report something: what the publisher of the site gave, and nothing made up."""

from __future__ import annotations

import re
from html import escape

from lekp_lib.errors import ParameterError

_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_WEB = re.compile(r"https?://[^\s<>\"']+")


def read_contact(text: str) -> str:
    """Check the contact that a publisher gives.

    Parameters
    ----------
    text
        A mail address, the address of a page, or nothing.

    Returns
    -------
    str
        Without blanks around it.

    Raises
    ------
    ParameterError
        When it is neither.
    """
    given = text.strip()
    if given and not _MAIL.fullmatch(given) and not _WEB.fullmatch(given):
        raise ParameterError(
            f"--contact: found {text!r}; expected a mail address (klimaat@gemeente.be) or an address that starts "
            "with https://"
        )
    return given


def contact_address(contact: str) -> str:
    """Address for a link."""
    return contact if contact.startswith("http") else f"mailto:{contact}"


def contact_sentence(contact: str, what: str) -> str:
    """One sentence as HTML: where to report something.

    Parameters
    ----------
    contact
        From :func:`read_contact`.
    what
        What is reported, with its article: "een fout".
    """
    if not contact:
        return f"Meld {escape(what)} aan wie deze site publiceert. De uitgever gaf hier geen contactadres op."
    link = f'<a href="{escape(contact_address(contact))}">{escape(contact)}</a>'
    return f"Meld {escape(what)} aan de uitgever van deze site: {link}."
