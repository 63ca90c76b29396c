//! What a user's tables say about functions of the repository itself.

use super::externals::Ext;
use super::index::Fun;
use super::resolve::{PyTarget, Target};
use super::values::{Found, Set, Value, World};
use crate::finding::Confidence;
use crate::knowledge::Platform;
use crate::source::FileId;

impl World<'_> {
    /// Finds the functions that the user's tables are about.
    pub(super) fn find_own(&mut self) {
        let knowledge = self.externals.knowledge;
        for (platform, name) in &knowledge.own {
            let Some(owner) = self.own_owner(*platform, name) else { continue };
            let Some(table) = knowledge.table(*platform, name) else { continue };
            let mut members: Vec<&String> = table.rows.keys().collect();
            members.sort_unstable();
            for member in members {
                let member = self.symbols.intern(member);
                let mut values = Set::default();
                self.member(Found { value: owner, confidence: Confidence::Certain }, member, &mut values);
                let table = self.externals.root(*platform, name, &mut self.symbols);
                let ext = self.externals.member(table, member, &mut self.symbols);
                for found in &values.finish() {
                    if let Value::Function(fun) = found.value {
                        self.own.insert(fun, ext);
                    }
                }
            }
        }
    }

    /// The module or class of the repository that a table is named after.
    fn own_owner(&mut self, platform: Platform, name: &str) -> Option<Value> {
        if platform == Platform::Node {
            return match self.resolver.ecma("crossgrain.toml", name) {
                Target::File(file) => Some(Value::Module(FileId(file))),
                _ => None,
            };
        }
        if let PyTarget::File(file) = self.resolver.python("crossgrain.toml", 0, name) {
            return Some(Value::Module(FileId(file)));
        }
        let (module, class) = name.rsplit_once('.')?;
        let PyTarget::File(file) = self.resolver.python("crossgrain.toml", 0, module) else { return None };
        let class = self.symbols.intern(class);
        let mut values = Set::default();
        self.module_member(FileId(file), class, &mut values);
        values.finish().iter().map(|found| found.value).find(|value| matches!(value, Value::Class(_)))
    }

    /// What a user's table says of a function.
    pub(super) fn own_row(&self, fun: Fun) -> Option<Ext> {
        self.own.get(&fun).copied()
    }
}
