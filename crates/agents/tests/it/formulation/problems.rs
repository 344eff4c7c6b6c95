//! What is wrong with a proposal, and whether it is told.

use super::*;

#[test]
fn the_profile_shows_what_is_wrong() {
    check(
        returned(),
        |form| form.title = " ".to_owned(),
        &["`title`", "empty"],
    );
    check(
        returned(),
        |form| form.target = "retuned".to_owned(),
        &["`target`", "`retuned`", "is it `returned`?"],
    );
    check(
        returned(),
        |form| form.target = "order".to_owned(),
        &["`target` is `order`", "numbers the rows"],
    );
    check(
        returned(),
        |form| form.labels = vec!["True".to_owned(), "Flase".to_owned()],
        &[
            "`Flase`",
            "no value of `returned` (`False`, `True`); is it `False`?",
        ],
    );
    check(
        returned(),
        |form| form.labels = vec!["True".to_owned()],
        &["exactly 2", "not 1"],
    );
    check(
        returned(),
        |form| form.positive_label = Some("yes".to_owned()),
        &["`positive_label` is `yes`", "`False`", "`True`"],
    );
    check(
        returned(),
        |form| form.objective = Objective::Detection,
        &["`detection`", "25 %", "call it `binary`"],
    );
    check(
        returned(),
        |form| form.metric = "auc_roc".to_owned(),
        &["`auc_roc`", "roc_auc", "custom"],
    );
    check(
        returned(),
        |form| form.metric = "quadratic_weighted_kappa".to_owned(),
        &["does not fit a `binary` task", "ordered grades"],
    );
    check(
        returned(),
        |form| form.metric = "custom".to_owned(),
        &["`custom_metric` is null"],
    );
    check(
        returned(),
        |form| form.split.policy = SplitPolicy::Official,
        &["`official`"],
    );
    check(
        returned(),
        |form| form.split.policy = SplitPolicy::Group,
        &["`split.column` is null", "`group`"],
    );
    check(
        returned(),
        |form| {
            form.split.policy = SplitPolicy::Group;
            form.split.column = Some("channel".to_owned());
        },
        &["`channel` has 3 groups", "at least 10"],
    );
    check(
        returned(),
        |form| {
            form.split.policy = SplitPolicy::Time;
            form.split.column = Some("channel".to_owned());
        },
        &["`channel` is no time"],
    );
    check(
        returned(),
        |form| form.split.column = Some("channel".to_owned()),
        &["`stratified` division uses no column"],
    );
    check(
        returned(),
        |form| form.split.test_fraction = 0.05,
        &["`split.test_fraction` is 0.05", "0.1", "0.5"],
    );
    check(
        returned(),
        |form| form.left_out.clear(),
        &[
            "`refund_for_returned` may give the target away",
            "`left_out`",
        ],
    );
    check(
        returned(),
        |form| form.left_out.push(note("refunds", "x")),
        &["`left_out` names `refunds`"],
    );
    check(
        returned(),
        |form| form.left_out.push(note("channel", "")),
        &["no reason for `channel`"],
    );
    check(
        returned(),
        |form| {
            for column in [
                "channel",
                "size",
                "goods_value",
                "shipping",
                "total",
                "gift note",
            ] {
                form.left_out.push(note(column, "is not wanted"));
            }
        },
        &["no column is left"],
    );
}

#[test]
fn what_a_name_suggests_can_be_kept_with_a_reason_and_what_values_show_can_not() {
    let mut profile = tables::garden_orders();
    let mut form = returned();
    form.left_out.clear();
    form.kept = vec![note(
        "refund_for_returned",
        "is the refund of the order before",
    )];
    let proposal = form.propose(&profile).unwrap();
    assert!(
        proposal
            .features
            .iter()
            .any(|feature| feature.column == "refund_for_returned")
    );
    profile.relations.push(Relation::Determines {
        from: "refund_for_returned".to_owned(),
        to: "returned".to_owned(),
        share: 1.0,
    });
    // It hardly ever repeats, so that fixing something means nothing; with few values it does.
    profile.columns[7].distinct = 40;
    let found = problems(&profile, &form);
    assert_eq!(
        found,
        [
            "`refund_for_returned` gives the target away: it fixes the value of `returned`. Add it to `left_out`"
        ]
    );
}

#[test]
fn a_derived_target_must_be_new_whole_and_not_computable() {
    check(
        large(),
        |form| form.target = "Total".to_owned(),
        &["`target` is a new column", "`total`"],
    );
    check(
        large(),
        |form| form.labels.clear(),
        &["`labels` is empty", "`derivation.rule`"],
    );
    // With the sum at hand its other part is no innocent any more.
    let mut with_total = large();
    with_total.left_out.remove(0);
    let found = problems(&tables::garden_orders(), &with_total);
    assert_eq!(
        found,
        [
            "`shipping` gives the target away: it belongs to one sum with `goods_value`: total = goods_value + shipping. \
             Add it to `left_out`",
            "`total` gives the target away: it says nearly the same as `goods_value`. Add it to `left_out`",
        ]
    );
    check(
        large(),
        |form| form.kept.clear(),
        &["`shipping` may give the target away", "`kept`"],
    );
    check(
        large(),
        |form| {
            let derivation = form.derivation.as_mut().unwrap();
            derivation.from = vec!["total".to_owned(), "shipping".to_owned()];
            form.left_out.remove(0);
        },
        &["all columns that `large_order` is made from are kept"],
    );
    check(
        large(),
        |form| form.derivation.as_mut().unwrap().from = vec!["good_value".to_owned()],
        &[
            "`derivation.from` names `good_value`",
            "is it `goods_value`?",
        ],
    );
}

#[test]
fn what_is_recorded_at_an_end_is_known_no_earlier_than_its_date() {
    let mut profile = tables::wells();
    let alarm = profile.columns.iter_mut().find(|one| one.name == "alarm");
    alarm.unwrap().name = "closing_alarm".to_owned();
    let mut form = Formulation {
        target: "pumped_long".to_owned(),
        derivation: Some(DerivedFrom {
            from: vec!["day".to_owned(), "pumped".to_owned()],
            rule: "`yes` where a reading of the same well and a higher `pumped` follows within 100 days, else `no`".to_owned(),
        }),
        left_out: vec![note("day", "tells with `pumped` what follows")],
        kept: Vec::new(),
        ..large()
    };
    assert_eq!(
        problems(&profile, &form),
        [
            "`closing_alarm` may give the target away: it is recorded at an end, by its name, and so known no earlier than `day`. \
             Add it to `left_out`, or to `kept` with the reason why it does not"
        ]
    );
    form.kept = vec![note("closing_alarm", "is the alarm of the reading before")];
    assert!(form.propose(&profile).is_ok());
}
