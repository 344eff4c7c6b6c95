//! Both fixture datasets, generated once and undisturbed: what other runs are compared with.

use std::{collections::BTreeMap, sync::OnceLock};

use super::{Ran, TestEnv, Tree, exit};

/// The outcome of `smith generate data/greenhouse data/parcels --out tasks --jobs 1`: one dataset after the
/// other, so that lines on stderr have an order.
pub(crate) struct Published {
    /// The run itself.
    pub(crate) ran: Ran,
    /// The whole output folder.
    pub(crate) tree: Tree,
}

impl Published {
    /// Each task's files, by the task's id.
    pub(crate) fn tasks(&self) -> BTreeMap<&str, Tree> {
        let mut tasks: BTreeMap<&str, Tree> = BTreeMap::new();
        for (path, content) in &self.tree {
            if let Some((task, file)) = path.split_once('/') {
                tasks
                    .entry(task)
                    .or_default()
                    .insert(file.to_owned(), content.clone());
            }
        }
        tasks
    }

    /// A user who has the raw data and these tasks.
    pub(crate) fn env(&self) -> TestEnv {
        let env = TestEnv::with_data();
        for (path, content) in &self.tree {
            env.write(&format!("tasks/{path}"), content);
        }
        env
    }

    /// Ids of tasks from one dataset.
    pub(crate) fn of(&self, dataset: &str) -> Vec<&str> {
        self.tasks()
            .into_keys()
            .filter(|id| id.starts_with(dataset))
            .collect()
    }
}

/// Generates on first use.
pub(crate) fn published() -> &'static Published {
    static PUBLISHED: OnceLock<Published> = OnceLock::new();
    PUBLISHED.get_or_init(|| {
        let env = TestEnv::with_data();
        let ran = env
            .smith(&[
                "generate",
                "data/greenhouse",
                "data/parcels",
                "--out",
                "tasks",
                "--jobs",
                "1",
            ])
            .expect(exit::OK);
        let tree = super::tree::read(&env.path("tasks"));
        Published { ran, tree }
    })
}
