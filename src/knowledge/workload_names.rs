//! Names that the rules of the family `platform` look for: `queries/platform/rules.toml`.

use serde::Deserialize;

use super::packages::Pattern;
use super::workloads::Carrier;

/// The table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkNames {
    source: String,
    licence: String,
    date: String,
    refresh: String,
    /// What tells the state of a device when it is asked.
    pub polled: Vec<Polled>,
    /// How synchronous Python is served.
    pub wsgi: Wsgi,
    /// What cannot be handed to a worker.
    pub carried: Carried,
    /// What computes for so long that it is a kind of work.
    pub heavy: Heavy,
    /// What makes both sides of an interface out of one description.
    pub contract: Contract,
    /// How pages are put together from strings.
    pub markup: Markup,
    /// What servers that serve nobody are called.
    pub trial: Trial,
}

/// What servers for tests and to show something are called.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Trial {
    /// Words in the names of directories.
    pub words: Vec<String>,
}

/// Names that tell the state of a device when they are asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Polled {
    /// Qualified names of functions and members.
    pub names: Vec<String>,
    /// Methods that write to it: what is written is not waited for.
    #[serde(default)]
    pub writes: Vec<String>,
    /// What would tell by itself.
    pub instead: String,
    /// Where that can be read.
    pub source: String,
}

/// How synchronous Python is served.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Wsgi {
    /// Packages of servers with a worker or thread for each request.
    pub servers: Vec<String>,
    /// Packages by which requests hold no thread.
    pub asynchronous: Vec<String>,
    /// Names of files in which servers are started.
    pub files: Vec<String>,
    /// Words in them that name such a server.
    pub served_by: Vec<String>,
    /// Words in them that say that a worker serves several.
    pub asynchronous_words: Vec<String>,
    /// What takes a socket and keeps it.
    pub sockets: Vec<String>,
    /// What makes an answer out of a generator.
    pub answers: Vec<String>,
    /// Decorators of handlers that run in a thread.
    pub routes: Vec<String>,
}

/// What cannot be handed to a worker or another process.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Carried {
    /// By the name of the parameter.
    pub names: Vec<String>,
    /// By its type.
    pub types: Vec<Pattern>,
}

/// What computes for so long that it is a kind of work.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Heavy {
    /// Words of `computes`.
    pub does: Vec<String>,
}

/// What makes both sides of an interface out of one description.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Contract {
    /// Packages.
    pub packages: Vec<Pattern>,
    /// Files, as globs.
    pub files: Vec<String>,
    /// Functions and methods by which front ends ask and back ends answer, the path first.
    pub routes: Vec<Pattern>,
    /// Those of them whose path begins without a slash.
    pub relative: Vec<String>,
    /// Words at the end of names that say what kind of class a model is, in small letters; the longest first.
    pub endings: Vec<String>,
    /// Words at the end of names of what is sent to the back end: what may be missing there is no mistake.
    pub inputs: Vec<String>,
    /// Base classes that add no fields.
    pub roots: Vec<Pattern>,
    /// What makes the value of a class that is no field of it.
    pub no_fields: Vec<Pattern>,
    /// What makes a model out of an object.
    pub records: Vec<String>,
    /// What lists words.
    pub literals: Vec<String>,
    /// What says that a field may be missing.
    pub optional: Vec<String>,
    /// What says that a field may be null.
    pub nullable: Vec<String>,
    /// What stands before the greatest length.
    pub longest: Vec<String>,
    /// What makes a text, of which the length is limited.
    pub texts: Vec<String>,
    /// What stands before a pattern.
    pub patterns: Vec<String>,
}

/// How pages are put together from strings.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Markup {
    /// Members that are written.
    pub writes: Vec<String>,
    /// Methods that are called.
    pub calls: Vec<String>,
    /// Methods of jQuery.
    pub methods: Vec<String>,
    /// Functions that make a text harmless.
    pub escapes: Vec<String>,
    /// What selects elements for `methods`.
    pub selectors: Vec<String>,
    /// What to write instead, the first row that applies.
    pub instead: Vec<Instead>,
}

/// What to write in the place of strings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instead {
    /// On this platform.
    pub on: Carrier,
    /// Where one of these packages is asked for; anywhere if empty.
    #[serde(default)]
    pub with: Vec<String>,
    /// The advice.
    pub say: String,
}

const NAMES: &str = include_str!("../../queries/platform/rules.toml");

/// The names.
pub fn work_names() -> WorkNames {
    // A test reads them.
    toml::from_str(NAMES).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_can_be_read_and_say_where_they_are_from() {
        let names: WorkNames = toml::from_str(NAMES).unwrap_or_else(|error| panic!("rules.toml: {error}"));
        for said in [&names.source, &names.licence, &names.date, &names.refresh] {
            assert!(!said.is_empty(), "rules.toml does not say where it is from");
        }
        assert!(names.polled.iter().all(|row| !row.names.is_empty() && row.source.starts_with("https://")));
    }
}
