"""Columns of the own figures, each with its explanation in Dutch: one declaration for spreadsheet and CSV."""

from __future__ import annotations

from lekp_lib.site.oud.downloads.table import Field

NR = Field(
    "nr", "Nr", "integer", "Nummer van het doel in de officiële volgorde; leeg bij doelen van pact 2.1.", width=5
)
WERF = Field("werf", "Werf", "string", "Groep van doelen in het klimaatpact.", width=23)
TARGET = Field("doel", "Doel", "string", "Naam van het doel in het verslag.", width=31)
UNIT = Field("eenheid", "Eenheid", "string", "Eenheid van de stand. Bij ja/nee is 1 ja en 0 nee.", width=13)
EXACT_LEVEL = Field(
    "doelniveau", "Doelniveau, onafgerond", "number",
    "Doel van de gemeente zonder afronding. Hiermee is het deel berekend. Leeg als het doel niet geldt.", width=13,
)  # fmt: skip
LEVEL_UNIT = Field(
    "eenheid_doel", "Eenheid van het doel", "string",
    "Eenheid van het doel. Is die anders dan die van de stand, dan is er geen deel.", width=13,
)  # fmt: skip
SHARE = Field(
    "deel_pct", "Deel van het doel", "number",
    "Stand als percentage van het doel, onafgerond. Leeg als het niet te berekenen is.", "procent", 10,
)  # fmt: skip
EXPECTED = Field(
    "vereist_deel_pct", "Vereist deel", "number",
    "Percentage van het doel dat op de peildatum bereikt moest zijn, onafgerond. Leeg als er geen vereist pad is.",
    "procent", 10,
)  # fmt: skip
VERDICT = Field(
    "oordeel", "Oordeel", "string",
    "Oordeel volgens de rekenregel van het verslag, op basis van het nieuwste cijfer.", width=19,
)  # fmt: skip
DATE = Field(
    "peildatum", "Peildatum", "date",
    "Dag waarop het cijfer slaat; de laatste dag als de bron alleen een maand of een jaar noemt.", width=12,
)  # fmt: skip
PRECISION = Field(
    "nauwkeurigheid", "Peildatum tot op", "string",
    "Hoe precies de bron de peildatum geeft: dag, maand of jaar.", width=10,
)  # fmt: skip
SOURCE = Field("bron", "Bron", "string", "Wie het cijfer leverde, of normaal levert als het ontbreekt.", width=46)

OVERVIEW = (
    NR,
    WERF,
    TARGET,
    Field(
        "stand", "Stand", "number",
        "Nieuwste cijfer, onafgerond. Leeg als er geen cijfer is: dat is geen nul.", width=12,
    ),
    UNIT,
    Field(
        "stand_in_woorden", "Stand in woorden", "string",
        "Dezelfde stand zoals ze in het verslag staat, of 'geen gegevens'.", width=24,
    ),
    Field(
        "doel_getoond", "Doelniveau", "number",
        "Doel van de gemeente zoals het verslag het toont: naar beneden afgerond bij telbare eenheden.", width=12,
    ),
    EXACT_LEVEL,
    LEVEL_UNIT,
    Field(
        "einddatum", "Tegen", "date",
        "Dag waarop het doel bereikt moet zijn. Leeg als geen openbare tekst er een noemt.",
    ),
    SHARE,
    EXPECTED,
    VERDICT,
    Field("reden", "Reden", "string", "Waarom er geen oordeel is, of 'geen opmerking'.", width=34),
    DATE,
    PRECISION,
    Field("status", "Status", "string", "Hoe zeker het cijfer is, of 'geen gegevens'.", width=17),
    SOURCE,
)  # fmt: skip

SERIES = (
    NR,
    TARGET,
    Field(
        "reeks", "Reeks", "string", "Gemeten reeks. Een doel kan er meer hebben, zoals publiek en privaat.", width=32,
    ),
    DATE,
    PRECISION,
    Field(
        "stand", "Stand", "number",
        "Cijfer op de peildatum, onafgerond. Leeg als er geen is: dat is geen nul.", width=12,
    ),
    UNIT,
    SHARE,
    EXPECTED,
    Field(
        "toestand", "Toestand", "string",
        "Wat er is of ontbreekt: 'volledig', 'alleen een aandeel', 'geen vereist deel', 'deel niet te berekenen', "
        "'onderdeel van een ja/nee-doel', 'andere reeks', 'context, telt niet mee', 'geen gegevens' of "
        "'niet van toepassing'.", width=29,
    ),
    Field("nieuwste", "Nieuwste", "boolean", "Of dit het cijfer is dat voor het oordeel telt, of zou tellen.", width=9),
    Field("status", "Status", "string", "Status die de bron of de gemeente aan het cijfer gaf.", width=13),
    SOURCE,
    Field("url", "Adres van de bron", "string", "Waar het cijfer staat. Leeg als er geen openbaar adres is.", width=26),
    Field(
        "opgehaald", "Opgehaald op", "date",
        "Dag waarop het cijfer bij de bron werd opgehaald. Leeg als dat niet genoteerd is.",
    ),
    Field("sinds", "Sinds", "date", "Bij ja/nee: vanaf wanneer het in orde is. Leeg als dat niet bekend is."),
    Field(
        "basisjaar", "Basisjaar", "integer",
        "Jaar waarmee de bron vergelijkt, bij reducties en jaarlijkse tempo's.", width=9,
    ),
    Field("opmerking", "Opmerking", "string", "Opmerking bij het cijfer.", width=34),
    Field(
        "oorspronkelijk", "Cijfer van de bron", "number",
        "Wat de bron zegt, als de gemeente het cijfer corrigeerde; anders leeg.", width=12,
    ),
    Field("correctie", "Correctie", "string", "Reden, auteur en datum van een correctie.", width=30),
)  # fmt: skip

_SUBJECT = Field(
    "doel", "Doel of context", "string",
    "Naam van het doel. Bij context: het doel waar ze naast staat, of de naam van de context zelf.", width=31,
)  # fmt: skip

#: In front of every row of the CSV file: it travels without the sheets around it.
CSV = (
    Field("nis", "NIS-code", "string", "NIS-code van de gemeente, als tekst."),
    Field("gemeente", "Gemeente", "string", "Naam van de gemeente."),
    Field("editie", "Editie", "string", "Bevroren verzameling cijfers waaruit het verslag komt."),
    Field("peildatum_editie", "Peildatum van de editie", "date", "Dag waarop de editie slaat."),
    Field("fictief", "Fictief", "boolean", "Of de cijfers verzonnen zijn: true bij een voorbeeldeditie."),
    Field("doel_id", "Doel (id)", "string", "Vaste naam van het doel, of van de context, voor programma's."),
    NR,
    _SUBJECT,
    WERF,
    Field("reeks_id", "Reeks (id)", "string", "Vaste naam van de reeks voor programma's."),
    *(field for field in SERIES[2:7]),
    EXACT_LEVEL,
    LEVEL_UNIT,
    *(field for field in SERIES[7:11]),
    VERDICT,
    SERIES[11],
    Field("bron_id", "Bron (id)", "string", "Vaste naam van de bron voor programma's."),
    *SERIES[12:],
)

#: Figures beside the targets, in a sheet of their own: nobody adds them to those of the pact.
CONTEXT = (
    _SUBJECT,
    *(
        field
        for field in SERIES
        if field.name not in {"nr", "doel", "deel_pct", "vereist_deel_pct", "nieuwste", "sinds"}
    ),
)
