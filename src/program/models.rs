//! Methods that a library calls when an instance is made or serialised: validators and serializers of models.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::calls::Site;
use super::edges::{Edge, How, Links};
use super::index::{At, Cls, Fun};
use super::members::MAX_CLASSES;
use super::values::{Base, Set, Value, World};
use crate::facts::Expr;
use crate::finding::Confidence;
use crate::knowledge::{self, Computation, Effect, Plain, Platform, Row};

impl World<'_> {
    /// What runs when the models are made that a handler takes, and when those are serialised that it gives: the
    /// framework does so on the loop, wherever the handler itself runs.
    pub(super) fn enter_models(
        &mut self,
        handler: Fun,
        entry: knowledge::Entry,
        label: &str,
        confidence: Confidence,
        links: &mut Links,
    ) {
        let (file, function) = self.function(handler);
        if self.platform(file) != Platform::Python {
            return;
        }
        let facts = self.facts(file);
        let mut methods = Vec::new();
        if !self.construction.is_empty() {
            for param in function.params.of(&facts.params) {
                let Some(annotation) = param.annotation else { continue };
                for found in self.values(At { file, expr: annotation }).iter() {
                    if let Value::Instance(class) | Value::SomeInstance(class) = found.value {
                        let made = self.constructed_by(class);
                        methods.extend(made.into_iter().map(|method| (method, found.confidence)));
                    }
                }
            }
        }
        if !self.serialisation.is_empty() {
            let mut given = Set::default();
            self.results_of_function(handler, &mut given);
            for found in &given.finish() {
                if let Value::ContainerOf(element) = found.value {
                    for found in self.values(element).iter() {
                        self.add_serialisers(found.value, found.confidence, &mut methods);
                    }
                }
                self.add_serialisers(found.value, found.confidence, &mut methods);
            }
        }
        for (method, found) in methods {
            let entry = knowledge::Entry { plain: Plain::Loop, ..entry };
            self.enter(method, entry, self.name_span(handler), label.to_owned(), confidence.min(found), links);
        }
    }

    fn add_serialisers(&self, value: Value, confidence: Confidence, methods: &mut Vec<(Fun, Confidence)>) {
        if let Value::Instance(class) | Value::SomeInstance(class) = value {
            let all = self.run_for(class, &self.serialisation);
            methods.extend(all.into_iter().map(|method| (method, confidence)));
        }
    }

    /// `order.model_dump()` runs the serializers of the class of `order`.
    pub(super) fn link_serialisers(&mut self, site: Site, row: &Row, links: &mut Links) {
        if row.effect != Some(Effect::Computes(Computation::Serialise)) || self.serialisation.is_empty() {
            return;
        }
        let facts = self.facts(site.file);
        let Expr::Member { object, .. } = facts.expr(facts.calls[site.call.index()].callee) else { return };
        let mut methods = Vec::new();
        for found in self.values(At { file: site.file, expr: object }).iter() {
            self.add_serialisers(found.value, found.confidence, &mut methods);
        }
        for (to, confidence) in methods {
            let confidence = confidence.min(Confidence::Likely);
            links.edges.push(Edge { how: How::Implies, call: None, ..site.edge(to, confidence) });
        }
    }

    /// The methods of a class and its bases that run whenever it is constructed, sorted.
    pub(super) fn constructed_by(&self, class: Cls) -> Vec<Fun> {
        self.run_for(class, &self.construction)
    }

    fn run_for(&self, class: Cls, methods: &FxHashMap<Cls, BTreeSet<Fun>>) -> Vec<Fun> {
        let mut found = Vec::new();
        if methods.is_empty() {
            return found;
        }
        let mut queue = vec![class];
        let mut next = 0;
        while let Some(&current) = queue.get(next) {
            next += 1;
            found.extend(methods.get(&current).into_iter().flatten());
            for base in self.bases.get(current.0 as usize).map_or(&[][..], Vec::as_slice) {
                if let Base::Class(base) = *base
                    && queue.len() < MAX_CLASSES
                    && !queue.contains(&base)
                {
                    queue.push(base);
                }
            }
        }
        found
    }
}
