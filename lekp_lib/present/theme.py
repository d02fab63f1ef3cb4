"""How everything looks: colours by role, the ten marks, the style of matplotlib, and drawings in two layers."""

import hashlib
import io
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from font_source_sans_pro import font_files_ttf
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, IdentityTransform

INK = "#1B2733"  # text, ticks
SOFT = "#4A5563"  # secondary text
LINE = "#5F6B7A"  # axes, outlines
ACCENT = "#0B5394"  # links, focus, text about the own municipality
PANEL = "#EEF2F5"  # panels, track of a bar
GRID = "#D5DBE1"  # grid lines, decoration only
PAPER = "#FFFFFF"
OWN = "#1F77B4"  # own municipality in charts
OTHERS = "#A4AFBB"  # the crowd of other municipalities: one dot says nothing by itself
OUTSIDE = "#767E8A"  # states without a verdict
MAP_OWN = "#C2410C"  # own municipality on a map, always with a white halo
MAP_CLASSES = ("#DCEAF4", "#A9CCE3", "#6AA6CF", "#2F77AD", "#0B3C6B")


class Mark(NamedTuple):
    """How a state looks: a shape that no other state has, and a colour."""

    shape: str
    colour: str


MARKS: Mapping[str, Mark] = {
    "doel gehaald": Mark("star", "#0B3C5D"),
    "op koers": Mark("circle", OWN),
    "lichte achterstand": Mark("triangle_up", "#C27C00"),
    "grote achterstand": Mark("triangle_down", "#8E2A12"),
    "niet gehaald op de einddatum": Mark("square", "#8E2A12"),
    "nog niet vereist": Mark("ring", INK),
    "zonder oordeel": Mark("dash", OUTSIDE),
    "niet in deze editie": Mark("dotted", OUTSIDE),
    "niet geregistreerd": Mark("hatch", OUTSIDE),
    "niet van toepassing": Mark("cross", OUTSIDE),
}

#: Fill of the part of a bar; what has no verdict is light, with an outline.
STATE_COLOURS: Mapping[str, str] = {
    verdict: mark.colour if place < 5 else PANEL if place < 7 else PAPER
    for place, (verdict, mark) in enumerate(MARKS.items())
}

#: Names for style sheets: ``--inkt``, ``--op-koers``, ``--klasse-1``.
ROLES: Mapping[str, str] = {
    "inkt": INK, "zacht": SOFT, "lijn": LINE, "accent": ACCENT, "vlak": PANEL, "raster": GRID, "papier": PAPER,
    "eigen": OWN, "eigen-kaart": MAP_OWN, "anderen": OTHERS,
    **{verdict.replace(" ", "-"): mark.colour for verdict, mark in MARKS.items()},
    **{f"klasse-{number}": colour for number, colour in enumerate(MAP_CLASSES, 1)},
}  # fmt: skip

FONT_SIZE_PT = 8.5
_STYLE: dict[Any, Any] = {
    "axes.edgecolor": LINE, "axes.facecolor": "none",
    "axes.spines.left": False, "axes.spines.right": False, "axes.spines.top": False,
    "font.family": "Source Sans Pro", "font.size": FONT_SIZE_PT, "path.simplify": False,
    "svg.fonttype": "none", "svg.hashsalt": "lekp", "text.color": INK,
    "text.parse_math": False,  # a dollar in a name is a dollar
    "xtick.bottom": False, "xtick.color": SOFT, "ytick.color": SOFT, "ytick.left": False,
}  # fmt: skip


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21 (WCAG 2.2, definition of contrast ratio).

    Examples
    --------
    >>> round(contrast("#000000", "#FFFFFF"), 2), round(contrast("#767676", "#FFFFFF"), 2)
    (21.0, 4.54)
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def css_variables() -> str:
    """All roles as custom properties: ``:root{--inkt:#1B2733;…}``."""
    return ":root{" + ";".join(f"--{role}:{colour}" for role, colour in ROLES.items()) + "}"


@contextmanager
def style() -> Iterator[None]:
    """Fonts, colours and SVG settings of the reports, for as long as the block lasts.

    Examples
    --------
    >>> with style():
    ...     mpl.rcParams["font.family"]
    ['Source Sans Pro']
    """
    _register_fonts()
    # Only these: to put back everything would undo the backend of a notebook whose first drawing is made in here.
    before = {name: mpl.rcParams[name] for name in _STYLE}
    mpl.rcParams.update(_STYLE)
    try:
        yield
    finally:
        mpl.rcParams.update(before)


@lru_cache(maxsize=1)
def _register_fonts() -> None:
    for face in ("SourceSansPro", "SourceSansProSemibold"):
        font_manager.fontManager.addfont(font_files_ttf[face])


@lru_cache(maxsize=1)
def known_characters() -> frozenset[str]:
    """Characters that every weight of the font has; line ends and tabs count as spaces."""
    faces = ("SourceSansPro", "SourceSansProSemibold", "SourceSansProBold")
    charmaps = [font_manager.get_font(font_files_ttf[face]).get_charmap() for face in faces]
    return frozenset(map(chr, set.intersection(*map(set, charmaps)))) | {"\n", "\r", "\t"}


@lru_cache(maxsize=2)
def _face(bold: bool) -> FontProperties:
    return FontProperties(fname=font_files_ttf["SourceSansProSemibold" if bold else "SourceSansPro"], size=100)


def text_width_pt(text: str, size_pt: float = FONT_SIZE_PT, *, bold: bool = False) -> float:
    """Width of one line of text in points, from the metrics of the font."""
    return _text_box(text, _face(bold))[0] * size_pt / 100


# ---- marks -----------------------------------------------------------------------------------------------------------


def _polygon(*corners: tuple[float, float]) -> Path:
    return Path([*corners, corners[0]], closed=True)


def _ring(outer: Path, share: float) -> Path:
    """An outline: the shape, and its smaller mirror image, which runs the other way round, as a hole in it."""
    return Path.make_compound_path(outer, outer.transformed(Affine2D().scale(-share, share)))


@lru_cache(maxsize=1)
def mark_paths() -> Mapping[str, Path]:
    """Outline of every mark as one filled path in the square from -1 to 1 with y upwards.

    Returns
    -------
    mapping of str to matplotlib.path.Path
        By shape; to be filled with one colour, and fit as ``marker=`` of matplotlib.
    """
    circle = Path.unit_circle().transformed(Affine2D().scale(0.86))
    square = _polygon((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8))
    bar = _polygon((-0.95, -0.2), (0.95, -0.2), (0.95, 0.2), (-0.95, 0.2))
    dot = square.transformed(Affine2D().scale(0.2).translate(0.8, 0))
    stripes = [
        bar.transformed(Affine2D().scale(reach, 0.6).translate(0, at).rotate_deg(45))
        for at, reach in ((-0.5, 0.55), (0, 1), (0.5, 0.55))
    ]
    return {
        "star": Path.unit_regular_star(5, 0.42).transformed(Affine2D().scale(1.1).translate(0, -0.07)),
        "circle": circle,
        "triangle_up": _polygon((0, 0.88), (-0.98, -0.8), (0.98, -0.8)),
        "triangle_down": _polygon((0, -0.88), (0.98, 0.8), (-0.98, 0.8)),
        "square": square,
        "ring": _ring(circle, 0.62),
        "dash": bar,
        "dotted": Path.make_compound_path(*(dot.transformed(Affine2D().rotate_deg(36 * step)) for step in range(10))),
        "hatch": Path.make_compound_path(_ring(square, 0.8), *stripes),
        "cross": Path.make_compound_path(*(bar.transformed(Affine2D().rotate_deg(angle)) for angle in (45, -45))),
    }


@lru_cache(maxsize=16)
def mark_data(verdict: str) -> str:
    """Path data of the mark of a state, for an SVG with ``viewBox="-1 -1 2 2"``.

    Parameters
    ----------
    verdict
        One of the ten words.

    Returns
    -------
    str
    """
    letters = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}
    parts = []
    for points, code in mark_paths()[MARKS[verdict].shape].iter_segments():
        numbers = () if code == Path.CLOSEPOLY else points * np.tile([1, -1], len(points) // 2)
        parts.append(letters[code] + " ".join(map(_short, numbers)))
    return "".join(parts)


def mark_svg(verdict: str) -> str:
    """The mark of a state as an image of its own, for paper."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 2 2" width="10" height="10">'
        f'<path d="{mark_data(verdict)}" fill="{MARKS[verdict].colour}"/></svg>'
    )


#: Diameter of a dot as a share of the distance between two.
DOT_SHARE = 0.82


#: For artists of which nothing is cut off: matplotlib makes a clip path for each that brings none, and never uses it.
_UNCLIPPED: Mapping[str, Any] = {"clip_on": False, "clip_path": (Path.unit_rectangle(), IdentityTransform())}


def words(ax: Axes, x: float, y: float, text: str, **look: Any) -> None:
    """Words at a place in data coordinates; ``look`` as for :meth:`matplotlib.axes.Axes.text`."""
    ax.text(x, y, text, **_UNCLIPPED, **look)


def points(ax: Axes, xs: Sequence[float], ys: Sequence[float], **look: Any) -> None:
    """Marks, and the line through them where it has a width; ``look`` as for :class:`matplotlib.lines.Line2D`."""
    ax.add_artist(Line2D(xs, ys, **_UNCLIPPED, **look))


def strokes(ax: Axes, lines: Iterable[Any], colour: str, width_pt: float, **look: Any) -> None:
    """Lines of one look as one path: quicker to draw and shorter to write than one by one.

    Parameters
    ----------
    ax
        Axes.
    lines
        Each n x 2, in data coordinates.
    colour, width_pt
        Of all.
    **look
        As for :class:`matplotlib.patches.PathPatch`: ``ls``, ``zorder``, ``capstyle``.
    """
    shapes = [np.asarray(line, dtype=float) for line in lines]
    paths = [Path(shape, closed=bool((shape[0] == shape[-1]).all())) for shape in shapes]
    if paths:
        path = Path.make_compound_path(*paths)
        ax.add_artist(PathPatch(path, fill=False, ec=colour, lw=width_pt, **_UNCLIPPED, **{"zorder": 2} | look))


def dot_stacks(ax: Axes, columns: np.ndarray, pitch: float, pitch_pt: float, colour: str) -> None:
    """Stacks of equal dots as one short path: upright lines of dashes without length, drawn with a round pen.

    Parameters
    ----------
    ax
        Axes.
    columns
        n x 3, in data coordinates: x, the middle of the lowest dot, and the number of dots.
    pitch, pitch_pt
        Distance between two dots of a stack, in data coordinates and in points.
    colour
        Of all.
    """
    tip = 0.05 * pitch  # what is left of a dash: nothing to see, but a line without length may not be drawn
    lines = [[(x, foot), (x, foot + (count - 1) * pitch + tip)] for x, foot, count in columns]
    dashes = (0, (tip / pitch / DOT_SHARE, (1 - tip / pitch) / DOT_SHARE))  # in widths of the line
    strokes(ax, lines, colour, DOT_SHARE * pitch_pt, capstyle="round", zorder=1, ls=dashes)


# ---- drawings in two layers ------------------------------------------------------------------------------------------

#: Draws on axes that may hold something already.
Layer = Callable[[Axes], None]


@dataclass(frozen=True)
class Frame:
    """Size of a drawing and the room around its axes, in millimetres."""

    width: float
    height: float
    left: float = 0
    right: float = 0
    top: float = 0
    bottom: float = 0

    @property
    def plot(self) -> tuple[float, float]:
        """Width and height of the axes in millimetres."""
        return self.width - self.left - self.right, self.height - self.top - self.bottom

    def figure(self) -> Figure:
        """A new transparent figure with new axes, in the style of the reports."""
        with style():
            fig = Figure(figsize=(self.width / 25.4, self.height / 25.4), dpi=72)
            fig.patch.set_visible(False)
            wide, high = self.plot
            place = (self.left / self.width, self.bottom / self.height, wide / self.width, high / self.height)
            fig.add_axes(place)
            return fig


@dataclass(frozen=True)
class Drawing:
    """A chart or map in two layers.

    Parameters
    ----------
    frame
        Size.
    key
        Everything that the base depends on: equal keys share one base.
    base
        Draws what is the same for many municipalities.
    own
        Draws what belongs to one municipality; nothing by default.
    own_key
        Everything that the own layer depends on, where several drawings share one.
    """

    frame: Frame
    key: Hashable
    base: Layer = field(compare=False)
    own: Layer | None = field(default=None, compare=False)
    own_key: Hashable = field(default=None, compare=False)

    def figure(self) -> Figure:
        """Both layers on one new figure, to be changed at will in a notebook.

        Returns
        -------
        matplotlib.figure.Figure
        """
        fig = self.frame.figure()
        with style():
            for layer in filter(None, (self.base, self.own)):
                layer(fig.axes[0])
        return fig

    def svg(self, name: str) -> str:
        """The drawing as SVG: the same bytes for the same content, text that stays text, decoration for a reader.

        Parameters
        ----------
        name
            Unique on the page: what the ids in the drawing begin with.

        Returns
        -------
        str
            An ``svg`` element with ``aria-hidden``: the text alternative belongs to the element around it.
        """
        layers = [_shared_svg(self.frame, self.key, self.base)]
        if self.own:
            layers.append(_shared_svg(self.frame, self.own_key, self.own))
        return _element(self.frame, layers, name)


#: Layers that several drawings share, by hash of all that they depend on; a report keeps them between two runs.
SHARED_LAYERS: dict[str, str] = {}


def _shared_svg(frame: Frame, key: Hashable, layer: Layer) -> str:
    """One layer, kept under its key; a layer without a key is drawn for this drawing alone."""
    if key is None:
        return _layer_svg(frame, layer)
    name = hashlib.sha256(repr((frame, key)).encode()).hexdigest()
    if name not in SHARED_LAYERS:
        SHARED_LAYERS[name] = _layer_svg(frame, layer)
    return SHARED_LAYERS[name]


@lru_cache(maxsize=64)
def _empty_figure(frame: Frame) -> Figure:
    fig = frame.figure()
    fig.axes[0].set_axis_off()
    return fig


def _layer_svg(frame: Frame, layer: Layer) -> str:
    """One layer on empty axes of the frame, which are used again for the next drawing."""
    fig = _empty_figure(frame)
    ax, kept = fig.axes[0], set(fig.axes[0].get_children())
    try:
        with style():
            layer(ax)
            return _written(fig)
    finally:
        for artist in set(ax.get_children()) - kept:
            artist.remove()


class _Renderer(RendererSVG):
    """Measures every text and every font once, not once per drawing: most of them come back.

    No metadata, no style sheet, and no groups around artists.
    """

    def _nothing(self, *_: Any, **__: Any) -> None:
        """What is left out."""

    open_group = close_group = _write_metadata = _write_default_style = _nothing

    def _convert_path(self, *args: Any, **options: Any) -> str:
        """A path on one line."""
        return str(super()._convert_path(*args, **options)).replace(" \n", "")  # type: ignore[no-untyped-call]

    def draw_text(self, gc: Any, x: float, y: float, s: str, *look: Any, mtext: Any = None, **options: Any) -> None:
        """A line of upright words at its anchor, with what differs from the words around it; others as matplotlib."""
        font, angle = look
        if mtext is None or angle or options["ismath"] or gc.get_rgb()[3] != 1 or font.get_style() != "normal":
            super().draw_text(gc, x, y, s, *look, mtext=mtext, **options)  # type: ignore[no-untyped-call, misc]
            return
        place = mtext.get_transform().transform(mtext.get_unitless_position())[0]
        anchor = {"left": "start", "center": "middle", "right": "end"}[mtext.get_horizontalalignment()]
        weight, size_pt, colour = font.get_weight(), font.get_size_in_points(), to_hex(gc.get_rgb())
        own = "" if weight in (400, "normal") else f"font-weight: {weight}; "
        own += "" if size_pt == FONT_SIZE_PT else f"font-size: {size_pt:g}px; "
        shown = {"style": f"{own}text-anchor: {anchor}; fill: {colour}", "x": _short(place), "y": _short(y)}
        self.writer.element("text", s, shown)  # type: ignore[no-untyped-call]

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        return _text_box(s, prop)

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float]:
        """What matplotlib 3.11 asks before it looks in the font itself; older ones never ask."""
        return _font_heights(prop)


@lru_cache(maxsize=64)
def _font_heights(font: FontProperties) -> tuple[float, float, float]:
    """Ascent, descent and gap between lines, as matplotlib reads them from the font, at 72 dots an inch."""
    face: Any = font_manager.get_font(font_manager.findfont(font))
    scale, table = font.get_size_in_points() / face.units_per_EM, face.get_sfnt_table("OS/2")
    return table["sTypoAscender"] * scale, -table["sTypoDescender"] * scale, table["sTypoLineGap"] * scale


@lru_cache(maxsize=8192)
def _text_box(words: str, font: FontProperties) -> tuple[float, float, float]:
    """Width, height and descent of a line: of its pairs of letters, less the letters that two pairs share.

    Pairs come back, lines hardly do, and a line takes the font half a millisecond.
    """
    box_of = _letters_box(font)
    pairs = [box_of(words[at : at + 2]) for at in range(max(len(words) - 1, 1))]
    shared = [box_of(letter)[0] for letter in words[1:-1]]
    descent = max(box[2] for box in pairs)
    return sum(box[0] for box in pairs) - sum(shared), max(box[1] - box[2] for box in pairs) + descent, descent


@lru_cache(maxsize=64)
def _letters_box(font: FontProperties) -> Callable[[str], tuple[float, float, float]]:
    """What measures letters in a font, each of them once: a font takes longer to recognise than to measure with."""
    return lru_cache(maxsize=1024)(partial(text_to_path.get_text_width_height_descent, prop=font, ismath=False))


def _written(fig: Figure) -> str:
    """All elements that a figure draws, without clutter."""
    out = io.StringIO()
    renderer = _Renderer(fig.bbox.width, fig.bbox.height, out, image_dpi=72, metadata={"Date": None})  # type: ignore[no-untyped-call]
    fig.draw(renderer)
    renderer.finalize()  # type: ignore[no-untyped-call]
    text = out.getvalue()
    return _PIECE.sub(_tidy_piece, text[text.index("<svg") :].partition(">")[2].rpartition("</svg>")[0]).strip()


_ID = re.compile(r"""(?P<words>>[^<]*(?=<))|(?<=["#])[hmp][0-9a-f]{10}(?=[")])""")
#: Words between tags come first and stay as they are; the rest is shortened, rounded or left out.
_PIECE = re.compile(
    r"""(?P<words>>[^<]*(?=<)) | (?<=\sd=")(?P<polygons>[-ML\d.\s]+z[-MLz\d.\s]{500,})(?=") | (?P<number>-?\d+\.\d+)
    | <!--.*?--> | \stransform="rotate\(-0\s[^"]*" | font-family:\s'[^']*';\s
    | font-size:\s8\.5px;\s | ;\sstroke-linejoin:\smiter | xlink:(?=href) | \s*\n""",
    re.DOTALL | re.VERBOSE,
)
_STEP = re.compile(r"([MLz])\s?(?:([-\d.]+) ([-\d.]+))?")


def _tidy_piece(match: re.Match[str]) -> str:
    text, kind = match[0], match.lastgroup
    if kind == "words":
        return ">" if text[1:].isspace() else text
    if kind == "polygons":
        return _relative(text)
    return _short(float(text)) if kind == "number" else ""


def _relative(path: str) -> str:
    """A long path of straight lines in steps of tenths of a point: a third of the size, without drift."""
    parts, here, start = [], (0, 0), (0, 0)
    for letter, x, y in _STEP.findall(path):
        if letter == "z":
            parts.append("z")
            here = start
            continue
        there = round(float(x) * 10 + 1e-6), round(float(y) * 10 + 1e-6)
        start = there if letter == "M" else start
        # After m, steps are lines without a letter of their own.
        parts.append(("m" if letter == "M" else " ") + _tenths(there[0] - here[0]) + " " + _tenths(there[1] - here[1]))
        here = there
    return "".join(parts).replace(" -", "-")


@lru_cache(maxsize=4096)
def _tenths(count: int) -> str:
    return _short(count / 10).replace("0.", ".") if abs(count) < 10 else _short(count / 10)


@lru_cache(maxsize=8192)
def _short(number: float) -> str:
    """Two decimals at most: enough for print, and the same with every version of numpy."""
    text = f"{round(number + 1e-9, 2):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _own_ids(text: str, name: str) -> str:
    """Ids that are unique on the page, numbered in the order in which they stand."""
    numbers: dict[str, int] = {}
    return _ID.sub(lambda match: match["words"] or f"{name}{numbers.setdefault(match[0], len(numbers))}", text)


def _element(frame: Frame, layers: Sequence[str], name: str) -> str:
    # A group for each layer, so that the paths of all and those of one municipality are told apart.
    body = "".join(f"<g>{_own_ids(layer, f'{name}-{letter}')}</g>" for layer, letter in zip(layers, "ab", strict=False))
    width, height = (_short(side / 25.4 * 72) for side in (frame.width, frame.height))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tekening" aria-hidden="true" focusable="false" '
        f'width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}" '
        f'font-family="Source Sans Pro, Segoe UI, Arial, sans-serif" font-size="{FONT_SIZE_PT}">{body}</svg>'
    )
