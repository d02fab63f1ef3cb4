"""The data dictionary: every column of the whole edition, explained once for csv, parquet, workbook and page."""

from __future__ import annotations

from lekp_lib.site.oud.downloads.own_fields import (
    DATE,
    EXACT_LEVEL,
    EXPECTED,
    LEVEL_UNIT,
    NR,
    PRECISION,
    SHARE,
    SOURCE,
    TARGET,
    UNIT,
    VERDICT,
)
from lekp_lib.site.oud.downloads.table import Field

EDITION = Field("editie", "Editie", "string", "Id van de editie.", width=16)
FICTITIOUS = Field("fictief", "Fictief", "boolean", "Of de cijfers verzonnen zijn.", width=9)
NIS = Field("nis", "NIS-code", "string", "NIS-code van de gemeente, provincie of Vlaanderen.", width=9)
PLACE = Field("gemeente", "Gemeente", "string", "Naam bij de NIS-code.", width=28)
PROVINCE = Field("provincie", "Provincie", "string", "Provincie van de gemeente.", width=17)
TARGET_ID = Field("doel_id", "Doel (id)", "string", "Vaste naam van het doel voor programma's.", width=22)
SERIES_ID = Field("reeks_id", "Reeks (id)", "string", "Vaste naam van de gemeten reeks.", width=22)
SERIES = Field("reeks", "Reeks", "string", "Gemeten reeks van het doel.", width=32)
SOURCE_ID = Field("bron_id", "Bron (id)", "string", "Vaste naam van de bron voor programma's.", width=18)
STATUS = Field("status", "Status", "string", "Status die de bron of de gemeente aan het cijfer gaf.", width=13)
STAND_WORDS = Field(
    "stand_in_woorden", "Stand in woorden", "string",
    "De stand zoals ze in het verslag staat, of 'geen gegevens'.", width=26,
)  # fmt: skip
REASON = Field("reden", "Reden", "string", "Waarom er geen oordeel is, of 'geen opmerking'.", width=34)

VERDICTS = (
    EDITION, FICTITIOUS, NIS, PLACE, PROVINCE, TARGET_ID, NR, TARGET,
    Field("pactversie", "Pactversie", "string", "Hoogste ondertekende versie. Leeg zonder handtekening.", width=10),
    Field("stand", "Stand", "number", "Nieuwste cijfer, onafgerond. Leeg als er geen is: dat is geen nul.", width=12),
    UNIT, STAND_WORDS, EXACT_LEVEL, LEVEL_UNIT,
    Field("einddatum", "Tegen", "date", "Dag waarop het doel bereikt moet zijn. Leeg als geen openbare tekst er een "
          "noemt."),
    SHARE, EXPECTED, VERDICT, REASON, DATE, PRECISION,
    Field("ouderdom_maanden", "Ouderdom", "integer", "Hele maanden tussen peildatum en peildatum van de editie.",
          "maanden", 10),
    STATUS, SOURCE,
)  # fmt: skip

FIGURES = (
    EDITION, FICTITIOUS, NIS, PLACE, TARGET_ID, NR, TARGET, SERIES_ID, SERIES, DATE, PRECISION,
    Field("waarde", "Waarde", "number", "Cijfer, onafgerond. Bij ja/nee is 1 ja en 0 nee.", width=12),
    UNIT,
    Field("soort", "Soort", "string", "'stand' (in de eenheid) of 'aandeel_pct' (deel van het doel in procent).",
          width=12),
    STATUS, SOURCE_ID, SOURCE,
    Field("opgehaald", "Opgehaald op", "date", "Dag van ophalen bij de bron. Leeg als dat niet genoteerd is."),
    Field("url", "Adres van de bron", "string", "Waar het cijfer staat. Leeg zonder openbaar adres.", width=26),
    Field("sinds", "Sinds", "date", "Bij ja/nee: vanaf wanneer het in orde is. Leeg als dat niet bekend is."),
    Field("basisjaar", "Basisjaar", "integer", "Jaar waarmee de bron vergelijkt, bij reducties en tempo's.", width=9),
    Field("oorspronkelijk", "Oorspronkelijk", "number", "Cijfer van de bron voor een correctie van de gemeente. Leeg "
          "zonder correctie.", width=13),
    Field("correctie", "Correctie", "string", "Wat de gemeente bij de correctie zei.", width=30),
    Field("opmerking", "Opmerking", "string", "Opmerking bij het cijfer.", width=34),
)  # fmt: skip

PLACES = (
    EDITION, NIS, PLACE, PROVINCE,
    Field("referentieregio", "Referentieregio", "string", "Referentieregio. Leeg voor 2025.", width=22),
    Field("adres", "Naam in adressen", "string", "Naam van de gemeente in de adressen van de site.", width=24),
    Field("pactversie", "Pactversie", "string", "Hoogste ondertekende versie. Leeg zonder handtekening.", width=10),
    Field("inwoners", "Inwoners", "integer", "Inwoners die als noemer dienen. Leeg als ze niet bekend zijn.",
          width=11),
    Field("inwoners_op", "Inwoners op", "date", "Dag waarop die inwoners geteld zijn."),
    Field("wooneenheden", "Wooneenheden", "integer", "Wooneenheden die als noemer dienen. Leeg als ze niet bekend "
          "zijn.", width=13),
    Field("wooneenheden_op", "Wooneenheden op", "date", "Dag waarop die wooneenheden geteld zijn."),
)  # fmt: skip

TARGETS = (
    EDITION, TARGET_ID, NR, TARGET,
    Field("officiele_naam", "Officiële naam", "string", "Naam van het doel in de officiële lijst.", width=50),
    Field("werf", "Werf", "string", "Groep van doelen in het klimaatpact.", width=23),
    Field("soort", "Soort", "string", "Hoe het doel gemeten wordt: cumulatief, stand, reductie, jaarlijks_tempo of "
          "ja_nee.", width=16),
    Field("pactversie", "Pactversie", "string", "Pactversie waarvoor het niveau geldt.", width=10),
    Field("niveau", "Niveau", "string", "Wat bereikt moet worden, in woorden.", width=60),
    Field("factor", "Factor", "number", "Aantal per noemer. Leeg bij een vast niveau.", width=9),
    Field("per_aantal", "Per", "integer", "Per hoeveel van de noemer de factor geldt. Leeg bij een vast niveau.",
          width=9),
    Field("per_noemer", "Noemer", "string", "Waarvan: inwoners, wooneenheden of huishoudens. Leeg bij een vast niveau.",
          width=14),
    Field("vaste_waarde", "Vaste waarde", "number", "Niveau dat niet van de gemeente afhangt. Leeg bij een factor.",
          width=12),
    Field("eenheid_doel", "Eenheid van het doel", "string", "Eenheid van het niveau.", width=13),
    Field("einddatum", "Tegen", "date", "Dag waarop het doel bereikt moet zijn. Leeg als geen openbare tekst er een "
          "noemt."),
)  # fmt: skip

SOURCES = (
    EDITION, SOURCE_ID,
    Field("bron", "Bron", "string", "Naam van de bron.", width=40),
    Field("organisatie", "Organisatie", "string", "Organisatie achter de bron.", width=40),
    Field("licentie", "Licentie", "string", "Voorwaarden voor hergebruik, zoals de bron ze noemt.", width=44),
    Field("ritme", "Ritme", "string", "Hoe vaak de bron publiceert, of 'niet bekend'.", width=14),
    Field("url", "Adres", "string", "Openbaar adres van de bron. Leeg als er geen is.", width=40),
    Field("gebruikt", "Gebruikt", "boolean", "Of de editie cijfers van deze bron bevat.", width=10),
)  # fmt: skip

CORRECTIONS = (
    EDITION, FICTITIOUS, NIS, PLACE, TARGET_ID, TARGET, SERIES, DATE,
    Field("vroeger", "Cijfer van de bron", "number", "Cijfer voor de correctie, onafgerond.", width=12),
    Field("nu", "Gecorrigeerd cijfer", "number", "Cijfer na de correctie. Leeg als de gemeente het schrapte.",
          width=12),
    Field("soort", "Soort", "string", "'stand' of 'aandeel_pct', zoals bij de cijfers.", width=12),
    Field("reden", "Reden", "string", "Reden die de gemeente gaf.", width=40),
    Field("door", "Door", "string", "Wie de correctie doorgaf.", width=24),
    Field("datum", "Datum", "date", "Dag van de correctie."),
)  # fmt: skip

DICTIONARY = (
    Field("tabel", "Tabel", "string", "Tabel waarin de kolom staat.", width=16),
    Field("kolom", "Kolom", "string", "Naam van de kolom in csv en parquet.", width=20),
    Field("opschrift", "Opschrift", "string", "Opschrift in het rekenblad.", width=24),
    Field("type", "Type", "string", "string, integer, number, date of boolean.", width=10),
    Field("eenheid", "Eenheid", "string", "Eenheid van alle waarden. Leeg als er geen is, of als ze per rij verschilt.",
          width=10),
    Field("uitleg", "Uitleg", "string", "Wat er staat, en wanneer de cel leeg is.", width=90),
)  # fmt: skip
