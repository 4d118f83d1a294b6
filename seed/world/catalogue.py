"""The products of the vendor, and which are bought together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from graph.money import Rates, exponent, half_even
from seed.world.clock import DAY, Clock
from seed.world.places import Country
from seed.world.sheet import Properties, Sheet

FAMILIES: Mapping[str, str] = {
    "F-CTL": "Controllers",
    "F-NET": "I/O and networks",
    "F-DRV": "Drives and motion",
    "F-HMI": "Operation and display",
    "F-SEN": "Sensors and vision",
    "F-SFT": "Software",
    "F-SRV": "Services",
}

# number, name, family, list price in the base currency, cost in percent of the price
_PRODUCTS: tuple[tuple[str, str, str, int, int], ...] = (
    ("PLC-20", "Compact controller C20", "F-CTL", 640, 58),
    ("PLC-40", "Modular controller C40", "F-CTL", 1_850, 55),
    ("PLC-60", "Rack controller C60", "F-CTL", 5_400, 52),
    ("SAF-30", "Safety controller S30", "F-CTL", 2_300, 54),
    ("EDG-10", "Edge gateway E10", "F-CTL", 980, 60),
    ("RTU-15", "Remote terminal unit R15", "F-CTL", 1_250, 57),
    ("DIO-16", "Digital I/O module 16", "F-NET", 185, 50),
    ("AIO-08", "Analog I/O module 8", "F-NET", 260, 51),
    ("SIO-08", "Safety I/O module 8", "F-NET", 340, 52),
    ("PSU-24", "Power supply 24 V", "F-NET", 120, 62),
    ("SWI-08", "Industrial switch 8 ports", "F-NET", 420, 59),
    ("BUS-01", "Fieldbus coupler", "F-NET", 230, 53),
    ("SRV-07", "Servo drive 0.75 kW", "F-DRV", 890, 56),
    ("SRV-30", "Servo drive 3 kW", "F-DRV", 1_740, 55),
    ("VFD-15", "Frequency converter 15 kW", "F-DRV", 2_150, 61),
    ("VFD-75", "Frequency converter 75 kW", "F-DRV", 7_900, 60),
    ("MOT-07", "Servo motor", "F-DRV", 760, 57),
    ("CAB-05", "Motor cable set 5 m", "F-DRV", 95, 48),
    ("BRK-02", "Brake resistor", "F-DRV", 140, 49),
    ("GEA-12", "Planetary gearbox", "F-DRV", 1_150, 63),
    ("PAN-07", "Operator panel 7 inch", "F-HMI", 560, 58),
    ("PAN-15", "Operator panel 15 inch", "F-HMI", 1_480, 57),
    ("IPC-19", "Panel PC 19 inch", "F-HMI", 3_250, 64),
    ("LIC-RT", "Panel runtime licence", "F-HMI", 390, 8),
    ("PRX-18", "Inductive sensor M18", "F-SEN", 38, 55),
    ("LSR-50", "Laser distance sensor", "F-SEN", 690, 54),
    ("CAM-05", "Smart camera 5 MP", "F-SEN", 2_900, 56),
    ("LGT-10", "Vision light", "F-SEN", 310, 47),
    ("ENC-24", "Rotary encoder", "F-SEN", 210, 52),
    ("FLW-80", "Flow meter DN 80", "F-SEN", 1_380, 59),
    ("TMP-04", "Temperature transmitter", "F-SEN", 240, 51),
    ("SCD-05", "SCADA base licence", "F-SFT", 8_200, 9),
    ("HIS-01", "Historian licence", "F-SFT", 5_600, 9),
    ("MES-10", "Manufacturing execution licence", "F-SFT", 42_000, 12),
    ("ANA-03", "Predictive maintenance licence", "F-SFT", 12_500, 11),
    ("ENG-01", "Engineering suite", "F-SFT", 2_400, 7),
    ("REM-02", "Remote access licence", "F-SFT", 780, 10),
    ("COM-01", "Commissioning day", "F-SRV", 1_250, 66),
    ("TRN-01", "Operator training", "F-SRV", 1_900, 55),
    ("SLA-01", "Service contract, one year", "F-SRV", 6_500, 45),
    ("SPK-01", "Spare parts kit", "F-SRV", 1_450, 58),
    ("AUD-01", "Line audit", "F-SRV", 4_800, 50),
)

BUNDLE = ("BND-01", "Motion starter bundle", 3_290, ("SRV-07", "MOT-07", "CAB-05", "ENG-01"))

# An order begins with a need; each need adds complements with these probabilities.
COMPLEMENTS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "PLC-20": (("DIO-16", 0.45), ("PAN-07", 0.5), ("PSU-24", 0.35), ("LIC-RT", 0.3)),
    "PLC-40": (("DIO-16", 0.75), ("PSU-24", 0.55), ("AIO-08", 0.35), ("BUS-01", 0.3), ("ENG-01", 0.15)),
    "PLC-60": (("DIO-16", 0.6), ("SWI-08", 0.5), ("AIO-08", 0.4), ("ENG-01", 0.3)),
    "SAF-30": (("SIO-08", 0.82), ("PSU-24", 0.3)),
    "SRV-07": (("MOT-07", 0.75), ("CAB-05", 0.8), ("ENC-24", 0.2)),
    "SRV-30": (("MOT-07", 0.65), ("CAB-05", 0.78), ("BRK-02", 0.4), ("GEA-12", 0.3)),
    "VFD-15": (("BRK-02", 0.3), ("CAB-05", 0.3)),
    "VFD-75": (("BRK-02", 0.45), ("SLA-01", 0.2)),
    "PAN-15": (("LIC-RT", 0.85), ("SWI-08", 0.2)),
    "IPC-19": (("SCD-05", 0.3), ("SWI-08", 0.3)),
    "SCD-05": (("HIS-01", 0.62), ("ANA-03", 0.22), ("REM-02", 0.35), ("TRN-01", 0.4)),
    "MES-10": (("TRN-01", 0.65), ("SLA-01", 0.55), ("HIS-01", 0.4)),
    "CAM-05": (("LGT-10", 0.82), ("SWI-08", 0.2)),
    "EDG-10": (("REM-02", 0.66), ("ANA-03", 0.2)),
    "RTU-15": (("FLW-80", 0.5), ("TMP-04", 0.55)),
    "PRX-18": (("ENC-24", 0.25), ("BUS-01", 0.3)),
    "LSR-50": (("BUS-01", 0.35),),
}

NEEDS_DISCRETE: Mapping[str, int] = {
    "PLC-20": 12, "PLC-40": 16, "PLC-60": 5, "SAF-30": 9, "SRV-07": 12, "SRV-30": 11, "VFD-15": 4, "PAN-15": 8,
    "IPC-19": 4, "SCD-05": 3, "MES-10": 1, "CAM-05": 10, "EDG-10": 4, "PRX-18": 8, "LSR-50": 4,
}  # fmt: skip
NEEDS_PROCESS: Mapping[str, int] = {
    "PLC-20": 5, "PLC-40": 14, "PLC-60": 11, "SAF-30": 6, "SRV-30": 2, "VFD-15": 13, "VFD-75": 8, "PAN-15": 6,
    "IPC-19": 6, "SCD-05": 8, "MES-10": 2, "EDG-10": 8, "RTU-15": 14, "CAM-05": 2,
}  # fmt: skip

# The trap: most orders include commissioning, so spare parts "predict" it with high confidence,
# although orders with spare parts include it less often than others.
TRAP_ANTECEDENT, TRAP_CONSEQUENT = "SPK-01", "COM-01"
SPARE_PARTS, COMMISSIONED, COMMISSIONED_WITH_SPARES = 0.14, 0.78, 0.56


@dataclass(frozen=True, slots=True)
class Product:
    """A product with its prices in minor units, by currency."""

    uid: str
    number: str
    name: str
    family: str
    list_price: int
    prices: Mapping[str, tuple[int, int]]


class Catalogue:
    """The products by number, priced in every currency with an exchange rate."""

    def __init__(self, sheet: Sheet, clock: Clock, rates: Rates, currencies: frozenset[str]) -> None:
        self.rates = rates
        self._sheet, self._made = sheet, clock.ago(2_200)
        self._changed = clock.ago(70)
        self.currencies = frozenset({rates.base, *(currencies & rates.rates.keys())})
        families = {number: self._family(number, name) for number, name in FAMILIES.items()}
        self.products = {row[0]: self._product(row, families) for row in _PRODUCTS}
        self._bundle(families["F-DRV"])
        self._related()

    def currency_of(self, country: Country) -> str:
        """The currency of a country if it has an exchange rate, otherwise the base currency."""
        return country.currency if country.currency in self.currencies else self.rates.base

    def price(self, list_price: int, currency: str) -> tuple[int, int]:
        """A list price as (minor units of the currency, minor units of the base currency)."""
        if currency == self.rates.base:
            units = half_even(Decimal(list_price), currency)
            return units, units
        local = (Decimal(list_price) / self.rates.rates[currency]).quantize(Decimal(1))
        units = int(local.scaleb(exponent(currency)))
        return units, self.rates.in_base(units, currency)

    def _family(self, number: str, name: str) -> str:
        values: Properties = {"name": name, "productNumber": number, "structure": "FAMILY", "state": "ACTIVE"}
        return self._sheet.node("Product", number, self._made, self._made, values)

    def _product(self, row: tuple[str, str, str, int, int], families: Mapping[str, str]) -> Product:
        number, name, family, price, cost = row
        values: Properties = {"name": name, "productNumber": number, "structure": "PRODUCT", "state": "ACTIVE"}
        base = self.rates.base
        units = self.price(price, base)[0]
        for field, amount in (
            ("price", units),
            ("standardCost", units * cost // 100),
            ("currentCost", units * (cost + 1) // 100),
        ):
            values |= {field: amount, f"{field}Currency": base, f"{field}Base": amount}
        uid = self._sheet.node("Product", number, self._made + DAY, self._changed, values)
        self._sheet.edge("CHILD_OF", "Product", uid, "Product", families[family])
        return Product(
            uid,
            number,
            name,
            family,
            price,
            {currency: self.price(price, currency) for currency in sorted(self.currencies)},
        )

    def _bundle(self, family: str) -> None:
        number, name, price, parts = BUNDLE
        units, base = self.price(price, self.rates.base)[0], self.rates.base
        values: Properties = {"name": name, "productNumber": number, "structure": "BUNDLE", "state": "ACTIVE"}
        values |= {"price": units, "priceCurrency": base, "priceBase": units}
        uid = self._sheet.node("Product", number, self._made, self._changed, values)
        self._sheet.edge("CHILD_OF", "Product", uid, "Product", family)
        for part in parts:
            needed = {"quantity": 1.0, "isRequired": part != "ENG-01"}
            self._sheet.edge("PART_OF", "Product", self.products[part].uid, "Product", uid, needed)

    def _related(self) -> None:
        """Writes manual product relations; no order supports the last one."""
        for first, second, kind in (
            ("SAF-30", "SIO-08", "Accessory"),
            ("CAM-05", "LGT-10", "Accessory"),
            ("SCD-05", "HIS-01", "Cross-sell"),
            ("PLC-20", "PLC-40", "Up-sell"),
            ("SRV-07", "SRV-30", "Up-sell"),
            ("PAN-07", "PAN-15", "Substitute"),
            ("VFD-75", "MES-10", "Cross-sell"),
        ):
            values = {"salesRelationshipType": kind, "direction": "One way"}
            self._sheet.edge(
                "RELATED_PRODUCT", "Product", self.products[first].uid, "Product", self.products[second].uid, values
            )
