"""Over deze site, and the accessibility statement: who makes this, what it is not, what does not work yet.

The statement follows the model of the European Union (Commission Implementing Decision 2018/1523) where it fits. That
model binds governments; this project is none, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from lekp_lib import __version__
from lekp_lib.site.contact import contact_sentence
from lekp_lib.site.data_files import data_citation
from lekp_lib.site.data_page import PATH as DATA_PATH
from lekp_lib.site.method_page import PATH as METHOD_PATH
from lekp_lib.site.oud.block import Block, Paragraph
from lekp_lib.site.oud.boxes import Facts
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.prose import Heading, Markdown, Title
from lekp_lib.site.page import Page, link
from lekp_lib.site.world import SiteWorld

ABOUT_PATH, ACCESS_PATH = "over/index.html", "toegankelijkheid/index.html"

#: What is known not to work, or was never looked at. A gap that is mended leaves the list together with its mending.
KNOWN_GAPS = (
    "Brede tabellen schuiven op een smal scherm opzij, binnen hun eigen kader.",
    "Kaarten en grafieken hebben een tekst die de boodschap zegt. De waarden zelf staan in een tabel in de buurt.",
    "Op een kaart zijn gemeenten niet een voor een met het toetsenbord te bereiken. De tabellen en de zoekfunctie zijn "
    "de andere weg.",
    "Geen enkele pagina is getest met een schermlezer door iemand die er dagelijks een gebruikt.",
    "De tests draaien alleen in Chromium. Firefox en Safari zijn niet getest.",
    "Rekenbladen, csv- en parquet-bestanden zijn niet op toegankelijkheid getest.",
)
_TESTED = (
    "Tests met axe en met de Nu-controle van de HTML kijken elk soort pagina na, in Chromium, breed en smal.",
    "Andere tests gaan na of de zoekfunctie en de vergelijking met het toetsenbord werken, en of de inhoud er ook "
    "zonder JavaScript staat.",
    "De pdf-verslagen worden getest op PDF/UA-1 en PDF/A-2a.",
)


def _bullets(texts: tuple[str, ...]) -> Markdown:
    return Markdown("\n".join(f"- {text}" for text in texts))


def _html(*blocks: Block) -> str:
    return "\n".join(block.html() for block in blocks)


def _accessibility(world: SiteWorld) -> Page:
    lead = "Deze site wil voor iedereen bruikbaar zijn. Hier staat wat daarvoor gedaan is en wat nog niet lukt."
    status = (
        "Het streefdoel is niveau AA van de richtlijnen WCAG 2.2, en PDF/UA-1 voor de verslagen in pdf. De site is "
        "daarop alleen met automatische tests nagekeken, niet door een onafhankelijke auditor. Daarom verklaren we "
        "niet dat ze er volledig aan voldoet."
    )
    law = (
        "Deze site is geen website van een overheid. De wettelijke plicht om een toegankelijkheidsverklaring te "
        "publiceren (richtlijn 2016/2102 en het Bestuursdecreet, artikel II.16) geldt voor overheden. Deze verklaring "
        "volgt hun model zover het past. Plaatst een gemeente een verslag op haar eigen website, dan geldt daar haar "
        "eigen verklaring en haar eigen klachtenregeling."
    )
    body = [
        Title("Toegankelijkheid").html(),
        Paragraph(lead, "lead").html(),
        _html(Heading("In welke mate voldoet deze site?", 2, "nalevingsstatus"), Paragraph(status)),
        _html(Heading("Wat nog niet lukt of niet getest is", 2, "beperkingen"), _bullets(KNOWN_GAPS)),
        _html(Heading("Hoe is dat nagekeken?", 2, "opstelling"), _bullets(_TESTED)),
        Paragraph(f"Deze verklaring hoort bij de site die op {date_long(world.today)} gemaakt is.").html(),
        Heading("Een probleem melden", 2, "melden").html(),
        f"<p>{contact_sentence(world.contact, 'een probleem met de toegankelijkheid')}</p>",
        _html(Heading("Geen overheid", 2, "geen-overheid"), Paragraph(law)),
    ]
    return Page(
        path=ACCESS_PATH,
        title="Toegankelijkheidsverklaring",
        description="Hoe toegankelijk deze site over het klimaatpact is, wat nog niet lukt, hoe dat getest is en waar "
        "u een probleem meldt.",
        body="\n".join(body),
        section="toegankelijkheid",
    )


def _about(world: SiteWorld) -> Page:
    manifest = world.edition.manifest
    count = len(world.municipalities)
    lead = (
        "Deze site gaat over het Lokaal Energie- en Klimaatpact (LEKP). Ze toont voor de "
        f"{count} Vlaamse gemeenten hoe ver ze staan met de doelen."
    )
    facts = Facts(
        [
            ("Editie", f"{manifest.title} ({manifest.id}), stand op {date_long(manifest.reference_date)}"),
            ("Cijfers bevroren op", date_long(manifest.built)),
            ("Site gemaakt op", date_long(world.today)),
            ("Software", f"lekp {__version__}, vrije software onder de MIT-licentie"),
            ("Herkomst van de cijfers", manifest.origin),
        ]
    )
    reuse = (
        f"<p>De software mag u vrij gebruiken onder de MIT-licentie. De cijfers houden de licentie van hun bron: zie "
        f'<a href="{link(ABOUT_PATH, DATA_PATH)}#licenties">de licenties op de pagina Gegevens</a>.</p>'
    )
    rules = (
        f'<p>Alle rekenregels staan op de pagina <a href="{link(ABOUT_PATH, METHOD_PATH)}">Methode</a>, met de '
        "wijzigingen en de bekende fouten.</p>"
    )
    who = (
        "De verslagen en deze site zijn gemaakt met lekp, vrije software die iedereen kan nakijken en gebruiken.",
        "Wie de site online plaatst, is de uitgever en kiest welke editie erop staat.",
        "De cijfers komen van de bronnen die bij elk cijfer staan.",
    )
    privacy = "De site plaatst geen cookies, meet geen bezoek en haalt niets op van andere websites."
    body = [
        Title("Over deze site").html(),
        Paragraph(lead, "lead").html(),
        Heading(world.catalog.method_title("onafhankelijk"), 2, "onafhankelijk").html(),
        Markdown(world.catalog.method("onafhankelijk")).html(),
        rules,
        _html(Heading("Wie maakt dit?", 2, "wie"), Paragraph(who)),
        _html(Heading("Versies", 2, "versies"), facts),
        _html(Heading("Hoe verwijst u naar deze site?", 2, "verwijzen"), Paragraph(data_citation(world))),
        Heading("Hergebruik", 2, "hergebruik").html(),
        reuse,
        _html(Heading("Privacy", 2, "privacy"), Paragraph(privacy)),
        Heading("Contact", 2, "contact").html(),
        f"<p>{contact_sentence(world.contact, 'een fout of een vraag')}</p>",
    ]
    return Page(
        path=ABOUT_PATH,
        title="Over deze site",
        description="Wie deze site over het klimaatpact maakt, waarom ze onafhankelijk is, hoe u ernaar verwijst en "
        "wat u mag hergebruiken.",
        body="\n".join(body),
        section="over",
    )


def pages(world: SiteWorld) -> Iterator[Page]:
    """Two pages: about, and the accessibility statement."""
    yield _about(world)
    yield _accessibility(world)
