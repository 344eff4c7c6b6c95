//! What becomes of a task that someone else than the engine of rules proposes.

mod problems;
mod several;

use agents::{
    ColumnNote, CustomMetric, Derivation, DerivedFrom, FeatureKind, Formulation, MetricPlan,
    Proposal, Split, merge, metrics_for, rules,
};
use facts::{Profile, Relation};
use proptest::prelude::*;
use scoring::{Direction, Metric};
use task_format::{Objective, Prediction, SplitPolicy};

use crate::tables;

fn note(column: &str, reason: &str) -> ColumnNote {
    ColumnNote {
        column: column.to_owned(),
        reason: reason.to_owned(),
    }
}

/// Whether an order of the garden shop comes back.
fn returned() -> Formulation {
    Formulation {
        title: "Garden shop orders: will the parcel come back?".to_owned(),
        table: None,
        sources: Vec::new(),
        target: "returned".to_owned(),
        derivation: None,
        objective: Objective::Binary,
        labels: Vec::new(),
        positive_label: Some("true".to_owned()),
        metric: "roc_auc".to_owned(),
        custom_metric: None,
        split: Split {
            policy: SplitPolicy::Stratified,
            column: None,
            test_fraction: 0.3,
            reason: "orders are independent of each other".to_owned(),
        },
        left_out: vec![note(
            "refund_for_returned",
            "is paid once the parcel is back",
        )],
        kept: Vec::new(),
        rationale: "A shop plans for returns.\nThey hang on what was ordered and how.".to_owned(),
    }
}

/// Whether an order is a large one, from its value and shipping.
fn large() -> Formulation {
    Formulation {
        target: "large_order".to_owned(),
        derivation: Some(DerivedFrom {
            from: vec!["goods_value".to_owned()],
            rule: "`yes` where goods_value is above 200, else `no`".to_owned(),
        }),
        labels: vec!["no".to_owned(), "yes".to_owned()],
        positive_label: None,
        left_out: vec![
            note("total", "contains the value"),
            note("refund_for_returned", "is paid once the parcel is back"),
        ],
        kept: vec![note(
            "shipping",
            "hangs on the weight, and the sum is left out",
        )],
        ..returned()
    }
}

/// The problems of a changed formulation for a profile.
fn problems(profile: &Profile, form: &Formulation) -> Vec<String> {
    match form.propose(profile) {
        Ok(proposal) => panic!("nothing is wrong with {}", proposal.id),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

/// One change makes exactly the problem that holds all these words.
#[track_caller]
fn check(form: Formulation, change: impl FnOnce(&mut Formulation), words: &[&str]) {
    let mut changed = form;
    change(&mut changed);
    let found = problems(&tables::garden_orders(), &changed);
    assert!(
        found.len() == 1 && words.iter().all(|word| found[0].contains(word)),
        "{words:?} in {found:#?}"
    );
}

#[test]
fn a_sound_formulation_becomes_what_rules_would_make_of_it() {
    let profile = tables::garden_orders();
    let proposal = returned().propose(&profile).unwrap();
    let ours = rules::brainstorm(&profile).unwrap();
    let same = ours
        .iter()
        .find(|other| other.target.column == "returned")
        .unwrap();
    assert_eq!(proposal.id, same.id);
    assert_eq!(proposal.target, same.target);
    assert_eq!(proposal.features, same.features);
    assert_eq!(proposal.split.seed, same.split.seed);
    assert_eq!(proposal.id_column, same.id_column);
    assert_eq!(proposal.metric, MetricPlan::Catalogue(Metric::RocAuc));
    assert_eq!(proposal.prediction, Prediction::Probability);
    assert_eq!(
        proposal.dropped["refund_for_returned"],
        "is paid once the parcel is back"
    );
    // A column that numbers the rows is left out unasked.
    assert_eq!(proposal.dropped["order"], "numbers the rows");
    assert!(!proposal.rationale.contains('\n'));
}

#[test]
fn a_derived_target_leaves_its_source_out() {
    let proposal = large().propose(&tables::garden_orders()).unwrap();
    assert_eq!(proposal.target.column, "large_order");
    assert_eq!(proposal.target.labels, ["no", "yes"]);
    assert_eq!(proposal.target.positive.as_deref(), Some("yes"));
    assert!(proposal.target.counts.is_empty());
    assert!(matches!(
        proposal.target.derivation,
        Some(Derivation::Rule { .. })
    ));
    assert_eq!(
        proposal.dropped["goods_value"],
        "is what `large_order` is made from"
    );
}

#[test]
fn grades_keep_the_order_they_are_given_in() {
    let grades = |labels: &[&str]| Formulation {
        target: "size".to_owned(),
        objective: Objective::Ordinal,
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        positive_label: None,
        metric: "quadratic_weighted_kappa".to_owned(),
        ..returned()
    };
    let profile = tables::garden_orders();
    let labels = |labels: &[&str]| {
        let proposal = grades(labels).propose(&profile).unwrap();
        (proposal.target.labels, proposal.target.counts)
    };
    let low_to_high = ["small", "medium", "large"];
    let expected = (low_to_high.map(str::to_owned).to_vec(), vec![240, 250, 104]);
    assert_eq!(labels(&[]), expected);
    assert_eq!(labels(&low_to_high), expected);
    assert_eq!(labels(&["large", "medium", "small"]).1, [104, 250, 240]);
    let proposal = grades(&[]).propose(&profile).unwrap();
    assert_eq!(proposal.dropped_row_count(), 6);
    // Two of three grades are no scale.
    let found = problems(&profile, &grades(&["small", "medium"]));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_task_may_bring_its_own_metric() {
    let mut form = returned();
    form.metric = "custom".to_owned();
    form.custom_metric = Some(CustomMetric {
        title: "Cost of returns".to_owned(),
        formula: "5 for each missed return and 1 for each false alarm, per order".to_owned(),
        prediction: Prediction::Label,
        direction: Direction::Minimize,
        optimum: 0.0,
        worst: Some(5.0),
    });
    let proposal = form.propose(&tables::garden_orders()).unwrap();
    assert_eq!(proposal.metric.name(), "custom");
    assert_eq!(proposal.metric.title(), "Cost of returns");
    assert_eq!(proposal.metric.worst(), Some(5.0));
    assert_eq!(proposal.metric.catalogue(), None);
    assert_eq!(proposal.prediction, Prediction::Label);
    let text = serde_json::to_string(&proposal).unwrap();
    assert_eq!(serde_json::from_str::<Proposal>(&text).unwrap(), proposal);
    check(
        form.clone(),
        |form| form.custom_metric.as_mut().unwrap().worst = Some(-1.0),
        &["`custom_metric.worst` is -1", "optimum 0"],
    );
    check(
        form,
        |form| form.custom_metric.as_mut().unwrap().prediction = Prediction::Number,
        &["`custom_metric.prediction` does not fit"],
    );
}

#[test]
fn rows_of_an_entity_that_fixes_the_target_stay_together() {
    let mut profile = tables::wells();
    profile.relations = vec![Relation::Determines {
        from: "well_id".to_owned(),
        to: "aquifer".to_owned(),
        share: 1.0,
    }];
    let mut form = Formulation {
        target: "aquifer".to_owned(),
        objective: Objective::Multiclass,
        positive_label: None,
        metric: "balanced_accuracy".to_owned(),
        left_out: Vec::new(),
        ..returned()
    };
    let found = problems(&profile, &form);
    assert!(
        found[0].contains("divide by `group` of `well_id`"),
        "{found:?}"
    );
    form.split.policy = SplitPolicy::Group;
    form.split.column = Some("well_id".to_owned());
    let proposal = form.propose(&profile).unwrap();
    let group = proposal
        .features
        .iter()
        .find(|feature| feature.column == "well_id")
        .unwrap();
    assert_eq!(group.kind, FeatureKind::Group);
}

#[test]
fn a_metric_must_have_a_meaning_for_the_values() {
    let mut profile = tables::wells();
    let form = |metric: &str| Formulation {
        target: "depth".to_owned(),
        objective: Objective::Regression,
        positive_label: None,
        metric: metric.to_owned(),
        left_out: Vec::new(),
        ..returned()
    };
    assert!(form("rmsle").propose(&profile).is_ok());
    profile.columns[2].numbers.as_mut().unwrap().min = -4.0;
    let found = problems(&profile, &form("rmsle"));
    assert_eq!(
        found,
        ["`rmsle` has no meaning for -4, which is a value of `depth`"]
    );
    assert!(form("rmse").propose(&profile).is_ok());
}

#[test]
fn duplicates_are_one_proposal() {
    let profile = tables::garden_orders();
    let first = returned().propose(&profile).unwrap();
    let again = Formulation {
        title: "The same in other words".to_owned(),
        metric: "log_loss".to_owned(),
        ..returned()
    };
    let other = large().propose(&profile).unwrap();
    let merged = merge(vec![
        first.clone(),
        again.propose(&profile).unwrap(),
        other.clone(),
    ]);
    assert_eq!(merged, [first, other]);
}

#[test]
fn the_schema_says_what_can_be_written() {
    let schema = serde_json::to_value(schemars::schema_for!(Formulation)).unwrap();
    let metrics = schema["properties"]["metric"]["enum"].as_array().unwrap();
    assert!(metrics.iter().any(|name| name == "custom"));
    assert!(metrics.iter().any(|name| name == "rmsle"));
    assert!(!metrics.iter().any(|name| name == "concordance_index"));
    assert!(
        schema["properties"]["metric"]["description"]
            .as_str()
            .is_some_and(|text| text.contains("catalogue"))
    );
    for objective in [
        Objective::Binary,
        Objective::Multiclass,
        Objective::Regression,
    ] {
        for metric in metrics_for(objective) {
            assert!(metrics.iter().any(|name| name == metric.name()));
        }
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    for form in [returned(), large()] {
        let value = serde_json::to_value(&form).unwrap();
        assert!(validator.is_valid(&value), "{value:#}");
        assert_eq!(serde_json::from_value::<Formulation>(value).unwrap(), form);
    }
}

proptest! {
    /// Whatever a model writes: problems or a proposal, never a panic, and the proposal can be written as JSON.
    #[test]
    fn anything_is_answered(
        names in proptest::collection::vec(prop_oneof![
            Just("returned"), Just("size"), Just("goods_value"), Just("order"), Just("gift note"), Just("channel"),
            Just(""), Just("nonsense"), Just("shipping"),
        ].prop_map(str::to_owned), 6),
        derived in proptest::option::of(0..6usize),
        objective in prop_oneof![
            Just(Objective::Binary), Just(Objective::Multiclass), Just(Objective::Regression), Just(Objective::Ordinal),
            Just(Objective::Detection),
        ],
        metric in proptest::sample::select(Metric::ALL.map(Metric::name).to_vec()),
        policy in prop_oneof![
            Just(SplitPolicy::Stratified), Just(SplitPolicy::Group), Just(SplitPolicy::Time), Just(SplitPolicy::Official),
        ],
        labels in proptest::collection::vec(prop_oneof![Just("small"), Just("True"), Just("x"), Just("")].prop_map(str::to_owned), 0..4),
        test_fraction in prop_oneof![Just(f64::NAN), -1.0..2.0f64],
    ) {
        let form = Formulation {
            target: names[0].clone(),
            derivation: derived.map(|at| DerivedFrom { from: names[..at].to_vec(), rule: names[5].clone() }),
            objective,
            positive_label: labels.first().cloned(),
            labels,
            metric: metric.to_owned(),
            split: Split { policy, column: Some(names[1].clone()), test_fraction, reason: "r".to_owned() },
            left_out: vec![note(&names[2], "r"), note(&names[3], "r")],
            kept: vec![note(&names[4], "r")],
            ..returned()
        };
        match form.propose(&tables::garden_orders()) {
            Err(problems) => prop_assert!(!problems.is_empty()),
            Ok(proposal) => {
                prop_assert!(!proposal.features.is_empty());
                prop_assert!(serde_json::to_string(&proposal).is_ok());
            }
        }
    }
}
