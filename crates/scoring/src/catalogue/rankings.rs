//! Metrics of a list of items per row.

use super::{Entry, SHARE, TOP};
use crate::Input;

const OF_LISTS: Entry = Entry {
    input: Input::Ranking,
    parameters: TOP,
    ..SHARE
};

pub(crate) static MEAN_AVERAGE_PRECISION: Entry = Entry {
    name: "mean_average_precision",
    title: "mean average precision (MAP)",
    formula: "for each row Σ precision at the places (up to k) of relevant items, divided by the number of relevant items or k if that is less; 0 where nothing is relevant; averaged over rows",
    edge_cases: "an item that is repeated hits at its first place only; 0 for a row without relevant items",
    source: "Kaggle's MAP@k competitions, `apk` of ml_metrics",
    ..OF_LISTS
};

pub(crate) static MEAN_RECIPROCAL_RANK: Entry = Entry {
    name: "mean_reciprocal_rank",
    title: "mean reciprocal rank (MRR)",
    formula: "for each row 1 / place of the first relevant item, 0 where there is none up to place k; averaged over rows",
    edge_cases: "0 for a row without relevant items",
    source: "Voorhees, The TREC-8 question answering track report, 1999",
    ..OF_LISTS
};

pub(crate) static RECALL_AT_K: Entry = Entry {
    name: "recall_at_k",
    title: "recall at k",
    formula: "for each row the number of relevant items up to place k, divided by the number of relevant items or k if that is less; 0 where nothing is relevant; averaged over rows",
    edge_cases: "an item that is repeated hits at its first place only; 0 for a row without relevant items",
    source: "ours: divided by k where fewer than all relevant items fit, so that a full list of them has 1",
    ..OF_LISTS
};

pub(crate) static HIT_RATE: Entry = Entry {
    name: "hit_rate",
    title: "hit rate",
    formula: "the share of rows with a relevant item up to place k",
    edge_cases: "0 for a row without relevant items",
    source: "Deshpande & Karypis, Item-based top-N recommendation algorithms, 2004",
    ..OF_LISTS
};

pub(crate) static RANKING_NDCG: Entry = Entry {
    name: "ranking_ndcg",
    title: "NDCG of item lists",
    formula: "for each row Σ 1 / log2(1 + place) over the places (up to k) of relevant items, divided by the same sum with all relevant items first; 0 where nothing is relevant; averaged over rows",
    edge_cases: "an item that is repeated hits at its first place only; 0 for a row without relevant items",
    source: "Järvelin & Kekäläinen, Cumulated gain-based evaluation of IR techniques, 2002",
    ..OF_LISTS
};
