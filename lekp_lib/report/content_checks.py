"""Does the finished report say what the figures say? Everything is computed again, outside the notebook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import html as lxml_html
from nbformat import NotebookNode

from lekp_lib.errors import Problem, ReportProblems
from lekp_lib.present.report_view import ReportView
from lekp_lib.present.words.verdict_words import verdict_sentences
from lekp_lib.report.document import is_selection


def _text(element: lxml_html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _spaces(text: str) -> str:
    return " ".join(text.split())


def _check_headline(page: lxml_html.HtmlElement, view: ReportView) -> list[Problem]:
    titles = [_text(item) for item in page.iter("h1")]
    if titles == [_spaces(view.headline)]:
        return []
    return [Problem("h1", repr(titles), repr(view.headline), "Show rapport.summary() once, at the top.")]


def _check_sections(page: lxml_html.HtmlElement, view: ReportView, *, all_needed: bool) -> list[Problem]:
    problems = []
    sections: dict[str, list[lxml_html.HtmlElement]] = {}
    for element in page.iterfind('.//div[@data-block="target"]'):
        sections.setdefault(element.get("data-target", ""), []).append(element)
    for assessment in view.assessments:
        target = assessment.target
        found = sections.get(target.id, [])
        wanted = assessment.applies if target.nr is None else True
        if len(found) > 1 or (wanted and all_needed and not found):
            problems.append(
                Problem(
                    f"target {target.id}", f"{len(found)} sections", "1 section", f'Show rapport.target("{target.id}").'
                )
            )
        for element in found:
            expected = _spaces(" ".join(verdict_sentences(assessment)))
            line = element.find('.//*[@data-block="verdict"]')
            said = _text(line) if line is not None else ""
            if element.get("data-verdict") != assessment.verdict.value or expected not in said:
                problems.append(
                    Problem(f"target {target.id}, verdict", repr(said), repr(expected), "Run the notebook again.")
                )
    return problems


def check_content(notebook: NotebookNode, view: ReportView, files: Mapping[str, Path]) -> None:
    """Refuse a report whose message, sections or verdicts differ from the figures.

    Parameters
    ----------
    notebook
        The executed notebook.
    view
        The same report, opened anew in this process.
    files
        Finished files by format; the web page is the one that is read.

    Raises
    ------
    ReportProblems
        With everything that differs, at once.
    """
    if "html" not in files:
        return
    page = lxml_html.fromstring(files["html"].read_text(encoding="utf-8"))
    problems = _check_headline(page, view)
    problems += _check_sections(page, view, all_needed=not is_selection(notebook))
    if problems:
        raise ReportProblems(f"the report of {view.place.name} does not say what the figures say", problems)
