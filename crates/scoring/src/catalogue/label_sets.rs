//! Metrics of a set of labels per row.

use super::{BETA, ERROR, Entry, SHARE};
use crate::Input;

const OF_SETS: Entry = Entry {
    input: Input::LabelSets,
    ..SHARE
};

pub(crate) static SUBSET_ACCURACY: Entry = Entry {
    name: "subset_accuracy",
    title: "subset accuracy",
    formula: "the share of rows whose predicted set of labels equals the true one",
    edge_cases: "two empty sets are equal",
    source: "scikit-learn 1.9 `accuracy_score` of indicator matrices",
    ..OF_SETS
};

pub(crate) static HAMMING_LOSS: Entry = Entry {
    name: "hamming_loss",
    title: "Hamming loss",
    worst: Some(1.0),
    input: Input::LabelSets,
    formula: "the share of all pairs of row and label that are wrong: predicted but not true, or true but not predicted",
    edge_cases: "none",
    source: "scikit-learn 1.9 `hamming_loss`",
    ..ERROR
};

pub(crate) static SAMPLES_F1: Entry = Entry {
    name: "samples_f1",
    title: "mean F1 of rows",
    formula: "for each row 2·|truth ∩ prediction| / (|truth| + |prediction|), 1 where both are empty, averaged over rows",
    edge_cases: "1 where both sets are empty (scikit-learn: 0 by default)",
    source: "scikit-learn 1.9 `f1_score` with `average=\"samples\"`, `zero_division=1`",
    ..OF_SETS
};

pub(crate) static SAMPLES_F_BETA: Entry = Entry {
    name: "samples_f_beta",
    title: "mean F-beta of rows",
    formula: "for each row (1 + β²)·|truth ∩ prediction| / (β²·|truth| + |prediction|), 1 where both are empty, averaged over rows",
    edge_cases: "1 where both sets are empty (scikit-learn: 0 by default)",
    source: "scikit-learn 1.9 `fbeta_score` with `average=\"samples\"`, `zero_division=1`",
    parameters: BETA,
    ..OF_SETS
};

pub(crate) static SAMPLES_JACCARD: Entry = Entry {
    name: "samples_jaccard",
    title: "mean Jaccard index of rows",
    formula: "for each row |truth ∩ prediction| / |truth ∪ prediction|, 1 where both are empty, averaged over rows",
    edge_cases: "1 where both sets are empty (scikit-learn: 0 by default)",
    source: "scikit-learn 1.9 `jaccard_score` with `average=\"samples\"`, `zero_division=1`",
    ..OF_SETS
};

pub(crate) static DICE: Entry = Entry {
    name: "dice",
    title: "mean Dice coefficient",
    formula: "for each row 2·|truth ∩ prediction| / (|truth| + |prediction|) of the two sets of pixels, 1 where both are empty, averaged over rows",
    edge_cases: "1 where both sets are empty",
    source: "Dice 1945; the same as `samples_f1`",
    ..OF_SETS
};

pub(crate) static MULTILABEL_MICRO_F1: Entry = Entry {
    name: "multilabel_micro_f1",
    title: "micro F1 of label sets",
    formula: "2·TP / (2·TP + FP + FN) with the counts of all labels added up",
    edge_cases: "0 where no label is true or predicted",
    source: "scikit-learn 1.9 `f1_score` of indicator matrices with `average=\"micro\"`",
    ..OF_SETS
};

pub(crate) static MULTILABEL_MICRO_F_BETA: Entry = Entry {
    name: "multilabel_micro_f_beta",
    title: "micro F-beta of label sets",
    formula: "(1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP) with the counts of all labels added up",
    edge_cases: "0 where no label is true or predicted",
    source: "scikit-learn 1.9 `fbeta_score` of indicator matrices with `average=\"micro\"`",
    parameters: BETA,
    ..OF_SETS
};

pub(crate) static MULTILABEL_MACRO_F1: Entry = Entry {
    name: "multilabel_macro_f1",
    title: "macro F1 of label sets",
    formula: "the F1 score of each label, 2·TP / (2·TP + FP + FN), averaged with equal weight over the labels that are true or predicted anywhere",
    edge_cases: "labels on neither side do not enter (scikit-learn: 0); 0 where there is no other",
    source: "scikit-learn 1.9 `f1_score` of indicator matrices with `average=\"macro\"`",
    ..OF_SETS
};

pub(crate) static MULTILABEL_MACRO_F_BETA: Entry = Entry {
    name: "multilabel_macro_f_beta",
    title: "macro F-beta of label sets",
    formula: "the F-beta score of each label, (1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP), averaged with equal weight over the labels that are true or predicted anywhere",
    edge_cases: "labels on neither side do not enter (scikit-learn: 0); 0 where there is no other",
    source: "scikit-learn 1.9 `fbeta_score` of indicator matrices with `average=\"macro\"`",
    parameters: BETA,
    ..OF_SETS
};

pub(crate) static MULTILABEL_WEIGHTED_F1: Entry = Entry {
    name: "multilabel_weighted_f1",
    title: "weighted F1 of label sets",
    formula: "the F1 score of each label, 2·TP / (2·TP + FP + FN), averaged over the labels in proportion to their number of true rows",
    edge_cases: "labels that are never true do not enter; 0 where none is true",
    source: "scikit-learn 1.9 `f1_score` of indicator matrices with `average=\"weighted\"`",
    ..OF_SETS
};

pub(crate) static MULTILABEL_WEIGHTED_F_BETA: Entry = Entry {
    name: "multilabel_weighted_f_beta",
    title: "weighted F-beta of label sets",
    formula: "the F-beta score of each label, (1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP), averaged over the labels in proportion to their number of true rows",
    edge_cases: "labels that are never true do not enter; 0 where none is true",
    source: "scikit-learn 1.9 `fbeta_score` of indicator matrices with `average=\"weighted\"`",
    parameters: BETA,
    ..OF_SETS
};
