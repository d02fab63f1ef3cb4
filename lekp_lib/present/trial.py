"""A target that is tried out before it is declared: a draft in YAML, real figures, and what a report would say."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

import pandas as pd

from lekp_lib.data.cells import ImportProblems
from lekp_lib.data.readers import read_file
from lekp_lib.data.schema import FileShape, Place, find_shape
from lekp_lib.edition import AREA_NAMES, Edition
from lekp_lib.edition.edition import typed
from lekp_lib.edition.mergers import merge_figures, with_parts
from lekp_lib.errors import LekpError, Problem, ProblemGroup, ReportError
from lekp_lib.pact import Catalog, Target, catalog_with, project_folder, save_text
from lekp_lib.parameters import Denominator, read_parameters
from lekp_lib.present import format as fmt
from lekp_lib.present.blocks import Block, Opened, heading, paragraph, short_id
from lekp_lib.present.municipality import Report
from lekp_lib.present.results import MIN_COUNTED, opened_edition
from lekp_lib.present.section import TargetSection
from lekp_lib.present.tables import table_block
from lekp_lib.present.theme import MARKS

BANNER = "Proef: dit doel bestaat niet in het klimaatpact"
_YEARS = range(2019, 2031)
#: Columns of the template that a draft already tells.
_TOLD = ("target_id", "indicator", "level")


def _no_figures(found: str, expected: str) -> ProblemGroup:
    problem = Problem("cijfers", found, expected, "Verander de waarde van cijfers en voer het notebook opnieuw uit.")
    return ProblemGroup("geen cijfers voor het ontwerp", [problem])


def draft_indicator(target: Target) -> str:
    """The series that the draft is judged by: that of its first level, else the first one declared."""
    level = next(iter(target.levels.values()), None)
    return level.indicator if level is not None else target.indicators[0].id


class DraftFigures:
    """Figures under the id of the draft, by municipality of the reference date.

    Parameters
    ----------
    given
        Id of a target of the edition (``laadpunten``, ``bomen.publiek``); ``inwoners``, ``wooneenheden`` or
        ``huishoudens``; path of a csv or xlsx file; or a table with the same columns as such a file: ``nis`` or
        ``gemeente``, ``datum`` and ``waarde``.
    target
        The draft.
    catalog
        The catalogue with the draft.
    edition
        Gives figures, municipalities and the reference date.

    Raises
    ------
    ProblemGroup
        When a text names no figures, or a file cannot be read.
    """

    def __init__(self, given: str | Path | pd.DataFrame, target: Target, catalog: Catalog, edition: Edition) -> None:
        self.target, self.catalog, self.edition = target, catalog, edition
        self.refused, self.left_out = pd.DataFrame(), list[str]()
        text = given if isinstance(given, str | Path) else ""
        if isinstance(given, pd.DataFrame):
            self.origin = "een tabel van de opsteller"
            figures = self._of_file(given.to_csv(index=False, sep=";", decimal=",").encode(), "tabel.csv")
        elif str(text).lower().endswith((".csv", ".xlsx")):
            path = Path(text)
            if not path.is_file():
                wanted = "het pad van een bestand, gezien vanuit de map van het notebook"
                raise _no_figures(f"geen bestand {str(text)!r}", wanted)
            self.origin = f"het bestand {path.name}"
            figures = self._of_file(path, path.name)
        elif text in get_args(Denominator):
            self.origin, figures = f"het aantal {text} in {edition.title}", self._of_counts(str(text))
        else:
            figures = self._of_target(str(text))
        self.figures = self._usable(figures)

    def _of_target(self, name: str) -> pd.DataFrame:
        target_id, _, indicator = name.partition(".")
        known = [item.id for item in self.edition.catalog.measured]
        if target_id not in known:
            choice = ", ".join([*known, *get_args(Denominator)])
            raise _no_figures(repr(name), f"een van {choice}, of een bestand dat op .csv of .xlsx eindigt")
        source = self.edition.catalog.target(target_id)
        wanted, series = indicator or draft_indicator(source), [item.id for item in source.indicators]
        if wanted not in series:
            raise _no_figures(f"geen reeks {wanted!r} van {source.id}", f"een van {', '.join(series)}")
        self.origin = f"{source.name} in {self.edition.title}"
        figures = self.edition.figures
        return figures[(figures["target_id"] == source.id) & (figures["indicator"] == wanted)]

    def _of_counts(self, kind: str) -> pd.DataFrame:
        register, on = self.edition.register, self.edition.reference_date
        rows = []
        for place in register.municipalities(on):
            counts = dict.fromkeys(register.denominators(place.nis, year, on)[kind] for year in _YEARS)
            rows += [(place.nis, item.date, float(item.value), item.source) for item in counts if item is not None]
        frame = pd.DataFrame(rows, columns=["nis", "reference_date", "value", "remark"])
        told = {
            "status": "definitief", "measure": "stand", "date_precision": "dag", "url": "", "correction_note": "",
            "source_id": "statistiek_vlaanderen" if kind == "huishoudens" else "statbel",
        }  # fmt: skip
        return frame.assign(**told).reindex(columns=self.edition.figures.columns)

    def _of_file(self, source: Path | bytes, name: str) -> pd.DataFrame:
        """Figures under the codes of their own time; those of merged municipalities are added up."""
        register, on = self.edition.register, self.edition.reference_date
        try:
            result = read_file(source, self._shape("nis"), self.catalog, register, name=name)
        except ImportProblems as by_code:  # a file without codes is read by name
            try:
                result = read_file(source, self._shape("naam"), self.catalog, register, name=name)
            except ImportProblems:
                raise by_code from None
        self.refused = result.refused
        figures, former = merge_figures(with_parts(typed(result.figures), register, on), self.catalog, register)
        if len(former):
            self.left_out.append(f"{fmt.number(len(former))} van een vroegere gemeente, zonder som")
        return figures

    def _shape(self, by: Literal["nis", "naam"]) -> FileShape:
        """The template of the house, for a file whose figures are all of one draft."""
        shape = find_shape("sjabloon")
        columns = {field: names for field, names in shape.columns.items() if field not in _TOLD}
        optional = {field for field in shape.optional if field in columns}
        optional = optional - {"name"} | {"nis"} if by == "naam" else optional
        changed = {
            "sheet": None, "columns": columns, "optional": tuple(optional), "place": Place(by=by, former="weigeren"),
            "constants": {"target_id": self.target.id, "indicator": draft_indicator(self.target)},
        }  # fmt: skip
        return shape.model_copy(update=changed)

    def _usable(self, figures: pd.DataFrame) -> pd.DataFrame:
        """Without what a draft cannot be judged by; what stays out is told."""
        dates = pd.to_datetime(figures["reference_date"])
        reasons = {
            "alleen een deel van een ander doel, geen aantal": figures["measure"] == "aandeel_pct",
            "van een provincie of van Vlaanderen": figures["nis"].isin(list(AREA_NAMES)),
            "van na de peildatum van de editie": dates > pd.Timestamp(self.edition.reference_date),
        }
        out = pd.Series(False, figures.index)
        for words, holds in reasons.items():
            if count := int((holds & ~out).sum()):
                self.left_out.append(f"{fmt.number(count)} {words}")
            out |= holds
        return figures[~out].assign(target_id=self.target.id, indicator=draft_indicator(self.target))


class Trial(Opened):
    """All that can be shown of one draft.

    Parameters
    ----------
    declaration
        YAML of the target, as the analyst typed it.
    figures
        As for :class:`DraftFigures`.
    place
        Municipality to look at.
    edition
        Figures and municipalities.
    project
        Folder with the other declarations of the project, where the draft may be saved.
    """

    VARIABLE = "proef"
    OLD_NAMES: ClassVar = {
        "summary": "kort()", "verdict": "oordeel()", "charts": "figuren()", "distribution": "verdeling()",
        "save": "bewaar(bewaren)",
    }  # fmt: skip

    def __init__(
        self, declaration: str, figures: str | Path | pd.DataFrame, place: str, edition: Edition, project: Path
    ) -> None:
        self.declaration, self.project, self.edition, self.place_asked = declaration, project, edition, place
        self.target: Target | None = None
        self.draft: DraftFigures | None = None
        self.problems: tuple[Problem, ...] = ()
        try:
            catalog, self.target = catalog_with(declaration, project)
            self.draft = DraftFigures(figures, self.target, catalog, edition)
            self._edition = edition.with_catalog(catalog, self.draft.figures)
        except ProblemGroup as group:
            self.problems = tuple(group.problems)
        except LekpError as error:
            self.problems = (Problem("cijfers", str(error), "bruikbare cijfers"),)

    @cached_property
    def rapport(self) -> Report:
        """The report of the municipality, in an edition that has the draft."""
        return Report(self._edition, read_parameters({"gemeente": self.place_asked, "editie": self.edition.id}))

    @property
    def cijfers(self) -> pd.DataFrame:
        """All municipalities for the draft, by NIS code: value, level, share, verdict."""
        return self.rapport.vlaanderen(self._draft_id)

    @property
    def _draft_id(self) -> str:
        if self.target is None or self.problems:
            raise ReportError("het ontwerp is nog niet bruikbaar: proef.kort() toont wat er nog niet klopt")
        return self.target.id

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What stands around the pages."""
        name, banner = self.target.name if self.target else "ontwerp met fouten", self.edition.manifest.banner
        return self.edition_facts(
            title=f"Proef: {name}", heading=f"Proef: {name}", keywords=["LEKP", "proef"], place=name, slug="proef",
            description="Ontwerp van een doel, uitgeprobeerd op cijfers. Geen onderdeel van het klimaatpact.",
            run=short_id(self.declaration, self.edition.manifest.model_dump_json(), self.place_asked),
            banner=f"{BANNER}. {banner}" if banner else BANNER,
        )  # fmt: skip

    @staticmethod
    def _problem_table(given: Sequence[Problem] | pd.DataFrame, caption: str) -> Block:
        columns = {"where": "Waar", "found": "Gevonden", "expected": "Verwacht", "advice": "Wat te doen"}
        empty = {"found": {"": "niets"}, "advice": {"": "–"}}
        frame = pd.DataFrame(given)[list(columns)].astype(str).replace(empty).rename(columns=columns)
        return table_block(frame, caption)

    def kort(self) -> Block:
        """Whether the draft is in order, and which figures it is tried on; else every mistake."""
        top = heading(self.facts["heading"], 1)
        if self.problems or self.target is None or self.draft is None:
            return self.shown("kort", top, self._problem_table(self.problems, "Wat er nog niet klopt"))
        figures = self.draft.figures
        points = [
            f"Doel: {self.target.description}", f"Cijfers uit {self.draft.origin}",
            f"Bruikbaar: {fmt.count_noun(len(figures), 'cijfer', 'cijfers')} van {figures['nis'].nunique()} gemeenten",
            *(f"Blijft weg: {words}" for words in self.draft.left_out),
        ]  # fmt: skip
        told = paragraph("Het ontwerp is in orde. Dit is een proef, geen deel van het klimaatpact.", points=points)
        blocks = [top, told]
        if len(self.draft.refused):
            refused = self.draft.refused.rename(columns={"cell": "where"}).reset_index(drop=True)
            blocks.append(self._problem_table(refused, "Geweigerde rijen"))
        return self.shown("kort", *blocks)

    def oordeel(self) -> Block:
        """Level, share and verdict of the municipality, as a table with the figures behind them."""
        return self._tried("oordeel", lambda section: [paragraph(" ".join(section.sentences)), section.tabel()])

    def _tried(self, key: str, made: Callable[[TargetSection], list[Block]]) -> Block:
        """What is made of the section of the draft; a sentence as long as the draft has mistakes."""
        if self.problems:
            return self.shown(key, paragraph("Het ontwerp heeft nog fouten; ze staan bovenaan in een tabel."))
        return self.shown(key, *made(self.rapport.doel(self._draft_id)))

    def figuren(self) -> Block:
        """The section that a report would show."""
        return self._tried("figuren", lambda section: [Block("doel", section.data, section.text)])

    def verdeling(self) -> Block:
        """Shares and verdicts over all municipalities."""
        return self._tried("verdeling", lambda _: self._spread())

    def _spread(self) -> list[Block]:
        rows = self.cijfers
        shares, counts = rows["share_pct"].dropna(), rows["verdict"].value_counts()
        blocks: list[Block] = []
        if len(shares) >= MIN_COUNTED:
            names = ("laagste", "een kwart zit lager dan", "mediaan", "een kwart zit hoger dan", "hoogste")
            parts = shares.quantile([0, 0.25, 0.5, 0.75, 1]).tolist()
            frame = pd.DataFrame({"Verdeling": names, "Deel van het doel": [fmt.percent(part, 1) for part in parts]})
            blocks.append(table_block(frame, f"Proef: deel van het doel over {len(shares)} gemeenten"))
        body = [{"Oordeel": word, "Gemeenten": int(counts[word])} for word in MARKS if word in counts.index]
        return [*blocks, table_block(pd.DataFrame(body), "Proef: oordelen over alle gemeenten")]

    def bewaar(self, echt: bool = False, *, vervang: bool = False) -> Block:
        """Save the draft as a target of the project, after checking it against all its other files.

        Parameters
        ----------
        echt
            Whether it is to be saved; without, nothing is written and the block says so.
        vervang
            Whether an older file of the same id may be replaced.
        """
        if not echt:
            told = "Niet bewaard. Zet bewaren op True om het ontwerp als doel te bewaren."
            return self.shown("bewaar", paragraph(told))
        try:
            path = save_text("doelen", self.declaration.lstrip("\n"), self.project, replace=vervang)
        except ProblemGroup as group:
            return self.shown("bewaar", self._problem_table(group.problems, "Niet bewaard: wat er nog niet klopt"))
        except LekpError as error:
            problem = Problem("bewaren", str(error), "een bestand dat geschreven mag worden")
            return self.shown("bewaar", self._problem_table([problem], "Niet bewaard"))
        told = f"Bewaard: het doel staat in {'/'.join(path.parts[-3:])}."
        step = "Lees er cijfers voor in met lekp data import en maak een editie met lekp data prepare."
        return self.shown("bewaar", paragraph(told, step))


def open_proefbank(
    *,
    ontwerp: str,
    cijfers: str | Path | pd.DataFrame,
    gemeente: str,
    editie: str = "gepubliceerd",
    edition: Edition | None = None,
) -> Trial:
    """Open a draft of a target on real figures; the one opening call of the notebook ``proefbank``.

    Parameters
    ----------
    ontwerp
        YAML of the target, with the keys of ``parameters/doelen/*.yaml``.
    cijfers
        As for :class:`DraftFigures`.
    gemeente, editie
        As for a report.
    edition
        An edition that is open already.

    Returns
    -------
    Trial
        Also when the draft has mistakes: it shows them.

    Raises
    ------
    LekpError
        When the edition or the municipality is wrong.
    """
    checked = read_parameters({"gemeente": gemeente, "editie": editie})
    opened = edition or opened_edition(checked.editie)
    opened.register.resolve(checked.gemeente, opened.reference_date)
    return Trial(ontwerp, cijfers, checked.gemeente, opened, project_folder(Path()))
