//! The field of application and the tags of a task, from the words its dataset uses.

use facts::Profile;

use crate::naming::{speaks_of, tokens};
use crate::{FeatureKind, Proposal};

/// Fields with words that speak for them; the first field with the most words wins.
const FIELDS: [(&str, &[&str]); 17] = [
    (
        "medicine",
        &[
            "patient",
            "disease",
            "diagnosis",
            "stroke",
            "cancer",
            "clinical",
            "doctor",
            "therapy",
            "ecg",
            "glucose",
            "tumor",
            "pregnancy",
            "hospital",
            "heart",
            "symptom",
            "veterinary",
            "malignant",
            "benign",
            "diabetes",
        ],
    ),
    (
        "biology",
        &[
            "gene",
            "dna",
            "species",
            "leaf",
            "plant",
            "seedlot",
            "eucalyptus",
            "petal",
            "sepal",
            "tissue",
            "protein",
        ],
    ),
    (
        "ecology",
        &[
            "hawk", "squirrel", "wildlife", "bird", "rodent", "animal", "sighting",
        ],
    ),
    (
        "finance",
        &[
            "loan",
            "insurance",
            "bank",
            "credit",
            "wealth",
            "billionaire",
            "claim",
            "income",
            "policy",
        ],
    ),
    (
        "housing",
        &[
            "house",
            "apartment",
            "listing",
            "airbnb",
            "rent",
            "bedroom",
            "nightly",
        ],
    ),
    (
        "retail",
        &[
            "purchase",
            "brand",
            "store",
            "customer",
            "juice",
            "computer",
            "advertised",
            "promotion",
        ],
    ),
    (
        "travel",
        &["hotel", "booking", "flight", "tourism", "resort"],
    ),
    (
        "transport",
        &[
            "taxi",
            "trip",
            "car",
            "vehicle",
            "crash",
            "mileage",
            "airport",
            "aircraft",
            "motorcycle",
        ],
    ),
    (
        "sports",
        &[
            "pitch", "baseball", "player", "team", "season", "match", "exercise", "linnerud",
        ],
    ),
    (
        "film",
        &["film", "movie", "bechdel", "trek", "wars", "imdb", "box"],
    ),
    (
        "education",
        &[
            "student",
            "pupil",
            "school",
            "college",
            "lecturer",
            "kindergarten",
            "graduate",
            "major",
            "class",
        ],
    ),
    (
        "politics",
        &["vote", "election", "poll", "pollster", "county", "turnout"],
    ),
    (
        "chemistry",
        &[
            "chemical",
            "spectrum",
            "infrared",
            "wine",
            "acid",
            "absorbance",
            "assay",
            "cultivar",
        ],
    ),
    (
        "food",
        &["coffee", "meat", "cupping", "taste", "food", "cup"],
    ),
    (
        "language",
        &[
            "word", "author", "vowel", "speech", "text", "phoneme", "book",
        ],
    ),
    (
        "earth science",
        &[
            "volcano",
            "eruption",
            "elevation",
            "earthquake",
            "weather",
            "temperature",
            "climate",
        ],
    ),
    (
        "industry",
        &[
            "print",
            "cylinder",
            "machine",
            "cluster",
            "job",
            "compute",
            "process",
            "sensor",
            "manufacturing",
        ],
    ),
];

/// The field of application, or `general`.
pub(super) fn domain(profile: &Profile) -> String {
    let title = tokens(&profile.dataset.title);
    let prose = tokens(profile.dataset.description.as_deref().unwrap_or_default());
    let weight = |words: &[&str]| -> usize {
        let hits = |text: &[String]| {
            words
                .iter()
                .filter(|word| {
                    text.iter()
                        .any(|spoken| spoken == *word || speaks_of(spoken, word))
                })
                .count()
        };
        // A title chooses its words with more care.
        2 * hits(&title) + hits(&prose)
    };
    let mut best = ("general", 0);
    for (field, words) in FIELDS {
        let weight = weight(words);
        if weight > best.1 {
            best = (field, weight);
        }
    }
    best.0.to_owned()
}

/// Tags, sorted.
pub(super) fn tags(profile: &Profile, proposal: &Proposal) -> Vec<String> {
    let mut tags = vec![proposal.objective.as_str()];
    let has = |wanted: fn(&FeatureKind) -> bool| {
        proposal
            .features
            .iter()
            .any(|feature| wanted(&feature.kind))
    };
    if has(|kind| matches!(kind, FeatureKind::Category)) {
        tags.push("categories");
    }
    if has(|kind| matches!(kind, FeatureKind::Date { .. })) {
        tags.push("dates");
    }
    if has(|kind| matches!(kind, FeatureKind::Text)) {
        tags.push("free text");
    }
    if proposal.features.iter().any(|feature| feature.missing) {
        tags.push("missing values");
    }
    if profile.rows < 1_000 {
        tags.push("small");
    }
    if proposal.features.len() > 100 {
        tags.push("wide");
    }
    tags.sort_unstable();
    tags.into_iter().map(str::to_owned).collect()
}
