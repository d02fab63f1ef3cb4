"""Markdown on paper: all of it, or an error."""

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from lekp_lib.errors import ReportError
from lekp_lib.report.fonts import font_folder, missing_characters
from lekp_lib.report.markdown_typst import markdown_typst

RULE = "#let lekp-rule = line()\n"


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("## Kop *a*", '#heading(level: 2)[#"Kop ";#emph[#"a";];]'),
        ("een\ntwee", '#"een"; #"twee";'),
        ("**a** `b`", '#strong[#"a";];#" ";#raw("b");'),
        ("- a\n- b", '#list([#"a";], [#"b";])'),
        ("3. a\n4. b", '#enum(start: 3, [#"a";], [#"b";])'),
        ("- a\n  - b", '#list([#"a";#list([#"b";])])'),
        ("[a](https://b.be/#c)", '#link("https://b.be/#c")[#"a";];'),
        ("[Bomen](#bomen)", '#"Bomen";'),
        ("> a", '#quote(block: true)[#"a";]'),
        ("---", "#lekp-rule"),
        (
            "Tabel: Rij\n\n| a | b |\n|---|--:|\n| 1 | 2 |",
            "#figure(kind: table, supplement: none, numbering: none, outlined: false, "
            'caption: figure.caption(position: top)[#"Rij";], '
            'table(columns: 2, align: (left, right,), table.header([#"a";], [#"b";]), [#"1";], [#"2";]))',
        ),
        ("Tabel: zonder tabel", '#"Tabel: zonder tabel";'),
    ],
)
def test_every_known_form(source, made):
    assert markdown_typst(source) == made + "\n\n"
    typst.compile((RULE + markdown_typst(source)).encode())


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("![a](b.png)", "image"),
        ("a <b>b</b>", "inline html"),
        ("<div>a</div>", "block html"),
        ("```\na\n```", "block code"),
        ("$x^2$", "inline math"),
        ("~~a~~", "strikethrough"),
        ("- [ ] a", "task list item"),
        ("[a](javascript:b)", "a link to"),
        ("[a](bestand.pdf)", "a link to"),
    ],
)
def test_anything_else_is_refused(source, kind):
    with pytest.raises(ReportError, match=kind):
        markdown_typst(source)


@given(st.text(alphabet=st.characters(codec="latin-1", exclude_categories=("Cc", "Zs", "Cf")), min_size=1, max_size=40))
def test_no_text_is_read_as_typst(word):
    try:
        made = markdown_typst(f"a {word} b.len() (c) [d]")
    except ReportError:
        return  # HTML, a formula or a picture
    assert not missing_characters(word)
    typst.compile((RULE + made).encode(), format="pdf", font_paths=[font_folder()], ignore_system_fonts=True)
