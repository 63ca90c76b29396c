//! stub
use std::marker::PhantomData;
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    File(u32),
    Package(String),
    Unresolved,
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PyTarget {
    File(u32),
    Namespace(String),
    External(String),
}
#[derive(Debug)]
pub struct Resolver<'a> {
    p: PhantomData<&'a ()>,
}
impl Resolver<'_> {
    pub fn new(_: &[(&str, crate::source::Language)], _: &crate::packages::Projects) -> Self {
        Resolver { p: PhantomData }
    }
    pub fn ecma(&self, _: &str, s: &str) -> Target {
        Target::Package(s.to_owned())
    }
    pub fn python(&self, _: &str, _: u32, s: &str) -> PyTarget {
        PyTarget::External(s.to_owned())
    }
    pub fn python_child(&self, _: &PyTarget, _: &str) -> Option<PyTarget> {
        None
    }
}
