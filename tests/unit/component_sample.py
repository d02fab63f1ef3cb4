"""One of every component, with invented figures: material of the component tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lekp_lib.adapter.models import Verdict, VerdictCounts
from lekp_lib.present.block import Block, Group, Paragraph
from lekp_lib.present.boxes import Details, Facts, Note
from lekp_lib.present.overview import Overview
from lekp_lib.present.overview_row import OverviewRow
from lekp_lib.present.prose import Heading, Markdown, Title
from lekp_lib.present.table import Cell, Column, RowGroup, Table
from lekp_lib.present.verdict_blocks import CountsRow, VerdictLine

STYLE_CSS = Path(__file__).parents[2] / "lekp_lib" / "present" / "style.css"
STYLE_TYP = STYLE_CSS.with_suffix(".typ")

SET_UP = """#set document(title: "Onderdelen", author: "lekp")
#set page(paper: "a4", margin: 18mm)
#set text(font: "Source Sans Pro", size: 10pt, lang: "nl", region: "BE", number-width: "tabular", fill: rgb("#1B2733"))
"""

COUNTS = VerdictCounts(
    by_verdict={
        Verdict.REACHED: 3,
        Verdict.ON_TRACK: 6,
        Verdict.SLIGHTLY_BEHIND: 2,
        Verdict.FAR_BEHIND: 3,
        Verdict.NONE: 1,
        Verdict.NOT_YET_REQUIRED: 1,
        Verdict.NOT_APPLICABLE: 1,
    },
    applicable=16,
    total=17,
)


def row(target_id: str = "bomen", **changes: object) -> OverviewRow:
    """An overview row: slightly behind at 45 %, unless told otherwise."""
    fields: dict[str, object] = {
        "target_id": target_id,
        "group": "Werf 1: Vergroening",
        "name": "Bomen",
        "share_pct": 45.4,
        "expected_pct": 50.0,
        "median_pct": 55.0,
        "verdict": Verdict.SLIGHTLY_BEHIND,
        "share_text": "45\u00a0%",
        "detail": "4.310 van 9.500 bomen",
        "state_text": "",
        "is_yes_no": False,
    }
    return OverviewRow(**{**fields, **changes})  # type: ignore[arg-type]


def rows() -> list[OverviewRow]:
    """Every state that a row can have."""
    general, green = "Algemene doelstellingen", "Werf 1: Vergroening"
    district, water = "Werf 2: Verrijk je wijk", "Werf 4: Droogte"
    blank: dict[str, object] = {"share_pct": None, "expected_pct": None, "median_pct": None, "share_text": ""}
    return [
        row(
            "convenant",
            group=general,
            name="Burgemeestersconvenant",
            verdict=Verdict.REACHED,
            is_yes_no=True,
            state_text="ja sinds 12 maart 2022",
            detail="",
            **blank,
        ),
        row(
            "co2",
            group=general,
            name="Minder CO₂ eigen gebouwen",
            verdict=Verdict.FAR_BEHIND,
            share_pct=34.5,
            share_text="35\u00a0%",
            expected_pct=60.0,
            median_pct=48.0,
            detail="19\u00a0% minder CO₂ dan in 2015, van 55\u00a0%",
        ),
        row(
            "heffing",
            group=general,
            name="Geen heffing op hernieuwbare energie",
            verdict=Verdict.NONE,
            is_yes_no=True,
            state_text="nee",
            detail="Nog te schrappen: 2 heffingen",
            **blank,
        ),
        row(
            "plan",
            group=general,
            name="Warmteplan en sloopbeleidsplan",
            verdict=Verdict.NOT_YET_REQUIRED,
            is_yes_no=True,
            state_text="nee",
            detail="0 van 2 plannen",
            **blank,
        ),
        row("bomen", group=green),
        row(
            "haag",
            group=green,
            name="Haag of geveltuin",
            verdict=Verdict.REACHED,
            share_pct=163.0,
            share_text="163\u00a0%",
            median_pct=43.0,
            detail="7.742 van 4.750 m",
        ),
        row(
            "perken",
            group=green,
            name="Natuurgroenperken",
            verdict=Verdict.ON_TRACK,
            share_pct=78.0,
            share_text="78\u00a0%",
            median_pct=61.0,
            detail="7 van 9 perken",
        ),
        row(
            "tafels",
            group=district,
            name="Klimaattafels (uitgenodigde wooneenheden)",
            verdict=Verdict.NONE,
            state_text="geen gegevens",
            detail="Doel: 206 woningen",
            **{**blank, "median_pct": 33.0},
        ),
        row(
            "water",
            group=water,
            name="Hemelwateropvang",
            verdict=Verdict.ON_TRACK,
            share_pct=52.0,
            share_text="52\u00a0%",
            median_pct=54.0,
            detail="4.890 van 9.500 m³",
        ),
        row(
            "fonds",
            group=water,
            name="Droogteplan",
            verdict=Verdict.NOT_APPLICABLE,
            state_text="niet van toepassing",
            detail="",
            **blank,
        ),
    ]


def table(text: Callable[[str], str] = str) -> Table:
    """A table with groups, units, marks, notes and missing figures."""
    columns = [
        Column(text("Doel"), width="2.2fr"),
        Column("Stand", align="number"),
        Column("Doel 2030", "aantal", "number"),
        Column("Deel", "% van het doel", "number"),
        Column("Oordeel", width="1.6fr"),
    ]
    body = [
        RowGroup(
            text("Werf 1: Vergroening"),
            [
                [text("Bomen"), "4.310", "9.500", "45\u00a0%", Cell("lichte achterstand", Verdict.SLIGHTLY_BEHIND)],
                [
                    "Haag of geveltuin",
                    "7.742",
                    "4.750",
                    "163\u00a0%",
                    Cell("doel gehaald", Verdict.REACHED, strong=True),
                ],
                [
                    "Natuurgroenperken",
                    "7",
                    "9",
                    "78\u00a0%",
                    Cell("op koers", Verdict.ON_TRACK, note=text("voorlopig cijfer")),
                ],
            ],
        ),
        RowGroup(
            "Werf 2: Verrijk je wijk",
            [
                ["Klimaattafels", Cell("geen gegevens", muted=True), "206", "–", Cell("zonder oordeel", Verdict.NONE)],
                ["Collectieve renovaties", "61", "206", "30\u00a0%", Cell("grote achterstand", Verdict.FAR_BEHIND)],
            ],
        ),
    ]
    return Table(
        columns,
        body,
        text("Stand van vijf doelen op 31 december 2025"),
        footnotes=[text("Alle cijfers zijn verzonnen.")],
    )


def _changed(source: OverviewRow, target_id: str, text: Callable[[str], str]) -> OverviewRow:
    """The row with all its own words changed; a state that only repeats the verdict stays as it is."""
    names = ("group", "name", "share_text", "detail", "state_text")
    own = {name: getattr(source, name) for name in names if getattr(source, name) not in ("", source.verdict.value)}
    return replace(source, target_id=target_id, **{name: text(value) for name, value in own.items()})


def components(text: Callable[[str], str] = str) -> list[Block]:
    """One of each; ``text`` changes every text that comes from data."""
    return [
        Title(text("Voorbeeldgem: 9 van de 16 klimaatdoelen gehaald of op koers")),
        Paragraph(
            text(
                "Stand op 31 december 2025. De gemeente haalt 3 doelen nu al. Bij 5 doelen is er achterstand, "
                "het meest bij collectieve renovaties. Voor 1 doel zijn er geen gegevens."
            ),
            role="lead",
        ),
        CountsRow(COUNTS),
        Note(
            "Hoe leest u dit verslag?",
            text(
                "De balk toont welk deel van het doel voor 2030 bereikt is. Dit oordeel is een "
                "rekenregel van dit hulpmiddel, geen oordeel van de Vlaamse overheid."
            ),
        ),
        Heading("De klimaatdoelen in één oogopslag", 2, "oogopslag"),
        Overview([_changed(source, f"rij-{number}", text) for number, source in enumerate(rows())]),
        Heading(text("Bomen"), 2, "bomen"),
        VerdictLine(
            Verdict.SLIGHTLY_BEHIND,
            [
                "Lichte achterstand: 4.310 van 9.500 bomen, dat is 45\u00a0% van het doel.",
                text("Op 31 december 2025 moest dat 50\u00a0% zijn. Voortaan zijn 1.038 bomen per jaar nodig."),
            ],
        ),
        VerdictLine(Verdict.FAR_BEHIND, text("61 van 206 woningen, dat is 30\u00a0% van het doel.")),
        Note(
            "Toelichting van de gemeente",
            [
                text(
                    "De gemeente plant deze winter 600 bomen in het nieuwe bos. Die tellen pas mee "
                    "in het volgende cijfer."
                ),
                Paragraph(text("Toelichting van 3 februari 2026."), role="small"),
            ],
            "explanation",
            level=3,
        ),
        Note(text("fictieve cijfers"), text("Alle cijfers op deze pagina zijn verzonnen."), "warning"),
        Facts(
            [
                ("Wat telt mee", text("Bomen die sinds 1 januari 2021 extra geplant en geregistreerd zijn.")),
                ("Wat telt niet mee", text("Vervanging van gerooide bomen.")),
                (
                    "Formule en noemer",
                    [text("1 boom × 9.500 inwoners (1 januari 2020) = 9.500 bomen."), "Afgerond naar beneden."],
                ),
                (text("Laatste en eerstvolgende bijwerking"), "2 februari 2026, daarna om de drie maanden."),
            ]
        ),
        Markdown(
            text("Een **boom** telt mee als hij *extra* is.")
            + "\n\n- eerste regel\n- tweede regel\n\nZie [het pact](https://example.org/)."
        ),
        table(text),
        Details("Toon de cijfers als tabel", Group([table(text)], "cijfers", {"target": "bomen"}), on_paper=True),
        Paragraph(
            text("Bron: Groenblauwpeil. Peildatum 31 december 2025, opgehaald op 2 februari 2026."), role="small"
        ),
    ]
