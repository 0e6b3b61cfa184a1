//! What there is to buy.

use std::fmt;

/// A tea.
#[derive(Debug)]
pub(crate) struct Product {
    /// In addresses, cookies and sessions.
    pub(crate) sku: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) about: &'static str,
    pub(crate) brewing: &'static str,
    pub(crate) price: Price,
    /// The colours of its tin, and of the wall behind it.
    pub(crate) tin: &'static str,
    pub(crate) wall: &'static str,
}

/// An amount of money in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Price(u64);

impl Price {
    pub(crate) fn times(self, count: u32) -> Self {
        Self(self.0 * u64::from(count))
    }

    pub(crate) fn sum(prices: impl Iterator<Item = Self>) -> Self {
        Self(prices.map(|price| price.0).sum())
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "€{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// The product of this sku. What comes from a client goes through here before it is believed.
pub(crate) fn find(sku: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.sku == sku)
}

/// Everything, in the order of the shelf.
pub(crate) static PRODUCTS: [Product; 6] = [
    Product {
        sku: "earl-grey",
        name: "Earl Grey",
        kind: "Black tea, bergamot",
        about: "Ceylon leaves with the oil of real bergamot: bright, floral, and never perfumed.",
        brewing: "95 °C, 3 minutes",
        price: Price(690),
        tin: "#2f4f6f",
        wall: "#d5e0e8",
    },
    Product {
        sku: "sencha",
        name: "Sencha",
        kind: "Green tea, Kagoshima",
        about: "First harvest, deep-steamed. Tastes of sweet peas, sea air and a little hay.",
        brewing: "70 °C, 90 seconds",
        price: Price(980),
        tin: "#44683f",
        wall: "#dbe6d0",
    },
    Product {
        sku: "oolong",
        name: "Milk Oolong",
        kind: "Oolong, Alishan",
        about: "Rolled high-mountain leaves that open over six infusions, with a creamy finish.",
        brewing: "90 °C, 2 minutes",
        price: Price(1250),
        tin: "#2c6c6a",
        wall: "#d2e6e2",
    },
    Product {
        sku: "chai",
        name: "Masala Chai",
        kind: "Black tea, spices",
        about: "Assam with cardamom, ginger, clove and pepper. Made for milk and cold mornings.",
        brewing: "100 °C, 5 minutes",
        price: Price(740),
        tin: "#a1472c",
        wall: "#f0dccb",
    },
    Product {
        sku: "rooibos",
        name: "Rooibos",
        kind: "Herbal, Cederberg",
        about: "Red bush from the mountains of the Cape: honey, vanilla, and no caffeine at all.",
        brewing: "100 °C, 6 minutes",
        price: Price(560),
        tin: "#8a3350",
        wall: "#efd9de",
    },
    Product {
        sku: "camomile",
        name: "Camomile",
        kind: "Herbal, whole flowers",
        about: "Whole heads, dried slowly in the shade. A warm meadow just before you fall asleep.",
        brewing: "95 °C, 5 minutes",
        price: Price(480),
        tin: "#a87a1e",
        wall: "#f3e7c6",
    },
];
