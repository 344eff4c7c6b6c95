//! The stages that judge a package: the engine's own reviewer, then everything that runs.

use camino::Utf8Path;
use camino::Utf8PathBuf;
use facts::ReviewFacts;
use findings::Verdict;
use ledger::StageOutcome;

use agents::Proposal;

use crate::{
    PipelineError, Stage,
    course::Course,
    engine::{LlmEngine, TestAgent},
    examine::{Examination, Raw, TestedBy, examine},
    packaging::Packaged,
    spent::{Meter, Spent},
    stage::Done,
    task::Work,
    verdict::{self, Paper},
};

impl Work<'_> {
    fn package(folder: &Utf8Path) -> Utf8PathBuf {
        folder.join("package")
    }

    /// What the engine's reviewer says of the package, and the verdict on that; nothing where the engine has none.
    pub(crate) async fn review(
        &self,
        proposal: &Proposal,
        packaged: &Packaged,
        folder: &Utf8Path,
        course: &mut Course,
    ) -> Result<Option<(ReviewFacts, Verdict)>, PipelineError> {
        let Some(maker) = self.maker.filter(|maker| !maker.engine.ablation.no_review) else {
            return Ok(None);
        };
        let attempt = course.next(Stage::Review);
        let stages = self.generator.stages();
        let executor = self.generator.executor();
        let candidate = packaged.candidate();
        let package = Self::package(folder);
        let paper = Paper::of(&package, executor)?;
        let judge = paper.judge(
            &candidate.manifest,
            Some(verdict::raw_rows(self.profile, &candidate.manifest)),
        );
        let split = packaged
            .split
            .as_ref()
            .expect("what a model wrote was measured before it went on");
        let inputs = (self.profile, candidate, &packaged.files);
        // A judge that could not be believed is asked anew, not for the reply that is known already.
        let asked = attempt + stages.failures(Stage::Review, &inputs);
        let given = stages
            .run(
                Stage::Review,
                self.subject(proposal, attempt),
                &inputs,
                || async {
                    let meter = Meter::new(stages, Stage::Review, proposal.id.as_str(), "reviewer");
                    let model = maker.model(&maker.engine.roles.reviewer, &meter)?;
                    let raw = proposal.seen_in(self.profile);
                    let judged = judge.by_model(&model, split, &raw, asked).await;
                    let spent = meter.spent()?;
                    let judged = judged
                        .map_err(|source| PipelineError::judge(proposal.id.as_str(), source))?;
                    let verdict = judge.of_review(split, &judged.review);
                    let outcome = match verdict.accepted() {
                        true => StageOutcome::Passed,
                        false => StageOutcome::Rejected,
                    };
                    Ok(Done {
                        findings: verdict::ids(verdict.rejecting()),
                        spent,
                        prompts: judged.prompts,
                        ..Done::passed(judged.review).ended(outcome)
                    })
                },
            )
            .await?;
        course.pay(&given);
        let verdict = judge.of_review(split, &given.value);
        Ok(Some((given.value, verdict)))
    }

    /// What running the package gives, the review that counts, and the verdict on everything.
    pub(crate) async fn execute(
        &self,
        proposal: &Proposal,
        packaged: &Packaged,
        review: Option<ReviewFacts>,
        folder: &Utf8Path,
        course: &mut Course,
    ) -> Result<(Examination, ReviewFacts, Verdict), PipelineError> {
        let attempt = course.next(Stage::Execute);
        let stages = self.generator.stages();
        let executor = self.generator.executor();
        let candidate = packaged.candidate();
        let package = Self::package(folder);
        let paper = Paper::of(&package, executor)?;
        let judge = paper.judge(
            &candidate.manifest,
            Some(verdict::raw_rows(self.profile, &candidate.manifest)),
        );
        let counts = |examination: &Examination| match &review {
            Some(review) => review.clone(),
            None => judge
                .review(examination)
                .expect("a candidate has a manifest"),
        };
        let given = stages
            .run(
                Stage::Execute,
                self.subject(proposal, attempt),
                &(candidate, &packaged.files, &review),
                || async {
                    let raw = Raw {
                        folder: &self.raw.folder,
                        files: &self.raw.facts.files,
                        reference: packaged.run.clone(),
                    };
                    let meter = Meter::new(stages, Stage::Execute, proposal.id.as_str(), "react");
                    let model = self.test_model(&meter)?;
                    let tested_by = match (&model, self.maker) {
                        (Some(model), Some(maker)) => TestedBy::Model {
                            chat: model,
                            python: maker.python,
                            dataset: &maker.profile.dataset.slug,
                            attempt,
                            limits: maker.engine.caps.of_agent(),
                        },
                        _ => TestedBy::Script,
                    };
                    let scratch = folder.join("scratch");
                    let examined = examine(
                        executor,
                        self.generator.profiler(),
                        &package,
                        &candidate.manifest,
                        Some(raw),
                        &scratch,
                        tested_by,
                    )
                    .await;
                    let spent: Spent = meter.spent()?;
                    let (examination, usage, prompts) = examined?;
                    let verdict = judge.for_publication(&examination, &counts(&examination));
                    let outcome = match verdict.accepted() {
                        true => StageOutcome::Passed,
                        false => StageOutcome::Rejected,
                    };
                    Ok(Done {
                        findings: verdict::ids(verdict.rejecting()),
                        usage,
                        spent,
                        prompts,
                        ..Done::passed(examination).ended(outcome)
                    })
                },
            )
            .await?;
        course.pay(&given);
        let review = counts(&given.value);
        let verdict = judge.for_publication(&given.value, &review);
        Ok((given.value, review, verdict))
    }

    fn test_model(
        &self,
        meter: &std::sync::Arc<Meter>,
    ) -> Result<Option<llm::Model>, PipelineError> {
        let tested = |engine: &LlmEngine| engine.test_agent == TestAgent::React;
        match self.maker.filter(|maker| tested(maker.engine)) {
            Some(maker) => maker.model(&maker.engine.roles.agent, meter).map(Some),
            None => Ok(None),
        }
    }
}
