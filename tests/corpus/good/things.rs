//! Datasets about things: houses, transfers of money, plants, gardens, samples, sales.

use super::Draw;
use super::files::{Lines, Raw};

/// 600 houses whose prices span a factor of ten.
pub(super) fn cottages() -> Raw {
    let mut draw = Draw::new(201);
    let mut lines = Lines::new(
        &[
            "listing",
            "district",
            "living_area_m2",
            "garden_m2",
            "rooms",
            "built_year",
            "condition",
            "garage",
            "sale_price",
        ],
        ',',
    );
    for number in 0..600 {
        let district = draw.pick(&[
            ("Harbour", 2.0),
            ("Old Town", 2.0),
            ("Meadows", 3.0),
            ("Quarry", 2.0),
        ]);
        let area = 45.0 + 180.0 * draw.uniform() * draw.uniform() + draw.normal(15.0, 6.0);
        let garden = 900.0 * draw.uniform() * draw.uniform() + draw.between(0.0, 60.0);
        let built = 1890.0 + 130.0 * draw.uniform();
        let condition = draw.pick(&[
            ("poor", 1.0),
            ("fair", 2.0),
            ("good", 3.0),
            ("excellent", 1.0),
        ]);
        let garage = draw.chance(0.4);
        let place = match district {
            "Harbour" => 1.75,
            "Old Town" => 1.3,
            "Meadows" => 1.0,
            _ => 0.7,
        };
        let state = match condition {
            "poor" => 0.7,
            "fair" => 0.9,
            "good" => 1.05,
            _ => 1.35,
        };
        let base = 1450.0 * area
            + 85.0 * garden
            + 230.0 * (built - 1890.0)
            + if garage { 18_000.0 } else { 0.0 };
        // A product of factors near one: skewed as prices are, without an exponential function.
        let noise: f64 = (0..6).map(|_| 1.0 + draw.normal(0.0, 0.07)).product();
        let rooms = (area / 27.0 + draw.normal(0.5, 0.8)).max(1.0);
        lines.push([
            format!("L{:04}", 9000 - number),
            district.to_owned(),
            format!("{area:.0}"),
            draw.sometimes(0.05, format!("{garden:.0}")),
            format!("{rooms:.0}"),
            format!("{built:.0}"),
            draw.sometimes(0.15, condition.to_owned()),
            if garage { "yes" } else { "no" }.to_owned(),
            format!(
                "{:.0}",
                100.0 * (base * place * state * noise / 100.0).round()
            ),
        ]);
    }
    Raw::file("cottages.csv", lines.text()).stated(
        "Sale prices of cottages",
        "Six hundred invented houses in one county and the price at which each was sold.",
        &[
            ("sale_price", "In thalers"),
            ("garden_m2", "Land that belongs to the house"),
        ],
    )
}

/// 1,500 transfers of money, one in twenty a fraud.
pub(super) fn transfers() -> Raw {
    let mut draw = Draw::new(202);
    let mut lines = Lines::new(
        &[
            "country_index",
            "amount",
            "account_age_days",
            "transfers_last_day",
            "device",
            "night",
            "fraud",
        ],
        ',',
    );
    for _ in 0..1500 {
        let amount = 20.0 + 1800.0 * draw.uniform() * draw.uniform() * draw.uniform();
        let age = 3.0 + 2900.0 * draw.uniform();
        let country = draw.uniform();
        let busy = (draw.uniform() * draw.uniform() * 9.0) as u32;
        let device = draw.pick(&[("known", 8.0), ("new", 2.0)]);
        let night = draw.chance(0.2);
        let drive = 1.4 * (amount / 600.0) + 1.5 * country - age / 1100.0
            + 0.35 * f64::from(busy)
            + if device == "new" { 1.3 } else { 0.0 }
            + if night { 0.5 } else { 0.0 };
        let fraud = drive + draw.normal(0.0, 0.45) > 3.5;
        lines.push([
            format!("{country:.2}"),
            draw.sometimes(0.05, format!("{amount:.2}")),
            format!("{age:.0}"),
            busy.to_string(),
            device.to_owned(),
            u8::from(night).to_string(),
            u8::from(fraud).to_string(),
        ]);
    }
    Raw::file("transfers.csv", lines.text()).stated(
        "Fraud in transfers of money",
        "Invented transfers; a few are fraud.",
        &[
            ("fraud", "1 for a transfer that was reversed as fraud"),
            ("country_index", "Risk of the country, 0 to 1"),
        ],
    )
}

/// 640 leaves of five plants whose names need more than ASCII.
pub(super) fn herbarium() -> Raw {
    let mut draw = Draw::new(203);
    let species = [
        ("Ácer žlutý", [62.0, 48.0, 0.30, 11.0]),
        ("Břečťan", [48.0, 44.0, 0.42, 9.0]),
        ("Ödblatt", [70.0, 36.0, 0.22, 13.0]),
        ("Løn", [58.0, 52.0, 0.36, 12.0]),
        ("银杏", [54.0, 60.0, 0.26, 8.0]),
    ];
    let mut lines = Lines::new(
        &[
            "specimen",
            "locality",
            "blade_length_mm",
            "blade_width_mm",
            "lobe_depth",
            "teeth",
            "collector",
            "species",
        ],
        ',',
    );
    for number in 0..640 {
        let (name, [length, width, depth, teeth]) = draw.pick(&[
            (species[0], 3.0),
            (species[1], 2.5),
            (species[2], 2.5),
            (species[3], 2.0),
            (species[4], 2.0),
        ]);
        let size = draw.normal(1.0, 0.08);
        let depth = depth + draw.normal(0.0, 0.06);
        let length = length * size + draw.normal(0.0, 4.5);
        lines.push([
            format!("H-{:04}", (number * 37) % 1000),
            draw.pick(&[("hill", 2.0), ("valley", 3.0), ("shore", 1.0)])
                .to_owned(),
            draw.sometimes(0.05, format!("{length:.1}")),
            format!("{:.1}", width * size + draw.normal(0.0, 4.5)),
            draw.sometimes(0.06, format!("{depth:.3}")),
            format!("{:.0}", teeth + draw.normal(0.0, 1.6)),
            draw.pick(&[("Anna", 1.0), ("Józef", 1.0), ("Mei", 1.0)])
                .to_owned(),
            name.to_owned(),
        ]);
    }
    Raw::file("herbarium.csv", lines.text()).stated(
        "Leaves of a herbarium",
        "Measured leaves of five species, invented.",
        &[("species", "What the botanist wrote on the sheet")],
    )
}

/// 520 gardens with a third of all cells empty.
pub(super) fn allotments() -> Raw {
    let mut draw = Draw::new(204);
    let mut lines = Lines::new(
        &[
            "soil_ph",
            "nitrogen",
            "phosphorus",
            "potassium",
            "sun_hours",
            "compost_kg",
            "watering",
            "visits_per_week",
            "yield_kg",
        ],
        ',',
    );
    for _ in 0..520 {
        let care = draw.normal(0.0, 1.0);
        let acidity = draw.normal(6.4, 0.6);
        let soil = draw.normal(0.0, 1.0);
        let sun = draw.between(3.0, 10.0);
        let compost = (40.0 + 22.0 * care + draw.normal(0.0, 8.0)).max(0.0);
        let visits = (3.0 + 1.3 * care + draw.normal(0.0, 0.7)).clamp(0.0, 7.0);
        let watering = draw.pick(&[("can", 3.0), ("hose", 4.0), ("drip", 2.0)]);
        let yielded = 60.0 + 5.0 * (sun - 6.5) + 9.0 * care + 7.0 * soil
            - 6.0 * (acidity - 6.4).abs()
            + match watering {
                "drip" => 9.0,
                "hose" => 3.0,
                _ => 0.0,
            }
            + draw.normal(0.0, 6.0);
        let mut third = |text: String| draw.sometimes(0.33, text);
        let cells = [
            third(format!("{acidity:.1}")),
            third(format!("{:.0}", 40.0 + 9.0 * soil)),
            third(format!("{:.0}", 25.0 + 5.0 * soil)),
            third(format!("{:.0}", 150.0 + 24.0 * soil)),
            third(format!("{sun:.1}")),
            third(format!("{compost:.0}")),
            third(watering.to_owned()),
            third(format!("{visits:.0}")),
            format!("{:.1}", yielded.max(2.0)),
        ];
        lines.push(cells);
    }
    Raw::file("allotments.csv", lines.text())
}

/// 240 samples with sixty channels each: more columns than most tables, few rows.
pub(super) fn spectra() -> Raw {
    let mut draw = Draw::new(205);
    let names: Vec<String> = (0..60)
        .map(|channel| format!("channel_{}", 900 + 10 * channel))
        .collect();
    let mut header: Vec<&str> = names.iter().map(String::as_str).collect();
    header.push("fat_content");
    let mut lines = Lines::new(&header, ',');
    for _ in 0..240 {
        let (fat, water, tilt) = (
            draw.between(2.0, 30.0),
            draw.between(40.0, 70.0),
            draw.normal(0.0, 0.4),
        );
        let mut cells: Vec<String> = (0..60)
            .map(|channel| {
                let place = f64::from(channel) / 60.0;
                // Two bumps that grow with fat and water, on a slope.
                let bump =
                    |middle: f64| (1.0 - 16.0 * (place - middle) * (place - middle)).max(0.0);
                let value = 2.0
                    + 0.03 * fat * bump(0.3)
                    + 0.012 * water * bump(0.7)
                    + tilt * place
                    + draw.normal(0.0, 0.06);
                format!("{value:.3}")
            })
            .collect();
        cells.push(format!("{:.1}", fat + draw.normal(0.0, 1.8)));
        lines.push(cells);
    }
    Raw::file("spectra.csv", lines.text()).stated(
        "Spectra of samples of meat",
        "Two hundred and forty invented spectra with the fat content found in the laboratory.",
        &[("fat_content", "Percent, the target")],
    )
}

/// 450 sales in a Spanish file: semicolons, decimal commas, Latin-1.
pub(super) fn ventas() -> Raw {
    let mut draw = Draw::new(206);
    let mut lines = Lines::new(
        &[
            "Pedido",
            "Región",
            "Categoría",
            "Año",
            "Precio unitario",
            "Descuento",
            "Unidades",
            "Devolución",
        ],
        ';',
    );
    let comma = |value: f64, digits: usize| format!("{value:.digits$}").replace('.', ",");
    for number in 0..450 {
        let category = draw.pick(&[
            ("Niños", 3.0),
            ("Baño", 2.0),
            ("Jardín", 2.0),
            ("Calzado", 3.0),
        ]);
        let price = 8.0 + 120.0 * draw.uniform() * draw.uniform();
        let discount = draw.between(0.0, 0.4);
        let units = 1 + (draw.uniform() * draw.uniform() * 12.0) as u32;
        let drive = match category {
            "Calzado" => 1.0,
            "Niños" => 0.1,
            "Baño" => -0.7,
            _ => -0.4,
        } + 0.02 * price
            - 2.6 * discount
            + 0.08 * f64::from(units);
        let returned = drive + draw.normal(-0.9, 0.55) > 0.0;
        lines.push([
            format!("V{}", 80_000 + 11 * number),
            draw.pick(&[("Aragón", 2.0), ("Cádiz", 3.0), ("León", 2.0)])
                .to_owned(),
            category.to_owned(),
            draw.pick(&[("2021", 1.0), ("2022", 1.0), ("2023", 1.0)])
                .to_owned(),
            draw.sometimes(0.06, comma(price, 2)),
            draw.sometimes(0.06, comma(discount, 3)),
            units.to_string(),
            if returned { "sí" } else { "no" }.to_owned(),
        ]);
    }
    Raw::file("ventas.csv", lines.latin1()).stated(
        "Devoluciones de ventas",
        "Cuatrocientas cincuenta ventas inventadas y si hubo devolución.",
        &[("Devolución", "Target: whether the parcel came back")],
    )
}
