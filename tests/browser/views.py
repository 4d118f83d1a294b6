"""The views of the explorer, with the addresses in the demo world that the tests and the screenshots open."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from playwright.async_api import Page, expect

from tests.api.running import Running

_SAMPLES = """{
  labels: accounts(first: 1, where: { name: { startsWith: "Yaranilex Labels" } }) { nodes {
    id opportunities(first: 1, where: { state: { eq: OPEN } }) { nodes { id } }
  } }
  group: accounts(first: 1, where: { name: { startsWith: "Calinex Industries" } }) { nodes { id } }
  target: contacts(first: 1, where: { name: { eq: "Ulwin Ahrlechner" } }) { nodes {
    id accounts(first: 1) { nodes { id } }
  } }
  contact: contacts(first: 1, where: { name: { eq: "Wimar Eichlechner" } }) { nodes { id } }
  order: salesOrders(first: 1, orderBy: [{ orderNumber: ASC }]) { nodes { id } }
  me { user { id } }
}"""


@dataclass(frozen=True)
class Samples:
    """Ids of the demo world, by the names that views use in `sample`."""

    account: str
    group: str
    contact: str
    target: str
    employer: str
    deal: str
    order: str
    user: str


def samples(kith: Running) -> Samples:
    """Returns the ids of the demo world that the server has."""
    data = kith.ask(_SAMPLES)["data"]
    (labels,) = data["labels"]["nodes"]
    (target,) = data["target"]["nodes"]
    return Samples(
        account=labels["id"],
        group=data["group"]["nodes"][0]["id"],
        contact=data["contact"]["nodes"][0]["id"],
        target=target["id"],
        employer=target["accounts"]["nodes"][0]["id"],
        deal=labels["opportunities"]["nodes"][0]["id"],
        order=data["order"]["nodes"][0]["id"],
        user=data["me"]["user"]["id"],
    )


async def addresses(page: Page, kith: Running) -> dict[str, str]:
    """Returns the address of each view that declares a sample, by the name of the view."""
    await page.goto(f"{kith.url}/accounts")
    found: dict[str, str] = await page.evaluate("ids => window.kith.samples(ids)", asdict(samples(kith)))
    return found


async def opened(page: Page) -> None:
    """Waits until a view has its data."""
    await expect(page.locator(".sheet main:not([aria-busy])")).to_be_visible()
    await expect(page.locator("h1")).to_be_visible()
    await page.evaluate("document.fonts.ready")
