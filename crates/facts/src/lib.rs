//! What was measured about data and code: plain structs that the steps exchange.
//!
//! Nothing here computes or judges: `tabular`, `pysource`, `datasets` and `executor` fill these in,
//! `assertions` and `agents` read them. Only quotes are looked up, for who writes a review and who believes it alike.

#![forbid(unsafe_code)]

mod agent;
mod control;
mod dataset;
mod execution;
mod fits;
mod leak;
mod package;
mod profile;
mod quality;
mod reading;
mod relation;
mod review;
mod source;
mod split;
mod standing;

pub use agent::{AgentFacts, AgentStep};
pub use control::{BlindFacts, ControlFacts, FloorGain, RepeatFacts, ShuffledFacts, ShuffledRun};
pub use dataset::{
    DatasetFacts, Declared, DeclaredFile, DeclaredTable, FileKind, RawFile, Refusal, RefusalReason,
};
pub use execution::{
    Agreement, GradeOutcome, LadderFacts, MalformedCase, MetricFacts, PrepareFacts, PrepareRun,
    RunFailure, Rung,
};
pub use fits::{
    EntityFit, FeatureFit, FitFacts, FitGap, HiddenEntityFit, LabelNoiseFit, ShiftFit, TimeFit,
    TimeOrder,
};
pub use leak::{
    AnswerCopy, AnswerSearch, ChannelFacts, NearDuplicateFacts, Nearness, Side, ToldAnswers,
};
pub use package::{PackageFacts, PackageFile, SealFacts};
pub use profile::{
    CategoryCount, ColumnProfile, DateSummary, NumberSummary, OtherTable, Profile, RawRows, Role,
    Storage, TextSummary, Trend,
};
pub use quality::{Damage, DamagedText, MixedColumn, PersonalData, PersonalKind, QualityFacts};
pub use reading::{Combine, Compression, Encoding, Format, Header, Reading, Separator};
pub use relation::{EntityColumn, Relation, TimeColumn};
pub use review::{
    Dimension, DimensionScore, IssueRoute, IssueSeverity, Quote, ReviewFacts, ReviewIssue,
    Reviewer, TargetNumbers,
};
pub use source::{Call, ClassDef, FunctionDef, Import, ParseError, SourceFacts};
pub use split::{
    CsvFacts, DuplicateFacts, FeatureFacts, IdFacts, LabelCount, PredictionColumn, SampleFacts,
    SplitColumnFacts, SplitFacts, SplitQuestion, TargetFacts,
};
