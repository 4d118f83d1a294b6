"""Generates fictional names of companies and people from syllables."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import product


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(" ".join(lines).split())


_BRAND_STARTS = _words(
    "Ald Ark Bal Bel Bor Bran Cal Cas Cor Dal Del Dor Elb Ern Fal Fen Gal Grin Hal Hel Ish Jor Kal Kar Kel Lam Lor",
    "Lun Mal Mar Mel Mor Nal Ner Nor Orl Pal Pel Quil Ral Ren Ros Sal Sel Sor Tal Tam Tel Tor Ul Val Vel Ver Vor Wen",
    "Yar Zel Zor",
)
_BRAND_MIDDLES = _words("a e i o u ada ana ani avo eda era evi ida ira iva ola oma ona ora ova ule")
_BRAND_ENDS = _words(
    "bex dane dex dor dra fane gard holm kana lex lia lund mar mera mond nex nia nor phan quist rand rell rix ron san",
    "sel stad sta tane tec tis tra ven vex vik vora xen zia",
)

# Syllables that are rude in a language of the world's countries.
_RUDE = _words(
    "anal anus cum dick fag fick fuck hitl hore kack kuk mong nazi nig piss porn puta putt rape sex shit slut tit turd",
    "vag wank xxx",
)
# Existing brands that the syllables would produce.
_KNOWN = frozenset(
    _words(
        "coretec corona corvex delta marandor melexis nortel renault solvay telenor toronto valeo velux veritas zegna"
    )
)

_FIRST: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "nordic": (
        _words("Al As Bir Da Ei El Fri Gre Hal In Jo Ka Li Ma Ni Ol Si So Ta To Vi Yl"),
        _words("lin ner rik sa da vard mund nea ve ja stin vin dis lea mar rid"),
    ),
    "german": (
        _words("Al Be Di Ed El Fe Ge Hel In Ju Ka Le Lo Ma Ni Ot Ra Si Te Ul Wi"),
        _words("bert da ke lin mar na nike rich ra sa ta tje win wig ane eth"),
    ),
    "romance": (
        _words("A Be Ca Da E Fa Gi I Ju La Le Lu Ma Mi Na O Pa Re Sa Te Vi"),
        _words("bel cio dora felia lena lio lisa mira nelo nice rico rina sandra seo tano tilde viana vio"),
    ),
    "slavic": (
        _words("Bo Bra Da Do Ja Ka Li Lu Ma Mi Na Ra Ro Sla Sta Ta Ve Vla Ze Zo"),
        _words("dan dora gna lena mir mila nek nika rek rina sia sław tka vana vor zena"),
    ),
    "anglo": (
        _words("Ad Al Bar Bren Cal Cor Dar El Ev Fen Gar Har Jas Ken Lor Mar Nel Ros Tal Wen"),
        _words("a an by den dra elle ett ia ina ley lyn mond na nis on rick sa ton vin wyn"),
    ),
    "eastern": (
        _words("A Chi E Ha Hi Ka Ke Ma Mi Na Ri Sa Shi Ta To Yu"),
        _words("ari hiro ka keto ko maki mi nao nori ri roshi sato suke to ya yo"),
    ),
    "indic": (
        _words("A An Bha Da De Ga Ha Ja Ka La Ma Na Pra Ra Sa Su Ta Va Vi Yo"),
        _words("bhan deep dhar gesh jani kash lini man nav nesh nika rika shan shri tej vali vin yan"),
    ),
}
_LAST: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "nordic": (
        _words(
            "Alm Ask Berg Bjork Brand Dal Ek Fjall Fors Gran Hag Hav Holm Kvarn Lind Lov Lund Mo Norr Rosen Sjo",
            "Skog Sten Strand Sund Vester Vik",
        ),
        _words(
            "aker balk borg brand dahl falk feldt fjord gard hage kulla lid mark nas rud skar stig strom torp",
            "vall vang",
        ),
    ),
    "german": (
        _words(
            "Ahr Alt Birk Breit Brunn Buch Eich Feld Finken Grun Haber Hinter Kalten Kirch Korn Lang Linden Moos",
            "Ober Reh Rosen Stein Tannen Voss Weiden Wester Winter",
        ),
        _words(
            "acker auer bach beck berger brink brock dorfer feld hagen heimer hold kamp lechner moser rath reuter",
            "stetter thal wald",
        ),
    ),
    "romance": (
        _words(
            "Al Bar Bel Ber Bon Cal Car Cas Cor Dal Fer Fon Gal Gar Lam Lor Mal Mar Mon Nav Pal Per Ric Sal San",
            "Tor Val Ver",
        ),
        _words(
            "andier anova arelli ataldi avaux ellano elmonte ensi eroux escal essier evara iardo ignac inari",
            "ivaldo ontel orande uchard usco",
        ),
    ),
    "slavic": (
        _words(
            "Bar Bed Bor Brze Chor Dob Dru Gor Hal Jas Kal Kor Kra Lip Mal Mos Nov Pol Rud Sad Sob Str Tar Vel",
            "Vor Zab Zel",
        ),
        _words(
            "acek alski anek arin avsky ecki elnik enko ewicz icka iczny inek iska ovan ovec owiak ucha unek yk",
            "ysta",
        ),
    ),
    "anglo": (
        _words(
            "Al Ash Bar Beck Birch Black Brad Brook Cald Chat Crom Dun East Fair Hart Hazel Kel Lang March Nor",
            "Oak Pem Red Shel Stan Thorn Wes",
        ),
        _words(
            "bourne bridge brook bury combe cote don field ford grave ham hurst leigh more rick shaw stoke ton",
            "wick worth",
        ),
    ),
    "eastern": (
        _words(
            "Aka Ao Fuka Furu Hana Hoshi Ise Iwa Kage Kawa Kita Kuro Mina Mori Naga Nishi Oka Sugi Taka Tani",
            "Tsuki Ume Yama",
        ),
        _words("bara be da gaki hara hata hori kado kura mine mori naka numa oka saka sawa se shima tani ue"),
    ),
    "indic": (
        _words(
            "Bal Bha Cha Cho Dav Desh Dha Gan Gho Jag Kal Kar Kul Lal Mah Man Nar Pad Pat Raj Ram Sam San Tal Var",
            "Ven Vid",
        ),
        _words(
            "adkar alkar andan angani anwal asekar athi avadi endra eshwal idhar ikar inath irala odia okar olkar",
            "undari urthy uvani",
        ),
    ),
}


def _names(parts: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[str, ...]:
    starts, ends = parts
    found = dict.fromkeys(start + end for start, end in product(starts, ends))
    return tuple(name for name in found if pleasant(name))


def pleasant(name: str) -> bool:
    """True if a name contains nothing rude and no letter three times in a row, and has a suitable length.

    >>> pleasant("Velivora"), pleasant("Mosshitt")
    (True, False)
    """
    low = name.lower()
    if not 4 <= len(low) <= 13 or low in _KNOWN or any(rude in low for rude in _RUDE):
        return False
    return all(not (first == second == third) for first, second, third in zip(low, low[1:], low[2:], strict=False))


FIRST_NAMES: Mapping[str, tuple[str, ...]] = {sound: _names(parts) for sound, parts in _FIRST.items()}
LAST_NAMES: Mapping[str, tuple[str, ...]] = {sound: _names(parts) for sound, parts in _LAST.items()}


def brands(rng: random.Random) -> Iterator[str]:
    """Generates unique brands; with two words once single words run out."""
    used: set[str] = set()
    tries = 0
    while True:
        name = _brand(rng)
        tries += 1
        if tries > 100_000:
            name = f"{name} {_brand(rng)}"
        if name not in used and (len(name) < 10 or tries > 2_000):
            used.add(name)
            yield name


def _brand(rng: random.Random) -> str:
    while True:
        name = "".join(parts[int(rng.random() * len(parts))] for parts in (_BRAND_STARTS, _BRAND_MIDDLES, _BRAND_ENDS))
        if pleasant(name):
            return name


def person(rng: random.Random, sound: str) -> tuple[str, str]:
    """Draws a first and a last name of one language family."""
    firsts, lasts = FIRST_NAMES[sound], LAST_NAMES[sound]
    return firsts[int(rng.random() * len(firsts))], lasts[int(rng.random() * len(lasts))]


_PLAIN = str.maketrans("åäöéèíłóśšžźćčñø", "aaoeeilosszzccno")


def mailbox(name: str) -> str:
    """Converts a name to the local part of an email address.

    >>> mailbox("Jasław Kracek")
    'jaslaw.kracek'
    """
    return name.lower().translate(_PLAIN).replace(" ", ".")
