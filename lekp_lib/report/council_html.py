"""The draft decision as a page with RDFa, so that it can be pasted into an editor for local decisions.

The vocabulary is that of OSLO *Besluit* (besluit, eli, prov); identifiers are relative, because only the municipality
may give a decision its address. The page is complete in one file and loads nothing.
"""

from __future__ import annotations

from html import escape

from lekp_lib.errors import ReportProblems
from lekp_lib.present.decision import DecisionText, placeholders
from lekp_lib.present.decision_block import OPEN_COLOUR, UPLOAD_TITLE, marked_html
from lekp_lib.present.decision_pieces import Article, Bullets, Part, Piece, Quote, piece_texts
from lekp_lib.present.palette import css_variables
from lekp_lib.present.words.upload_words import open_places_sentence, review_sentence, upload_sentences
from lekp_lib.report.html_checks import check_html

PREFIXES = {
    "besluit": "http://data.vlaanderen.be/ns/besluit#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "mandaat": "http://data.vlaanderen.be/ns/mandaat#",
    "prov": "http://www.w3.org/ns/prov#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
DUTCH = "http://publications.europa.eu/resource/authority/language/NLD"

_CSS = """
body { margin: 0; color: var(--inkt); background: var(--papier); font: 1.0625rem/1.55 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { margin-block: 2rem 0.5rem; font-size: 1.2rem; }
h3 { margin-block: 1.25rem 0.25rem; font-size: 1.0625rem; }
li { margin-block: 0.25rem; }
a { color: var(--accent); overflow-wrap: anywhere; }
h1, h2 { overflow-wrap: break-word; }
mark { color: var(--inkt); background: OPEN_COLOUR; }
blockquote { margin: 0.75rem 0; padding-inline-start: 1rem; border-inline-start: 3px solid var(--lijn); }
.banner { padding: 0.6rem 1rem; border: 2px solid var(--grote-achterstand); font-weight: 700; }
.hint { padding: 0.75rem 1rem; background: var(--vlak); }
.hint p { margin: 0; }
.table-scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.875rem; }
caption { padding-block: 0.5rem; font-weight: 700; text-align: start; }
th, td { padding: 0.3rem 0.5rem; border-block-end: 1px solid var(--raster); text-align: start; vertical-align: top; }
thead th { border-block-end: 2px solid var(--lijn); }
.number { text-align: end; }
.mark { width: 0.9em; height: 0.9em; vertical-align: -0.1em; }
""".strip().replace("OPEN_COLOUR", OPEN_COLOUR)


def _language() -> str:
    """The language of a resource, said once for machines."""
    return f'<span property="eli:language" resource="{DUTCH}" typeof="skos:Concept" hidden></span>'


def _item(text: str, address: str) -> str:
    if not address:
        return f"<li>{marked_html(text)}</li>"
    link = f'<a href="{escape(address)}" property="eli:cites" typeof="eli:LegalExpression">{marked_html(text)}</a>'
    return f"<li>{link}</li>"


def _article(article: Article) -> str:
    number = f'Artikel <span property="eli:number" datatype="xsd:string">{article.number}</span>'
    return (
        f'<div property="eli:has_part" resource="#artikel-{article.number}" typeof="besluit:Artikel">\n'
        f"<h3>{number}</h3>\n{_language()}\n"
        f'<div property="prov:value" datatype="xsd:string"><p>{marked_html(" ".join(article.texts))}</p></div>\n</div>'
    )


def _piece(piece: Piece) -> str:
    if isinstance(piece, Article):
        return _article(piece)
    if isinstance(piece, Bullets):
        return "<ul>\n" + "\n".join(_item(text, address) for text, address in piece.linked()) + "\n</ul>"
    if isinstance(piece, Quote):
        about = escape(piece.about, quote=False)
        return f"<p>Bij het doel {about}:</p>\n<blockquote><p>{marked_html(piece.text)}</p></blockquote>"
    return f"<p>{marked_html(' '.join(piece_texts(piece)))}</p>"


def _part(part: Part) -> str:
    inner = "\n".join(_piece(piece) for piece in part.pieces)
    if any(isinstance(piece, Article) for piece in part.pieces):
        inner = f'<div property="prov:value" datatype="xsd:string">\n{inner}\n</div>'
    return f"<h2>{escape(part.heading, quote=False)}</h2>\n{inner}"


def _subject(decision: DecisionText, part: Part) -> str:
    """The first part: its sentence is the public description, which stands beside the reasons, not in them."""
    described = f'<p property="eli:description" datatype="xsd:string">{marked_html(decision.description)}</p>'
    rest = "\n".join(_piece(piece) for piece in part.pieces[1:])
    return f"<h2>{escape(part.heading, quote=False)}</h2>\n{described}\n{rest}"


def _decision(decision: DecisionText) -> str:
    first, *reasons, last = decision.parts
    return "\n".join(
        [
            '<div resource="#behandeling" typeof="besluit:BehandelingVanAgendapunt">',
            '<div property="prov:generated" resource="#besluit" typeof="besluit:Besluit">',
            f'<h1 property="eli:title" datatype="xsd:string">{marked_html(decision.title)}</h1>',
            _language(),
            _subject(decision, first),
            '<div property="besluit:motivering" lang="nl-BE">',
            *(_part(part) for part in reasons),
            "</div>",
            _part(last),
            "</div>",
            "</div>",
        ]
    )


def _uploads(decision: DecisionText) -> str:
    reviewed = escape(review_sentence(decision.uploads_reviewed), quote=False)
    lines = [f"<h2>{UPLOAD_TITLE}</h2>", f"<p>{reviewed}</p>"]
    for step in decision.uploads:
        what, *rest = (escape(text, quote=False) for text in upload_sentences(step))
        source = f'<a href="{escape(step.adres)}">{escape(step.adres, quote=False)}</a>'
        lines.append(f"<p><strong>{what}</strong> {' '.join(rest)} {source}</p>")
    return "\n".join(lines)


def council_html(decision: DecisionText) -> str:
    """Complete page with the annotated decision, the table of results and the upload list.

    Parameters
    ----------
    decision
        The draft.

    Returns
    -------
    str

    Raises
    ------
    ReportProblems
        When the page does not pass :func:`~lekp_lib.report.html_checks.check_html`.
    """
    banner = f'<p class="banner">{escape(decision.banner, quote=False)}</p>' if decision.banner else ""
    hint = f"{open_places_sentence(len(placeholders(decision)))} Neem alles tot aan de tabel over in de editor."
    prefixes = " ".join(f"{name}: {address}" for name, address in PREFIXES.items())
    title = escape(f"{decision.title} {decision.place}, ontwerp", quote=False)
    page = "\n".join(
        [
            "<!doctype html>",
            f'<html lang="nl-BE" prefix="{prefixes}">',
            f'<head><meta charset="utf-8"><title>{title}</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{css_variables()}{_CSS}</style></head>",
            "<body><main>",
            banner,
            f'<div class="hint"><p>{escape(hint, quote=False)}</p></div>',
            _decision(decision),
            "<h2>Bijlage: alle resultaten</h2>",
            decision.results.html(),
            _uploads(decision),
            banner,
            "</main></body>",
            "</html>",
            "",
        ]
    )
    if problems := check_html(page):
        raise ReportProblems(f"the decision page of {decision.place} does not pass its checks", problems)
    return page
