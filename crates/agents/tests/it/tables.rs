//! Profiles made by hand: two small tables of different character, and parts to build others from.

use facts::{
    CategoryCount, ColumnProfile, Combine, DatasetFacts, DateSummary, Encoding, EntityColumn,
    FileKind, Format, Header, NumberSummary, Profile, RawFile, Reading, Relation, Role, Separator,
    Storage, TextSummary, TimeColumn, Trend,
};

/// A column without a value.
pub(crate) fn column(name: &str, role: Role, storage: Storage, distinct: usize) -> ColumnProfile {
    ColumnProfile {
        name: name.to_owned(),
        storage,
        role,
        missing: 0,
        distinct,
        meaning: None,
        unit: None,
        numbers: None,
        categories: Vec::new(),
        categories_complete: false,
        text: None,
        dates: None,
        examples: Vec::new(),
        order: None,
    }
}

/// A number that lies evenly between two bounds.
pub(crate) fn number(
    name: &str,
    role: Role,
    low: f64,
    high: f64,
    decimals: u32,
    distinct: usize,
) -> ColumnProfile {
    let at = |share: f64| low + share * (high - low);
    let storage = if decimals == 0 {
        Storage::Integer
    } else {
        Storage::Float
    };
    let mut column = column(name, role, storage, distinct);
    column.numbers = Some(NumberSummary {
        min: low,
        max: high,
        mean: at(0.5),
        std: (high - low) / 12f64.sqrt(),
        quantiles: [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map(at),
        skewness: 0.0,
        zeros: 0.0,
        mode_share: 1.5 / distinct.max(2) as f64,
        decimals,
        trend: Trend::None,
    });
    column
}

/// Classes with their counts.
pub(crate) fn classes(
    name: &str,
    role: Role,
    storage: Storage,
    values: &[(&str, usize)],
) -> ColumnProfile {
    let mut column = column(name, role, storage, values.len());
    column.categories = values
        .iter()
        .map(|(value, count)| CategoryCount {
            value: (*value).to_owned(),
            count: *count,
        })
        .collect();
    column
        .categories
        .sort_by(|a, b| b.count.cmp(&a.count).then(a.value.cmp(&b.value)));
    column.categories_complete = true;
    column.examples = values
        .iter()
        .take(5)
        .map(|(value, _)| (*value).to_owned())
        .collect();
    column
}

/// A dataset of one file.
pub(crate) fn dataset(slug: &str, title: &str, path: &str, kind: FileKind) -> DatasetFacts {
    DatasetFacts {
        slug: slug.to_owned(),
        title: title.to_owned(),
        description: None,
        source: None,
        licence: None,
        modality: None,
        files: vec![RawFile {
            path: path.to_owned(),
            bytes: 4_321,
            sha256: "ab".repeat(32),
            kind,
        }],
    }
}

/// A plain CSV file.
pub(crate) fn csv(path: &str) -> Reading {
    Reading {
        path: path.to_owned(),
        compression: None,
        encoding: Encoding::Utf8,
        format: Format::Delimited {
            separator: Separator::Comma,
            quote: None,
            comment: None,
            skip_lines: 0,
            decimal_comma: false,
            header: Header::Present { names: Vec::new() },
        },
        missing_markers: Vec::new(),
        strip_blanks: false,
        read_as_text: Vec::new(),
    }
}

/// A table without relations.
pub(crate) fn profile(
    dataset: DatasetFacts,
    reading: Reading,
    rows: usize,
    columns: Vec<ColumnProfile>,
) -> Profile {
    Profile {
        dataset,
        readings: vec![reading],
        combine: Combine::Single,
        left_out: Vec::new(),
        rows,
        duplicate_rows: 0,
        columns,
        relations: Vec::new(),
        entities: Vec::new(),
        times: Vec::new(),
        documentation: None,
        others: Vec::new(),
    }
}

/// Orders of a garden shop: was the parcel returned? With a leak, a total and its parts, grades and free text.
pub(crate) fn garden_orders() -> Profile {
    let mut facts = dataset(
        "garden-orders",
        "Garden shop orders",
        "orders.csv",
        FileKind::Delimited,
    );
    facts.description =
        Some("600 orders of a mail-order shop for plants and tools, and whether the parcel was returned.".to_owned());
    facts.licence = Some("CC0-1.0".to_owned());
    facts.source = Some("made for the tests of mle-smith".to_owned());

    let mut order = number("order", Role::Id, 1.0, 600.0, 0, 600);
    order.numbers.as_mut().unwrap().trend = Trend::Sequence;
    let mut amount = number("goods_value", Role::Number, 4.5, 890.0, 2, 540);
    amount.numbers.as_mut().unwrap().skewness = 4.2;
    amount.unit = Some("EUR".to_owned());
    let mut size = classes(
        "size",
        Role::Ordinal,
        Storage::Text,
        &[("small", 240), ("medium", 250), ("large", 104)],
    );
    size.order = Some(vec![
        "small".to_owned(),
        "medium".to_owned(),
        "large".to_owned(),
    ]);
    size.missing = 6;
    size.meaning = Some("Size of the parcel".to_owned());
    let mut note = column("gift note", Role::Text, Storage::Text, 120);
    note.missing = 480;
    note.text = Some(TextSummary {
        mean_characters: 61.0,
        max_characters: 240,
        mean_words: 11.2,
    });
    let mut shipping = number("shipping", Role::Number, 0.0, 19.9, 2, 41);
    shipping.missing = 3;
    let returned = classes(
        "returned",
        Role::Category,
        Storage::Boolean,
        &[("false", 451), ("true", 149)],
    );
    let refund = number("refund_for_returned", Role::Number, 0.0, 890.0, 2, 140);

    let mut reading = csv("orders.csv");
    reading.missing_markers = vec!["?".to_owned()];
    reading.strip_blanks = true;
    let columns = vec![
        order,
        classes(
            "channel",
            Role::Category,
            Storage::Text,
            &[("web", 330), ("phone", 120), ("catalogue \"spring\"", 150)],
        ),
        size,
        amount,
        shipping,
        number("total", Role::Number, 4.5, 909.9, 2, 560),
        note,
        refund,
        returned,
    ];
    let mut profile = profile(facts, reading, 600, columns);
    profile.relations = vec![
        Relation::Arithmetic {
            to: "total".to_owned(),
            from: vec!["goods_value".to_owned(), "shipping".to_owned()],
            formula: "goods_value + shipping".to_owned(),
            share: 1.0,
        },
        Relation::NearCopy {
            a: "goods_value".to_owned(),
            b: "total".to_owned(),
            strength: 0.998,
        },
    ];
    profile
}

/// Readings of wells: a JSON table with dates, entities, a number and a rare alarm.
pub(crate) fn wells() -> Profile {
    let mut facts = dataset("wells", "Ground water wells", "wells.json", FileKind::Json);
    facts.description = Some(
        "Yearly readings of 150 wells: depth of the water table, nitrate, and alarms.".to_owned(),
    );
    let mut well = column("well_id", Role::Id, Storage::Text, 150);
    well.examples = vec!["W001".to_owned(), "W002".to_owned()];
    let mut day = column("day", Role::Date, Storage::Text, 900);
    day.dates = Some(DateSummary {
        first: "2011-01-03".to_owned(),
        last: "2019-12-30".to_owned(),
        pattern: "%Y-%m-%d".to_owned(),
    });
    let mut nitrate = number("nitrate", Role::Number, 0.2, 310.0, 1, 700);
    nitrate.numbers.as_mut().unwrap().skewness = 2.4;
    nitrate.missing = 40;
    nitrate.unit = Some("mg/l".to_owned());
    let columns = vec![
        well,
        day,
        number("depth", Role::Number, 1.2, 61.0, 1, 380),
        number("pumped", Role::Count, 0.0, 5200.0, 0, 610),
        classes(
            "aquifer",
            Role::Category,
            Storage::Text,
            &[("sand", 640), ("chalk", 380), ("gravel", 180)],
        ),
        classes(
            "alarm",
            Role::Category,
            Storage::Integer,
            &[("0", 1140), ("1", 60)],
        ),
        nitrate,
    ];
    let reading = Reading {
        path: "wells.json".to_owned(),
        compression: None,
        encoding: Encoding::Utf8,
        format: Format::JsonRecords {
            record_path: vec!["readings".to_owned()],
            flattened: true,
        },
        missing_markers: Vec::new(),
        strip_blanks: false,
        read_as_text: Vec::new(),
    };
    let mut profile = profile(facts, reading, 1200, columns);
    profile.entities = vec![EntityColumn {
        column: "well_id".to_owned(),
        entities: 150,
        rows_per_entity: 8.0,
        reason: "named like a key, and its values repeat".to_owned(),
    }];
    profile.times = vec![TimeColumn {
        column: "day".to_owned(),
        distinct: 900,
        sorted: false,
        reason: "dates".to_owned(),
    }];
    profile
}
