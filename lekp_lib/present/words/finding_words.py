"""What the rules of plausibility look at, in Dutch: for who checks the data in a notebook."""

from __future__ import annotations

from types import MappingProxyType

#: Sentence per rule of ``lekp_lib.data.checks``; a test holds the two together.
RULE_WORDS = MappingProxyType(
    {
        "bound": "Meer dan een gemeente kan hebben.",
        "closed": "Voor dit doel komen na de slotdatum geen cijfers meer binnen.",
        "context": "Een deel van een doel, bij een cijfer dat geen doel heeft.",
        "denominator": "Het doel van de bron volgt uit een andere noemer dan die van het pact.",
        "duplicate": "Hetzelfde cijfer staat er meer dan eens.",
        "ended": "De gemeente bestond op die datum niet meer.",
        "falls": "Een cijfer dat opgeteld wordt, daalt.",
        "flanders": "De som van de gemeenten wijkt sterk af van het gepubliceerde cijfer voor Vlaanderen.",
        "form": "Het cijfer heeft geen bruikbare vorm.",
        "fraction": "Een deel in procent dat op een breuk lijkt.",
        "future": "De datum ligt in de toekomst.",
        "jump": "Het cijfer is meer dan tien keer zo groot of zo klein als het vorige.",
        "kilometres": "Zijn hier kilometers als meters genoteerd?",
        "level": "Meer dan twintig keer wat het pact vraagt.",
        "negative": "Een cijfer onder nul.",
        "not_yet": "De gemeente bestond op die datum nog niet.",
        "part": "Een deel is groter dan het geheel.",
        "share": "Meer dan honderd procent, of een percentage per jaar dat op een totaal lijkt.",
        "since": "De begindatum ligt na de datum van het cijfer.",
        "unknown_nis": "Geen enkele gemeente heeft deze NIS-code.",
        "whole": "Een deel van iets dat geteld wordt.",
        "yes_no": "Hier wordt 0 (nee) of 1 (ja) verwacht.",
    }
)
LEVEL_WORDS = MappingProxyType({"confirm": "te bevestigen", "error": "kan niet", "warning": "na te kijken"})


def rule_words(rule: str) -> str:
    """Sentence for a rule; a rule that nobody wrote words for is shown by its name."""
    return RULE_WORDS.get(rule, f"Regel {rule}.")
