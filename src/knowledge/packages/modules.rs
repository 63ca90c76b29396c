//! Modules of Python and the distributions that bring them.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

/// Which distribution brings which modules.
#[derive(Debug, Default)]
pub struct Modules {
    /// By distribution; empty for a module of its own name.
    of: FxHashMap<&'static str, Vec<&'static str>>,
    /// By module, those that are not called like it.
    by: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Modules {
    /// Reads the table: a distribution a line, then its modules.
    pub(super) fn read(text: &'static str) -> Modules {
        let mut modules = Modules::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            let Some(name) = words.next().filter(|name| !name.is_empty()) else { continue };
            let own: Vec<&str> = words.collect();
            for module in &own {
                modules.by.entry(module).or_default().push(name);
            }
            modules.of.insert(name, own);
        }
        modules
    }

    /// The modules that a distribution brings, dotted within a namespace. One that is not known is taken to have
    /// a module of its own name.
    pub fn of(&self, distribution: &str) -> Vec<String> {
        match self.of.get(distribution) {
            Some(own) if !own.is_empty() => own.iter().map(|module| (*module).to_owned()).collect(),
            _ => own_names(distribution),
        }
    }

    /// Whether the modules of a distribution are known.
    pub fn knows(&self, distribution: &str) -> bool {
        self.of.contains_key(distribution)
    }

    /// The distributions that bring a dotted module, those of the longest known part of its name.
    pub fn bringing(&self, dotted: &str) -> Vec<String> {
        let mut part = dotted;
        loop {
            let own = part.replace(['_', '.'], "-").to_ascii_lowercase();
            let is_own = self.of.get(own.as_str()).is_some_and(Vec::is_empty);
            let others = self.by.get(part).into_iter().flatten().map(|name| (*name).to_owned());
            let found: Vec<String> = is_own.then(|| own.clone()).into_iter().chain(others).collect();
            if !found.is_empty() {
                return found;
            }
            match part.rsplit_once('.') {
                Some((shorter, _)) => part = shorter,
                None => return Vec::new(),
            }
        }
    }
}

/// What a distribution that nobody knows may call its module.
fn own_names(distribution: &str) -> Vec<String> {
    let own = distribution.replace('-', "_");
    let mut names = vec![own.clone()];
    let without = |prefix: &str| own.strip_prefix(prefix).map(str::to_owned);
    names.extend(["python_", "py_", "py"].into_iter().find_map(without).filter(|rest| rest.len() > 2));
    names.extend(own.strip_suffix("_python").or_else(|| own.strip_suffix("_py")).map(str::to_owned));
    names.extend(own.contains('_').then(|| own.replace('_', ".")));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# x\ngoogle-cloud-storage google.cloud.storage\npillow PIL\npyjwt jwt\njwt jwt\nrequests\n";

    #[test]
    fn modules_are_found_both_ways() {
        let modules = Modules::read(TABLE);
        assert_eq!(modules.of("pillow"), ["PIL"]);
        assert_eq!(modules.of("requests"), ["requests"]);
        assert_eq!(modules.of("my-thing"), ["my_thing", "my.thing"]);
        assert_eq!(modules.bringing("PIL.Image"), ["pillow"]);
        assert_eq!(modules.bringing("jwt"), ["pyjwt", "jwt"]);
        assert_eq!(modules.bringing("google.cloud.storage.blob"), ["google-cloud-storage"]);
        assert_eq!(modules.bringing("requests.sessions"), ["requests"]);
        assert_eq!(modules.bringing("unheard"), [""; 0]);
    }
}
