//! Names outside the repository, as a tree: `node:fs` → `node:fs.promises` → `node:fs.promises.readFile`.
//! Each is looked up in the knowledge once, when it is first met.

use rustc_hash::FxHashMap;

use super::symbols::{Sym, Symbols};
use crate::knowledge::{Deed, Knowledge, Platform, Row};

/// A name outside the repository: a module, a callable, a class, or the type of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ext(u32);

/// What is known of an [`Ext`].
#[derive(Debug)]
pub struct External<'k> {
    /// Its qualified name.
    pub name: String,
    /// Its platform.
    pub platform: Platform,
    /// What it is a member of.
    pub owner: Option<Ext>,
    /// Its row in its owner's table, or the `()` row of its own.
    pub row: Option<&'k Row>,
    /// What calling it does beyond the row.
    pub deed: Option<Deed>,
}

/// All external names met so far.
#[derive(Debug)]
pub(super) struct Externals<'k> {
    pub(super) knowledge: &'k Knowledge,
    all: Vec<External<'k>>,
    roots: FxHashMap<(Platform, Sym), Ext>,
    members: FxHashMap<(Ext, Sym), Ext>,
}

impl<'k> Externals<'k> {
    pub(super) fn new(knowledge: &'k Knowledge) -> Externals<'k> {
        Externals { knowledge, all: Vec::new(), roots: FxHashMap::default(), members: FxHashMap::default() }
    }

    pub(super) fn get(&self, ext: Ext) -> &External<'k> {
        &self.all[ext.0 as usize]
    }

    /// The thing with this qualified name: a module, or a type named by a table.
    pub(super) fn root(&mut self, platform: Platform, name: &str, symbols: &mut Symbols) -> Ext {
        let sym = symbols.intern(name);
        if let Some(&ext) = self.roots.get(&(platform, sym)) {
            return ext;
        }
        let row = self.knowledge.row(platform, name, "()").or_else(|| {
            let (owner, member) = name.rsplit_once('.')?;
            self.knowledge.row(platform, owner, member)
        });
        let deed = self.knowledge.deed_of(platform, name).or_else(|| {
            let (owner, member) = name.rsplit_once('.')?;
            self.knowledge.deed(platform, owner, member)
        });
        let ext = self.push(External { name: name.to_owned(), platform, owner: None, row, deed });
        self.roots.insert((platform, sym), ext);
        ext
    }

    /// The member `name` of `owner`, behind any alias (`same`).
    pub(super) fn member(&mut self, owner: Ext, name: Sym, symbols: &mut Symbols) -> Ext {
        if let Some(&ext) = self.members.get(&(owner, name)) {
            return ext;
        }
        let text = symbols.text(name).to_owned();
        let (platform, owner_name) = (self.get(owner).platform, self.get(owner).name.clone());
        let qualified = format!("{owner_name}.{text}");
        let own = self.knowledge.row(platform, &owner_name, &text);
        let ext = match own.and_then(|row| row.same.as_deref()) {
            Some(same) => self.root(platform, same, symbols),
            // A name that has a table of its own is that thing, however it was reached.
            None if self.knowledge.table(platform, &qualified).is_some() => self.root(platform, &qualified, symbols),
            None => {
                let row = own.or_else(|| self.knowledge.row(platform, &qualified, "()"));
                let deed = self.knowledge.deed(platform, &owner_name, &text);
                self.push(External { name: qualified, platform, owner: Some(owner), row, deed })
            }
        };
        self.members.insert((owner, name), ext);
        ext
    }

    fn push(&mut self, external: External<'k>) -> Ext {
        self.all.push(external);
        Ext(self.all.len() as u32 - 1)
    }
}
