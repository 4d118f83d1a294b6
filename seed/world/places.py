"""Countries with cities, legal forms, currencies and language families."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Country:
    """A country; `phone` is a range of numbers reserved for fiction, if it has one."""

    name: str
    weight: int
    currency: str
    sound: str
    forms: tuple[str, ...]
    cities: tuple[str, ...]
    region: str
    phone: str = ""


def _country(
    name: str, weight: int, currency: str, sound: str, forms: str, cities: str, region: str, phone: str = ""
) -> Country:
    return Country(name, weight, currency, sound, tuple(forms.split("|")), tuple(cities.split("|")), region, phone)


NORTH, CENTRAL, SOUTH, OVERSEAS = "North", "Central", "South", "Overseas"

COUNTRIES: tuple[Country, ...] = (
    _country(
        "Germany",
        20,
        "EUR",
        "german",
        "GmbH|AG|GmbH & Co. KG",
        "Stuttgart|Mannheim|Bremen|Leipzig|Kassel|Ulm|Dortmund|Regensburg",
        CENTRAL,
        "+49 171 39200{:02d}",
    ),
    _country(
        "Sweden",
        13,
        "SEK",
        "nordic",
        "AB",
        "Gothenburg|Malmö|Linköping|Örebro|Umeå|Borås|Karlstad",
        NORTH,
        "+46 70 174 06 {:02d}",
    ),
    _country(
        "France",
        11,
        "EUR",
        "romance",
        "SA|SAS",
        "Lyon|Lille|Nantes|Grenoble|Toulouse|Metz|Rouen",
        SOUTH,
        "+33 6 39 98 01 {:02d}",
    ),
    _country(
        "United Kingdom",
        10,
        "GBP",
        "anglo",
        "Ltd|PLC",
        "Leeds|Sheffield|Bristol|Derby|Coventry|Hull|Swansea",
        NORTH,
        "+44 7700 9000{:02d}",
    ),
    _country(
        "United States",
        14,
        "USD",
        "anglo",
        "Inc.|LLC|Corp.",
        "Cleveland|Milwaukee|Charlotte|Pittsburgh|Tulsa|Columbus|Portland|Omaha",
        OVERSEAS,
        "+1 216 555 01{:02d}",
    ),
    _country("Italy", 9, "EUR", "romance", "SpA|Srl", "Turin|Bologna|Brescia|Modena|Padua|Bergamo", SOUTH),
    _country("Netherlands", 6, "EUR", "german", "BV|NV", "Eindhoven|Rotterdam|Groningen|Breda|Arnhem", CENTRAL),
    _country("Denmark", 5, "DKK", "nordic", "A/S|ApS", "Aarhus|Odense|Aalborg|Esbjerg", NORTH),
    _country("Norway", 4, "NOK", "nordic", "AS|ASA", "Bergen|Stavanger|Trondheim|Drammen", NORTH),
    _country("Finland", 5, "EUR", "nordic", "Oy|Oyj", "Tampere|Turku|Oulu|Lahti|Vaasa", NORTH),
    _country("Poland", 6, "PLN", "slavic", "Sp. z o.o.|SA", "Łódź|Poznań|Katowice|Gdańsk|Wrocław", CENTRAL),
    _country("Czechia", 4, "CZK", "slavic", "s.r.o.|a.s.", "Brno|Ostrava|Plzeň|Liberec", CENTRAL),
    _country("Spain", 6, "EUR", "romance", "SA|SL", "Zaragoza|Bilbao|Valencia|Vigo|Pamplona", SOUTH),
    _country("Austria", 4, "EUR", "german", "GmbH|AG", "Linz|Graz|Steyr|Wels", CENTRAL),
    _country("Switzerland", 4, "CHF", "german", "AG|SA", "Winterthur|Basel|Biel|Schaffhausen", CENTRAL),
    _country("Japan", 4, "JPY", "eastern", "K.K.", "Nagoya|Osaka|Kobe|Hamamatsu", OVERSEAS),
    _country("India", 4, "INR", "indic", "Pvt. Ltd.", "Pune|Chennai|Ahmedabad|Coimbatore", OVERSEAS),
    _country("Brazil", 4, "BRL", "romance", "Ltda.|S.A.", "Campinas|Curitiba|Joinville|Contagem", OVERSEAS),
)

_REACH = tuple(accumulate(country.weight for country in COUNTRIES))


def any_country(rng: random.Random) -> Country:
    """Draws a country by its weight."""
    return rng.choices(COUNTRIES, cum_weights=_REACH)[0]


def country(name: str) -> Country:
    """The country with a name; KeyError if it is not part of the world."""
    return _BY_NAME[name]


_BY_NAME = {one.name: one for one in COUNTRIES}
