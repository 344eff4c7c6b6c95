//! Metrics of lists of items. With R the relevant items of a row and K the first k places of its list:
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | MAP | mean of Σ precision at the places of hits / min(\|R\|, k) | – |
//! | MRR | mean of 1 / place of the first hit | 0 without a hit |
//! | recall at k | mean of hits / min(\|R\|, k) | – |
//! | hit rate | share of rows with a hit | – |
//! | NDCG | mean of Σ 1 / log2(1 + place) over hits / the same over the first min(\|R\|, k) places | – |
//!
//! An item that is repeated is a hit at its first place only, and keeps the others. A row without relevant items counts
//! as 0, so that the optimum is out of reach for every submission alike. Recall divides by min(\|R\|, k), so that a full
//! list of relevant items has 1. Source: the definitions of Kaggle's competitions (`apk` of ml_metrics).

use super::label_ranking::discount;
use crate::parameters::Settings;
use crate::weights::{RowMean, Weighted};
use crate::{Metric, Rankings, Undefined};

/// The metric on `rows`.
pub(crate) fn ready<'a>(
    metric: Metric,
    rows: &'a Rankings,
    settings: &Settings,
) -> Result<Box<dyn Weighted + 'a>, Undefined> {
    let formula: fn(&[usize], usize) -> f64 = match metric {
        Metric::MeanAveragePrecision => average_precision,
        Metric::MeanReciprocalRank => |hits, _| reciprocal(hits),
        Metric::RecallAtK => |hits, best| hits.len() as f64 / best as f64,
        Metric::HitRate => |hits, _| f64::from(u8::from(!hits.is_empty())),
        Metric::RankingNdcg => discounted_gain,
        _ => return Err(Undefined::Form(metric)),
    };
    let k = settings.k;
    let value = move |row: usize| {
        let relevant = &rows.relevant()[row];
        if relevant.is_empty() {
            return 0.0;
        }
        formula(
            &hits(relevant, &rows.ranked()[row], k),
            relevant.len().min(k),
        )
    };
    Ok(Box::new(RowMean::new(rows.ranked().len(), value)))
}

/// Places, from 0 and below `k`, at which a relevant item stands for the first time.
fn hits(relevant: &[u32], ranked: &[u32], k: usize) -> Vec<usize> {
    let mut found = vec![false; relevant.len()];
    let mut hits = Vec::new();
    for (place, item) in ranked.iter().enumerate().take(k) {
        if let Ok(index) = relevant.binary_search(item)
            && !std::mem::replace(&mut found[index], true)
        {
            hits.push(place);
        }
    }
    hits
}

fn average_precision(hits: &[usize], best: usize) -> f64 {
    let precisions = (1..)
        .zip(hits)
        .map(|(count, &place)| f64::from(count) / (place + 1) as f64);
    precisions.sum::<f64>() / best as f64
}

fn reciprocal(hits: &[usize]) -> f64 {
    hits.first().map_or(0.0, |&place| 1.0 / (place + 1) as f64)
}

fn discounted_gain(hits: &[usize], best: usize) -> f64 {
    let gain: f64 = hits.iter().map(|&place| discount(place)).sum();
    gain / (0..best).map(discount).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Aligned, Parameters};

    fn score(metric: Metric, relevant: &[u32], ranked: &[u32], k: Option<u32>) -> f64 {
        let rows = Rankings::new(vec![relevant.to_vec()], vec![ranked.to_vec()]);
        let parameters = Parameters {
            k,
            ..Parameters::default()
        };
        metric
            .evaluate_with(&Aligned::Rankings(rows), &parameters)
            .unwrap()
    }

    fn check(metric: Metric, relevant: &[u32], ranked: &[u32], k: Option<u32>, expected: f64) {
        let score = score(metric, relevant, ranked, k);
        assert!(
            (score - expected).abs() < 1e-12,
            "{metric}: {score} is not {expected}"
        );
    }

    #[test]
    fn by_hand() {
        let (relevant, ranked) = ([7, 2, 9], [2, 5, 9, 4]);
        let precision = (1.0 + 2.0 / 3.0) / 3.0;
        check(
            Metric::MeanAveragePrecision,
            &relevant,
            &ranked,
            None,
            precision,
        );
        check(
            Metric::MeanAveragePrecision,
            &relevant,
            &ranked,
            Some(2),
            0.5,
        );
        check(Metric::RecallAtK, &relevant, &ranked, None, 2.0 / 3.0);
        check(Metric::RecallAtK, &relevant, &ranked, Some(2), 0.5);
        check(Metric::HitRate, &relevant, &ranked, Some(1), 1.0);
        check(
            Metric::MeanReciprocalRank,
            &relevant,
            &[5, 4, 9],
            None,
            1.0 / 3.0,
        );
        check(
            Metric::MeanReciprocalRank,
            &relevant,
            &[5, 4, 9],
            Some(2),
            0.0,
        );
        check(Metric::HitRate, &relevant, &[5, 4, 9], Some(2), 0.0);
        let second = 1.0 / 3.0_f64.log2();
        let ndcg = 1.5 / (1.5 + second);
        check(Metric::RankingNdcg, &relevant, &ranked, None, ndcg);
    }

    #[test]
    fn a_repeated_item_hits_once_and_keeps_its_place() {
        let precision = (1.0 + 2.0 / 3.0) / 2.0;
        check(
            Metric::MeanAveragePrecision,
            &[1, 2],
            &[1, 1, 2],
            None,
            precision,
        );
        check(Metric::RecallAtK, &[1, 2], &[1, 1], None, 0.5);
    }

    #[test]
    fn nothing_relevant_is_zero() {
        for metric in [
            Metric::MeanAveragePrecision,
            Metric::MeanReciprocalRank,
            Metric::RecallAtK,
            Metric::HitRate,
            Metric::RankingNdcg,
        ] {
            check(metric, &[], &[1, 2], None, 0.0);
            check(metric, &[1, 2], &[], None, 0.0);
        }
    }
}
