//! Configuration of a generation: flags over `SMITH_*` variables over `smith.toml` over defaults; each value knows its origin.

use camino::{Utf8Path, Utf8PathBuf};
use clap::{ArgMatches, parser::ValueSource};
use serde::{Deserialize, Serialize};

use pipeline::{Ablation, Caps, TestAgent};

use crate::{
    arguments::{Engine, Generate},
    exit,
    failure::Failure,
    models::{Decided, Written},
};

/// `smith.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    out: Option<Utf8PathBuf>,
    engine: Option<Engine>,
    jobs: Option<usize>,
    llm: Option<toml::Table>,
    caps: Option<Caps>,
    test_agent: Option<TestAgent>,
    ablation: Option<Ablation>,
}

impl File {
    fn of_models(self) -> Written {
        Written {
            llm: self.llm,
            caps: self.caps,
            test_agent: self.test_agent,
            ablation: self.ablation,
        }
    }
}

/// What the file at `path` says of models.
///
/// # Errors
///
/// When the file is malformed, or was asked for and is not there.
pub(crate) fn models_of(path: &Utf8Path, matches: &ArgMatches) -> Result<Written, Failure> {
    Ok(read(path, is_asked_for(matches))?.of_models())
}

/// Whether somebody named the configuration file, be it by its usual name.
fn is_asked_for(matches: &ArgMatches) -> bool {
    matches.value_source("config") != Some(ValueSource::DefaultValue)
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origin {
    /// The command line.
    Flag,
    /// A `SMITH_*` variable.
    Variable,
    /// `smith.toml`.
    File,
    /// Nobody said.
    Default,
}

/// The resolved configuration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Configuration {
    pub(crate) out: Setting<Utf8PathBuf>,
    pub(crate) engine: Setting<Engine>,
    pub(crate) jobs: Setting<usize>,
    /// Models and how they are used; nothing where none is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) models: Option<Decided>,
}

impl Configuration {
    /// Resolves what `arguments` (parsed from `matches`) and the file that they name say.
    ///
    /// # Errors
    ///
    /// When the file is malformed, or was asked for and is not there.
    pub(crate) fn resolve(arguments: &Generate, matches: &ArgMatches) -> Result<Self, Failure> {
        let file = read(&arguments.config, is_asked_for(matches))?;
        let origin = |name: &str| match matches.value_source(name) {
            Some(ValueSource::EnvVariable) => Origin::Variable,
            _ => Origin::Flag,
        };
        let out = (arguments.out.clone(), origin("out"), file.out.clone());
        let engine = (arguments.engine, origin("engine"), file.engine);
        let jobs = (arguments.jobs, origin("jobs"), file.jobs);
        let written = file.of_models();
        let models = Decided::resolve(&arguments.models, &arguments.ablations, matches, written)?;
        // Who configured a model wants it used, unless something else is said.
        let usual = match &models {
            Some(_) => Engine::Llm,
            None => Engine::Rules,
        };
        let engine = pick(engine, || usual);
        let models = models.filter(|_| engine.value == Engine::Llm);
        if engine.value == Engine::Llm && models.is_none() {
            return Err(Failure {
                chain: vec!["the engine is `llm`, and no model is configured".to_owned()],
                hint: Some(
                    "name one with `--model`, in `smith.toml` below `[llm]`, or replay a cassette"
                        .to_owned(),
                ),
                code: exit::USAGE,
            });
        }
        let configuration = Self {
            out: pick(out, || Utf8PathBuf::from("tasks")),
            engine,
            jobs: pick(jobs, || 1),
            models,
        };
        if configuration.jobs.value == 0 {
            return Err(Failure {
                chain: vec!["`jobs` is 0: nothing would ever run".to_owned()],
                hint: Some("give at least 1".to_owned()),
                code: exit::USAGE,
            });
        }
        Ok(configuration)
    }

    /// The lines of `--print-config`.
    pub(crate) fn describe(&self) -> String {
        let line = |name: &str, value: String, origin: Origin| {
            let origin = match origin {
                Origin::Flag => "flag",
                Origin::Variable => "variable",
                Origin::File => "file",
                Origin::Default => "default",
            };
            format!("{:<28} # {origin}\n", format!("{name} = {value}"))
        };
        let engine = match self.engine.value {
            Engine::Rules => "\"rules\"",
            Engine::Llm => "\"llm\"",
        };
        let mut text = [
            line(
                "out",
                format!("{:?}", self.out.value.as_str()),
                self.out.origin,
            ),
            line("engine", engine.to_owned(), self.engine.origin),
            line("jobs", self.jobs.value.to_string(), self.jobs.origin),
        ]
        .concat();
        if let Some(models) = &self.models {
            text.push_str(&models.describe());
        }
        text
    }
}

fn pick<T>(
    (given, origin, file): (Option<T>, Origin, Option<T>),
    default: impl FnOnce() -> T,
) -> Setting<T> {
    match (given, file) {
        (Some(value), _) => Setting { value, origin },
        (None, Some(value)) => Setting {
            value,
            origin: Origin::File,
        },
        (None, None) => Setting {
            value: default(),
            origin: Origin::Default,
        },
    }
}

fn read(path: &Utf8Path, asked_for: bool) -> Result<File, Failure> {
    let text = match fs_err::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !asked_for => {
            return Ok(File::default());
        }
        Err(error) => {
            return Err(Failure::usage(
                &error,
                Some("`--config` names the configuration file".to_owned()),
            ));
        }
    };
    toml::from_str(&text).map_err(|error| Failure {
        chain: vec![format!("`{path}` is no configuration"), error.to_string()],
        hint: Some("`--print-config` shows what can be set".to_owned()),
        code: exit::USAGE,
    })
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches};

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn resolve(line: &[&str], file: &str) -> Configuration {
        try_resolve(line, file).unwrap()
    }

    fn try_resolve(line: &[&str], file: &str) -> Result<Configuration, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("smith.toml");
        fs_err::write(&path, file).unwrap();
        let start = ["smith", "generate", "x", "--config", path.to_str().unwrap()];
        let line = start.iter().chain(line);
        let matches = Arguments::command().get_matches_from(line);
        let Command::Generate(arguments) = Arguments::from_arg_matches(&matches).unwrap().command
        else {
            panic!("another subcommand")
        };
        Configuration::resolve(&arguments, matches.subcommand_matches("generate").unwrap())
    }

    /// Models of two providers, and everything else that a file can say of them.
    const FILE: &str = "out = \"here\"\ntest_agent = \"react\"\n[llm]\nmodel = \"m\"\nretry_seconds = 5\n\
        headers = { x-team = \"$TEAM\" }\nprice = { input = 1.0, output = 2.0 }\n[llm.roles.reviewer]\nmodel = \"n\"\n\
        dialect = \"messages\"\n[llm.roles.agent]\nbase_url = \"http://localhost:1\"\n[caps]\ndesign = 1\nagent_usd = 0.5\n\
        [ablation]\nno_feedback = true\n";

    #[test]
    fn what_print_config_shows_is_a_file_that_says_the_same() {
        let configuration = resolve(&["--max-usd", "3"], FILE);
        let shown = configuration.describe();
        assert!(shown.contains("# --max-usd 3\n"), "{shown}");
        let again = resolve(&["--max-usd", "3"], &shown);
        assert_eq!(again.models, configuration.models);
        let (out, engine) = (again.out.value, again.engine.value);
        assert_eq!((out.as_str(), engine), ("here", Engine::Llm));

        let hidden = resolve(&[], "[llm]\nmodel = \"m\"\nheaders = { a = \"literal\" }\n");
        assert!(try_resolve(&[], &hidden.describe()).is_err());
    }

    /// A recording in a folder of its own, and a configuration with which it was made.
    fn recording() -> (tempfile::TempDir, String, Configuration) {
        let folder = tempfile::tempdir().unwrap();
        let tape = folder.path().join("tape");
        let named = |mode: &str| format!("{mode}:{}", tape.to_str().unwrap());
        let made = resolve(&["--cassette", &named("record")], FILE);
        let models = made.models.as_ref().unwrap();
        assert!(models.begins_recording());
        let cassette = models.cassette("elsewhere".into(), false);
        models.describe_recording(&cassette).unwrap();
        assert!(!models.begins_recording());
        let replay = named("replay");
        (folder, replay, made)
    }

    #[test]
    fn a_replay_uses_what_was_recorded_unless_a_flag_says_otherwise() {
        let (_folder, replay, made) = recording();
        let made = made.models.unwrap();
        let other = "test_agent = \"scripted\"\n[llm]\nmodel = \"other\"\n[caps]\ndesign = 3\n";
        let models = resolve(&["--cassette", &replay], other).models.unwrap();
        let names = |models: &Decided| models.roles.each().map(|(_, it)| it.model.clone());
        assert_eq!(names(&models), names(&made));
        let rest = |models: &Decided| (models.caps, models.test_agent, models.ablation);
        assert_eq!(rest(&models), rest(&made));
        let flagged = resolve(&["--cassette", &replay, "--model", "flagged"], other);
        let flagged = flagged.models.unwrap();
        assert_eq!(flagged.roles.designer.model, "flagged");
        assert_eq!(flagged.roles.reviewer.model, "n");
        models.try_out(&replay.parse().unwrap()).unwrap();
    }

    #[test]
    fn stages_made_with_other_replies_are_not_taken_over() {
        let (folder, replay, made) = recording();
        let replies = |models: &Decided| {
            let kept = models.cassette("elsewhere".into(), false);
            models.engine(kept).unwrap().replies
        };
        let recorded = replies(&made.models.unwrap());
        let models = resolve(&["--cassette", &replay], "").models.unwrap();
        let replayed = replies(&models);
        assert!(recorded.is_some() && replayed.is_some() && recorded != replayed);
        assert_eq!(replies(&models), replayed);
        fs_err::write(folder.path().join("tape/more.json"), "{}").unwrap();
        assert_ne!(replies(&models), replayed);
        assert_eq!(replies(&resolve(&[], FILE).models.unwrap()), None);
    }

    #[test]
    fn every_used_role_is_tried_out_before_the_first_is_paid_for() {
        let folder = tempfile::tempdir().unwrap();
        let calls = camino::Utf8Path::from_path(folder.path())
            .unwrap()
            .join("calls");
        let file = "[llm]\nmodel = \"m\"\nbase_url = \"http://localhost:1\"\n[llm.roles.reviewer]\n\
            key_variable = \"SMITH_TEST_NO_SUCH_VARIABLE\"\n";
        let models = resolve(&[], file).models.unwrap();
        let failure = models.try_out(&models.cassette(&calls, false)).unwrap_err();
        assert_eq!(failure.code, exit::HOST_NOT_SET_UP);
        assert!(failure.chain[0].contains("SMITH_TEST_NO_SUCH_VARIABLE"));
        assert!(!calls.exists(), "nothing is written");
        let unused = resolve(&["--no-review"], file).models.unwrap();
        unused.try_out(&unused.cassette(&calls, false)).unwrap();
        // What was recorded may be all that is asked.
        models
            .describe_recording(&models.cassette(&calls, false))
            .unwrap();
        models.try_out(&models.cassette(&calls, false)).unwrap();
        let limited = resolve(&["--max-usd", "1", "--no-review"], file)
            .models
            .unwrap();
        assert!(limited.try_out(&limited.cassette(&calls, false)).is_err());
    }

    #[test]
    fn a_flag_beats_the_file_and_the_file_beats_the_default() {
        let configuration = resolve(&["--jobs", "3"], "out = \"here\"\njobs = 2\n");
        assert_eq!(
            configuration.jobs,
            Setting {
                value: 3,
                origin: Origin::Flag
            }
        );
        assert_eq!(
            configuration.out,
            Setting {
                value: "here".into(),
                origin: Origin::File
            }
        );
        assert_eq!(
            configuration.engine,
            Setting {
                value: Engine::Rules,
                origin: Origin::Default
            }
        );
    }
}
