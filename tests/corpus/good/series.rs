//! Datasets with time in them, and a long one.

use super::Draw;
use super::files::{Lines, Raw};

/// Days of the months of a year without a leap day.
const MONTHS: [usize; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The `day`-th day of 2023, counted from 0, as `2023-01-01`.
fn date(day: usize) -> String {
    let (mut rest, mut month) = (day % 365, 0);
    while rest >= MONTHS[month] {
        rest -= MONTHS[month];
        month += 1;
    }
    format!("{}-{:02}-{:02}", 2023 + day / 365, month + 1, rest + 1)
}

/// A wave of period 1 made of parabolas: near a sine, with exact arithmetic.
fn wave(phase: f64) -> f64 {
    let part = phase - phase.floor();
    if part < 0.5 {
        16.0 * part * (0.5 - part)
    } else {
        -16.0 * (part - 0.5) * (1.0 - part)
    }
}

/// 900 hours of a wind turbine: the future is predicted from the past.
pub(super) fn turbine() -> Raw {
    let mut draw = Draw::new(301);
    let mut lines = Lines::new(
        &[
            "measured_at",
            "wind_speed_ms",
            "wind_gust_ms",
            "blade_pitch_deg",
            "air_temp_c",
            "gearbox_temp_c",
            "output_kw",
        ],
        ',',
    );
    let mut wind: f64 = 8.0;
    for hour in 0..900usize {
        wind = (8.0 + 0.85 * (wind - 8.0) + draw.normal(0.0, 1.3)).clamp(0.5, 22.0);
        let pitch = draw.between(0.0, 12.0);
        let air = 9.0 + 5.0 * wave(hour as f64 / 24.0) + draw.normal(0.0, 1.5);
        let output = 38.0 * wind - 9.0 * pitch - 1.5 * (air - 9.0) + draw.normal(0.0, 28.0);
        let gust = wind * draw.between(1.05, 1.5);
        let gearbox = 45.0 + 0.03 * output + draw.normal(0.0, 4.0);
        lines.push([
            format!("{} {:02}:00:00", date(60 + hour / 24), hour % 24),
            draw.sometimes(0.05, format!("{wind:.1}")),
            draw.sometimes(0.05, format!("{gust:.1}")),
            draw.sometimes(0.05, format!("{pitch:.1}")),
            draw.sometimes(0.05, format!("{air:.1}")),
            draw.sometimes(0.05, format!("{gearbox:.1}")),
            format!("{:.1}", output.max(0.0)),
        ]);
    }
    Raw::file("turbine.csv", lines.text()).stated(
        "Output of a wind turbine",
        "Nine hundred invented hourly readings of one turbine.",
        &[(
            "output_kw",
            "Mean electrical output of the hour, the target",
        )],
    )
}

/// 5,000 flats with five columns.
pub(super) fn meters() -> Raw {
    let mut draw = Draw::new(302);
    let mut lines = Lines::new(
        &[
            "district",
            "floor_area",
            "occupants",
            "insulation_code",
            "heating_cost",
        ],
        ',',
    );
    for _ in 0..5000 {
        let area = draw.between(30.0, 220.0);
        let occupants = 1 + draw.below(5);
        let insulation = draw.pick(&[("A", 2.0), ("B", 3.0), ("C", 3.0), ("D", 2.0)]);
        let loss = match insulation {
            "A" => 3.1,
            "B" => 4.4,
            "C" => 6.0,
            _ => 8.2,
        };
        let cost = loss * area + 45.0 * occupants as f64 + draw.normal(0.0, 120.0);
        lines.push([
            draw.pick(&[("Altstadt", 2.0), ("Hafen", 1.0), ("Berg", 1.0)])
                .to_owned(),
            draw.sometimes(0.05, format!("{area:.1}")),
            occupants.to_string(),
            insulation.to_owned(),
            format!("{:.2}", cost.max(40.0)),
        ]);
    }
    Raw::file("meters.csv", lines.text()).stated(
        "Cost of heating",
        "Five thousand invented flats and what a winter of heating cost.",
        &[("heating_cost", "In thalers a winter")],
    )
}

/// 560 stays in holiday flats with dates of arrival and departure.
pub(super) fn rentals() -> Raw {
    let mut draw = Draw::new(303);
    let mut lines = Lines::new(
        &[
            "booking",
            "booked_on",
            "arrival_date",
            "guests",
            "flat_code",
            "country",
            "special_requests",
            "booking_status",
        ],
        ',',
    );
    for number in 0..560 {
        let (arrival, lead) = (
            40 + draw.below(300),
            1 + (draw.uniform() * draw.uniform() * 200.0) as usize,
        );
        let guests = 1 + draw.below(6);
        let flat = draw.pick(&[("studio", 4.0), ("family", 3.0), ("penthouse", 1.0)]);
        let requests = (draw.uniform() * draw.uniform() * 5.0) as u32;
        let country = draw.pick(&[("AT", 3.0), ("DE", 4.0), ("NL", 2.0), ("FR", 2.0)]);
        let drive = 0.016 * lead as f64 - 0.7 * f64::from(requests)
            + 0.12 * guests as f64
            + match country {
                "NL" => 0.5,
                "AT" => -0.4,
                _ => 0.0,
            }
            + if flat == "penthouse" { 0.5 } else { 0.0 };
        let cancelled = drive + draw.normal(-0.75, 0.5) > 0.0;
        let arrives = arrival + 120;
        lines.push([
            format!("B{:04}", 2000 + number),
            date(arrives.saturating_sub(lead)),
            date(arrives),
            guests.to_string(),
            flat.to_owned(),
            country.to_owned(),
            requests.to_string(),
            if cancelled { "cancelled" } else { "kept" }.to_owned(),
        ]);
    }
    Raw::file("rentals.csv", lines.text()).stated(
        "Bookings of holiday flats",
        "Invented bookings of flats; the booking status says whether a booking was cancelled.",
        &[("booking_status", "The outcome: kept or cancelled")],
    )
}

/// 730 days of a bicycle counter.
pub(super) fn bicycles() -> Raw {
    let mut draw = Draw::new(304);
    let mut lines = Lines::new(
        &[
            "season_of_year",
            "weekday",
            "holiday",
            "temperature_c",
            "rain_mm",
            "wind_kmh",
            "trips_count",
        ],
        ',',
    );
    for day in 0..730usize {
        let season = ["winter", "spring", "summer", "autumn"][day % 365 * 4 / 365];
        let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day % 7];
        let holiday = draw.chance(0.04);
        let temperature = 10.0 - 9.0 * wave(day as f64 / 365.0 + 0.25) + draw.normal(0.0, 4.0);
        let rain = if draw.chance(0.6) {
            0.0
        } else {
            14.0 * draw.uniform() * draw.uniform()
        };
        let wind = draw.between(3.0, 35.0);
        let mean = 85.0 + 4.2 * temperature - 4.5 * rain - 0.8 * wind
            + if day % 7 >= 5 { -25.0 } else { 0.0 }
            + if holiday { -30.0 } else { 0.0 };
        let count = mean.max(6.0) + draw.normal(0.0, 3.0 + mean.max(0.0).sqrt());
        lines.push([
            season.to_owned(),
            weekday.to_owned(),
            u8::from(holiday).to_string(),
            format!("{temperature:.1}"),
            draw.sometimes(0.04, format!("{rain:.1}")),
            draw.sometimes(0.04, format!("{wind:.0}")),
            format!("{:.0}", count.max(0.0)),
        ]);
    }
    Raw::file("bicycles.csv", lines.text()).stated(
        "Trips past a bicycle counter",
        "Two invented years of a counter: how many trips on each day.",
        &[("trips_count", "Bicycles that passed on that day")],
    )
}
