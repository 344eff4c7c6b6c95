//! The metrics by name. What is known of each is in `catalogue`, the arithmetic in `families`.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::{
    Entry, class_probabilities, label_sets, labels, multi, numbers, probability, rankings,
    survival, texts,
};
use crate::{Direction, Domain, Input, Takes};

/// Declares the enum, [`Metric::ALL`] and the way to a metric's entry from one list.
macro_rules! metrics {
    ($($(#[doc = $doc:literal])+ $variant:ident: $entry:path,)+) => {
        /// A metric of the catalogue.
        ///
        /// Where scikit-learn 1.9 or SciPy 1.17 defines a value, ours is the same to 1e-9; each family's file lists the
        /// cases that are overridden on purpose.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum Metric {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Metric {
            /// Every metric, in the order of the catalogue.
            pub const ALL: [Self; [$(stringify!($variant)),+].len()] = [$(Self::$variant),+];

            fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$variant => &$entry,)+
                }
            }
        }
    };
}

metrics! {
    /// Share of rows whose label is right.
    Accuracy: labels::ACCURACY,
    /// Share of rows whose label is wrong.
    ErrorRate: labels::ERROR_RATE,
    /// Mean recall of the classes.
    BalancedAccuracy: labels::BALANCED_ACCURACY,
    /// Mean F1 of the classes.
    MacroF1: labels::MACRO_F1,
    /// F1 of the positive class.
    F1: labels::F1,
    /// F1 of all classes counted together.
    MicroF1: labels::MICRO_F1,
    /// Mean F1 of the classes by their number of rows.
    WeightedF1: labels::WEIGHTED_F1,
    /// Weighted harmonic mean of precision and recall of the positive class.
    FBeta: labels::F_BETA,
    /// Mean F-beta of the classes.
    MacroFBeta: labels::MACRO_F_BETA,
    /// Mean F-beta of the classes by their number of rows.
    WeightedFBeta: labels::WEIGHTED_F_BETA,
    /// Precision of the positive class.
    Precision: labels::PRECISION,
    /// Recall of the positive class.
    Recall: labels::RECALL,
    /// Mean precision of the classes.
    MacroPrecision: labels::MACRO_PRECISION,
    /// Mean recall of the classes, with 0 for those that are only predicted.
    MacroRecall: labels::MACRO_RECALL,
    /// Intersection over union of the positive class.
    Jaccard: labels::JACCARD,
    /// Mean intersection over union of the classes.
    MacroJaccard: labels::MACRO_JACCARD,
    /// Matthews correlation coefficient, binary or multiclass.
    Mcc: labels::MCC,
    /// Cohen's kappa.
    CohenKappa: labels::COHEN_KAPPA,
    /// Cohen's kappa with linear weights.
    LinearWeightedKappa: labels::LINEAR_WEIGHTED_KAPPA,
    /// Cohen's kappa with quadratic weights.
    QuadraticWeightedKappa: labels::QUADRATIC_WEIGHTED_KAPPA,
    /// Area under the receiver operating characteristic, binary.
    RocAuc: probability::ROC_AUC,
    /// Twice the area under the receiver operating characteristic, less 1.
    Gini: probability::GINI,
    /// Area under the precision–recall curve as a step function, binary.
    AveragePrecision: probability::AVERAGE_PRECISION,
    /// Mean negative log-likelihood, binary.
    LogLoss: probability::LOG_LOSS,
    /// Mean squared error of probabilities, binary.
    Brier: probability::BRIER,
    /// Mean area under the receiver operating characteristic of each class against the rest.
    RocAucOvr: class_probabilities::ROC_AUC_OVR,
    /// Mean negative log-likelihood, several classes.
    MulticlassLogLoss: class_probabilities::MULTICLASS_LOG_LOSS,
    /// Mean squared error of probabilities, summed over classes.
    MulticlassBrier: class_probabilities::MULTICLASS_BRIER,
    /// Share of rows whose class is among the k most likely ones.
    TopKAccuracy: class_probabilities::TOP_K_ACCURACY,
    /// Mean area under the receiver operating characteristic of the columns.
    ColumnMeanRocAuc: multi::COLUMN_MEAN_ROC_AUC,
    /// Mean average precision of the columns.
    ColumnMeanAveragePrecision: multi::COLUMN_MEAN_AVERAGE_PRECISION,
    /// Mean log loss of the columns.
    ColumnMeanLogLoss: multi::COLUMN_MEAN_LOG_LOSS,
    /// Label ranking average precision, by row.
    LabelRankingAveragePrecision: multi::LABEL_RANKING_AVERAGE_PRECISION,
    /// Label ranking average precision, by label.
    Lwlrap: multi::LWLRAP,
    /// Root mean squared error.
    Rmse: numbers::RMSE,
    /// Mean squared error.
    Mse: numbers::MSE,
    /// Mean absolute error.
    Mae: numbers::MAE,
    /// Root mean squared error of `ln(1 + x)`.
    Rmsle: numbers::RMSLE,
    /// Coefficient of determination.
    R2: numbers::R2,
    /// Median absolute error.
    MedianAbsoluteError: numbers::MEDIAN_ABSOLUTE_ERROR,
    /// Mean absolute percentage error, as a share.
    Mape: numbers::MAPE,
    /// Symmetric mean absolute percentage error, as a share from 0 to 2.
    Smape: numbers::SMAPE,
    /// Root mean squared percentage error, as a share.
    Rmspe: numbers::RMSPE,
    /// Loss of a quantile.
    Pinball: numbers::PINBALL,
    /// Mean deviance of counts.
    PoissonDeviance: numbers::POISSON_DEVIANCE,
    /// Mean deviance of positive amounts.
    GammaDeviance: numbers::GAMMA_DEVIANCE,
    /// Mean absolute error over that of the naive forecast.
    Mase: numbers::MASE,
    /// Linear correlation.
    Pearson: numbers::PEARSON,
    /// Rank correlation.
    Spearman: numbers::SPEARMAN,
    /// Rank correlation by pairs.
    KendallTauB: numbers::KENDALL_TAU_B,
    /// Gini coefficient by the order of predictions, over that of the best order.
    NormalizedGini: numbers::NORMALIZED_GINI,
    /// Mean root mean squared error of the columns.
    Mcrmse: multi::MCRMSE,
    /// Mean root mean squared logarithmic error of the columns.
    ColumnMeanRmsle: multi::COLUMN_MEAN_RMSLE,
    /// Mean absolute error of the columns.
    ColumnMeanMae: multi::COLUMN_MEAN_MAE,
    /// Mean coefficient of determination of the columns.
    ColumnMeanR2: multi::COLUMN_MEAN_R2,
    /// Mean rank correlation of the columns.
    ColumnMeanSpearman: multi::COLUMN_MEAN_SPEARMAN,
    /// Normalised discounted cumulative gain of columns with graded relevance.
    Ndcg: multi::NDCG,
    /// Share of rows whose set of labels is right.
    SubsetAccuracy: label_sets::SUBSET_ACCURACY,
    /// Share of wrong pairs of row and label.
    HammingLoss: label_sets::HAMMING_LOSS,
    /// Mean F1 of the rows.
    SamplesF1: label_sets::SAMPLES_F1,
    /// Mean F-beta of the rows.
    SamplesFBeta: label_sets::SAMPLES_F_BETA,
    /// Mean intersection over union of the rows.
    SamplesJaccard: label_sets::SAMPLES_JACCARD,
    /// Mean Dice coefficient of masks.
    Dice: label_sets::DICE,
    /// F1 of all labels counted together.
    MultilabelMicroF1: label_sets::MULTILABEL_MICRO_F1,
    /// F-beta of all labels counted together.
    MultilabelMicroFBeta: label_sets::MULTILABEL_MICRO_F_BETA,
    /// Mean F1 of the labels.
    MultilabelMacroF1: label_sets::MULTILABEL_MACRO_F1,
    /// Mean F-beta of the labels.
    MultilabelMacroFBeta: label_sets::MULTILABEL_MACRO_F_BETA,
    /// Mean F1 of the labels by their number of rows.
    MultilabelWeightedF1: label_sets::MULTILABEL_WEIGHTED_F1,
    /// Mean F-beta of the labels by their number of rows.
    MultilabelWeightedFBeta: label_sets::MULTILABEL_WEIGHTED_F_BETA,
    /// Mean average precision of item lists.
    MeanAveragePrecision: rankings::MEAN_AVERAGE_PRECISION,
    /// Mean reciprocal place of the first relevant item.
    MeanReciprocalRank: rankings::MEAN_RECIPROCAL_RANK,
    /// Share of relevant items that are found.
    RecallAtK: rankings::RECALL_AT_K,
    /// Share of rows where a relevant item is found.
    HitRate: rankings::HIT_RATE,
    /// Normalised discounted cumulative gain of item lists.
    RankingNdcg: rankings::RANKING_NDCG,
    /// Share of rows whose text is right.
    ExactMatch: texts::EXACT_MATCH,
    /// Mean edit distance.
    Levenshtein: texts::LEVENSHTEIN,
    /// Mean edit distance over the longer text's length.
    NormalizedLevenshtein: texts::NORMALIZED_LEVENSHTEIN,
    /// Edit distances over the length of all true texts.
    CharacterErrorRate: texts::CHARACTER_ERROR_RATE,
    /// Mean intersection over union of words.
    WordJaccard: texts::WORD_JACCARD,
    /// Harrell's concordance index.
    ConcordanceIndex: survival::CONCORDANCE_INDEX,
}

impl Metric {
    /// The metric of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// Its name in manifests, the same as serde's.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// Its name for people, e.g. `ROC AUC`.
    pub fn title(self) -> &'static str {
        self.entry().title
    }

    /// Whether more or less is better.
    pub fn direction(self) -> Direction {
        self.entry().direction
    }

    /// Score of a perfect submission.
    pub fn optimum(self) -> f64 {
        self.entry().optimum
    }

    /// A bound that no valid submission's score is worse than; `None` when there is none.
    pub fn worst(self) -> Option<f64> {
        self.entry().worst
    }

    /// What it compares.
    pub fn input(self) -> Input {
        self.entry().input
    }

    /// One sentence that defines it for a competitor.
    pub fn formula(self) -> &'static str {
        self.entry().formula
    }

    /// What happens on ties and where its formula has no meaning, and how that differs from its source; `none` where there is
    /// nothing to say.
    pub fn edge_cases(self) -> &'static str {
        self.entry().edge_cases
    }

    /// Whose definition it is: a function of a library, with its version, or a publication.
    pub fn source(self) -> &'static str {
        self.entry().source
    }

    /// The parameters that it takes, with what they are when a manifest gives none.
    pub fn parameters(self) -> &'static [Takes] {
        self.entry().parameters
    }

    /// Which numbers have a meaning for it, as predictions and as truth.
    pub fn domain(self) -> Domain {
        self.entry().domain
    }

    /// Whether predictions outside 0–1 have no meaning for it. Ranking metrics look at the order only.
    pub fn needs_unit_interval(self) -> bool {
        self.domain() == Domain::UnitInterval
    }

    /// The bound below which (and at which) numbers have no meaning for it: −1 for the logarithm of `1 + x`.
    pub fn exclusive_lower_bound(self) -> Option<f64> {
        match self.domain() {
            Domain::Above(bound) => Some(bound),
            Domain::Any | Domain::UnitInterval | Domain::AtLeast(_) => None,
        }
    }

    /// Whether it has to know which class is the positive one.
    pub fn needs_positive_class(self) -> bool {
        self.input() == Input::Probability
            || matches!(
                self,
                Self::F1 | Self::FBeta | Self::Precision | Self::Recall | Self::Jaccard
            )
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_serde_and_read_back() {
        for metric in Metric::ALL {
            let written = serde_json::to_value(metric).unwrap();
            assert_eq!(written, serde_json::Value::from(metric.name()));
            assert_eq!(Metric::from_name(metric.name()), Some(metric));
        }
        assert_eq!(Metric::from_name("custom"), None);
    }

    #[test]
    fn the_optimum_is_better_than_the_worst() {
        for metric in Metric::ALL {
            if let Some(worst) = metric.worst() {
                assert!(
                    metric.direction().better(metric.optimum(), worst),
                    "{metric}"
                );
            }
        }
        assert_eq!(Metric::LogLoss.worst(), Some(-f64::EPSILON.ln()));
    }

    #[test]
    fn every_entry_is_filled_in() {
        for metric in Metric::ALL {
            assert!(
                !metric.title().is_empty() && !metric.formula().is_empty(),
                "{metric}"
            );
            assert!(
                !metric.edge_cases().is_empty() && !metric.source().is_empty(),
                "{metric}"
            );
            for text in [metric.formula(), metric.edge_cases(), metric.source()] {
                assert!(!text.ends_with('.'), "{metric}");
            }
        }
    }
}
