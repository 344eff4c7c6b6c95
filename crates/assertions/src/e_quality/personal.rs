//! E08: personal data.

use facts::{PersonalData, PersonalKind};
use findings::Measured;

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, percent};

/// E08: columns in which several cells have the form of personal data. A few among very many are a warning.
pub(crate) fn personal_data(cx: Context<'_>) -> Judgement {
    let found = &cx.measured_split()?.quality.personal;
    let several: Vec<&PersonalData> = found
        .iter()
        .filter(|data| data.values as f64 >= cx.threshold("values"))
        .collect();
    let (many, few): (Vec<&PersonalData>, Vec<&PersonalData>) =
        several.iter().copied().partition(|data| {
            data.share
                >= cx.threshold(match data.kind {
                    PersonalKind::PaymentCard => "card_share",
                    PersonalKind::Email
                    | PersonalKind::Phone
                    | PersonalKind::BankAccount
                    | PersonalKind::SocialSecurity => "share",
                })
        });
    let cells: usize = several.iter().map(|data| data.values).sum();
    let measured = Measured::number(cells as f64, counted(cells, "different cell"));
    let list =
        |data: &[&PersonalData]| joined(&data.iter().map(|data| told(data)).collect::<Vec<_>>());
    let paths = |data: &[&PersonalData]| -> Vec<String> {
        let mut paths: Vec<String> = data.iter().map(|data| data.path.clone()).collect();
        paths.dedup();
        paths
    };
    let finding = if !many.is_empty() {
        cx.rule
            .fail(
                measured,
                format!("columns hold personal data: {}", list(&many)),
            )
            .seen_in_all(paths(&many))
    } else if !few.is_empty() {
        cx.rule
            .warn(
                measured,
                format!("some cells look like personal data: {}", list(&few)),
            )
            .seen_in_all(paths(&few))
    } else {
        cx.rule.pass(measured)
    };
    Ok(finding.compared_with(format!(
        "fewer than {} different cells of a kind in a column, or below {}",
        cx.threshold("values"),
        percent(cx.threshold("share"))
    )))
}

fn told(data: &PersonalData) -> String {
    let what = match data.kind {
        PersonalKind::Email => "e-mail addresses",
        PersonalKind::Phone => "telephone numbers",
        PersonalKind::BankAccount => "bank accounts (IBAN)",
        PersonalKind::PaymentCard => "numbers of payment cards",
        PersonalKind::SocialSecurity => "US social security numbers",
    };
    format!(
        "`{}` has {what} in {} of its different cells",
        data.column,
        percent(data.share)
    )
}

#[cfg(test)]
mod tests {
    use findings::Status;

    use super::*;
    use crate::testing::Good;

    #[test]
    fn several_cells_reject() {
        let of_kind = |kind: PersonalKind, values: usize, share: f64| {
            let mut good = Good::new();
            good.split.quality.personal.push(PersonalData {
                path: "public/train.csv".to_owned(),
                column: "contact".to_owned(),
                kind,
                values,
                share,
            });
            good.judge("E08").status
        };
        let with = |values: usize, share: f64| of_kind(PersonalKind::Email, values, share);
        assert_eq!(of_kind(PersonalKind::PaymentCard, 50, 0.4), Status::Warn);
        assert_eq!(of_kind(PersonalKind::PaymentCard, 50, 0.6), Status::Fail);
        assert_eq!(Good::new().judge("E08").status, Status::Pass);
        assert_eq!(with(50, 0.5), Status::Fail);
        assert_eq!(with(5, 0.0001), Status::Warn);
        assert_eq!(with(2, 0.1), Status::Pass);
    }
}
