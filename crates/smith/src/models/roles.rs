//! The settings of each role: those of all roles under its own, and nothing that belongs to another provider or another model.
//! What a single setting may be is no matter of this file.

use llm::{Prices, Settings};
use pipeline::Roles;
use toml::{Table, Value};

use super::malformed;
use crate::failure::Failure;

/// The roles, as configuration files call them.
const NAMES: [&str; 5] = ["brainstormer", "designer", "refactor", "reviewer", "agent"];

/// Settings that hold for one provider and no other: where it is, what is sent to it, what it charges and can read.
const OF_A_PROVIDER: [&str; 6] = [
    "base_url",
    "key_variable",
    "headers",
    "price",
    "context_tokens",
    "max_tokens_field",
];

/// Settings that hold for one model and no other.
const OF_A_MODEL: [&str; 3] = ["price", "context_tokens", "max_tokens_field"];

/// What stands for the values of headers where settings are shown.
const REDACTED: &str = "[redacted]";

/// The settings of each role: what the file says of all, under flags, under what the file says of it; `None` when no model is
/// named anywhere. How much a model reads at once is looked up where nobody says it.
pub(super) fn resolve(
    mut file: Table,
    flags: &Table,
    prices: &Prices,
) -> Result<Option<Roles>, Failure> {
    let roles = match file.remove("roles") {
        None => Table::new(),
        Some(Value::Table(roles)) => roles,
        Some(_) => return Err(malformed("`llm.roles` is no table".to_owned())),
    };
    if let Some(unknown) = roles.keys().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(malformed(format!(
            "`llm.roles.{unknown}` is no role: there are {}",
            NAMES.join(", ")
        )));
    }
    let all = over(&file, flags);
    let mut tables = Vec::new();
    for name in NAMES {
        let own = match roles.get(name) {
            None => Table::new(),
            Some(Value::Table(own)) => of_same_provider(&file, flags, own),
            Some(_) => return Err(malformed(format!("`llm.roles.{name}` is no table"))),
        };
        tables.push((name, over(&all, &own)));
    }
    let without: Vec<&str> = tables
        .iter()
        .filter(|(_, table)| !table.contains_key("model"))
        .map(|(name, _)| *name)
        .collect();
    if without.len() == NAMES.len() {
        return Ok(None);
    }
    if !without.is_empty() {
        return Err(malformed(format!(
            "no model is named for {}: neither there nor for all roles",
            without.join(", ")
        )));
    }
    let mut settings = Vec::new();
    for (name, table) in tables {
        let says_context = table.contains_key("context_tokens");
        let mut read = table
            .try_into::<Settings>()
            .map_err(|error| malformed(error.to_string()))?;
        check(name, &read)?;
        if !says_context && let Some(tokens) = prices.context_tokens(&read) {
            read.context_tokens = tokens;
        }
        settings.push(read);
    }
    let roles: [Settings; NAMES.len()] = settings
        .try_into()
        .expect("there are settings for each name");
    let [brainstormer, designer, refactor, reviewer, agent] = roles;
    Ok(Some(Roles {
        brainstormer,
        designer,
        refactor,
        reviewer,
        agent,
    }))
}

/// `own` over `inherited`. Another provider must not be sent this one's key, and another model has another price.
fn over(inherited: &Table, own: &Table) -> Table {
    let mut table = inherited.clone();
    if is_elsewhere(inherited, own) {
        table.retain(|name, _| !OF_A_PROVIDER.contains(&name));
    } else if changes(inherited, own, "model") {
        table.retain(|name, _| !OF_A_MODEL.contains(&name));
    }
    table.extend(own.clone());
    table
}

/// What a role says of itself. It was written for the file's provider and model: where flags name others, and the role none of
/// its own, it loses what belongs to those.
fn of_same_provider(file: &Table, flags: &Table, own: &Table) -> Table {
    let mut table = own.clone();
    let has_its_own = own.contains_key("base_url") || own.contains_key("dialect");
    if is_elsewhere(file, flags) && !has_its_own {
        table.retain(|name, _| !OF_A_PROVIDER.contains(&name));
    } else if changes(file, flags, "model") && !own.contains_key("model") {
        table.retain(|name, _| !OF_A_MODEL.contains(&name));
    }
    table
}

/// Whether `own` names another provider.
fn is_elsewhere(inherited: &Table, own: &Table) -> bool {
    let usual = Value::String("chat".to_owned());
    let dialect = own.get("dialect");
    changes(inherited, own, "base_url")
        || dialect.is_some_and(|dialect| inherited.get("dialect").unwrap_or(&usual) != dialect)
}

fn changes(inherited: &Table, own: &Table, name: &str) -> bool {
    own.contains_key(name) && own.get(name) != inherited.get(name)
}

/// Refuses values that `--print-config` put in the place of others.
fn check(role: &str, settings: &Settings) -> Result<(), Failure> {
    let mut headers = settings.headers.iter();
    match headers.find(|(_, value)| *value == REDACTED) {
        None => Ok(()),
        Some((name, _)) => Err(malformed(format!(
            "the header `{name}` of the {role} has the value `{REDACTED}`, which stands for one that was not shown"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit;

    fn resolved(file: &str, flags: &str) -> Result<Option<Roles>, Failure> {
        resolve(
            toml::from_str(file).unwrap(),
            &toml::from_str(flags).unwrap(),
            &Prices::embedded(),
        )
    }

    fn roles(file: &str, flags: &str) -> Roles {
        resolved(file, flags).unwrap().unwrap()
    }

    /// A provider with everything that belongs to it.
    const OPENAI: &str = "model = \"gpt-5\"\nbase_url = \"https://a.example/v1\"\nkey_variable = \"A_KEY\"\nmax_tokens = 5\n\
        context_tokens = 9\nmax_tokens_field = \"max_tokens\"\nheaders = { x-team = \"$TEAM\" }\nprice = { input = 1.0, output = 2.0 }\n";

    fn assert_nothing_of_it(settings: &Settings) {
        assert_ne!(settings.base_url, "https://a.example/v1");
        assert_ne!(settings.key_variable.as_deref(), Some("A_KEY"));
        assert!(settings.headers.is_empty());
        assert_eq!(settings.price, None);
        assert_ne!(settings.context_tokens, 9);
        assert_eq!(settings.max_tokens_field, None);
        assert_eq!(settings.max_tokens, 5);
    }

    #[test]
    fn a_role_with_another_dialect_is_at_its_own_provider() {
        let file = format!(
            "{OPENAI}[roles.reviewer]\nmodel = \"claude\"\ndialect = \"messages\"\n[roles.agent]\ndialect = \"chat\"\n"
        );
        let roles = roles(&file, "");
        assert_nothing_of_it(&roles.reviewer);
        assert_eq!(roles.reviewer.base_url, "https://api.anthropic.com/v1");
        let key = roles.reviewer.key_variable.as_deref();
        assert_eq!(key, Some("ANTHROPIC_API_KEY"));
        assert_eq!(roles.agent, roles.designer, "chat is what was meant anyway");
        assert_eq!(roles.designer.key_variable.as_deref(), Some("A_KEY"));
    }

    #[test]
    fn another_base_url_gets_no_key_from_wherever_it_is_named() {
        let role = "[roles.reviewer]\nbase_url = \"http://b.example\"\n";
        let reviewer = roles(&format!("{OPENAI}{role}"), "").reviewer;
        assert_nothing_of_it(&reviewer);
        assert_eq!(reviewer.key_variable, None);

        let file = format!("{OPENAI}[roles.reviewer]\nkey_variable = \"OTHER_KEY\"\n");
        let flags = "base_url = \"http://b.example\"";
        for (name, settings) in roles(&file, flags).each() {
            assert_nothing_of_it(settings);
            assert_eq!(settings.key_variable, None, "{name}");
        }
        let flags = "base_url = \"http://b.example\"\nkey_variable = \"B_KEY\"";
        let reviewer = roles(&file, flags).reviewer;
        assert_eq!(reviewer.key_variable.as_deref(), Some("B_KEY"));
        let same = roles(&file, "base_url = \"https://a.example/v1\"");
        assert_eq!(same, roles(&file, ""));
    }

    #[test]
    fn another_model_of_the_same_provider_has_its_key_and_not_its_price() {
        let role = "[roles.reviewer]\nmodel = \"gpt-6\"\n[roles.agent]\nprice = { input = 3.0, output = 4.0 }\n";
        let file = format!("{OPENAI}{role}");
        let ours = roles(&file, "");
        assert_eq!(ours.reviewer.key_variable.as_deref(), Some("A_KEY"));
        assert_eq!(ours.reviewer.price, None);
        assert!(ours.agent.price.is_some());
        let flagged = roles(&file, "model = \"gpt-7\"");
        assert_eq!(flagged.reviewer.model, "gpt-6");
        assert_eq!(flagged.agent.model, "gpt-7");
        assert_eq!((flagged.agent.price, flagged.designer.price), (None, None));
        assert!(roles(&file, "model = \"gpt-5\"").designer.price.is_some());
    }

    #[test]
    fn what_a_known_model_reads_is_looked_up_unless_it_is_said() {
        let reads = |file: &str| roles(file, "").designer.context_tokens;
        assert!(reads("model = \"gpt-5\"") > 128_000);
        assert!(reads("model = \"gpt-4\"") < 10_000);
        assert_eq!(reads("model = \"gpt-4\"\ncontext_tokens = 9000"), 9000);
        assert_eq!(
            reads("model = \"gpt-4\"\nbase_url = \"http://a.example\""),
            128_000
        );
    }

    #[test]
    fn models_may_be_named_for_each_role_alone_and_for_all_of_them_or_none() {
        assert!(resolved("max_tokens = 5", "").unwrap().is_none());
        let each = |names: &[&str]| -> String {
            let one = |name: &&str| format!("[roles.{name}]\nmodel = \"of-{name}\"\n");
            names.iter().map(one).collect()
        };
        for (name, settings) in roles(&each(&NAMES), "").each() {
            assert_eq!(settings.model, format!("of-{name}"));
        }
        let failure = resolved(&each(&NAMES[..3]), "").unwrap_err();
        assert_eq!(failure.code, exit::USAGE);
        assert!(failure.chain[1].contains("reviewer, agent"), "{failure:?}");
        assert!(resolved("model = \"m\"\n[roles.critic]\n", "").is_err());
    }

    #[test]
    fn what_may_be_a_secret_is_refused_and_not_repeated() {
        for planted in [
            "key_variable = \"sk-PLANTED\"",
            "key_variable = \"\"",
            "headers = { api-key = \"$2a$10$PLANTED\" }",
            "headers = { api-key = \"[redacted]\" }",
            "base_url = \"https://name:PLANTED@host/v1\"",
            "base_url = \"https:/name:PLANTED@host/v1\"",
            "base_url = \"https:///name:PLANTED@host/v1\"",
            "base_url = \"https://host/v1?key=PLANTED\"",
            "base_url = \"https://host/v1#PLANTED\"",
            "base_url = \"ftp://host/PLANTED\"",
            "base_url = \"PLANTED\"",
        ] {
            let failure = resolved("model = \"m\"", planted).unwrap_err();
            assert_eq!(failure.code, exit::USAGE, "{planted}");
            assert!(!format!("{failure:?}").contains("PLANTED"), "{failure:?}");
        }
        for right in [
            "key_variable = \"_KEY_2\"",
            "headers = { a = \"$KEY\", b = \"literal\" }",
            "base_url = \"HTTP://[::1]:8080/accounts/@a/v1/\"",
        ] {
            roles("model = \"m\"", right);
        }
    }
}
