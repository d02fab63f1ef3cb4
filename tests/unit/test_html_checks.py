"""Each fault is found and placed; a good page has none."""

import pytest

from lekp_lib.report.html_checks import INVENTED_ALT, check_html

TABLE = (
    '<table><caption>T</caption><thead><tr><th scope="col">a</th></tr></thead>'
    '<tbody><tr><th scope="row">1</th></tr></tbody></table>'
)


def page(body: str, head: str = "", lang: str = "nl-BE") -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>T</title>{head}</head>'
        f"<body><main><h1>Kop</h1>{body}</main></body></html>"
    )


@pytest.mark.parametrize(
    "body",
    [
        "<p>De cijfers van Nan en inanna; Nonet.</p>",
        '<img src="data:image/png;base64,aa" alt="Lijngrafiek">',
        '<img src="data:image/png;base64,aa" alt="" role="presentation">',
        '<svg role="img" aria-label="Kaart"><path d="M0 0"/></svg>',
        '<svg role="img"><title>Kaart</title><svg></svg></svg>',
        '<svg role="img" aria-labelledby="k"><title id="k">Kaart</title></svg>',
        '<span aria-hidden="true"><svg><path d="M0 0"/></svg></span>',
        TABLE,
        '<h2 id="a">a</h2><h3>b</h3><h2>c</h2><a href="#a">a</a> <a href="https://example.org">b</a>',
        '<p style="background:url(#x)">a</p>',
    ],
)
def test_good_parts_pass(body):
    assert check_html(page(body)) == ()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('<img src="data:,">', "no text alternative"),
        ('<img src="data:," alt=" ">', "no text alternative"),
        (f'<img src="data:," alt="{INVENTED_ALT}">', INVENTED_ALT),
        ("<svg><path/></svg>", "drawing without role and name"),
        ('<svg role="img"></svg>', "drawing without role and name"),
        ('<svg role="img" aria-labelledby="weg"></svg>', "drawing without role and name"),
        (TABLE.replace("<caption>T</caption>", ""), "without caption"),
        (TABLE.replace("<caption>T", "<caption> "), "without caption"),
        (TABLE.replace("thead", "tbody"), "without thead"),
        (TABLE.replace(' scope="col"', ""), "scope None"),
        (TABLE.replace(">a</th>", "></th>"), "empty head cell"),
        (TABLE.replace('<th scope="row">1</th>', "<td>1</td>"), "row without head cell"),
        ("<h3>a</h3>", "level 3 after level 1"),
        ("<h1>a</h1>", "2 headings"),
        ("<h2> </h2>", "heading without words"),
        ('<p id="a">a</p><p id="a">b</p>', "a second time"),
        ('<img src="https://example.org/a.png" alt="a">', "loaded from elsewhere"),
        ('<img src="grafiek.png" alt="a">', "loaded from elsewhere"),
        ('<img srcset="//example.org/a.png 2x" src="data:," alt="a">', "loaded from elsewhere"),
        ('<svg aria-hidden="true"><image href="http://example.org/a"/></svg>', "loaded from elsewhere"),
        ("<p style=\"background: url( 'http://example.org' )\">a</p>", "loaded from elsewhere"),
        ("<script>1</script>", "a script"),
        ('<p onclick="x()">a</p>', "attribute 'onclick'"),
        ('<a href=" JavaScript:x()">a</a>', "a link to"),
        ('<a href="#nergens">a</a>', "not on the page"),
        ("<p>De stand is nan.</p>", "'nan'"),
        ("<p>a</p> None <p>b</p>", "'None'"),
        ('<svg role="img" aria-label="NaN procent"></svg>', "'NaN'"),
        ("<p>Traceback (most recent call last)</p>", "'Traceback'"),
        ("<p>&lt;Figure object at 0x7f00&gt;</p>", "'object at 0x'"),
    ],
)
def test_each_fault_is_found(body, found):
    problems = check_html(page(body))
    assert any(found in problem.found for problem in problems), problems


def test_frame_of_the_page():
    told = " ".join(map(str, check_html(page("", lang="en").replace("<title>T</title>", "").replace("main>", "div>"))))
    assert "lang 'en'" in told
    assert "no title" in told
    assert "one <main>" in told
    assert "0 headings" in " ".join(map(str, check_html("<html lang='nl'><title>a</title><main>b</main></html>")))


def test_style_element_may_not_load():
    assert "elsewhere" in str(check_html(page("", '<style>@import "http://example.org/a.css";</style>'))[0])
    assert check_html(page("", '<style>@font-face{src:url("data:font/woff2;base64,aa")}</style>')) == ()


def test_place_names_line_block_and_target():
    problem = check_html(page('\n<div data-block="doel" data-target="bomen">\n<img src="data:,"></div>'))[0]
    assert problem.where == "<img> on line 3, block 'doel' of target 'bomen'"


def test_pieces_are_counted_at_their_place():
    body = '<div class="cell">a</div><div class="cell new-page">b</div>'
    assert check_html(page(body), cells=2) == ()
    assert "2 of 3" in check_html(page(body), cells=3)[0].found
    assert "1 of 2" in check_html(page(body.replace("a</div>", "a<div></div>")), cells=2)[0].found
