//! Tables: text in, [`Knowledge`] out. The grammar is that of `queries/README.md`.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable};

use super::deed::Deed;
use super::embedded::texts_of;
use super::model::{Entry, FileRule, Knowledge, Plain, Platform, Table};
use super::problem::{KnowledgeError, Problems, did_you_mean};
use super::row::read_row;
use super::value::{Value, expected, known_keys, parameter_types, text, texts, word};
use crate::finding::Lane;

impl Knowledge {
    /// What crossgrain itself knows about these platforms.
    pub fn embedded(platforms: &[Platform]) -> Result<Knowledge, KnowledgeError> {
        let mut knowledge = Knowledge::default();
        let mut read = Vec::new();
        for (platform, _) in Platform::ALL.iter().filter(|(platform, _)| platforms.contains(platform)) {
            for (name, text) in texts_of(*platform) {
                read.push(knowledge.read(Some(*platform), name, text, 0, Rows::Once));
            }
        }
        knowledge.finish(read)
    }

    /// Adds a user's tables. A row takes the place of one that is already known by its name.
    ///
    /// `platform` is that of the text when something outside says so, `origin` the name of the file for
    /// errors, and `line_offset` the number of its lines before the text. After an error nothing is added.
    pub fn extend(
        &mut self,
        platform: Option<Platform>,
        origin: &str,
        toml_text: &str,
        line_offset: u32,
    ) -> Result<(), KnowledgeError> {
        let mut extended = self.clone();
        let read = extended.read(platform, origin, toml_text, line_offset, Rows::Replace);
        *self = extended.finish(vec![read])?;
        Ok(())
    }

    /// Adds a user's tables that stand inside a larger document, below `keys`, one table per platform.
    ///
    /// `line` is where the tables begin when the lines of `toml_text` are not those of the file.
    pub fn extend_nested(
        &mut self,
        origin: &str,
        toml_text: &str,
        keys: &[&str],
        line: Option<u32>,
    ) -> Result<(), KnowledgeError> {
        let (document, _) = DeTable::parse_recoverable(toml_text);
        let document = document.into_inner();
        let mut apis = &document;
        for key in keys {
            match apis.get(*key).and_then(|value| value.get_ref().as_table()) {
                Some(table) => apis = table,
                None => return Ok(()),
            }
        }
        let mut extended = self.clone();
        let mut read = Vec::new();
        for &(platform, word) in Platform::ALL {
            if let Some(tables) = apis.get(word).and_then(|value| value.get_ref().as_table()) {
                let problems = Problems::new(origin, toml_text, line.map_or(0, |line| line.saturating_sub(1)));
                let mut text = Text { platform, problems, references: Vec::new() };
                extended.read_tables(tables, Rows::Replace, &mut text);
                let names = tables.iter().filter(|(_, value)| value.get_ref().is_table());
                extended.own.extend(names.map(|(name, _)| (platform, name.get_ref().to_string())));
                read.push(text);
            }
        }
        *self = extended.finish(read)?;
        Ok(())
    }

    fn read<'text>(
        &mut self,
        platform: Option<Platform>,
        origin: &'text str,
        toml_text: &'text str,
        line_offset: u32,
        rows: Rows,
    ) -> Text<'text> {
        let problems = Problems::new(origin, toml_text, line_offset);
        let mut text = Text { platform: Platform::Node, problems, references: Vec::new() };
        let (document, errors) = DeTable::parse_recoverable(toml_text);
        for error in &errors {
            text.problems.add(&error.span().unwrap_or_default(), error.message());
        }
        let document = document.into_inner();
        if let Some(platform) = platform_of(&document, platform, &mut text.problems) {
            text.platform = platform;
            self.read_tables(&document, rows, &mut text);
        }
        text
    }

    fn read_tables(&mut self, tables: &DeTable, rows: Rows, text: &mut Text) {
        for (name, value) in tables {
            match (name.get_ref().as_ref(), value.get_ref().as_array(), value.get_ref().as_table()) {
                ("platform", _, None) => {}
                ("file", Some(rules), _) => {
                    let platform = text.platform;
                    self.files.extend(rules.iter().filter_map(|rule| file_rule(rule, platform, &mut text.problems)));
                }
                ("deed", Some(deeds), _) => deeds.iter().for_each(|deed| self.read_deed(deed, text)),
                (_, _, Some(rows_of)) => self.read_table(name, rows_of, rows, text),
                _ => expected("a table of rows", value, &mut text.problems),
            }
        }
    }

    /// `[[deed]]`: what each of a list of names does, or what whatever is called so does.
    fn read_deed(&mut self, value: &Value, text: &mut Text) {
        let problems = &mut text.problems;
        let Some(table) = value.get_ref().as_table() else { return expected("a table", value, problems) };
        known_keys(table, &["begins", "called", "does", "ends", "names", "parts"], problems);
        let Some(does) = table.get("does").filter(|_| table.len() > 1) else {
            return problems.add(&value.span(), "`does` or `names` is missing");
        };
        let Some(deed) = word(does, Deed::ALL, problems) else { return };
        for (key, names) in table.iter().filter(|(key, _)| key.get_ref() != "does") {
            let list = texts(names, problems);
            if key.get_ref() == "names" {
                for name in list {
                    let before = self.deeds[text.platform as usize].insert(name, deed);
                    if before.is_some_and(|before| before != deed) {
                        problems.add(&names.span(), "a name is in two lists");
                    }
                }
                continue;
            }
            let spelling = self.spellings[text.platform as usize].entry(deed).or_default();
            match key.get_ref().as_ref() {
                "called" => spelling.called.extend(list),
                "begins" => spelling.begins.extend(list),
                "ends" => spelling.ends.extend(list),
                _ => spelling.parts.extend(list),
            }
        }
    }

    fn read_table(&mut self, name: &Spanned<DeString>, members: &DeTable, rows: Rows, text: &mut Text) {
        if name.get_ref().is_empty() {
            text.problems.add(&name.span(), "a table needs a name");
        }
        let platform = text.platform;
        let table = self.tables[platform as usize].entry(name.get_ref().to_string()).or_default();
        table.rows.reserve(members.len());
        for (member, value) in members {
            if member.get_ref() == "<:" {
                read_bases(table, value, text);
                continue;
            }
            let Some(keys) = value.get_ref().as_table() else {
                expected("a row: a table of keys", value, &mut text.problems);
                continue;
            };
            if member.get_ref().contains('.') {
                let (owner, last) = member.get_ref().rsplit_once('.').unwrap_or_default();
                text.problems.add(
                    &member.span(),
                    format!("a member's name holds no dot: write `{last}` in [\"{}.{owner}\"]", name.get_ref()),
                );
            }
            let row = read_row(keys, &member.span(), platform, &mut text.problems);
            if let (Some(same), Some(value)) = (&row.same, keys.get("same")) {
                text.references.push(Reference { to: same.clone(), kind: Kind::Same, at: value.span() });
            }
            let before = table.rows.insert(member.get_ref().to_string(), row);
            if before.is_some() && rows == Rows::Once {
                text.problems.add(
                    &member.span(),
                    format!("`{}` of `{}` already has a row in another file", member.get_ref(), name.get_ref()),
                );
            }
        }
    }

    /// Checks that what the texts refer to is there.
    fn finish(self, read: Vec<Text>) -> Result<Knowledge, KnowledgeError> {
        let mut problems = Vec::new();
        for mut text in read {
            for reference in &text.references {
                if let Some(message) = self.dangling(text.platform, reference) {
                    text.problems.add(&reference.at, message);
                }
            }
            problems.extend(text.problems.into_found());
        }
        KnowledgeError::of(problems).map_or(Ok(self), Err)
    }

    fn dangling(&self, platform: Platform, reference: &Reference) -> Option<String> {
        let to = reference.to.as_str();
        let tables = &self.tables[platform as usize];
        if tables.contains_key(to) {
            return None;
        }
        match reference.kind {
            Kind::Base => {
                Some(format!("there is no table `{to}`{}", did_you_mean(to, tables.keys().map(String::as_str))))
            }
            Kind::Same => match self.named(platform, to) {
                Some(row) if row.same.is_some() => {
                    Some(format!("`{to}` is itself the `same` as another: name that one"))
                }
                Some(_) => None,
                None => Some(format!("there is no row or table `{to}`")),
            },
        }
    }
}

/// Whether a row may take the place of one that is already there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    Once,
    Replace,
}

/// A text that has been read, and what is still to check.
struct Text<'text> {
    platform: Platform,
    problems: Problems<'text>,
    references: Vec<Reference>,
}

/// A name that must be known once all texts are read.
struct Reference {
    to: String,
    kind: Kind,
    at: Range<usize>,
}

enum Kind {
    Base,
    Same,
}

fn platform_of(document: &DeTable, given: Option<Platform>, problems: &mut Problems) -> Option<Platform> {
    // A table of that name is Python's module `platform`.
    let written = document.get("platform").filter(|value| !value.get_ref().is_table());
    let Some(value) = written else {
        if given.is_none() {
            problems.add(&(0..0), "`platform = \"node\"` or `platform = \"python\"` is missing");
        }
        return given;
    };
    let platform = word(value, Platform::ALL, problems)?;
    if let Some(given) = given.filter(|given| *given != platform) {
        problems.add(&value.span(), format!("these tables stand under `{given}`"));
    }
    Some(platform)
}

fn read_bases(table: &mut Table, value: &Value, text: &mut Text) {
    for base in texts(value, &mut text.problems) {
        text.references.push(Reference { to: base.clone(), kind: Kind::Base, at: value.span() });
        if !table.bases.contains(&base) {
            table.bases.push(base);
        }
    }
}

fn file_rule(value: &Value, platform: Platform, problems: &mut Problems) -> Option<FileRule> {
    let Some(table) = value.get_ref().as_table() else {
        expected("a table", value, problems);
        return None;
    };
    known_keys(table, &["depends", "enters", "exports", "gives", "glob", "label", "plain"], problems);
    let list =
        |key: &str, problems: &mut Problems| table.get(key).map_or_else(Vec::new, |value| texts(value, problems));
    let glob = list("glob", problems);
    if glob.is_empty() {
        problems.add(&value.span(), "`glob` is missing: which files are meant");
    }
    for pattern in &glob {
        if let Err(error) = globset::Glob::new(pattern) {
            problems.add(&value.span(), error.to_string());
        }
    }
    let Some(lane) = table.get("enters") else {
        problems.add(&value.span(), "`enters` is missing: the lane of these files");
        return None;
    };
    let lane = word(lane, Lane::ALL, problems)?;
    let plain = table.get("plain").and_then(|plain| word(plain, Plain::ALL, problems)).unwrap_or(Plain::Loop);
    Some(FileRule {
        platform,
        glob,
        depends: list("depends", problems),
        exports: list("exports", problems),
        gives: table.get("gives").map_or_else(Vec::new, |gives| parameter_types(gives, problems)),
        entry: Entry { lane, plain },
        label: table.get("label").and_then(|label| text(label, problems)).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::super::model::{Effect, Gil, Pick, TypeRef, Wait};
    use super::*;
    use crate::finding::Stall;

    fn read(text: &str) -> Knowledge {
        let mut knowledge = Knowledge::default();
        if let Err(error) = knowledge.extend(None, "t.toml", text, 0) {
            panic!("{error}");
        }
        knowledge
    }

    fn complaints(text: &str) -> Vec<String> {
        let error = Knowledge::default().extend(None, "t.toml", text, 0).expect_err("the text is wrong");
        error.to_string().lines().map(str::to_owned).collect()
    }

    #[test]
    fn embedded_tables_are_sound() {
        for (platform, _) in Platform::ALL {
            if let Err(error) = Knowledge::embedded(&[*platform]) {
                panic!("{error}");
            }
        }
    }

    #[test]
    fn rows_get_their_defaults() {
        let knowledge = read(
            r#"
            platform = "python"
            ["a"]
            wait = { blocks = "database" }
            get = { enters = "request" }
            "#,
        );
        let wait = knowledge.row(Platform::Python, "a", "wait").expect("read");
        assert_eq!((wait.stall, wait.gil), (Some(Stall::Tenths), Some(Gil::Released)));
        let get = knowledge.row(Platform::Python, "a", "get").expect("read");
        assert_eq!(
            (get.pick.as_slice(), get.path.as_ref().and_then(|path| path.arg)),
            (&[Pick::Functions][..], Some(0))
        );
    }

    #[test]
    fn bases_and_the_rest_row_answer_for_missing_members() {
        let knowledge = read(
            r#"
            platform = "node"
            ["a"]
            "<:" = ["b"]
            own = { returns = "[a.T]" }
            ["b"]
            "*" = { blocks = "disk" }
            "#,
        );
        let own = knowledge.named(Platform::Node, "a.own").expect("read");
        assert_eq!(own.returns, Some(TypeRef::Container("a.T".to_owned())));
        let rest = knowledge.row(Platform::Node, "a", "other").expect("by its base");
        assert_eq!(rest.effect, Some(Effect::Blocks(Wait::Disk)));
        assert_eq!(knowledge.row(Platform::Node, "a", "()"), None);
    }

    #[test]
    fn every_mistake_is_reported_with_its_line() {
        let text = r#"platform = "node"
["a"]
one = { blocsk = "disk" }
two = { blocks = "disc" }
three = { computes = "hash" }
four = { same = "a.nothing" }
five = { blocks = "disk", gil = "held" }
"a.b" = {}
"#;
        assert_eq!(
            complaints(text),
            [
                "t.toml:3: unknown key `blocsk`, did you mean `blocks`?",
                "t.toml:4: unknown word `disc`, did you mean `disk`?",
                "t.toml:5: `computes` needs a `stall`",
                "t.toml:6: there is no row or table `a.nothing`",
                "t.toml:7: `gil` is for Python only",
                "t.toml:8: a member's name holds no dot: write `b` in [\"a.a\"]",
            ]
        );
        assert_eq!(complaints("platform = \"node\"\n[a]\nx = {\n")[0].split(':').nth(1), Some("3"));
        assert_eq!(complaints("[\"a\"]\n"), ["t.toml:1: `platform = \"node\"` or `platform = \"python\"` is missing"]);
    }

    #[test]
    fn a_glob_that_is_no_glob_is_a_mistake() {
        let found = complaints("platform = \"node\"\n[[file]]\nglob = [\"{a\"]\nenters = \"elsewhere\"\n");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("t.toml:2: error parsing glob '{a'"), "{found:?}");
    }

    #[test]
    fn what_a_base_does_its_types_do() {
        let tables = "platform = \"python\"\n[\"a.B\"]\n[\"a.C\"]\n\"<:\" = [\"a.B\"]\n";
        let knowledge = read(&format!("{tables}[[deed]]\ndoes = \"sleeps\"\nnames = [\"a.B.x\"]\n"));
        assert_eq!(knowledge.deed(Platform::Python, "a.C", "x"), Some(Deed::Sleeps));
        assert_eq!(knowledge.deed(Platform::Python, "a.C", "y"), None);
        let found = complaints("platform = \"node\"\n[[deed]]\ndoes = \"sleep\"\nnames = [\"a\"]\n");
        assert_eq!(found, ["t.toml:3: unknown word `sleep`, did you mean `sleeps`?"]);
    }

    #[test]
    fn a_name_is_spelled_by_its_words() {
        let knowledge = read(
            "platform = \"node\"\n[[deed]]\ndoes = \"reads\"\nbegins = [\"get\"]\nends = [\"db\"]\nparts = [\"pool\"]\ncalled = [\"at\"]\n",
        );
        let fits = |name: &str| knowledge.is_spelled(Platform::Node, Deed::Reads, name);
        for name in ["get", "getUser", "_get_user", "userDb", "user_db", "DB", "theSpoolers", "at"] {
            assert!(fits(name), "{name}");
        }
        for name in ["getter", "mongodb", "what", "é", ""] {
            assert!(!fits(name), "{name}");
        }
    }

    #[test]
    fn lines_count_from_the_start_of_the_users_file() {
        let error = Knowledge::default()
            .extend(Some(Platform::Node), "crossgrain.toml", "[\"a\"]\nx = { call = true }\n", 10)
            .expect_err("the key is wrong");
        assert_eq!(error.to_string(), "crossgrain.toml:12: unknown key `call`, did you mean `calls`?");
    }

    #[test]
    fn a_users_row_takes_the_place_of_ours() {
        let mut knowledge = read("platform = \"node\"\n[\"a\"]\nx = { blocks = \"disk\" }\n");
        knowledge.extend(Some(Platform::Node), "u", "[\"a\"]\nx = {}\n", 0).expect("sound");
        assert_eq!(knowledge.row(Platform::Node, "a", "x").and_then(|row| row.effect), None);
    }

    /// For authors of tables: `cargo test types_without_a_table -- --ignored --nocapture`.
    #[test]
    #[ignore = "prints a list"]
    #[allow(clippy::print_stderr)]
    fn types_without_a_table() {
        for (platform, _) in Platform::ALL {
            let knowledge = Knowledge::embedded(&[*platform]).expect("sound");
            let rows = knowledge.tables[*platform as usize].values().flat_map(|table| table.rows.values());
            let given =
                rows.flat_map(|row| row.returns.iter().chain(&row.is).chain(row.gives.iter().map(|(_, given)| given)));
            let mut missing: Vec<&str> = given
                .filter_map(|given| match given {
                    TypeRef::Instance(name) | TypeRef::Container(name) => Some(name.as_str()),
                    TypeRef::Receiver => None,
                })
                .filter(|name| knowledge.table(*platform, name).is_none())
                .collect();
            missing.sort_unstable();
            missing.dedup();
            eprintln!("{platform}: {}", missing.join(" "));
        }
    }
}
