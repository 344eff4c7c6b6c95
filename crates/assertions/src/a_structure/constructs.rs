//! A04 and A05: what generated Python may not do, told from its syntax. The sandbox would stop most of it; here it is found
//! with its line before anything runs, and so are the things that no sandbox sees, such as a missing seed.

use facts::{Call, SourceFacts};
use findings::Rule;

use crate::context::{Context, Judgement};
use crate::format::{counted, joined};

/// A04: imports are part of the task's environment, or a file beside the importing one.
pub(crate) fn imports(cx: Context<'_>) -> Judgement {
    let sources = cx.subject.sources();
    let modules = cx
        .subject
        .modules
        .ok_or_else(|| cx.skip("the environment's modules are not known yet"))?;
    if sources.is_empty() {
        return Err(cx.skip("no Python file has been read yet"));
    }
    let mut unknown = Vec::new();
    let mut evidence = Vec::new();
    let mut count = 0;
    for source in &sources {
        for import in &source.imports {
            count += 1;
            let top = import.module.split('.').next().unwrap_or_default();
            let folder = source
                .path
                .rsplit_once('/')
                .map_or(String::new(), |(folder, _)| format!("{folder}/"));
            let beside = format!("{folder}{top}.py");
            let is_beside = cx
                .subject
                .package
                .is_some_and(|package| package.has(&beside));
            if !modules.contains(top) && !is_beside {
                unknown.push(format!("`{}` in `{}`", import.module, source.path));
                evidence.push(format!("{}:{}", source.path, import.line));
            }
        }
    }
    Ok(match unknown.is_empty() {
        true => cx.rule.pass(counted(count, "import")),
        false => {
            let message = format!("the environment does not have {}", joined(&unknown));
            cx.rule
                .fail(counted(unknown.len(), "unknown import"), message)
                .seen_in_all(evidence)
        }
    })
}

/// A05: no forbidden construct in any Python file.
pub(crate) fn constructs(cx: Context<'_>) -> Judgement {
    let sources = cx.subject.sources();
    if sources.is_empty() {
        return Err(cx.skip("no Python file has been read yet"));
    }
    let mut found = Vec::new();
    let mut evidence = Vec::new();
    for source in &sources {
        let mut lines = forbidden(source, cx.rule);
        lines.sort();
        lines.dedup();
        for (line, what) in lines {
            found.push(format!("`{}` line {line}: {what}", source.path));
            evidence.push(format!("{}:{line}", source.path));
        }
    }
    Ok(match found.is_empty() {
        true => cx
            .rule
            .pass(format!("nothing in {}", counted(sources.len(), "file"))),
        false => cx
            .rule
            .fail(counted(found.len(), "construct"), joined(&found))
            .seen_in_all(evidence),
    })
}

/// Lines of a file with what is forbidden there.
fn forbidden(source: &SourceFacts, rule: &Rule) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for import in &source.imports {
        let names = import
            .names
            .iter()
            .map(|name| format!("{}.{name}", import.module));
        let mut taken = std::iter::once(import.module.clone()).chain(names);
        if let Some(name) = taken.find(|name| is_listed(name, rule.list("modules"))) {
            found.push((import.line, format!("import of `{name}`")));
        }
        if import.names.iter().any(|name| name == "*") {
            found.push((
                import.line,
                format!("`from {} import *` hides what is used", import.module),
            ));
        }
    }
    let resolved = Resolved { source };
    for (calls, looks) in [(&source.calls, false), (&source.attributes, true)] {
        for call in calls {
            if let Some(what) = forbidden_name(call, looks, &resolved, rule) {
                found.push((call.line, what));
            }
        }
    }
    for call in &source.calls {
        if let Some(what) = unseeded(call, &resolved, rule) {
            found.push((call.line, what));
        }
    }
    for (line, text) in &source.suspicious_strings {
        found.push((*line, format!("path or URL `{text}`")));
    }
    found
}

/// What names of a file mean.
struct Resolved<'a> {
    source: &'a SourceFacts,
}

impl Resolved<'_> {
    /// Whether a dotted name begins with something imported: a local variable may have a module's name.
    fn is_imported(&self, name: &str) -> bool {
        let root = name.split(['.', '(', '[']).next().unwrap_or_default();
        self.source
            .imports
            .iter()
            .any(|import| import.module.split('.').next() == Some(root))
    }

    /// Whether the file seeds a global generator.
    fn is_seeded(&self, generator: &str, rule: &Rule) -> bool {
        let seeding = |call: &&Call| {
            rule.list("seeding").contains(&call.name) && call.name.starts_with(generator)
        };
        self.source.calls.iter().filter(seeding).any(|call| {
            let given = call.arguments + call.keywords.len();
            given > call.none_keywords.len() + usize::from(call.first_is_none)
        })
    }
}

fn forbidden_name(
    call: &Call,
    is_look: bool,
    resolved: &Resolved<'_>,
    rule: &Rule,
) -> Option<String> {
    let name = call.name.as_str();
    if rule.list("never_named").iter().any(|listed| listed == name) {
        return Some(format!("`{name}`"));
    }
    let groups = ["evaluation", "processes", "clock", "machine", "entropy"];
    let listed = groups
        .into_iter()
        .flat_map(|group| rule.list(group))
        .find(|listed| is_within(name, listed))?;
    // What is not imported is a variable of that name, unless it is a built-in function that is called.
    let is_builtin = !is_look && name == listed && !listed.contains('.');
    // Up to the first call or item: the rest of a chain is the same construct again.
    let construct = name.split(['(', '[']).next().unwrap_or(name);
    (resolved.is_imported(name) || is_builtin).then(|| format!("`{construct}`"))
}

fn unseeded(call: &Call, resolved: &Resolved<'_>, rule: &Rule) -> Option<String> {
    let name = call.name.as_str();
    let last = name.rsplit('.').next().unwrap_or(name);
    let has = |keyword: &str| call.keywords.iter().any(|given| given == keyword);
    // A seed that is `None` asks for another one in every run.
    let seeds =
        |keyword: &str| has(keyword) && !call.none_keywords.iter().any(|given| given == keyword);
    let in_list = |list: &str, word: &str| rule.list(list).iter().any(|listed| listed == word);
    if in_list("generators", name) && resolved.is_imported(name) {
        let seeded = (call.arguments > 0 && !call.first_is_none)
            || rule
                .list("seed_keywords")
                .iter()
                .any(|keyword| seeds(keyword));
        return (!seeded).then(|| format!("`{name}()` without a seed"));
    }
    if in_list("seeding", name) {
        return None;
    }
    for generator in rule.list("global_generators") {
        let function = name
            .strip_prefix(generator.as_str())
            .and_then(|rest| rest.strip_prefix('.'));
        // Classes begin with a capital letter and are not drawn from.
        let draws = function.is_some_and(|name| {
            name.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        });
        if draws && resolved.is_imported(name) && !resolved.is_seeded(generator, rule) {
            return Some(format!("`{name}` draws from a generator without a seed"));
        }
    }
    let of_sklearn = name.starts_with("sklearn.");
    let random = of_sklearn && in_list("random_state", last);
    let shuffles = of_sklearn && in_list("shuffling", last) && has("shuffle");
    let samples = name.contains('.')
        && in_list("frame_sampling", last)
        && !rule
            .list("global_generators")
            .iter()
            .any(|generator| is_within(name, generator))
        && (call.arguments + call.keywords.len() <= 1
            || rule
                .list("frame_sampling_keywords")
                .iter()
                .any(|keyword| has(keyword)));
    let needs = random || shuffles || samples;
    (needs && !seeds("random_state")).then(|| format!("`{name}` without `random_state`"))
}

/// Whether a name is one of a list, or inside one of them.
fn is_listed(name: &str, list: &[String]) -> bool {
    list.iter().any(|listed| is_within(name, listed))
}

fn is_within(name: &str, listed: &str) -> bool {
    name.strip_prefix(listed)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(', '[']))
}

#[cfg(test)]
mod tests {
    use findings::Status;

    use crate::testing::{Good, parse};

    fn found(source: &str) -> Vec<String> {
        let mut good = Good::new();
        good.prepare = parse("prepare.py", source);
        let finding = good.judge("A05");
        assert_eq!(finding.status == Status::Fail, !finding.evidence.is_empty());
        finding.evidence
    }

    #[test]
    fn forbidden_constructs_are_found_with_their_line() {
        for source in [
            "import socket",
            "from urllib import request",
            "import urllib.request as u",
            "import subprocess",
            "from os import *",
            "import os; os.system('ls')",
            "from os import system as run; run('ls')",
            "import os; x = os.environ['HOME']",
            "import os; os.environ.get('A').lower()",
            "eval('1')",
            "f = exec",
            "__import__('os')",
            "import importlib",
            "import pickle; pickle.load(f)",
            "from joblib import load; load('x')",
            "import time; time.time()",
            "from datetime import datetime; datetime.now().isoformat()",
            "import datetime as d; d.date.today()",
            "import pandas as pd; pd.Timestamp.now()",
            "import random; random.shuffle(x)",
            "import numpy as np; np.random.rand(3)",
            "from numpy import random; random.normal()",
            "import numpy as np; np.random.seed(); np.random.rand(3)",
            "import numpy as np; np.random.default_rng().random()",
            "from numpy.random import default_rng; default_rng()",
            "from sklearn.model_selection import train_test_split; train_test_split(x, test_size=0.2)",
            "from sklearn.ensemble import RandomForestClassifier; RandomForestClassifier(n_estimators=5)",
            "from sklearn.model_selection import KFold; KFold(5, shuffle=True)",
            "import numpy as np; np.random.default_rng(None)",
            "import numpy as np; np.random.RandomState(seed=None)",
            "import numpy as np; np.random.seed(None); np.random.rand(3)",
            "import random; random.seed(a=None); random.shuffle(x)",
            "from sklearn.cluster import KMeans; KMeans(3, random_state=None)",
            "from sklearn.utils import shuffle; shuffle(x, random_state=None)",
            "frame.sample(frac=1, random_state=None)",
            "frame.sample(frac=1)",
            "import pandas as pd; pd.read_csv(p).sample(5)",
            "import uuid; uuid.uuid4()",
            "import os; os.urandom(4)",
            "open('/etc/passwd')",
            "read('https://example.org/data.csv')",
            "import pathlib; pathlib.Path.home()",
            "import ctypes",
            "import threading",
        ] {
            assert_eq!(
                found(&format!("\n{source}\n")),
                ["prepare.py:2"],
                "{source}"
            );
        }
    }

    #[test]
    fn careful_code_passes() {
        for source in [
            "import numpy as np\nrng = np.random.default_rng(7)\nrng.shuffle(x)\nrng.random(3)",
            "import numpy as np\nrng: np.random.Generator = np.random.default_rng(seed=7)",
            "import numpy as np\nnp.random.seed(7)\nnp.random.rand(3)",
            "import random\nr = random.Random(7)\nr.sample(x, 3)",
            "random = make()\nrandom.shuffle(x)",
            "import random\nrandom.seed(7)\nrandom.sample(x, 3)",
            "frame.sample(frac=1, random_state=7)",
            "from sklearn.model_selection import train_test_split, KFold\ntrain_test_split(x, random_state=7)\nKFold(5)",
            "from sklearn.linear_model import LogisticRegression\nLogisticRegression()",
            "import re\nre.compile('x')\nframe.eval('a+b')",
            "input = 3\nf(input)\ninput.shape\ninput.mean()",
            "import pickle\npickle.dumps(x)",
            "import os\nos.path.join('a', 'b')\nos.sep",
            "import datetime\ndatetime.datetime(2020, 1, 1)",
            "from pathlib import Path\nPath('public') / 'train.csv'",
            "\"\"\"From https://example.org.\"\"\"\nx = 'm/s'",
            "time = 3\ntime.time()",
        ] {
            assert_eq!(found(source), [""; 0], "{source}");
        }
    }

    #[test]
    fn imports_must_be_in_the_environment() {
        let mut good = Good::new();
        assert_eq!(good.judge("A04").status, Status::Pass);
        good.prepare = parse(
            "prepare.py",
            "import numpy\nimport torch.nn\nfrom . import x\n",
        );
        let finding = good.judge("A04");
        assert_eq!(finding.status, Status::Fail);
        assert_eq!(finding.evidence, ["prepare.py:2", "prepare.py:3"]);
        assert!(
            finding.message.contains("`torch.nn` in `prepare.py`"),
            "{}",
            finding.message
        );
    }

    #[test]
    fn a_file_beside_may_be_imported() {
        let mut good = Good::new();
        good.prepare = parse("baselines/linear.py", "import constant\n");
        assert_eq!(good.judge("A04").status, Status::Pass);
    }
}
