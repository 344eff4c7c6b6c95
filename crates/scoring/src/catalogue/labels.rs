//! Metrics of one class per row.

use super::{BETA, COEFFICIENT, ERROR, Entry, SHARE};
use crate::Input;

pub(crate) static ACCURACY: Entry = Entry {
    name: "accuracy",
    title: "accuracy",
    formula: "the share of rows whose predicted label equals the true one",
    edge_cases: "none",
    source: "scikit-learn 1.9 `accuracy_score`",
    ..SHARE
};

pub(crate) static ERROR_RATE: Entry = Entry {
    name: "error_rate",
    title: "error rate",
    worst: Some(1.0),
    formula: "the share of rows whose predicted label differs from the true one",
    edge_cases: "none",
    source: "1 − scikit-learn 1.9 `accuracy_score`",
    ..ERROR
};

pub(crate) static BALANCED_ACCURACY: Entry = Entry {
    name: "balanced_accuracy",
    title: "balanced accuracy",
    formula: "the recall of each class (the share of its rows that were predicted as that class), averaged over the classes that have rows",
    edge_cases: "classes that are predicted but never true do not enter the mean",
    source: "scikit-learn 1.9 `balanced_accuracy_score`",
    ..SHARE
};

pub(crate) static PRECISION: Entry = Entry {
    name: "precision",
    title: "precision",
    formula: "TP / (TP + FP), counted for the positive class: the share of rows predicted as positive that are positive",
    edge_cases: "0 where no row is predicted as positive",
    source: "scikit-learn 1.9 `precision_score` with `zero_division=0`",
    ..SHARE
};

pub(crate) static RECALL: Entry = Entry {
    name: "recall",
    title: "recall",
    formula: "TP / (TP + FN), counted for the positive class: the share of positive rows that were predicted as positive",
    edge_cases: "0 where no row is positive",
    source: "scikit-learn 1.9 `recall_score` with `zero_division=0`",
    ..SHARE
};

pub(crate) static F1: Entry = Entry {
    name: "f1",
    title: "F1",
    formula: "2·TP / (2·TP + FP + FN), counted for the positive class",
    edge_cases: "0 where no row is positive or predicted as positive",
    source: "scikit-learn 1.9 `f1_score` with `zero_division=0`",
    ..SHARE
};

pub(crate) static F_BETA: Entry = Entry {
    name: "f_beta",
    title: "F-beta",
    formula: "(1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP), counted for the positive class; recall counts β times as much as precision",
    edge_cases: "0 where no row is positive or predicted as positive",
    source: "scikit-learn 1.9 `fbeta_score` with `zero_division=0`",
    parameters: BETA,
    ..SHARE
};

pub(crate) static JACCARD: Entry = Entry {
    name: "jaccard",
    title: "Jaccard index",
    formula: "TP / (TP + FP + FN), counted for the positive class",
    edge_cases: "0 where no row is positive or predicted as positive",
    source: "scikit-learn 1.9 `jaccard_score` with `zero_division=0`",
    ..SHARE
};

pub(crate) static MACRO_PRECISION: Entry = Entry {
    name: "macro_precision",
    title: "macro precision",
    formula: "the precision of each class, TP / (TP + FP), averaged over the classes with equal weight",
    edge_cases: "classes on neither side do not enter; 0 for a class that is never predicted",
    source: "scikit-learn 1.9 `precision_score` with `average=\"macro\"`, `zero_division=0`",
    ..SHARE
};

pub(crate) static MACRO_RECALL: Entry = Entry {
    name: "macro_recall",
    title: "macro recall",
    formula: "the recall of each class, TP / (TP + FN), averaged over the classes with equal weight; a class that is predicted but never true counts as 0",
    edge_cases: "classes on neither side do not enter; 0 for a class that is predicted but never true",
    source: "scikit-learn 1.9 `recall_score` with `average=\"macro\"`, `zero_division=0`",
    ..SHARE
};

pub(crate) static MACRO_F1: Entry = Entry {
    name: "macro_f1",
    title: "macro F1",
    formula: "the F1 score of each class, 2·TP / (2·TP + FP + FN), averaged over the classes with equal weight",
    edge_cases: "classes on neither side do not enter; 0 for a class that is predicted but never true",
    source: "scikit-learn 1.9 `f1_score` with `average=\"macro\"`, `zero_division=0`",
    ..SHARE
};

pub(crate) static MACRO_F_BETA: Entry = Entry {
    name: "macro_f_beta",
    title: "macro F-beta",
    formula: "the F-beta score of each class, (1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP), averaged over the classes with equal weight",
    edge_cases: "classes on neither side do not enter; 0 for a class that is predicted but never true",
    source: "scikit-learn 1.9 `fbeta_score` with `average=\"macro\"`, `zero_division=0`",
    parameters: BETA,
    ..SHARE
};

pub(crate) static MACRO_JACCARD: Entry = Entry {
    name: "macro_jaccard",
    title: "macro Jaccard index",
    formula: "the Jaccard index of each class, TP / (TP + FP + FN), averaged over the classes with equal weight",
    edge_cases: "classes on neither side do not enter; 0 for a class that is predicted but never true",
    source: "scikit-learn 1.9 `jaccard_score` with `average=\"macro\"`, `zero_division=0`",
    ..SHARE
};

pub(crate) static MICRO_F1: Entry = Entry {
    name: "micro_f1",
    title: "micro F1",
    formula: "2·TP / (2·TP + FP + FN) with the counts of all classes added up, which equals accuracy where each row has one label",
    edge_cases: "none",
    source: "scikit-learn 1.9 `f1_score` with `average=\"micro\"`",
    ..SHARE
};

pub(crate) static WEIGHTED_F1: Entry = Entry {
    name: "weighted_f1",
    title: "weighted F1",
    formula: "the F1 score of each class, 2·TP / (2·TP + FP + FN), averaged over the classes in proportion to their number of true rows",
    edge_cases: "classes that are never true do not enter",
    source: "scikit-learn 1.9 `f1_score` with `average=\"weighted\"`, `zero_division=0`",
    ..SHARE
};

pub(crate) static WEIGHTED_F_BETA: Entry = Entry {
    name: "weighted_f_beta",
    title: "weighted F-beta",
    formula: "the F-beta score of each class, (1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP), averaged over the classes in proportion to their number of true rows",
    edge_cases: "classes that are never true do not enter",
    source: "scikit-learn 1.9 `fbeta_score` with `average=\"weighted\"`, `zero_division=0`",
    parameters: BETA,
    ..SHARE
};

pub(crate) static MCC: Entry = Entry {
    name: "mcc",
    title: "Matthews correlation coefficient",
    formula: "the correlation between true and predicted labels: 1 is perfect, 0 is no better than guessing",
    edge_cases: "0 where a side has one class only",
    source: "scikit-learn 1.9 `matthews_corrcoef`; Gorodkin 2004 for several classes",
    ..COEFFICIENT
};

pub(crate) static COHEN_KAPPA: Entry = Entry {
    name: "cohen_kappa",
    title: "Cohen's kappa",
    formula: "agreement beyond chance between true and predicted labels, (observed − expected) / (1 − expected): 1 is perfect, 0 is no better than guessing",
    edge_cases: "no value where both sides are one and the same class (scikit-learn: NaN)",
    source: "scikit-learn 1.9 `cohen_kappa_score`",
    ..COEFFICIENT
};

pub(crate) static LINEAR_WEIGHTED_KAPPA: Entry = Entry {
    name: "linear_weighted_kappa",
    title: "linear weighted kappa",
    input: Input::OrderedLabels,
    formula: "agreement beyond chance between true and predicted grades, where a miss costs its distance in grades",
    edge_cases: "a grade is its place in the declared order, also where a grade between does not occur; no value where both sides are one and the same grade",
    source: "scikit-learn 1.9 `cohen_kappa_score` with `weights=\"linear\"` and `labels` in the declared order",
    ..COEFFICIENT
};

pub(crate) static QUADRATIC_WEIGHTED_KAPPA: Entry = Entry {
    name: "quadratic_weighted_kappa",
    title: "quadratic weighted kappa",
    input: Input::OrderedLabels,
    formula: "agreement beyond chance between true and predicted grades, where a miss costs the square of its distance in grades",
    edge_cases: "a grade is its place in the declared order, also where a grade between does not occur; no value where both sides are one and the same grade",
    source: "scikit-learn 1.9 `cohen_kappa_score` with `weights=\"quadratic\"` and `labels` in the declared order",
    ..COEFFICIENT
};
