//! Who asks for what in a lockfile.

use std::collections::VecDeque;

use super::{Importer, Lockfile, Need};

/// Who asks for a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// The project at an index of the importers.
    Importer(u32),
    /// The package at an index.
    Package(u32),
}

/// The needs of a lockfile, backwards.
#[derive(Debug)]
pub struct Asks<'a> {
    /// The lockfile.
    pub lockfile: &'a Lockfile,
    /// For each package, who gets it for which need; projects come first.
    pub askers: Vec<Vec<(Asker, &'a Need)>>,
    /// For each package, who asks for it on the shortest way from a project.
    via: Vec<Option<Asker>>,
}

impl Lockfile {
    /// Turns the needs around.
    pub fn asks(&self) -> Asks<'_> {
        let importers = (0..).zip(&self.importers).map(|(index, it)| (Asker::Importer(index), &it.needs));
        // Projects of the repository are importers already.
        let packages = (0..).zip(&self.packages).filter(|(_, package)| !package.own);
        let packages = packages.map(|(index, it)| (Asker::Package(index), &it.needs));
        let mut askers = vec![Vec::new(); self.packages.len()];
        for (asker, needs) in importers.chain(packages) {
            for need in needs {
                if let Some(askers) = need.to.and_then(|to| askers.get_mut(to as usize)) {
                    askers.push((asker, need));
                }
            }
        }
        Asks { lockfile: self, askers, via: self.shortest() }
    }

    /// Breadth first from all projects.
    fn shortest(&self) -> Vec<Option<Asker>> {
        let mut via = vec![None; self.packages.len()];
        let mut queue = VecDeque::new();
        let mut visit = |queue: &mut VecDeque<u32>, asker: Asker, need: &Need| {
            let Some(to) = need.to.filter(|_| need.brings()) else { return };
            if let Some(via) = via.get_mut(to as usize).filter(|via| via.is_none()) {
                *via = Some(asker);
                queue.push_back(to);
            }
        };
        for (index, importer) in (0..).zip(&self.importers) {
            importer.needs.iter().for_each(|need| visit(&mut queue, Asker::Importer(index), need));
        }
        while let Some(at) = queue.pop_front() {
            let needs = self.package(at).filter(|package| !package.own).map(|package| &package.needs);
            needs.into_iter().flatten().for_each(|need| visit(&mut queue, Asker::Package(at), need));
        }
        via
    }
}

impl Asks<'_> {
    /// The shortest way from a project to a package: the project, and the packages on the way, the package itself last.
    pub fn way_to(&self, package: u32) -> Option<(u32, Vec<u32>)> {
        /// Nobody reads longer ones.
        const LONGEST: usize = 100;
        let mut way = vec![package];
        while way.len() <= LONGEST {
            match (*self.via.get(*way.last()? as usize)?)? {
                Asker::Importer(importer) => {
                    way.reverse();
                    return Some((importer, way));
                }
                Asker::Package(asker) => way.push(asker),
            }
        }
        None
    }
}

impl Asks<'_> {
    /// Who asks, in words: "`a` 1.0.0 (^1)".
    pub fn asker(&self, asker: Asker, need: &Need) -> String {
        let range = if need.range.is_empty() { String::new() } else { format!(" ({})", need.range) };
        match asker {
            Asker::Importer(index) => {
                let dir = self.lockfile.importers.get(index as usize).map_or("", |importer| &importer.dir);
                if dir.is_empty() { format!("this repository{range}") } else { format!("`{dir}`{range}") }
            }
            Asker::Package(index) => match self.lockfile.package(index) {
                Some(package) => format!("`{}` {}{range}", package.name, package.version),
                None => String::new(),
            },
        }
    }

    /// Everybody who asks for one of some packages, in words, sorted. Peers count when there is nobody else.
    pub fn askers_of(&self, packages: &[u32]) -> Vec<String> {
        let needs = || packages.iter().filter_map(|&index| self.askers.get(index as usize)).flatten();
        let named = |are_peers: bool| {
            let ours = needs().filter(|(_, need)| need.brings() != are_peers);
            let peer = if are_peers { ", as a peer" } else { "" };
            let mut names: Vec<String> = ours.map(|(who, need)| self.asker(*who, need) + peer).collect();
            names.sort();
            names.dedup();
            names
        };
        let names = named(false);
        if names.is_empty() { named(true) } else { names }
    }

    /// The shortest way to a package, in words: "`a` 1.0.0 > `b` 2.0.0".
    pub fn way(&self, package: u32) -> Option<String> {
        let (_, way) = self.way_to(package)?;
        let packages = way.iter().filter_map(|&index| self.lockfile.package(index));
        Some(packages.map(|package| format!("`{}` {}", package.name, package.version)).collect::<Vec<_>>().join(" > "))
    }
}

/// What each direct need of a project alone brings.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Weights {
    /// Packages that the project gets at all, development left out.
    pub total: u32,
    /// For each need of the project that gets something, its index and the packages that would go with it.
    pub alone: Vec<(usize, Vec<u32>)>,
}

impl Lockfile {
    /// Weighs the needs of a project. A package belongs to a need when every way to it leads through the need,
    /// which is what dominators are.
    pub fn weigh(&self, importer: &Importer) -> Weights {
        let roots: Vec<u32> =
            importer.needs.iter().filter(|need| is_installed(need)).filter_map(|need| need.to).collect();
        let order = self.postorder(&roots);
        let mut number = vec![u32::MAX; self.packages.len()];
        for (place, &package) in (0..).zip(&order) {
            number[package as usize] = place;
        }
        let root = order.len() as u32;
        // The algorithm of Cooper, Harvey and Kennedy, on numbers that grow towards the root.
        let mut dominator = vec![u32::MAX; order.len() + 1];
        dominator[root as usize] = root;
        let mut before: Vec<Vec<u32>> = vec![Vec::new(); order.len()];
        for &package in &roots {
            if let Some(before) = number.get(package as usize).and_then(|&at| before.get_mut(at as usize)) {
                before.push(root);
            }
        }
        for (place, &package) in (0..).zip(&order) {
            for to in self.brought(package) {
                if let Some(before) = number.get(to as usize).and_then(|&at| before.get_mut(at as usize)) {
                    before.push(place);
                }
            }
        }
        let mut changed = true;
        while changed {
            changed = false;
            for place in (0..root).rev() {
                let mut found = u32::MAX;
                for &from in &before[place as usize] {
                    if dominator[from as usize] != u32::MAX {
                        found = if found == u32::MAX { from } else { meet(&dominator, from, found) };
                    }
                }
                if found != dominator[place as usize] {
                    dominator[place as usize] = found;
                    changed = true;
                }
            }
        }
        // The package right below the root that dominates each one: parents have higher numbers, so they are known.
        let mut top = vec![u32::MAX; order.len()];
        let mut below: Vec<Vec<u32>> = vec![Vec::new(); order.len()];
        for place in (0..root).rev() {
            let above = dominator[place as usize];
            top[place as usize] =
                if above == root { place } else { top.get(above as usize).copied().unwrap_or(u32::MAX) };
            if let Some(below) = below.get_mut(top[place as usize] as usize) {
                below.push(order[place as usize]);
            }
        }
        let alone =
            importer.needs.iter().enumerate().filter(|(_, need)| is_installed(need)).filter_map(|(index, need)| {
                let place = *number.get(need.to? as usize)?;
                Some((index, below.get(place as usize)?.clone()))
            });
        Weights { total: root, alone: alone.collect() }
    }

    fn brought(&self, package: u32) -> impl Iterator<Item = u32> {
        let needs = self.package(package).map(|package| package.needs.as_slice()).unwrap_or_default();
        needs.iter().filter(|need| need.brings()).filter_map(|need| need.to)
    }

    fn postorder(&self, roots: &[u32]) -> Vec<u32> {
        let mut order = Vec::new();
        let mut seen = vec![false; self.packages.len()];
        for &root in roots {
            let is_new = |seen: &mut Vec<bool>, at: u32| {
                seen.get_mut(at as usize).is_some_and(|seen| !std::mem::replace(seen, true))
            };
            if !is_new(&mut seen, root) {
                continue;
            }
            let mut open = vec![(root, self.brought(root).collect::<Vec<u32>>().into_iter())];
            while let Some((package, rest)) = open.last_mut() {
                match rest.next() {
                    Some(next) if is_new(&mut seen, next) => {
                        open.push((next, self.brought(next).collect::<Vec<u32>>().into_iter()));
                    }
                    Some(_) => {}
                    None => {
                        order.push(*package);
                        open.pop();
                    }
                }
            }
        }
        order
    }
}

fn is_installed(need: &Need) -> bool {
    need.brings() && need.kind != super::NeedKind::Development
}

/// The nearest package that dominates both.
fn meet(dominator: &[u32], mut one: u32, mut other: u32) -> u32 {
    while one != other {
        while one < other {
            one = dominator[one as usize];
        }
        while other < one {
            other = dominator[other as usize];
        }
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::{LockTool, Locked};

    /// Packages by the indices of those that they need.
    fn lockfile(direct: &[u32], needs: &[&[u32]]) -> Lockfile {
        let need = |to: &u32| Need { name: to.to_string().into(), to: Some(*to), ..Need::default() };
        let package = |needs: &&[u32]| Locked { needs: needs.iter().map(need).collect(), ..Locked::default() };
        Lockfile {
            path: String::new(),
            tool: LockTool::Npm,
            packages: needs.iter().map(package).collect(),
            importers: vec![Importer { dir: String::new(), needs: direct.iter().map(need).collect() }],
        }
    }

    #[test]
    fn what_only_one_need_brings_is_its_weight() {
        // 0 brings 2 and shares 3 with 1; 4 and 5 are a circle below 2.
        let file = lockfile(&[0, 1], &[&[2, 3], &[3], &[4], &[], &[5], &[4]]);
        let weights = file.weigh(&file.importers[0]);
        assert_eq!(weights.total, 6);
        let alone: Vec<(usize, usize)> =
            weights.alone.iter().map(|(index, packages)| (*index, packages.len())).collect();
        assert_eq!(alone, [(0, 4), (1, 1)]);
    }

    #[test]
    fn ways_are_short_and_end_in_circles() {
        let file = lockfile(&[0], &[&[1, 2], &[2], &[3], &[2], &[4]]);
        let asks = file.asks();
        assert_eq!(asks.way_to(3), Some((0, vec![0, 2, 3])));
        assert_eq!(asks.way_to(4), None);
        assert_eq!(asks.way_to(9), None);
    }

    #[test]
    fn a_long_chain_is_no_danger() {
        let chain: Vec<Vec<u32>> = (1..=100_000).map(|next| vec![next]).collect();
        let mut needs: Vec<&[u32]> = chain.iter().map(Vec::as_slice).collect();
        needs.push(&[]);
        let file = lockfile(&[0], &needs);
        assert_eq!(file.weigh(&file.importers[0]).alone[0].1.len(), 100_001);
        assert_eq!(file.asks().way_to(50).map(|(_, way)| way.len()), Some(51));
        assert_eq!(file.asks().way_to(100_000), None);
    }
}
