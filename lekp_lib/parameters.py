"""The parameters of a report: one model for notebook, command line and YAML file.

papermill only logs a parameter that the notebook does not know, so every road into a report
validates with this model first.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lekp_lib.errors import ParameterError, model_problems

PactVersion = Literal["1.0", "2.0", "2.1"]
#: What a level is counted per.
Denominator = Literal["inwoners", "wooneenheden", "huishoudens"]
#: From old to new.
PACT_VERSIONS: tuple[PactVersion, ...] = ("1.0", "2.0", "2.1")
#: Parameters of the look.
LOOK = ("logo", "huisstijl")
#: An older notebook need not have these: they are given to it only when somebody asked for them.
ADDED = (*LOOK, "cijfers")


class ReportParameters(BaseModel):
    """What may be chosen when a report is made; the names are those of the notebook's parameter cell.

    Attributes
    ----------
    gemeente
        Name, former name, sub-municipality or NIS code.
    editie
        Id of an embedded edition (``gepubliceerd``, ``voorbeeld``) or path of an edition folder.
    noemerjaar
        Population of 1 January of this year is the denominator.
    wooneenheden
        Basis of the dwelling denominator: building stock, or private households.
    pact
        Version to assess against; ``auto`` takes the highest one that the municipality signed.
    drempel_licht
        From this part of the expected share on, being behind is *licht*.
    max_ouderdom_maanden
        An older figure gets no verdict.
    min_punten
        Yearly points needed before a line at present pace is drawn: 2, 3 or 4.
    logo
        Path of the municipality's own logo (PNG); ``{nis}`` in it stands for the code. Empty: none.
    huisstijl
        Accent colour of the page, such as ``#0B5394``. Empty: that of lekp.
    cijfers
        Path of a filled-in template, whose figures go before those of the edition in this report only. Empty: none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    gemeente: str = Field(min_length=1)
    editie: str = Field(default="gepubliceerd", min_length=1)
    noemerjaar: int = Field(default=2020, ge=2019, le=2030)
    wooneenheden: Literal["woningen", "huishoudens"] = "woningen"
    pact: Literal["auto", PactVersion] = "auto"
    drempel_licht: float = Field(default=0.7, gt=0, lt=1, strict=False)
    max_ouderdom_maanden: int = Field(default=24, ge=1, le=120)
    min_punten: Literal[2, 3, 4] = 3
    logo: str = ""
    huisstijl: str = ""
    cijfers: str = ""

    def of_figures(self) -> str:
        """What decides over numbers and words, as one text; the look is no part of it, own figures have hashes."""
        return self.model_dump_json(exclude=set(ADDED))

    def for_notebook(self) -> dict[str, Any]:
        """What a notebook is given: all but what nobody asked for of :data:`ADDED`, so that its own stays."""
        return {name: value for name, value in self.model_dump().items() if name not in ADDED or value}


def read_parameters(values: Mapping[str, object]) -> ReportParameters:
    """Validate report parameters and refuse everything that is not one.

    Parameters
    ----------
    values
        Parameter names and values, from a notebook, the command line or a YAML file.

    Returns
    -------
    ReportParameters

    Raises
    ------
    ParameterError
        With every unknown name, wrong type and value out of range at once.

    Examples
    --------
    >>> read_parameters({"gemeente": "Gent"}).noemerjaar
    2020
    """
    try:
        return ReportParameters.model_validate(dict(values))
    except ValidationError as error:
        problems = model_problems(error, ReportParameters, lambda path: ".".join(map(str, path)))
        known = f"Bekend zijn: {', '.join(ReportParameters.model_fields)}"
        lines = "\n".join(f"  - {problem}" for problem in problems)
        raise ParameterError(f"de parameters van het verslag zijn niet bruikbaar:\n{lines}\n{known}") from None
